/**
 * Bands of a convolution: up to four vectors of filters, for all pixels of an image. The rows of A are the pixels' windows, which lie
 * in the image itself: a row of the kernel is one run of it, a segment of k (products/tile.ts). B is packed.
 */
import { panelStep } from "../products/panel";
import {
  AlongRowsInSegments,
  DownColumnsInSegments,
  PackedFour,
  PackedOne,
  PackedThree,
  PackedTwo,
  tile,
  vectorsOf,
} from "../products/tile";
import { addAlone, addProduct, laneCount } from "../vector/lanes";

/** @inline The vectors of the widest band. Nine steps of k, as a kernel of 3 × 3 on one channel has them, have tiles of two vectors. */
export function widestBand(depth: i32, segments: i32): i32 {
  return depth == 3 && segments == 3 ? 2 : 4;
}

/**
 * @inline How many columns the band at `left` has: at most `widest` vectors, and never so many that fewer than a vector would be left.
 * So the last vector of a band overlaps others of its own band only, and sums may go on from C.
 */
export function bandColumns<T extends number>(columns: i32, left: i32, widest: i32): i32 {
  const rest = columns - left;
  const full = widest * laneCount<T>();
  if (rest <= full) return rest;
  return rest - full < laneCount<T>() ? full - laneCount<T>() : full;
}

/** @inline Vectors that hold so many columns. */
export function vectorCount<T extends number>(columns: i32): i32 {
  return (columns + laneCount<T>() - 1) / laneCount<T>();
}

/** @inline Bands that so many columns are cut into. */
export function bandCount<T extends number>(columns: i32, widest: i32): i32 {
  return (columns + widest * laneCount<T>() - 1) / (widest * laneCount<T>());
}

/**
 * A band over `count` pixels. Their windows in A lie `aPixel` bytes apart, their rows of C `cPixel`; after each `across` of them, at the
 * end of a line, both go on `aWrap` and `cWrap` bytes further. To the sums is added `start`, a row for all pixels, or 0 for zeros; or, if
 * goesOn, what is in C.
 */
export function pixelBand<T extends number>(
  vectors: i32,
  a: usize,
  aPixel: usize,
  aWrap: usize,
  aSegment: usize,
  segments: i32,
  b: usize,
  depth: i32,
  c: usize,
  cPixel: usize,
  cWrap: usize,
  cLast: usize,
  across: i32,
  count: i32,
  start: usize,
  goesOn: bool,
): void {
  if (vectors == 4)
    pixelTiles<T, PackedFour>(
      a,
      aPixel,
      aWrap,
      aSegment,
      segments,
      b,
      depth,
      c,
      cPixel,
      cWrap,
      cLast,
      across,
      count,
      start,
      goesOn,
    );
  else if (vectors == 3)
    pixelTiles<T, PackedThree>(
      a,
      aPixel,
      aWrap,
      aSegment,
      segments,
      b,
      depth,
      c,
      cPixel,
      cWrap,
      cLast,
      across,
      count,
      start,
      goesOn,
    );
  else if (vectors == 2 && depth == 3 && segments == 3 && !goesOn)
    nineSteps<T>(a, aPixel, aWrap, aSegment, b, c, cPixel, cWrap, cLast, across, count, start);
  else if (vectors == 2)
    pixelTiles<T, PackedTwo>(
      a,
      aPixel,
      aWrap,
      aSegment,
      segments,
      b,
      depth,
      c,
      cPixel,
      cWrap,
      cLast,
      across,
      count,
      start,
      goesOn,
    );
  else
    pixelTiles<T, PackedOne>(
      a,
      aPixel,
      aWrap,
      aSegment,
      segments,
      b,
      depth,
      c,
      cPixel,
      cWrap,
      cLast,
      across,
      count,
      start,
      goesOn,
    );
}

