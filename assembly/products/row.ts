/**
 * A row times a matrix: the product of one example, bound by how fast the matrix arrives. A tile of one row reads it in bands
 * of two cache lines. Where its rows are long, that is another page of memory at every step: there it is read in stripes, row after
 * row, whose sums stay in the cache.
 */

import { addAlone, addProduct, laneCount, loadLanes, storeLanes } from "../vector/lanes";
import { panelAt, panelDepth } from "./panel";
import { addSums } from "./sums";

/** Rows of at least so many bytes are worth it; below, a tile's sums stay in registers. Measured: bench/matmul.bench.ts. */
export const rowProductBytes: usize = 2048;

/** Bytes of columns whose sums stay in a first-level cache: a panel. */
const sumBytes: usize = 16384;

/**
 * c = initial + a · B, each sum in the order of k and in blocks, as in a tile.
 *
 * @param a its element k is at a + k·aStep
 * @param b [depth, columns], rows bStep bytes apart
 * @param initial a row of C's width, or 0 for zeros
 */
export function rowProduct<T extends number>(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  depth: i32,
  columns: i32,
  initial: usize,
): void {
  const bytes = <usize>columns * sizeof<T>();
  for (let offset: usize = 0; offset < bytes; offset += sumBytes) {
    const count = <i32>(min(sumBytes, bytes - offset) / sizeof<T>());
    let initials = initial ? initial + offset : 0;
    for (let k = 0; k < depth; k += panelDepth) {
      const sums = k ? panelAt(0) : c + offset;
      sumRows<T>(
        a + <usize>k * aStep,
        aStep,
        b + <usize>k * bStep + offset,
        bStep,
        sums,
        min(panelDepth, depth - k),
        count,
      );
      if (k) initials = sums;
      if (initials) addSums<T>(initials, c + offset, count);
      initials = 0;
    }
  }
}

/** sums = a · B. */
function sumRows<T extends number>(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  sums: usize,
  depth: i32,
  columns: i32,
): void {
  memory.fill(sums, 0, <usize>columns * sizeof<T>());
  for (; depth > 3; depth -= 4) {
    addFour<T>(a, aStep, b, bStep, sums, columns);
    a += 4 * aStep;
    b += 4 * bStep;
  }
  for (; depth > 0; depth--) {
    addOne<T>(a, b, sums, columns);
    a += aStep;
    b += bStep;
  }
}

/**
 * Computes the first columns of c = initial + a · B, as `rowProduct` has them, eight vectors at a time.
 *
 * @returns how many columns: those that fill such tiles
 */
export function rowTiles<T extends number>(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  depth: i32,
  columns: i32,
  initial: usize,
): i32 {
  const width = 8 * laneCount<T>();
  const whole = columns - (columns % width);
  for (let column = 0; column < whole; column += width) {
    const offset = <usize>column * sizeof<T>();
    let start = initial ? initial + offset : 0;
    for (let k = 0; k < depth; k += panelDepth) {
      const block = b + <usize>k * bStep + offset;
      rowTile<T>(a + <usize>k * aStep, aStep, block, bStep, c + offset, min(panelDepth, depth - k), start);
      start = c + offset;
    }
  }
  return whole;
}

/** Eight vectors of c = start + a · B; two fences a step, as in a tile (tile.ts), since it has twice the vectors of B. */
function rowTile<T extends number>(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  depth: i32,
  start: usize,
): void {
  let c0 = v128.splat<T>(<T>0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  do {
    for (let step = 0; step < 4; step++) {
      // @unroll
      const factor = v128.load_splat<T>(a);
      c0 = addProduct<T>(c0, factor, v128.load(b));
      c1 = addProduct<T>(c1, factor, v128.load(b, 16));
      c2 = addProduct<T>(c2, factor, v128.load(b, 32));
      c3 = addProduct<T>(c3, factor, v128.load(b, 48));
      if (!b) break; // never
      c4 = addProduct<T>(c4, factor, v128.load(b, 64));
      c5 = addProduct<T>(c5, factor, v128.load(b, 80));
      c6 = addProduct<T>(c6, factor, v128.load(b, 96));
      c7 = addProduct<T>(c7, factor, v128.load(b, 112));
      if (--depth == 0) break;
      a += aStep;
      b += bStep;
    }
  } while (depth != 0);
  if (start) {
    c0 = addAlone<T>(c0, v128.load(start));
    c1 = addAlone<T>(c1, v128.load(start, 16));
    c2 = addAlone<T>(c2, v128.load(start, 32));
    c3 = addAlone<T>(c3, v128.load(start, 48));
    c4 = addAlone<T>(c4, v128.load(start, 64));
    c5 = addAlone<T>(c5, v128.load(start, 80));
    c6 = addAlone<T>(c6, v128.load(start, 96));
    c7 = addAlone<T>(c7, v128.load(start, 112));
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

/** c += the products of four elements of a with four rows of B, one after the other. */
function addFour<T extends number>(a: usize, aStep: usize, b: usize, bStep: usize, c: usize, columns: i32): void {
  const a0 = v128.load_splat<T>(a);
  const a1 = v128.load_splat<T>(a + aStep);
  const a2 = v128.load_splat<T>(a + 2 * aStep);
  const a3 = v128.load_splat<T>(a + 3 * aStep);
  let b1 = b + bStep;
  let b2 = b1 + bStep;
  let b3 = b2 + bStep;
  const wholeEnd = c + <usize>(columns & -(4 * laneCount<T>())) * sizeof<T>();
  while (c < wholeEnd) {
    for (let vector = 0; vector < 4; vector++) {
      // @unroll
      const offset = <usize>vector * 16;
      let sum = addProduct<T>(v128.load(c + offset), a0, v128.load(b + offset));
      sum = addProduct<T>(sum, a1, v128.load(b1 + offset));
      sum = addProduct<T>(sum, a2, v128.load(b2 + offset));
      v128.store(c + offset, addProduct<T>(sum, a3, v128.load(b3 + offset)));
    }
    b += 64;
    b1 += 64;
    b2 += 64;
    b3 += 64;
    c += 64;
  }
  for (let rest = columns & (4 * laneCount<T>() - 1); rest > 0; rest -= laneCount<T>()) {
    const count = min(rest, laneCount<T>());
    let sum = addProduct<T>(loadLanes<T>(c, count), a0, loadLanes<T>(b, count));
    sum = addProduct<T>(sum, a1, loadLanes<T>(b1, count));
    sum = addProduct<T>(sum, a2, loadLanes<T>(b2, count));
    storeLanes<T>(c, addProduct<T>(sum, a3, loadLanes<T>(b3, count)), count);
    b += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
    c += 16;
  }
}

/** c += the product of one element of a with one row of B. */
function addOne<T extends number>(a: usize, b: usize, c: usize, columns: i32): void {
  const factor = v128.load_splat<T>(a);
  for (let rest = columns; rest > 0; rest -= laneCount<T>()) {
    const count = min(rest, laneCount<T>());
    storeLanes<T>(c, addProduct<T>(loadLanes<T>(c, count), factor, loadLanes<T>(b, count)), count);
    b += 16;
    c += 16;
  }
}
