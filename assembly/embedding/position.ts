/**
 * Positions: a table with a row for each step of a sequence, which is added to the sequences.
 *
 * Shapes    values are the steps of all sequences, one sequence after the other, each step [columns] (program/sequences.ts);
 *           the table is [steps, columns].
 */
import { panelAt, panelDepth, panelStep } from "../products/panel";
import { Batch } from "../program/batch";
import { firstStep } from "../program/sequences";
import { addTo } from "../vector/add";
import { isAligned, laneCount, loadLanes, storeLanes } from "../vector/lanes";

@final
@unmanaged
export class PositionForward {
  input: usize;
  /** [steps, columns] */
  table: usize;
  /** [steps of all sequences, columns]; may be input. */
  output: usize;
  /** The offsets of the sequences (program/sequences.ts); 0 if each has `steps` steps. */
  offsets: usize;
  /** The record of a batch whose `step` says how many steps each sequence had before, as in a stream; 0 for none. */
  before: usize;
  steps: i32;
  columns: i32;
}

/** @inline One vector's sum. */
function addLanes<T extends number>(input: usize, table: usize, output: usize, lanes: i32): void {
  storeLanes<T>(output, v128.add<T>(loadLanes<T>(input, lanes), loadLanes<T>(table, lanes)), lanes);
}

/**
 * output = input + the table's row of the step's place in its sequence.
 *
 * Range     sequences.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes; steps, columns >= 1; no sequence longer than steps, with those before.
 * Numerics  one addition an element, in T.
 */
export function positionForward<T extends number>(args: PositionForward, begin: i32, end: i32): void {
  const offsets = args.offsets;
  const steps = args.steps;
  const columns = args.columns;
  assert(end > begin && steps > 0 && columns > 0, "sequences, steps and columns must be positive");
  assert(isAligned(args.input | args.table | args.output), "blocks start on 16 bytes");
  const before = args.before ? changetype<Batch>(args.before).step : 0;
  assert(before >= 0 && before < args.steps, "the table must have a row for the step");
  const table = args.table + <usize>before * <usize>columns * sizeof<T>();
  for (let sequence = begin; sequence < end; sequence++) {
    const first = firstStep(offsets, steps, sequence);
    const count = (firstStep(offsets, steps, sequence + 1) - first) * columns;
    const from = <usize>first * <usize>columns * sizeof<T>();
    const input = args.input + from;
    const output = args.output + from;
    const rest = count & (laneCount<T>() - 1);
    const wholeBytes = <usize>(count - rest) * sizeof<T>();
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      addLanes<T>(input + at, table + at, output + at, laneCount<T>());
    }
    if (rest) addLanes<T>(input + wholeBytes, table + wholeBytes, output + wholeBytes, rest);
  }
}

@final
@unmanaged
export class PositionBackward {
  batch: Batch;
  outputGrad: usize;
  /** [steps, columns] */
  tableGrad: usize;
  /** The offsets of the sequences (program/sequences.ts); 0 if each has `steps` steps. */
  offsets: usize;
  steps: i32;
  columns: i32;
}

/**
 * tableGrad[step] = the sum of outputGrad at this step of all sequences that have it.
 *
 * Range     steps.
 * Writes    tableGrad (overwritten); may not alias outputGrad.
 * Requires  every block on 16 bytes; sequences, steps, columns >= 1; no sequence longer than steps.
 * Numerics  each sum in the order of the sequences, in blocks of panelDepth, rounded to T each time.
 */
export function positionBackward<T extends number>(args: PositionBackward, begin: i32, end: i32): void {
  const offsets = args.offsets;
  const steps = args.steps;
  const columns = args.columns;
  const sequences = args.batch.rows;
  assert(sequences > 0 && end > begin && columns > 0, "sequences, steps and columns must be positive");
  assert(isAligned(args.outputGrad | args.tableGrad), "blocks start on 16 bytes");
  const outputGrad = args.outputGrad;
  const rowBytes = <usize>columns * sizeof<T>();
  // The sums of further blocks come to a panel, as many columns as it holds.
  const most = panelDepth * <i32>(panelStep / sizeof<T>());
  for (let step = begin; step < end; step++) {
    for (let left = 0; left < columns; left += most) {
      const count = min(most, columns - left);
      const offset = <usize>left * sizeof<T>();
      const sum = args.tableGrad + <usize>step * rowBytes + offset;
      for (let first = 0; first < sequences; first += panelDepth) {
        const part = first ? panelAt(0) : sum;
        memory.fill(part, 0, <usize>count * sizeof<T>());
        for (let sequence = first; sequence < min(first + panelDepth, sequences); sequence++) {
          const row = firstStep(offsets, steps, sequence) + step;
          if (row >= firstStep(offsets, steps, sequence + 1)) continue;
          addTo<T>(outputGrad + <usize>row * rowBytes + offset, part, count);
        }
        if (first) addTo<T>(part, sum, count);
      }
    }
  }
}
