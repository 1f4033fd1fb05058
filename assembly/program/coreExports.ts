/** The functions of the family core that coreImports.ts declares for other families: each calls what other files hold. */
import { Sigmoid, Tanh } from "../activations/smooth";
import { packedProduct } from "../products/packed";
import { prepare as prepareMatrix, preparedProduct as productOfPrepared } from "../products/prepared";
import { product } from "../products/product";
import { AlongRows } from "../products/tile";
import { mapForward } from "../vector/map";

/** C = A · B. A's and B's elements lie along their rows, which are aRow and bStep bytes apart, C's cRow. */
export function productAlongRows<T extends number>(
  a: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
): void {
  product<T, AlongRows>(a, aRow, sizeof<T>(), b, bStep, sizeof<T>(), c, cRow, rows, depth, columns, 0, 0);
}

/** The function `prepare` of products/prepared.ts. */
export function prepare<T extends number>(
  b: usize,
  bStep: usize,
  bColumn: usize,
  depth: i32,
  columns: i32,
  panels: usize,
): void {
  prepareMatrix<T>(b, bStep, bColumn, depth, columns, panels);
}

/** The function `preparedProduct` of products/prepared.ts. */
export function preparedProduct<T extends number>(
  a: usize,
  aRow: usize,
  panels: usize,
  c: usize,
  rows: i32,
  depth: i32,
  columns: i32,
): void {
  productOfPrepared<T>(a, aRow, panels, c, rows, depth, columns);
}

/** The function `packedProduct` of products/packed.ts, for an A that is read along its rows. */
export function packedProductAlongRows<T extends number>(
  a: usize,
  aRow: usize,
  panels: usize,
  panelBytes: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  goesOn: bool,
  block: i32,
): void {
  packedProduct<T, AlongRows>(a, aRow, sizeof<T>(), panels, panelBytes, depth, c, cRow, rows, columns, goesOn, block);
}

/** output = sigmoid(input), element by element; output may be input. Addresses are multiples of an element's size. */
export function mapSigmoid<T extends number>(input: usize, output: usize, count: i32): void {
  mapForward<T, Sigmoid>(input, output, count, 0);
}

/** output = tanh(input), likewise. */
export function mapTanh<T extends number>(input: usize, output: usize, count: i32): void {
  mapForward<T, Tanh>(input, output, count, 0);
}
