/** Central differences of a function of many numbers, for what is no trainer, and how far two gradients are apart. */

/**
 * gradient[i] = (f(values with values[i] + step) - f(values with values[i] - step)) / (2 step)
 *
 * @param values changed in place for each evaluation, and restored to their bits
 */
export function centralDifferences(
  evaluate: () => number,
  values: { readonly length: number; [index: number]: number },
  step = 1e-5,
): number[] {
  return Array.from({ length: values.length }, (_, index) => {
    const value = values[index];
    values[index] = value + step;
    const above = evaluate();
    values[index] = value - step;
    const below = evaluate();
    values[index] = value;
    return (above - below) / (2 * step);
  });
}

/** |a - b| / max(|a|, |b|, tiny) with the Euclidean norm; NaN anywhere gives NaN, which is below no bound. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>, tiny = 1e-12): number {
  if (a.length !== b.length) throw new RangeError(`relativeDistance: got ${a.length} and ${b.length} numbers`);
  const differences = Array.from(a, (value, index) => value - b[index]);
  return norm(differences) / Math.max(norm(a), norm(b), tiny);
}

export function norm(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}
