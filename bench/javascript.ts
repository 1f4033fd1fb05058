/** Plain JavaScript as a comparison for kernels. */

/**
 * Returns a loop over typed arrays of one length. It is made from text, so that each has its own history of types. Engines compile by that
 * history; code that is written for one use also has its own.
 *
 * @param names of its arguments, in order; the first is an array that determines the length
 * @param body the statements for each index i
 */
export function loop(names: readonly string[], body: string): (...args: unknown[]) => void {
  return new Function(
    ...names,
    `for (let i = 0, count = ${names[0]}.length; i < count; i++) { ${body} }`,
  ) as () => void;
}
