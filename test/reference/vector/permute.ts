/** Slow twin of assembly/permute. */

/** Each of `rows` rows of `source`, whose sides are `shape`, with its sides in the order `order`. */
export function permute(
  source: readonly number[],
  shape: readonly number[],
  order: readonly number[],
  rows: number,
): number[] {
  const size = shape.reduce((product, side) => product * side, 1);
  const strides = shape.map((_, side) => shape.slice(side + 1).reduce((product, other) => product * other, 1));
  const result: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < size; place++) {
      let [rest, from] = [place, row * size];
      for (const side of order.toReversed()) {
        from += (rest % shape[side]) * strides[side];
        rest = Math.floor(rest / shape[side]);
      }
      result.push(source[from]);
    }
  }
  return result;
}
