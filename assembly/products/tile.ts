/**
 * Tiles of a product, 2 rows × 4 vectors: 8 accumulators, 4 vectors of B and 2 broadcast elements of A are 14 of the 15
 * vector registers that V8 has to give. Tiles of one or two vectors may have 4 rows. Every element is one sum in the order of k, to
 * which its start is added, so the tile's shape does not matter. A long sum comes in blocks: later ones start with what is in C.
 */
import { addAlone, addProduct } from "../vector/lanes";

/**
 * One band of C = start + A · B: all its rows, `vectors` vectors wide, of which the last is at cLast (and in B at bLast).
 *
 * Strides are in bytes: A's element (row, k) is at a + row·aRow + k·aStep, and lies as Layout says. `start` may be C itself; 0 is
 * for zeros. Its rows are startRow bytes apart, 0 if they are all the same or there are none.
 */
export function band<T extends number, Layout>(
  vectors: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bLast: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  cLast: usize,
  rows: i32,
  start: usize,
  startRow: usize,
): void {
  if (vectors == 4 && bLast == 48 && bStep == 64)
    tiles<T, Layout, Packed>(a, aRow, aStep, b, bStep, bLast, depth, c, cRow, cLast, rows, start, startRow);
  else if (vectors == 4 && bLast == 48)
    tiles<T, Layout, Whole>(a, aRow, aStep, b, bStep, bLast, depth, c, cRow, cLast, rows, start, startRow);
  else if (vectors == 4)
    tiles<T, Layout, Four>(a, aRow, aStep, b, bStep, bLast, depth, c, cRow, cLast, rows, start, startRow);
  else if (vectors == 3)
    tiles<T, Layout, Three>(a, aRow, aStep, b, bStep, bLast, depth, c, cRow, cLast, rows, start, startRow);
  else if (vectors == 2)
    tiles<T, Layout, Two>(a, aRow, aStep, b, bStep, bLast, depth, c, cRow, cLast, rows, start, startRow);
  else tiles<T, Layout, One>(a, aRow, aStep, b, bStep, bLast, depth, c, cRow, cLast, rows, start, startRow);
}

/**
 * Types that say how A lies. Constants in the addresses of its elements take no instruction. Each family has the tiles that it uses:
 * prediction reads A along its rows only.
 */
@final
@unmanaged
export class AlongRows {
  /** @inline Returns whether aStep is an element's size. Otherwise aRow is, or there is one row. */
  alongRows(): bool {
    return true;
  }

  /** @inline Returns whether k goes through several segments. */
  inSegments(): bool {
    return false;
  }
}

@final
@unmanaged
export class DownColumns {
  /** @inline */
  alongRows(): bool {
    return false;
  }

  /** @inline */
  inSegments(): bool {
    return false;
  }
}

@final
@unmanaged
export class AlongRowsInSegments {
  /** @inline */
  alongRows(): bool {
    return true;
  }

  /** @inline */
  inSegments(): bool {
    return true;
  }
}

@final
@unmanaged
export class DownColumnsInSegments {
  /** @inline */
  alongRows(): bool {
    return false;
  }

  /** @inline */
  inSegments(): bool {
    return true;
  }
}

/** Said of a width: the last vector lies beside the others. */
const isBeside: i32 = 8;
/** Said of a width: so it does in B, whose steps are those of a panel. */
const isPanel: i32 = 16;

/**
 * The width of a tile, as a type: its vectors, and what is constant in the addresses of B. Each has a function of its own, so
 * that constants take no instruction.
 */
@final
@unmanaged
export class Packed {
  /** @inline */
  width(): i32 {
    return 4 | isBeside | isPanel;
  }
}

@final
@unmanaged
export class PackedFour {
  /** @inline */
  width(): i32 {
    return 4 | isPanel;
  }
}

@final
@unmanaged
export class PackedThree {
  /** @inline */
  width(): i32 {
    return 3 | isPanel;
  }
}

@final
@unmanaged
export class PackedTwo {
  /** @inline */
  width(): i32 {
    return 2 | isPanel;
  }
}

@final
@unmanaged
export class PackedOne {
  /** @inline */
  width(): i32 {
    return 1 | isPanel;
  }
}

@final
@unmanaged
class Whole {
  /** @inline */
  width(): i32 {
    return 4 | isBeside;
  }
}

