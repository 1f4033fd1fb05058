/** The types of places.mjs. */

/** Returns the place in ONNX's tensor of each number of the rows of a network. */
export function placesOf(
  port: { readonly axes: readonly (readonly number[])[]; readonly shape: readonly number[] },
  count: number,
): Int32Array;
