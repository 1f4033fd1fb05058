/**
 * Panels: bands of a matrix copied so that each step of k is 64 bytes, one after the other. A band of B's columns serves
 * products with more than a few rows, which read it again and again, and those with a transposed B, whose columns do not lie side by side;
 * a band of A's rows serves products down A's columns when those fall into few sets of the cache.
 */
import { laneCount } from "../vector/lanes";

/** Steps of k that a panel holds: 16 KiB, half of a first-level cache. */
export const panelDepth: i32 = 256;

/** Bytes from one step of k to the next. */
export const panelStep: usize = 64;

/** Bands of B that are packed together at most. */
export const panelGroup: i32 = 4;

/** Working space of one thread, which keeps nothing from one call to the next: an import, the same for all modules on a memory. */
declare const panels: usize;

/** Rows of a part of a product, as wide as the bands that are packed together. */
export const partRows: i32 = 128;

/** Bytes of that space: the bands of B, one of A, and a part of a product. */
export const panelBytes: i32 = ((panelGroup + 1) * panelDepth + panelGroup * partRows) * <i32>panelStep;

/** @inline Returns where band `index` of B is packed; index < panelGroup. */
export function panelAt(index: i32): usize {
  return panels + <usize>(index * panelDepth) * panelStep;
}

/** @inline Returns where a part of a product has room. */
export function partSums(): usize {
  return panelAt(panelGroup + 1);
}

/** @inline Returns where a band of A is packed. */
export function rowPanel(): usize {
  return panelAt(panelGroup);
}

/** panel[k] = the 64 bytes at source + k·step, where they lie side by side; 0 < depth <= panelDepth. */
export function packLines(source: usize, step: usize, depth: i32, panel: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(panel, v128.load(source));
    v128.store(panel, v128.load(source, 16), 16);
    v128.store(panel, v128.load(source, 32), 32);
    v128.store(panel, v128.load(source, 48), 48);
    source += step;
    panel += panelStep;
  }
}

/**
 * panel[k, vector · lanes + lane] = B[k, column of that vector + lane], for `vectors` vectors, which begin at columns
 * 0, lanes, 2·lanes …, but the last at column `lastColumn`.
 *
 * B's element (k, column) is at b + k·bStep + column·bColumn, strides in bytes; depth > 0. A panel of panelAt holds panelDepth steps.
 */
export function packColumns<T extends number>(
  b: usize,
  bStep: usize,
  bColumn: usize,
  depth: i32,
  vectors: i32,
  lastColumn: i32,
  panel: usize,
): void {
  if (bColumn == sizeof<T>() && lastColumn == 3 * laneCount<T>()) {
    packLines(b, bStep, depth, panel);
    return;
  }
  for (let vector = 0; vector < vectors; vector++) {
    const column = vector == vectors - 1 ? lastColumn : vector * laneCount<T>();
    const source = b + <usize>(<isize>column * <isize>bColumn);
    const destination = panel + <usize>vector * 16;
    if (bColumn == sizeof<T>()) copyVectors(source, bStep, depth, destination);
    else transposeVectors<T>(source, bStep, bColumn, depth, destination);
  }
}

function copyVectors(source: usize, step: usize, depth: i32, destination: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(destination, v128.load(source));
    source += step;
    destination += panelStep;
  }
}

/** Copies columns that each lie along k: blocks of lanes × lanes through registers, the rest element by element. */
function transposeVectors<T extends number>(
  source: usize,
  step: usize,
  column: usize,
  depth: i32,
  destination: usize,
): void {
  assert(step == sizeof<T>(), "a transposed matrix must lie along k");
  const lanes = laneCount<T>();
  let k = 0;
  for (; k + lanes <= depth; k += lanes) {
    transposeBlock<T>(source, column, destination);
    source += 16;
    destination += panelStep * <usize>lanes;
  }
  for (; k < depth; k++) {
    for (let lane = 0; lane < lanes; lane++) {
      store<T>(destination + <usize>lane * sizeof<T>(), load<T>(source + <usize>lane * column));
    }
    source += sizeof<T>();
    destination += panelStep;
  }
}

/** @inline Four rows of four, or two of two, become columns, 64 bytes apart. */
export function transposeBlock<T extends number>(source: usize, column: usize, destination: usize): void {
  const row0 = v128.load(source);
  const row1 = v128.load(source + column);
  if (sizeof<T>() == 8) {
    v128.store(destination, v128.shuffle<f64>(row0, row1, 0, 2));
    v128.store(destination, v128.shuffle<f64>(row0, row1, 1, 3), 64);
  } else {
    const row2 = v128.load(source + 2 * column);
    const row3 = v128.load(source + 3 * column);
    const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
    v128.store(destination, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(destination, v128.shuffle<f64>(low01, low23, 1, 3), 64);
    v128.store(destination, v128.shuffle<f64>(high01, high23, 0, 2), 128);
    v128.store(destination, v128.shuffle<f64>(high01, high23, 1, 3), 192);
  }
}
