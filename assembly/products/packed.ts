/**
 * The product with a matrix B that lies in panels as a whole: its first four vectors of columns at every step of k, then the next four.
 * Attention packs a matrix once and multiplies by it a block of rows at a time.
 */
import { laneCount } from "../vector/lanes";
import { panelStep } from "./panel";
import { PackedFour, PackedTwo, tile, vectorsOf } from "./tile";

/**
 * C = A · B, or C + A · B if goesOn: each element a sum in the order of k, in blocks of `block` steps, at most panelDepth.
 *
 * A's element (row, k) is at a + row·aRow + k·aStep and lies as Layout says; strides are in bytes. A panel of B begins panelBytes after
 * the one before. Two or four vectors of C are written at a time, so its rows have room for whole panels; elements beyond
 * `columns` are undefined.
 *
 * Requires  down columns, a multiple of 4 rows.
 */
export function packedProduct<T extends number, Layout>(
  a: usize,
  aRow: usize,
  aStep: usize,
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
  assert(changetype<Layout>(0).alongRows() || rows % 4 == 0, "down columns, rows must be a multiple of 4");
  const width = 4 * laneCount<T>();
  for (let left = 0; left < columns; left += width) {
    const vectors = (min(width, columns - left) + laneCount<T>() - 1) / laneCount<T>();
    for (let k = 0; k < depth; k += block) {
      const steps = min(block, depth - k);
      const aBlock = a + <usize>k * aStep;
      const b = panels + <usize>k * panelStep;
      const isFurther = goesOn || k > 0;
      if (vectors > 2) packedTiles<T, Layout, PackedFour>(aBlock, aRow, aStep, b, steps, c, cRow, rows, isFurther);
      else packedTiles<T, Layout, PackedTwo>(aBlock, aRow, aStep, b, steps, c, cRow, rows, isFurther);
    }
    panels += panelBytes;
    c += 64;
  }
}

function packedTiles<T extends number, Layout, Width>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  goesOn: bool,
): void {
  const most = vectorsOf<Width>() > 2 ? 2 : 4;
  const last = <usize>(16 * (vectorsOf<Width>() - 1));
  for (; rows > 0; rows -= most) {
    // Along rows, those past the last repeat it, and write its sums again.
    const row1: usize = rows > 1 ? 1 : 0;
    const row2: usize = rows > 2 ? 2 : row1;
    const row3: usize = rows > 3 ? 3 : row2;
    const start: usize = goesOn ? c : 0;
    tile<T, Layout, Width>(
      most,
      a,
      row1 * aRow,
      row2 * aRow,
      row3 * aRow,
      aStep,
      b,
      panelStep,
      0,
      depth,
      c,
      row1 * cRow,
      row2 * cRow,
      row3 * cRow,
      last,
      start,
      row1 * cRow,
      row2 * cRow,
      row3 * cRow,
      0,
      1,
    );
    a += <usize>most * aRow;
    c += <usize>most * cRow;
  }
}
