/**
 * Sides of a value in another order, as where [height, width, channels] becomes [channels, height, width]. The layer that calls
 * it writes the order down once: a list of pairs of integers, one a side of the output, from the outermost.
 */
import { laneCount } from "./lanes";

/** Bytes of one pair: how many elements the side has, and how far apart these lie in the source. */
const pairBytes: usize = 8;

/** @inline destination[i] = source[i · stride] for i < count. */
function gather<T extends number>(source: usize, destination: usize, count: i32, stride: usize): void {
  for (let rest = count; rest > 0; rest--) {
    store<T>(destination, load<T>(source));
    source += stride;
    destination += sizeof<T>();
  }
}

/** Writes the sides from `pairs` on, `sides` of them. Returns the address behind what it has written. */
function copySides<T extends number>(source: usize, destination: usize, pairs: usize, sides: i32): usize {
  const count = load<i32>(pairs);
  const stride = <usize>load<i32>(pairs, 4) * sizeof<T>();
  if (sides == 1) {
    const bytes = <usize>count * sizeof<T>();
    // The call of memory.copy takes as long as some elements.
    if (stride == sizeof<T>() && count > laneCount<T>()) memory.copy(destination, source, bytes);
    else gather<T>(source, destination, count, stride);
    return destination + bytes;
  }
  for (let rest = count; rest > 0; rest--) {
    destination = copySides<T>(source, destination, pairs + pairBytes, sides - 1);
    source += stride;
  }
  return destination;
}

/**
 * destination[row, i, j, …] = source[row, i · strideᵢ + j · strideⱼ + …].
 *
 * Shapes    source, destination: [rows, size]; pairs: [sides, 2] of i32, the elements of each side of the output and their
 *           distance in the source, in elements; the product of the first is size.
 * Writes    destination (overwritten), which may not overlap source.
 * Requires  both blocks multiples of an element's size; pairs of 4; rows, size, sides and every element of pairs >= 1.
 * Numerics  exact: every element keeps its bits.
 */
export function permute<T extends number>(
  source: usize,
  destination: usize,
  pairs: usize,
  sides: i32,
  rows: i32,
  size: i32,
): void {
  assert(rows > 0 && size > 0 && sides > 0, "rows, size and sides must be positive");
  assert(((source | destination) & (sizeof<T>() - 1)) == 0, "addresses must be multiples of an element's size");
  const rowBytes = <usize>size * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    const end = copySides<T>(source, destination, pairs, sides);
    assert(end == destination + rowBytes, "the sides must have as many elements as a row");
    source += rowBytes;
    destination = end;
  }
}