function pixelTiles<T extends number, Width>(
  a: usize,
  aPixel: usize,
  aWrap: usize,
  aSegment: usize,
  segments: i32,
  b: usize,
  depth: i32,
  c: usize,
  cPixel: usize,
  cWrap: usize,
  cLast: usize,
  across: i32,
  count: i32,
  start: usize,
  goesOn: bool,
): void {
  const rows = vectorsOf<Width>() > 2 ? 2 : 4;
  let left = across;
  while (count > 0) {
    const firstA = a;
    const firstC = c;
    // Rows past the last pixel repeat it, and write its sums again.
    if (count > 1) {
      a += aPixel;
      c += cPixel;
      if (--left == 0) {
        left = across;
        a += aWrap;
        c += cWrap;
      }
    }
    const a1 = a - firstA;
    const c1 = c - firstC;
    if (rows > 2 && count > 2) {
      a += aPixel;
      c += cPixel;
      if (--left == 0) {
        left = across;
        a += aWrap;
        c += cWrap;
      }
    }
    const a2 = a - firstA;
    const c2 = c - firstC;
    if (rows > 2 && count > 3) {
      a += aPixel;
      c += cPixel;
      if (--left == 0) {
        left = across;
        a += aWrap;
        c += cWrap;
      }
    }
    const a3 = a - firstA;
    const c3 = c - firstC;
    tile<T, AlongRowsInSegments, Width>(
      rows,
      firstA,
      a1,
      a2,
      a3,
      sizeof<T>(),
      b,
      panelStep,
      0,
      depth,
      firstC,
      c1,
      c2,
      c3,
      cLast,
      goesOn ? firstC : start,
      goesOn ? c1 : 0,
      goesOn ? c2 : 0,
      goesOn ? c3 : 0,
      aSegment,
      segments,
    );
    a += aPixel;
    c += cPixel;
    if (--left == 0) {
      left = across;
      a += aWrap;
      c += cWrap;
    }
    count -= rows;
  }
}

/** A band of two vectors where k has three segments of three steps: these are written out. */
function nineSteps<T extends number>(
  a: usize,
  aPixel: usize,
  aWrap: usize,
  aSegment: usize,
  b: usize,
  c: usize,
  cPixel: usize,
  cWrap: usize,
  cLast: usize,
  across: i32,
  count: i32,
  start: usize,
): void {
  let left = across;
  while (count > 0) {
    // Four pixels of a line, or as many as are left of it: rows past the last repeat it.
    const some = min(left, min(count, 4));
    const second: usize = some > 1 ? 1 : 0;
    const third: usize = some > 2 ? 2 : second;
    const fourth: usize = some > 3 ? 3 : third;
    nineTile<T>(
      a,
      a + second * aPixel,
      a + third * aPixel,
      a + fourth * aPixel,
      aSegment,
      b,
      c,
      c + second * cPixel,
      c + third * cPixel,
      c + fourth * cPixel,
      cLast,
      start,
    );
    a += <usize>some * aPixel;
    c += <usize>some * cPixel;
    count -= some;
    left -= some;
    if (left == 0) {
      left = across;
      a += aWrap;
      c += cWrap;
    }
  }
}

