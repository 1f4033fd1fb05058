/** Slow twins of assembly/normalization/groupNorm.ts; an example is an array of positions, each an array of channels. */

export type Example = readonly (readonly number[])[];

export interface Groups {
  readonly groups: number;
  readonly epsilon: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The group of each channel. */
function groupsOf(channels: number, groups: number): number[] {
  return Array.from({ length: channels }, (_, channel) => Math.floor((channel * groups) / channels));
}

/** The mean of each group of an example over all positions, of what `term` makes of an element. */
function means(
  example: Example,
  groups: number,
  term: (x: number, group: number, position: number, channel: number) => number,
): number[] {
  const groupOf = groupsOf(example[0].length, groups);
  const totals = new Array<number>(groups).fill(0);
  for (const [position, values] of example.entries()) {
    for (const [channel, x] of values.entries()) {
      totals[groupOf[channel]] += term(x, groupOf[channel], position, channel);
    }
  }
  return totals.map((total) => (total * groups) / (example.length * example[0].length));
}

/** The means of an example's groups, then their 1 / √(variance + epsilon). */
export function statistics(example: Example, { groups, epsilon }: Groups): [means: number[], inverses: number[]] {
  const centres = means(example, groups, (x) => x);
  const variances = means(example, groups, (x, group) => (x - centres[group]) ** 2);
  return [centres, variances.map((variance) => 1 / Math.sqrt(variance + epsilon))];
}

/** An example's elements, each with its group brought to mean 0 and variance 1. */
function normalize(example: Example, options: Groups): number[][] {
  const [centres, inverses] = statistics(example, options);
  const groupOf = groupsOf(example[0].length, options.groups);
  return example.map((values) =>
    values.map((x, channel) => (x - centres[groupOf[channel]]) * inverses[groupOf[channel]]),
  );
}

export function groupNormForward(
  input: readonly Example[],
  weight: readonly number[],
  bias: readonly number[],
  options: Groups,
): number[][][] {
  return input.map((example) =>
    normalize(example, options).map((values) => values.map((x, channel) => x * weight[channel] + bias[channel])),
  );
}

export function groupNormBackwardParameters(
  input: readonly Example[],
  outputGrad: readonly Example[],
  options: Groups,
): { weightGrad: number[]; biasGrad: number[] } {
  const normalized = input.flatMap((example) => normalize(example, options));
  const gradients = outputGrad.flat();
  const channels = gradients[0].map((_, channel) => channel);
  return {
    weightGrad: channels.map((channel) =>
      sum(gradients.map((row, index) => row[channel] * normalized[index][channel])),
    ),
    biasGrad: channels.map((channel) => sum(gradients.map((row) => row[channel]))),
  };
}

export function groupNormBackward(
  input: readonly Example[],
  weight: readonly number[],
  outputGrad: readonly Example[],
  options: Groups,
): number[][][] {
  return input.map((example, b) => {
    const [, inverses] = statistics(example, options);
    const normalized = normalize(example, options);
    const groupOf = groupsOf(weight.length, options.groups);
    const gradients = outputGrad[b].map((row) => row.map((gradient, channel) => gradient * weight[channel]));
    const shares = means(gradients, options.groups, (gradient) => gradient);
    const slopes = means(
      gradients,
      options.groups,
      (gradient, _, position, channel) => gradient * normalized[position][channel],
    );
    return gradients.map((row, position) =>
      row.map((gradient, channel) => {
        const group = groupOf[channel];
        return (gradient - shares[group] - normalized[position][channel] * slopes[group]) * inverses[group];
      }),
    );
  });
}
