/**
 * The product C = start + A · B of matrices with any strides, for every family that needs one. A is read along its rows or down its
 * columns, B in place or from a packed panel.
 *
 * C is computed in tiles of 2 rows × 4 vectors (tile.ts), as many as V8's registers hold. Every element of C is a sum in
 * the order of k, whatever tile it falls in, so a row's result does not depend on the rows computed with it.
 *
 * In a long sum small terms would be lost: blocks of panelDepth terms are sums of their own, which are added one after the other, and
 * of these again only panelDepth / 4 before a sum of sums begins.
 */

import { addAlone, addProduct, laneCount, loadPart, loadStrided, splat, storePart } from "../vector/lanes";
import {
  packColumns,
  packLines,
  panelAt,
  panelDepth,
  panelGroup,
  panelStep,
  partRows,
  partSums,
  rowPanel,
} from "./panel";
import { rowProduct, rowProductBytes, rowTiles } from "./row";
import { addSums } from "./sums";
import { band } from "./tile";

/** Terms whose blocks are added one after the other. */
const chainDepth: i32 = panelDepth * (panelDepth / 4);

/**
 * C = start + A · B.
 *
 * A's element (row, k) is at a + row·aRow + k·aStep, B's (k, column) at b + k·bStep + column·bColumn, C's (row, column) at
 * c + row·cRow + column; strides are in bytes.
 *
 * @param Layout AlongRows (aStep is an element's size) or DownColumns (aRow is, or there is one row)
 * @param start is added to each sum's first block, an element for each of C, rows startRow bytes apart (0: one row for all); address 0
 *   for zeros. It may not overlap C
 */
export function product<T extends number, Layout>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  start: usize,
  startRow: usize,
): void {
  if (!start) startRow = 0;
  if (depth <= chainDepth) {
    chain<T, Layout>(a, aRow, aStep, b, bStep, bColumn, c, cRow, rows, depth, columns, start, startRow);
    return;
  }
  // A part of C at a time, whose further sums of blocks come beside it and are added.
  const partColumns = panelGroup * 4 * laneCount<T>();
  const partRow = <usize>partColumns * sizeof<T>();
  for (let row = 0; row < rows; row += partRows) {
    const countRows = min(partRows, rows - row);
    for (let left = 0; left < columns; left += partColumns) {
      const count = min(partColumns, columns - left);
      const offset = <usize>left * sizeof<T>();
      const part = c + <usize>row * cRow + offset;
      for (let k = 0; k < depth; k += chainDepth) {
        chain<T, Layout>(
          a + <usize>row * aRow + <usize>k * aStep,
          aRow,
          aStep,
          b + <usize>k * bStep + <usize>left * bColumn,
          bStep,
          bColumn,
          k ? partSums() : part,
          k ? partRow : cRow,
          countRows,
          min(chainDepth, depth - k),
          count,
          k || !start ? 0 : start + <usize>row * startRow + offset,
          k ? 0 : startRow,
        );
        for (let index: usize = 0; k && index < <usize>countRows; index++) {
          addSums<T>(partSums() + index * partRow, part + index * cRow, count);
        }
      }
    }
  }
}

