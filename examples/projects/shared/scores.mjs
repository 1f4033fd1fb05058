/** Scores as all projects have them: how they are computed, and how they are written. */

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** "1 epoch", "2 epochs". */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/**
 * Returns lines of a table for the terminal.
 *
 * @param rows texts: the name of each row, and its figures, which stand below each other
 */
export function textTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(cell).join("   ")}`).join("\n");
}

/**
 * Returns how good the answers of a network of two classes are.
 *
 * @param probabilities of the second class
 * @param targets the class of each, 0 or 1
 * @returns `confusion`, with rows of what is true and columns of what is said; how many of how many `rows` are `right`; `accuracy`
 */
export function scoreOf(probabilities, targets) {
  const confusion = [
    [0, 0],
    [0, 0],
  ];
  for (const [row, target] of targets.entries()) confusion[target][probabilities[row] > 0.5 ? 1 : 0]++;
  const right = confusion[0][0] + confusion[1][1];
  return { confusion, right, rows: targets.length, accuracy: right / targets.length };
}

/** Returns the accuracy of always saying the class that is most frequent among the training rows. */
export function alwaysOne(trainTargets, testTargets) {
  return mean(trainTargets) > 0.5 ? mean(testTargets) : 1 - mean(testTargets);
}

/** Returns the rows whose answer is wrong, the surest first. */
export function surestMistakes(probabilities, targets) {
  const sureness = (row) => Math.abs(probabilities[row] - targets[row]);
  const isWrong = (row) => probabilities[row] > 0.5 !== (targets[row] === 1);
  return [...targets.keys()].filter(isWrong).sort((a, b) => sureness(b) - sureness(a));
}

/**
 * Returns the ROC curve.
 *
 * @param values the higher, the more probable is a row positive
 * @param isPositive what is true of each
 * @returns for every threshold, from the highest: the share of the positive that are `found`, and of the others that are `alarmed`
 */
export function rocOf(values, isPositive) {
  const positive = isPositive.filter(Boolean).length;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]);
  const points = [{ alarmed: 0, found: 0 }];
  let [found, alarmed] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (isPositive[row]) found++;
    else alarmed++;
    // Equal values are on one side of every threshold.
    if (values[row] === values[order[place + 1]]) continue;
    points.push({ alarmed: alarmed / (values.length - positive), found: found / positive });
  }
  return points;
}

/** Returns the area under the ROC curve: the share of pairs, a positive and another, in the right order; equal ones by half. */
export const areaUnder = (points) =>
  points.slice(1).reduce((area, { alarmed, found }, index) => {
    const before = points[index];
    return area + ((alarmed - before.alarmed) * (found + before.found)) / 2;
  }, 0);
