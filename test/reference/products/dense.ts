/** Slow twins of assembly/products/dense.ts, in float64. */

/** c[row, column] = initial[column] + Σ a(row, k)·b(k, column). */
function product(
  [rows, depth, columns]: [number, number, number],
  a: (row: number, k: number) => number,
  b: (k: number, column: number) => number,
  initial?: ArrayLike<number>,
): number[] {
  const c: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = initial ? initial[column] : 0;
      for (let k = 0; k < depth; k++) sum += a(row, k) * b(k, column);
      c.push(sum);
    }
  }
  return c;
}

export interface Sizes {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

type Matrix = ArrayLike<number>;

export function denseForward(input: Matrix, weight: Matrix, bias: Matrix | undefined, s: Sizes): number[] {
  return product(
    [s.rows, s.fanIn, s.fanOut],
    (row, k) => input[row * s.fanIn + k],
    (k, column) => weight[k * s.fanOut + column],
    bias,
  );
}

export function denseBackwardInput(outputGrad: Matrix, weight: Matrix, s: Sizes): number[] {
  return product(
    [s.rows, s.fanOut, s.fanIn],
    (row, k) => outputGrad[row * s.fanOut + k],
    (k, column) => weight[column * s.fanOut + k],
  );
}

export function denseBackwardWeight(input: Matrix, outputGrad: Matrix, s: Sizes): number[] {
  return product(
    [s.fanIn, s.rows, s.fanOut],
    (row, k) => input[k * s.fanIn + row],
    (k, column) => outputGrad[k * s.fanOut + column],
  );
}

/** The sum of the rows of outputGrad. */
export function denseBackwardBias(outputGrad: Matrix, s: Sizes): number[] {
  return product(
    [1, s.rows, s.fanOut],
    () => 1,
    (k, column) => outputGrad[k * s.fanOut + column],
  );
}
