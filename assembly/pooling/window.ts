/**
 * The parts that the kernels of pooling share: the part of a window on the image, and the number of channels that they take at once.
 *
 * They take a vector of channels. If the channels are not a multiple of the lanes, the last vector overlaps the previous one. An image
 * with fewer channels than lanes has no whole vector: its channels are taken one by one (`isWide` is false, a constant of the inlined loop).
 */
import { acrossOf, Geometry, padLeftOf, widthOf } from "../convolution/geometry";
import { laneCount, partMask } from "../vector/lanes";

/** @inline Returns the first element of window `index` along a side; padding is left out. */
export function windowStart(index: i32, stride: i32, padding: i32): i32 {
  return max(index * stride - padding, 0);
}

/** @inline Returns the element behind the last of window `index` along a side. */
export function windowEnd(index: i32, stride: i32, padding: i32, size: i32, side: i32): i32 {
  return min(index * stride - padding + size, side);
}

/** Returns whether each window has an element along a side: windows of padding alone have no maximum and no mean. */
function hasElements(count: i32, stride: i32, padding: i32, size: i32, side: i32): bool {
  return count > 0 && padding < size && (count - 1) * stride - padding < side;
}

/** Returns whether pooling can work on such windows. */
export function arePoolable(windows: Geometry): bool {
  return (
    windows.dilationHeight == 1 &&
    windows.dilationWidth == 1 &&
    hasElements(windows.outputHeight, windows.strideHeight, windows.padTop, windows.kernelHeight, windows.height) &&
    hasElements(windows.outputWidth, windows.strideWidth, windows.padLeft, windows.kernelWidth, windows.width)
  );
}

/** Returns whether no element is in two windows. */
export function areDisjoint(windows: Geometry): bool {
  return windows.strideHeight >= windows.kernelHeight && windows.strideWidth >= windows.kernelWidth;
}

/** Returns whether every element along a side is in a window. */
function isCovered(count: i32, stride: i32, padding: i32, size: i32, side: i32): bool {
  return (count == 1 || stride <= size) && (count - 1) * stride - padding + size >= side;
}

/** Returns whether every element of image `row` is in a window. */
export function areCovering(windows: Geometry, row: i32): bool {
  const across = acrossOf(windows, row);
  const padLeft = padLeftOf(windows, row);
  return (
    isCovered(windows.outputHeight, windows.strideHeight, windows.padTop, windows.kernelHeight, windows.height) &&
    isCovered(across, windows.strideWidth, padLeft, windows.kernelWidth, widthOf(windows, row))
  );
}

/** @inline Returns the bytes of a vector of channels, or of one. */
export function stepOf<T extends number>(isWide: bool): usize {
  return isWide ? 16 : sizeof<T>();
}

/** @inline Loads a vector of channels, or one channel and zeros. */
export function loadChannels<T extends number>(isWide: bool, address: usize): v128 {
  if (isWide) return v128.load(address);
  return sizeof<T>() == 8 ? v128.load64_zero(address) : v128.load32_zero(address);
}

/** @inline Stores a vector of channels, or one channel. */
export function storeChannels<T extends number>(isWide: bool, address: usize, vector: v128): void {
  if (isWide) v128.store(address, vector);
  else if (sizeof<T>() == 8) v128.store64_lane(address, vector, 0);
  else v128.store32_lane(address, vector, 0);
}

/** Returns all ones in the lanes of the last vector of a pixel that the vector before it has not; all of them if it has none. */
export function lastChannels<T extends number>(channels: i32): v128 {
  const rest = channels & (laneCount<T>() - 1);
  if (rest == 0 || channels < laneCount<T>()) return i64x2.splat(-1);
  return v128.not(partMask<T>(laneCount<T>() - rest));
}
