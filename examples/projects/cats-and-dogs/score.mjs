/** How good the answers of a network of two classes are. */

/**
 * @param outputs [probability of the second class] for each example
 * @param targets the class of each, 0 or 1
 */
export function scoreOf(outputs, targets) {
  const confusion = [
    [0, 0],
    [0, 0],
  ];
  for (const [row, [probability]] of outputs.entries()) confusion[targets[row]][probability > 0.5 ? 1 : 0]++;
  const right = confusion[0][0] + confusion[1][1];
  return { confusion, right, rows: targets.length, accuracy: right / targets.length };
}

/** What one gets who always says the class that is most frequent among the training rows. */
export function alwaysOne(trainTargets, testTargets) {
  const share = (targets) => targets.reduce((sum, target) => sum + target, 0) / targets.length;
  return share(trainTargets) > 0.5 ? share(testTargets) : 1 - share(testTargets);
}

/** The rows whose answer is wrong, the surest first. */
export function surestMistakes(outputs, targets) {
  const sureness = (row) => Math.abs(outputs[row][0] - targets[row]);
  return [...targets.keys()].filter((row) => sureness(row) >= 0.5).sort((a, b) => sureness(b) - sureness(a));
}

export const percent = (share) => `${(share * 100).toFixed(1)} %`;
