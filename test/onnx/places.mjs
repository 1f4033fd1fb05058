/** The order of numbers in ONNX's tensors and in the rows of a network. */

/**
 * Returns the place in ONNX's tensor of each number of the rows of a network.
 *
 * @param port an input or output that readModel returns: the sides that each axis runs over, −1 for the batch, and the shape of an example
 * @param count the numbers of all rows
 */
export function placesOf({ axes, shape }, count) {
  const rows = count / shape.reduce((product, side) => product * side, 1);
  const lengths = [rows, ...shape];
  const strides = new Map();
  let stride = 1;
  for (const side of axes.flat().toReversed()) {
    strides.set(side + 1, stride);
    stride *= lengths[side + 1];
  }
  return Int32Array.from({ length: count }, (_, index) => {
    let [rest, place] = [index, 0];
    for (let side = lengths.length - 1; side >= 0; side--) {
      place += (rest % lengths[side]) * (strides.get(side) ?? 0);
      rest = Math.floor(rest / lengths[side]);
    }
    return place;
  });
}
