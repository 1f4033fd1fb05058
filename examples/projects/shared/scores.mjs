/** The scores of all projects: their computation, and their format. */

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns a number with its noun: "1 epoch", "2 epochs". */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/**
 * Returns lines of a table for the terminal.
 *
 * @param rows texts: the name of each row, and its figures, which are aligned in columns
 */
export function textTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(cell).join("   ")}`).join("\n");
}

/**
 * Returns the scores of a network of two classes.
 *
 * @param probabilities of the second class
 * @param targets the class of each, 0 or 1
 * @returns `confusion`, with rows for the truth and columns for the answers; `right`, the number of right answers; `rows`, the number of
 * all; and `accuracy`
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

/** Returns the accuracy of always answering the most frequent class of the training rows. */
export function alwaysOne(trainTargets, testTargets) {
  return mean(trainTargets) > 0.5 ? mean(testTargets) : 1 - mean(testTargets);
}

/** Returns the rows whose answer is wrong, the most confident first. */
export function surestMistakes(probabilities, targets) {
  const sureness = (row) => Math.abs(probabilities[row] - targets[row]);
  const isWrong = (row) => probabilities[row] > 0.5 !== (targets[row] === 1);
  return [...targets.keys()].filter(isWrong).sort((a, b) => sureness(b) - sureness(a));
}

/**
 * Returns the ROC curve.
 *
 * @param values higher values mean that a row is more probably positive
 * @param isPositive the truth of each row
 * @returns for every threshold, from the highest: `found`, the share of the positive rows above it, and `alarmed`, the share of the others
 */
export function rocOf(values, isPositive) {
  const positive = isPositive.filter(Boolean).length;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]);
  const points = [{ alarmed: 0, found: 0 }];
  let [found, alarmed] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (isPositive[row]) found++;
    else alarmed++;
    // No threshold separates equal values.
    if (values[row] === values[order[place + 1]]) continue;
    points.push({ alarmed: alarmed / (values.length - positive), found: found / positive });
  }
  return points;
}

/**
 * Returns the area under the ROC curve: the share of pairs of a positive and another row that are in the right order. Equal ones count
 * half.
 */
export const areaUnder = (points) =>
  points.slice(1).reduce((area, { alarmed, found }, index) => {
    const before = points[index];
    return area + ((alarmed - before.alarmed) * (found + before.found)) / 2;
  }, 0);