@final
@unmanaged
class Four {
  /** @inline */
  width(): i32 {
    return 4;
  }
}

@final
@unmanaged
class Three {
  /** @inline */
  width(): i32 {
    return 3;
  }
}

@final
@unmanaged
class Two {
  /** @inline */
  width(): i32 {
    return 2;
  }
}

@final
@unmanaged
class One {
  /** @inline */
  width(): i32 {
    return 1;
  }
}

/** @inline The vectors of a width. */
export function vectorsOf<Width>(): i32 {
  return changetype<Width>(0).width() & 7;
}

function tiles<T extends number, Layout, Width>(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bLast: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  cLast: usize,
  rows: i32,
  start: usize,
  startRow: usize,
): void {
  for (; rows > 1; rows -= 2) {
    tile<T, Layout, Width>(
      2,
      a,
      aRow,
      0,
      0,
      aStep,
      b,
      bStep,
      bLast,
      depth,
      c,
      cRow,
      0,
      0,
      cLast,
      start,
      startRow,
      0,
      0,
      0,
      1,
    );
    a += 2 * aRow;
    c += 2 * cRow;
    start += 2 * startRow;
  }
  if (rows) {
    tile<T, Layout, Width>(1, a, 0, 0, 0, aStep, b, bStep, bLast, depth, c, 0, 0, 0, cLast, start, 0, 0, 0, 0, 1);
  }
}

/**
 * @inline One tile of C, `rows` by the vectors of `Width`: both constants, so that each use keeps only its part. Rows are 1 or 2, or up
 * to 4 of at most two vectors. The second to fourth rows of A lie aRow1, aRow2, aRow3 bytes behind the first; those of C and of start
 * likewise. Down columns, rows of A lie beside each other.
 *
 * In a layout in segments, k goes through `segments` segments of `depth` steps. Each begins in A `aSegment` bytes after the previous
 * one; in B, a panel, directly after it. Other layouts ignore `aSegment` and `segments`.
 *
 * The loop leaves between any two steps: the exit is a fence that keeps V8 and Binaryen from moving the loads and sums of
 * one step into another's, which would need more registers than there are.
 */
