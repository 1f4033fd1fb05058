/** Plain JavaScript to compare kernels with. */

/**
 * A loop over typed arrays of one length. Made from text, so that each has an own history of types, by which engines
 * compile: as code that is written for one use has.
 *
 * @param names of its arguments, in order; the first is an array that says the length
 * @param body what is done for each index i
 */
export function loop(names: readonly string[], body: string): (...args: unknown[]) => void {
  return new Function(
    ...names,
    `for (let i = 0, count = ${names[0]}.length; i < count; i++) { ${body} }`,
  ) as () => void;
}
