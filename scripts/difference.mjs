/**
 * Encodes bytes as edits of similar bytes: the modules of both types have the same functions and differ in instructions, offsets and
 * numbers of locals. assembly/decode.ts restores the bytes.
 *
 * An edit copies a run of the source, inserts bytes, and skips bytes of the source; the first inserted byte replaces the first skipped
 * one, and so on. A copied byte changes as it did the last time in the same context, which is the previous byte of the result and the
 * source bytes around it. So a recurring change, such as float32's sum to float64's, needs one edit.
 */

const [copied, inserted, skipped] = [0, 1, 2];
/** The longest run of an edit, and the most bytes that it inserts or skips. */
const [longestRun, longestGap] = [255, 15];
/** The costs of an alignment: for a changed byte, for each byte of a gap, and for the gap itself. Other costs gave longer texts. */
const [changeCost, byteCost, gapCost] = [6, 2, 14];
/** The margin of the alignment's band beyond the diagonals through the beginnings and through the ends, in bytes. */
const reach = 400;

/** Factors of a hash that depends on the positions of bytes. */
const [nextFactor, previousFactor] = [40503, 30011];

/**
 * Returns the edits from `from` to `to`. Both are lists of corresponding pieces.
 *
 * @param behind the byte after the source
 * @returns `runs`: the number of bytes that each edit copies; `gaps`: 16 times the number of inserted bytes, plus that of skipped bytes;
 *   `literals`: the inserted bytes
 */
export function differenceOf(from, to, behind = 0) {
  const steps = from.flatMap((piece, index) => align(piece, to[index]));
  const [source, result] = [Buffer.concat(from), Buffer.concat(to)];
  // The key is a hash of the context. A byte without an entry does not change.
  const expected = new Map();
  const changeAt = (from, to) => {
    const [last, next, previous] = [result[to - 1] ?? 0, source[from + 1] ?? behind, source[from - 1] ?? 0];
    return ((last << 8) + source[from] + next * nextFactor + previous * previousFactor) & 65535;
  };
  const [runs, gaps, literals] = [[], [], []];
  let [run, inserts, skips, at, end] = [0, 0, 0, 0, 0];
  const finish = () => {
    runs.push(run);
    gaps.push(inserts * 16 + skips);
    [run, inserts, skips] = [0, 0, 0];
  };
  for (const step of steps) {
    if (step === copied && (expected.get(changeAt(at, end)) ?? source[at]) === result[end]) {
      if (inserts + skips > 0 || run === longestRun) finish();
      run++;
      at++;
      end++;
      continue;
    }
    if (inserts === longestGap || skips === longestGap) finish();
    const replaced = Math.min(inserts, skips);
    if (step !== skipped) {
      literals.push(result[end++]);
      inserts++;
    }
    if (step !== inserted) {
      at++;
      skips++;
    }
    if (Math.min(inserts, skips) === replaced) continue;
    const last = end - inserts + replaced;
    expected.set(changeAt(at - skips + replaced, last), result[last]);
  }
  finish();
  return { runs, gaps, literals };
}

/**
 * Returns the cheapest steps from one sequence to the other. Source: O. Gotoh, "An improved algorithm for matching biological sequences",
 * 1982, in a band along the diagonal.
 */
function align(from, to) {
  const first = Math.min(0, to.length - from.length) - reach;
  const width = Math.abs(to.length - from.length) + 2 * reach + 1;
  const never = 2 ** 29;
  const costs = () => [copied, inserted, skipped].map(() => new Int32Array(width + 1).fill(never));
  let [above, here] = [costs(), costs()];
  // Two bits for each way to reach a cell: the previous step.
  const before = new Uint8Array((from.length + 1) * width);
  for (let row = 0; row <= from.length; row++) {
    const [copiedAbove, insertedAbove, skippedAbove] = above;
    const [copiedHere, insertedHere, skippedHere] = here;
    for (let column = 0; column < width; column++) {
      const end = row + first + column;
      let [copy, insert, skip, steps] = [never, never, never, 0];
      if (row === 0 && end === 0) copy = 0;
      if (row > 0 && end > 0 && end <= to.length) {
        copy = copiedAbove[column];
        if (insertedAbove[column] < copy) [copy, steps] = [insertedAbove[column], inserted];
        if (skippedAbove[column] < copy) [copy, steps] = [skippedAbove[column], skipped];
        if (from[row - 1] !== to[end - 1]) copy += changeCost;
      }
      if (column > 0 && end > 0 && end <= to.length) {
        const opened = copiedHere[column - 1] + gapCost;
        insert = byteCost + Math.min(opened, insertedHere[column - 1]);
        if (insertedHere[column - 1] <= opened) steps |= inserted << 2;
      }
      if (row > 0 && end >= 0 && end <= to.length) {
        const opened = Math.min(copiedAbove[column + 1], insertedAbove[column + 1]) + gapCost;
        skip = byteCost + Math.min(opened, skippedAbove[column + 1]);
        if (skippedAbove[column + 1] <= opened) steps |= skipped << 4;
        else if (insertedAbove[column + 1] < copiedAbove[column + 1]) steps |= inserted << 4;
      }
      [copiedHere[column], insertedHere[column], skippedHere[column]] = [copy, insert, skip];
      before[row * width + column] = steps;
    }
    [above, here] = [here, above];
  }
  return traceBack();

  function traceBack() {
    const steps = [];
    let [row, end] = [from.length, to.length];
    const last = above.map((cells) => cells[end - row - first]);
    let step = last.indexOf(Math.min(...last));
    while (row > 0 || end > 0) {
      steps.push(step);
      const cell = before[row * width + end - row - first];
      if (step !== inserted) row--;
      if (step !== skipped) end--;
      step = (cell >> (2 * step)) & 3;
    }
    return steps.reverse();
  }
}
