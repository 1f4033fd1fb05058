/**
 * The mask of dropout: a pure function of seed, step, stream and the index of an element, the same for f32 and f64. Nothing is stored.
 */
import { laneCount, loadLanes, storeLanes } from "../vector/lanes";

/** The multipliers of lowbias32 by Chris Wellons, https://nullprogram.com/blog/2018/07/31/ (public domain). */
const multiplier1: i32 = 0x7feb352d;
const multiplier2: i32 = <i32>0x846ca68b;

/** The start of the keys, because the hash of 0 is 0: the fractions of the golden ratio and of √2. */
const origin1: i32 = <i32>0x9e3779b9;
const origin2: i32 = 0x6a09e667;

/** @inline lowbias32 of one number. */
function hash(x: i32): i32 {
  x = (x ^ (x >>> 16)) * multiplier1;
  x = (x ^ (x >>> 15)) * multiplier2;
  return x ^ (x >>> 16);
}

/** @inline lowbias32 of four numbers. */
function hashLanes(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(multiplier1));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(multiplier2));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** @inline The `lanes` elements at `input` times factor where `isKept`, else 0. */
function dropLanes<T extends number>(input: usize, output: usize, lanes: i32, factor: v128, isKept: v128): void {
  storeLanes<T>(output, v128.and(v128.mul<T>(loadLanes<T>(input, lanes), factor), isKept), lanes);
}

/** @inline The next `count` elements, at most four; `isKept` is all ones in the lanes of those that stay. */
function dropFour<T extends number>(input: usize, output: usize, count: i32, factor: v128, isKept: v128): void {
  if (sizeof<T>() == 4) {
    dropLanes<T>(input, output, count, factor, isKept);
    return;
  }
  dropLanes<T>(input, output, min(count, laneCount<T>()), factor, i64x2.extend_low_i32x4_s(isKept));
  if (count <= laneCount<T>()) return;
  const rest = count - laneCount<T>();
  dropLanes<T>(input + 16, output + 16, rest, factor, i64x2.extend_high_i32x4_s(isKept));
}

/** The first of a mask's two keys: of masks from one word two would soon be the same. */
export function firstKey(seed: i32, step: i32, stream: i32): i32 {
  return hash(hash(hash(seed + origin1) ^ step) ^ stream);
}

/** The second key, in every lane. */
export function secondKey(seed: i32, step: i32, stream: i32): v128 {
  return i32x4.splat(hash(hash(hash(stream + origin2) ^ seed) ^ step));
}

/** Hashes from here on stay. A whole number is below rate · 2³² where it is below the next whole number; 2³² itself would not fit. */
export function thresholdsOf(rate: f64): v128 {
  return i32x4.splat(<i32>(<u32>min<f64>(ceil<f64>(rate * 4294967296), 4294967295)));
}

/** Drops elements of so many columns, at all positions the same; `index` is that of the first, with the first key. */
export function dropRow<T extends number>(
  input: usize,
  output: usize,
  positions: i32,
  columns: i32,
  index: i32,
  key: v128,
  thresholds: v128,
  factor: v128,
): void {
  const positionBytes = <usize>columns * sizeof<T>();
  const step4 = i32x4.splat(4);
  let indices = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3));
  for (let left = columns; left > 0; left -= 4) {
    const isKept = i32x4.ge_u(hashLanes(v128.xor(hashLanes(indices), key)), thresholds);
    let at: usize = 0;
    for (let rest = positions; rest > 0; rest--) {
      if (left >= 4) dropFour<T>(input + at, output + at, 4, factor, isKept);
      else dropFour<T>(input + at, output + at, left, factor, isKept);
      at += positionBytes;
    }
    indices = i32x4.add(indices, step4);
    input += 4 * sizeof<T>();
    output += 4 * sizeof<T>();
  }
}
