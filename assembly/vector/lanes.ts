/**
 * The vocabulary of every kernel: a 128-bit vector of T, which is f32 (four lanes) or f64 (two lanes).
 */

/** @inline Lanes of one vector of T: 4 for f32, 2 for f64. */
export function laneCount<T extends number>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** @inline A vector whose lanes all hold `value`, rounded to T. */
export function splat<T extends number>(value: f64): v128 {
  return v128.splat<T>(<T>value);
}

/**
 * @inline a b + sum, rounded twice. In this order, so that multiplication and addition become nothing and a fused one in relaxed
 * arithmetic (src/kernels/fuse.ts): products add and multiply vectors by this alone.
 */
export function addProduct<T extends number>(sum: v128, a: v128, b: v128): v128 {
  return v128.add<T>(v128.mul<T>(a, b), sum);
}

/** @inline sum + x among products, of which relaxed arithmetic would take an addition for a part: as a subtraction, with the same bits. */
export function addAlone<T extends number>(sum: v128, x: v128): v128 {
  return v128.sub<T>(sum, v128.neg<T>(x));
}

/** @inline Returns whether a block may start at `address`: on 16 bytes. */
export function isAligned(address: usize): bool {
  return (address & 15) == 0;
}

/** @inline All ones in the first `count` lanes, zero in the others; 0 < count < laneCount<T>(). */
export function partMask<T extends number>(count: i32): v128 {
  if (sizeof<T>() == 8) return i64x2(-1, 0);
  return v128.gt<i32>(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** @inline sum + the lanes of `vector`, where `sum` is two f64 whatever T is: float32 sums stay accurate. */
export function addLanes<T extends number>(sum: v128, vector: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.add(sum, vector);
  const upper = v128.shuffle<i32>(vector, vector, 2, 3, 2, 3);
  return f64x2.add(f64x2.add(sum, f64x2.promote_low_f32x4(vector)), f64x2.promote_low_f32x4(upper));
}

/** @inline What `addLanes` has gathered, as one number. */
export function totalOf(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** @inline Returns the other half's lanes in each half. */
export function swapHalves(x: v128): v128 {
  return v128.shuffle<i64>(x, x, 1, 0);
}

/** @inline Returns each lane's neighbour within its half, for f32. */
export function swapNeighbours(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 1, 0, 3, 2);
}

/**
 * The first `count` elements at `address`, the other lanes zero; reads nothing beyond them.
 *
 * Requires  0 < count < laneCount<T>().
 */
export function loadPart<T extends number>(address: usize, count: i32): v128 {
  let vector = v128.splat<T>(<T>0);
  vector = v128.replace_lane<T>(vector, 0, load<T>(address));
  if (sizeof<T>() == 4) {
    if (count > 1) vector = v128.replace_lane<T>(vector, 1, load<T>(address, sizeof<T>()));
    if (count > 2) vector = v128.replace_lane<T>(vector, 2, load<T>(address, 2 * sizeof<T>()));
  }
  return vector;
}

/** @inline The `count` elements at `address`, `stride` bytes apart, the other lanes zero; 0 < count < laneCount<T>(). */
export function loadStrided<T extends number>(address: usize, stride: usize, count: i32): v128 {
  let vector = v128.replace_lane<T>(v128.splat<T>(<T>0), 0, load<T>(address));
  if (sizeof<T>() == 4) {
    if (count > 1) vector = v128.replace_lane<T>(vector, 1, load<T>(address + stride));
    if (count > 2) vector = v128.replace_lane<T>(vector, 2, load<T>(address + 2 * stride));
  }
  return vector;
}

/** Writes the first `count` lanes to `address` and nothing beyond them; 0 < count < laneCount<T>(). */
export function storePart<T extends number>(address: usize, vector: v128, count: i32): void {
  store<T>(address, v128.extract_lane<T>(vector, 0));
  if (sizeof<T>() == 4) {
    if (count > 1) store<T>(address, v128.extract_lane<T>(vector, 1), sizeof<T>());
    if (count > 2) store<T>(address, v128.extract_lane<T>(vector, 2), 2 * sizeof<T>());
  }
}

/** @inline The first `count` elements at `address`, 1 or 2, as f64; the other lane zero. */
export function loadDoubles<T extends number>(address: usize, count: i32): v128 {
  if (sizeof<T>() == 8) return count == 2 ? v128.load(address) : v128.load64_zero(address);
  return f64x2.promote_low_f32x4(count == 2 ? v128.load64_zero(address) : v128.load32_zero(address));
}

/** @inline Writes the first `count` of two f64, 1 or 2, to `address`, rounded to T. */
export function storeDoubles<T extends number>(address: usize, vector: v128, count: i32): void {
  if (sizeof<T>() == 8) {
    if (count == 2) v128.store(address, vector);
    else v128.store64_lane(address, vector, 0);
  } else {
    const rounded = f32x4.demote_f64x2_zero(vector);
    if (count == 2) v128.store64_lane(address, rounded, 0);
    else v128.store32_lane(address, rounded, 0);
  }
}

/** @inline As `loadPart`, where `count` may also be all lanes: in a loop over whole vectors, one instruction. */
export function loadLanes<T extends number>(address: usize, count: i32): v128 {
  if (count == laneCount<T>()) return v128.load(address);
  return loadPart<T>(address, count);
}

/** @inline As `storePart`, where `count` may also be all lanes. */
export function storeLanes<T extends number>(address: usize, vector: v128, count: i32): void {
  if (count == laneCount<T>()) v128.store(address, vector);
  else storePart<T>(address, vector, count);
}

/**
 * @inline `x`, but never so near to 0 that products with it are subnormal, on which processors are many times slower.
 *
 * For what decays step by step, such as the first moment of a weight whose gradient has become 0. A small number is added
 * and taken away again: that leaves what is far larger as it is, and rounds what is far smaller to multiples of its ulp.
 */
export function flushed<T extends number>(x: v128): v128 {
  const small = sizeof<T>() == 4 ? v128.splat<T>(<T>f32(1e-20)) : v128.splat<T>(<T>f64(1e-200));
  return v128.sub<T>(v128.add<T>(x, small), small);
}