/** Does so where no sum has more than chainDepth terms. */
function chain<T extends number, Layout>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  start: usize,
  startRow: usize,
): void {
  if (rows == 1 && bColumn == sizeof<T>() && <usize>columns * sizeof<T>() >= rowProductBytes) {
    rowProduct<T>(a, aStep, b, bStep, c, depth, columns, start);
    return;
  }
  if (columns < laneCount<T>()) {
    narrow<T>(a, aRow, aStep, b, bStep, bColumn, c, cRow, rows, depth, columns, start, startRow);
    return;
  }
  const width = 4 * laneCount<T>();
  const alongRows = changetype<Layout>(0).alongRows();
  assert(alongRows ? aStep == sizeof<T>() : aRow == sizeof<T>() || rows == 1, "A must lie as its layout says");
  const packsA = !alongRows && stepsShareSets(aStep) && depth >= 16 && columns > width;
  const isMuchRead = rows >= (stepsShareSets(bStep) ? 8 : 24) && <usize>depth * bStep > 16384;
  const packsB = bColumn != sizeof<T>() || packsA || isMuchRead;
  const rowGroup = packsA ? width : rows;
  let left = rows == 1 && !packsB ? rowTiles<T>(a, aStep, b, bStep, c, depth, columns, start) : 0;
  while (left < columns) {
    // One band; or as many whole ones as share what is packed of A. A narrower one comes last, since its last vector ends
    // with the last column, if need be overlapping what has been computed before.
    const whole = (columns - left) / width;
    const bands = packsA ? max(1, min(whole, panelGroup)) : 1;
    const bandColumns = min(width, columns - left);
    const vectors = (bandColumns + laneCount<T>() - 1) / laneCount<T>();
    const last = <usize>(bandColumns - laneCount<T>()) * sizeof<T>();
    for (let k = 0; k < depth; k += panelDepth) {
      const steps = min(panelDepth, depth - k);
      const bBlock = b + <usize>k * bStep + <usize>left * bColumn;
      if (packsB) {
        for (let index = 0; index < bands; index++) {
          const from = bBlock + <usize>(index * width) * bColumn;
          packColumns<T>(from, bStep, bColumn, steps, vectors, bandColumns - laneCount<T>(), panelAt(index));
        }
      }
      for (let row = 0; row < rows; row += rowGroup) {
        const count = min(rowGroup, rows - row);
        let aRows = a + <usize>k * aStep + <usize>row * aRow;
        let aRowsStep = aStep;
        if (packsA && count == width) {
          packLines(aRows, aStep, steps, rowPanel());
          aRows = rowPanel();
          aRowsStep = panelStep;
        }
        let offset = <usize>left * sizeof<T>();
        const cRows = c + <usize>row * cRow;
        // Later blocks of k are added to what the first have left in C.
        const from = k ? cRows : start ? start + <usize>row * startRow : 0;
        const fromRow = k ? cRow : startRow;
        for (let index = 0; index < bands; index++) {
          band<T, Layout>(
            vectors,
            aRows,
            aRow,
            aRowsStep,
            packsB ? panelAt(index) : bBlock,
            packsB ? panelStep : bStep,
            packsB ? <usize>(vectors - 1) * 16 : last,
            steps,
            cRows + offset,
            cRow,
            last,
            count,
            from ? from + offset : 0,
            fromRow,
          );
          offset += 64;
        }
      }
    }
    left += bands * width;
  }
}

/** @inline Returns whether lines `step` bytes apart share so few sets of a first-level cache (4 KiB around) that they evict each other. */
function stepsShareSets(step: usize): bool {
  return step >= 1024 && (step & 511) == 0;
}

/** C of fewer columns than a vector has lanes. */
function narrow<T extends number>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  start: usize,
  startRow: usize,
): void {
  for (let k = 0; k < depth; k += panelDepth) {
    const steps = min(panelDepth, depth - k);
    narrowBlock<T>(a, aRow, aStep, b, bStep, bColumn, c, cRow, rows, steps, columns, start, startRow);
    a += <usize>panelDepth * aStep;
    b += <usize>panelDepth * bStep;
    start = c;
    startRow = cRow;
  }
}

/** One block of it; the sums run in the same order as a tile's. */
function narrowBlock<T extends number>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  start: usize,
  startRow: usize,
): void {
  for (; rows > 0; rows -= 4) {
    // Rows past the last repeat it.
    const row1: usize = rows > 1 ? aRow : 0;
    const row2: usize = rows > 2 ? 2 * aRow : row1;
    const row3: usize = rows > 3 ? 3 * aRow : row2;
    let sum0 = splat<T>(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let aElement = a;
    let bElement = b;
    for (let k = 0; k < depth; k++) {
      const bRow = loadStrided<T>(bElement, bColumn, columns);
      sum0 = addProduct<T>(sum0, v128.load_splat<T>(aElement), bRow);
      sum1 = addProduct<T>(sum1, v128.load_splat<T>(aElement + row1), bRow);
      sum2 = addProduct<T>(sum2, v128.load_splat<T>(aElement + row2), bRow);
      sum3 = addProduct<T>(sum3, v128.load_splat<T>(aElement + row3), bRow);
      aElement += aStep;
      bElement += bStep;
    }
    if (start) {
      sum0 = addAlone<T>(sum0, loadPart<T>(start, columns));
      sum1 = addAlone<T>(sum1, loadPart<T>(start + (rows > 1 ? startRow : 0), columns));
      sum2 = addAlone<T>(sum2, loadPart<T>(start + (rows > 2 ? 2 * startRow : 0), columns));
      sum3 = addAlone<T>(sum3, loadPart<T>(start + (rows > 3 ? 3 * startRow : 0), columns));
      start += 4 * startRow;
    }
    storePart<T>(c, sum0, columns);
    if (rows > 1) storePart<T>(c + cRow, sum1, columns);
    if (rows > 2) storePart<T>(c + 2 * cRow, sum2, columns);
    if (rows > 3) storePart<T>(c + 3 * cRow, sum3, columns);
    a += 4 * aRow;
    c += 4 * cRow;
  }
}
