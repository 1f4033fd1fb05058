/**
 * Products with a matrix that many of them share, such as the recurrent weight of all steps: it is packed once into a panel for each
 * band of its columns, whatever its depth.
 */
import { laneCount } from "../vector/lanes";
import { packColumns, panelDepth, panelStep } from "./panel";
import { product } from "./product";
import { AlongRows, band } from "./tile";

/**
 * Packs B, whose element (k, column) is at b + k·bStep + column·bColumn, strides in bytes: an element's size is bColumn, or bStep.
 *
 * Writes    `panels`: 64 bytes for each k of each band of four vectors.
 */
export function prepare<T extends number>(
  b: usize,
  bStep: usize,
  bColumn: usize,
  depth: i32,
  columns: i32,
  panels: usize,
): void {
  if (columns < laneCount<T>()) {
    for (let k = 0; k < depth; k++) {
      for (let column = 0; column < columns; column++) {
        store<T>(panels, load<T>(b + <usize>k * bStep + <usize>column * bColumn));
        panels += sizeof<T>();
      }
    }
    return;
  }
  const width = 4 * laneCount<T>();
  for (let left = 0; left < columns; left += width) {
    const count = min(width, columns - left);
    const vectors = (count + laneCount<T>() - 1) / laneCount<T>();
    packColumns<T>(b + <usize>left * bColumn, bStep, bColumn, depth, vectors, count - laneCount<T>(), panels);
    panels += <usize>depth * panelStep;
  }
}

/**
 * C = A · B, where `prepare` has packed B. Each element is a sum in the order of k and in blocks, as in `product`, but
 * of blocks alone, however many.
 *
 * @param a its rows aRow bytes apart, elements side by side
 * @param c [rows, columns]; may not overlap A
 */
export function preparedProduct<T extends number>(
  a: usize,
  aRow: usize,
  panels: usize,
  c: usize,
  rows: i32,
  depth: i32,
  columns: i32,
): void {
  const cRow = <usize>columns * sizeof<T>();
  if (columns < laneCount<T>()) {
    product<T, AlongRows>(a, aRow, sizeof<T>(), panels, cRow, sizeof<T>(), c, cRow, rows, depth, columns, 0, 0);
    return;
  }
  const width = 4 * laneCount<T>();
  for (let left = 0; left < columns; left += width) {
    const count = min(width, columns - left);
    const vectors = (count + laneCount<T>() - 1) / laneCount<T>();
    const cBand = c + <usize>left * sizeof<T>();
    for (let k = 0; k < depth; k += panelDepth) {
      const steps = min(panelDepth, depth - k);
      band<T, AlongRows>(
        vectors,
        a + <usize>k * sizeof<T>(),
        aRow,
        sizeof<T>(),
        panels,
        panelStep,
        <usize>(vectors - 1) * 16,
        steps,
        cBand,
        cRow,
        <usize>(count - laneCount<T>()) * sizeof<T>(),
        rows,
        k ? cBand : 0,
        k ? cRow : 0,
      );
      panels += <usize>steps * panelStep;
    }
  }
}