/** @inline A tile of four rows. The exit that ends it is the fence of a tile (products/tile.ts). */
function nineTile<T extends number>(
  a: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aSegment: usize,
  b: usize,
  c: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  cLast: usize,
  start: usize,
): void {
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let steps = 9;
  do {
    for (let step = 0; step < 9; step++) {
      // @unroll
      const b0 = v128.load(b, step * 64);
      const b1 = v128.load(b, step * 64 + 16);
      const x0 = v128.load_splat<T>(a, (step % 3) * sizeof<T>());
      c00 = addProduct<T>(c00, x0, b0);
      c01 = addProduct<T>(c01, x0, b1);
      const x1 = v128.load_splat<T>(a1, (step % 3) * sizeof<T>());
      c10 = addProduct<T>(c10, x1, b0);
      c11 = addProduct<T>(c11, x1, b1);
      const x2 = v128.load_splat<T>(a2, (step % 3) * sizeof<T>());
      c20 = addProduct<T>(c20, x2, b0);
      c21 = addProduct<T>(c21, x2, b1);
      const x3 = v128.load_splat<T>(a3, (step % 3) * sizeof<T>());
      c30 = addProduct<T>(c30, x3, b0);
      c31 = addProduct<T>(c31, x3, b1);
      if (step % 3 == 2) {
        a += aSegment;
        a1 += aSegment;
        a2 += aSegment;
        a3 += aSegment;
      }
      if (--steps == 0) break;
    }
  } while (steps != 0);
  if (start) {
    const s0 = v128.load(start);
    const s1 = v128.load(start + cLast);
    c00 = addAlone<T>(c00, s0);
    c01 = addAlone<T>(c01, s1);
    c10 = addAlone<T>(c10, s0);
    c11 = addAlone<T>(c11, s1);
    c20 = addAlone<T>(c20, s0);
    c21 = addAlone<T>(c21, s1);
    c30 = addAlone<T>(c30, s0);
    c31 = addAlone<T>(c31, s1);
  }
  v128.store(c, c00);
  v128.store(c + cLast, c01);
  v128.store(c1, c10);
  v128.store(c1 + cLast, c11);
  v128.store(c2, c20);
  v128.store(c2 + cLast, c21);
  v128.store(c3, c30);
  v128.store(c3 + cLast, c31);
}

/**
 * A band of C = start + Aᵀ · B: `rows` rows, whose elements lie beside each other in A. k goes through `segments` segments of `depth`
 * steps, which lie aStep bytes apart in A. Rows of C lie cRow bytes apart, those of start too; 0 for zeros.
 */
export function columnBand<T extends number>(
  vectors: i32,
  a: usize,
  aStep: usize,
  aSegment: usize,
  segments: i32,
  b: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  cLast: usize,
  rows: i32,
  start: usize,
): void {
  if (vectors == 4) columnTiles<T, PackedFour>(a, aStep, aSegment, segments, b, depth, c, cRow, cLast, rows, start);
  else if (vectors == 3)
    columnTiles<T, PackedThree>(a, aStep, aSegment, segments, b, depth, c, cRow, cLast, rows, start);
  else if (vectors == 2) columnTiles<T, PackedTwo>(a, aStep, aSegment, segments, b, depth, c, cRow, cLast, rows, start);
  else columnTiles<T, PackedOne>(a, aStep, aSegment, segments, b, depth, c, cRow, cLast, rows, start);
}

function columnTiles<T extends number, Width>(
  a: usize,
  aStep: usize,
  aSegment: usize,
  segments: i32,
  b: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  cLast: usize,
  rows: i32,
  start: usize,
): void {
  const most = vectorsOf<Width>() > 2 ? 2 : 4;
  const startRow: usize = start ? cRow : 0;
  for (; rows >= most; rows -= most) {
    columnTile<T, Width>(most, a, aStep, aSegment, segments, b, depth, c, cRow, cLast, start, startRow);
    a += <usize>most * sizeof<T>();
    c += <usize>most * cRow;
    start += <usize>most * startRow;
  }
  // Two or three rows at once: the weights of one channel have no more.
  if (most > 2 && rows == 3)
    columnTile<T, Width>(3, a, aStep, aSegment, segments, b, depth, c, cRow, cLast, start, startRow);
  else if (most > 2 && rows == 2)
    columnTile<T, Width>(2, a, aStep, aSegment, segments, b, depth, c, cRow, cLast, start, startRow);
  else if (rows == 1) columnTile<T, Width>(1, a, aStep, aSegment, segments, b, depth, c, cRow, cLast, start, startRow);
}

/** @inline */
function columnTile<T extends number, Width>(
  rows: i32,
  a: usize,
  aStep: usize,
  aSegment: usize,
  segments: i32,
  b: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  cLast: usize,
  start: usize,
  startRow: usize,
): void {
  tile<T, DownColumnsInSegments, Width>(
    rows,
    a,
    0,
    0,
    0,
    aStep,
    b,
    panelStep,
    0,
    depth,
    c,
    cRow,
    2 * cRow,
    3 * cRow,
    cLast,
    start,
    startRow,
    2 * startRow,
    3 * startRow,
    aSegment,
    segments,
  );
}