export function tile<T extends number, Layout, Width>(
  rows: i32,
  a: usize,
  aRow1: usize,
  aRow2: usize,
  aRow3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bLast: usize,
  depth: i32,
  c: usize,
  cRow1: usize,
  cRow2: usize,
  cRow3: usize,
  cLast: usize,
  start: usize,
  startRow1: usize,
  startRow2: usize,
  startRow3: usize,
  aSegment: usize,
  segments: i32,
): void {
  const inSegments = changetype<Layout>(0).inSegments();
  const width = changetype<Width>(0).width();
  const vectors = width & 7;
  const alongRows = changetype<Layout>(0).alongRows();
  // The last vector is named 3, whatever the width.
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  let c20 = c00;
  let c23 = c00;
  let c30 = c00;
  let c33 = c00;
  let a1 = a + aRow1;
  let a2 = a + aRow2;
  let a3 = a + aRow3;
  let aStart = a;
  let bStart = b;
  const steps = depth;
  for (;;) {
    do {
      for (let step = 0; step < 8; step++) {
        // @unroll
        const x0 = alongRows ? v128.load_splat<T>(a, step * sizeof<T>()) : v128.load_splat<T>(a);
        let x1 = x0;
        let x2 = x0;
        let x3 = x0;
        if (rows > 1) x1 = alongRows ? v128.load_splat<T>(a1, step * sizeof<T>()) : v128.load_splat<T>(a, sizeof<T>());
        if (rows > 2)
          x2 = alongRows ? v128.load_splat<T>(a2, step * sizeof<T>()) : v128.load_splat<T>(a, 2 * sizeof<T>());
        if (rows > 3)
          x3 = alongRows ? v128.load_splat<T>(a3, step * sizeof<T>()) : v128.load_splat<T>(a, 3 * sizeof<T>());
        if (vectors > 1) {
          const b0 = width & isPanel ? v128.load(b, step * 64) : v128.load(b);
          c00 = addProduct<T>(c00, x0, b0);
          if (rows > 1) c10 = addProduct<T>(c10, x1, b0);
          if (rows > 2) c20 = addProduct<T>(c20, x2, b0);
          if (rows > 3) c30 = addProduct<T>(c30, x3, b0);
        }
        if (vectors > 2) {
          const b1 = width & isPanel ? v128.load(b, step * 64 + 16) : v128.load(b, 16);
          c01 = addProduct<T>(c01, x0, b1);
          if (rows > 1) c11 = addProduct<T>(c11, x1, b1);
        }
        if (vectors > 3) {
          const b2 = width & isPanel ? v128.load(b, step * 64 + 32) : v128.load(b, 32);
          c02 = addProduct<T>(c02, x0, b2);
          if (rows > 1) c12 = addProduct<T>(c12, x1, b2);
        }
        let b3: v128;
        if (!(width & isPanel)) b3 = width & isBeside ? v128.load(b, 48) : v128.load(b + bLast);
        else if (vectors == 4) b3 = v128.load(b, step * 64 + 48);
        else if (vectors == 3) b3 = v128.load(b, step * 64 + 32);
        else if (vectors == 2) b3 = v128.load(b, step * 64 + 16);
        else b3 = v128.load(b, step * 64);
        c03 = addProduct<T>(c03, x0, b3);
        if (rows > 1) c13 = addProduct<T>(c13, x1, b3);
        if (rows > 2) c23 = addProduct<T>(c23, x2, b3);
        if (rows > 3) c33 = addProduct<T>(c33, x3, b3);
        if (--depth == 0) break;
        if (!alongRows) a += aStep;
        if (!(width & isPanel)) b += bStep;
      }
      if (width & isPanel) b += 512;
      if (alongRows) {
        a += 8 * sizeof<T>();
        if (rows > 1) a1 += 8 * sizeof<T>();
        if (rows > 2) a2 += 8 * sizeof<T>();
        if (rows > 3) a3 += 8 * sizeof<T>();
      }
    } while (depth != 0);
    if (!inSegments || --segments == 0) break;
    depth = steps;
    aStart += aSegment;
    bStart += <usize>steps * bStep;
    a = aStart;
    if (alongRows) {
      a1 = a + aRow1;
      if (rows > 2) a2 = a + aRow2;
      if (rows > 3) a3 = a + aRow3;
    }
    b = bStart;
  }
  if (start) {
    if (vectors > 1) c00 = addAlone<T>(c00, v128.load(start));
    if (vectors > 2) c01 = addAlone<T>(c01, v128.load(start, 16));
    if (vectors > 3) c02 = addAlone<T>(c02, v128.load(start, 32));
    c03 = addAlone<T>(c03, v128.load(start + cLast));
    if (rows > 1) {
      if (vectors > 1) c10 = addAlone<T>(c10, v128.load(start + startRow1));
      if (vectors > 2) c11 = addAlone<T>(c11, v128.load(start + startRow1, 16));
      if (vectors > 3) c12 = addAlone<T>(c12, v128.load(start + startRow1, 32));
      c13 = addAlone<T>(c13, v128.load(start + startRow1 + cLast));
    }
    if (rows > 2) {
      if (vectors > 1) c20 = addAlone<T>(c20, v128.load(start + startRow2));
      c23 = addAlone<T>(c23, v128.load(start + startRow2 + cLast));
    }
    if (rows > 3) {
      if (vectors > 1) c30 = addAlone<T>(c30, v128.load(start + startRow3));
      c33 = addAlone<T>(c33, v128.load(start + startRow3 + cLast));
    }
  }
  if (vectors > 1) v128.store(c, c00);
  if (vectors > 2) v128.store(c, c01, 16);
  if (vectors > 3) v128.store(c, c02, 32);
  v128.store(c + cLast, c03);
  if (rows > 1) {
    if (vectors > 1) v128.store(c + cRow1, c10);
    if (vectors > 2) v128.store(c + cRow1, c11, 16);
    if (vectors > 3) v128.store(c + cRow1, c12, 32);
    v128.store(c + cRow1 + cLast, c13);
  }
  if (rows > 2) {
    if (vectors > 1) v128.store(c + cRow2, c20);
    v128.store(c + cRow2 + cLast, c23);
  }
  if (rows > 3) {
    if (vectors > 1) v128.store(c + cRow3, c30);
    v128.store(c + cRow3 + cLast, c33);
  }
}
