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

@final
@unmanaged
export class Permute {
  /** [rows, size] */
  source: usize;
  /** [rows, size]; may not overlap source. */
  destination: usize;
  /** [sides, 2] of i32: the elements of each side of the output, and their distance in the source, in elements. */
  pairs: usize;
  sides: i32;
  size: i32;
}

/**
 * destination[row, i, j, …] = source[row, i · strideᵢ + j · strideⱼ + …].
 *
 * Range     rows.
 * Writes    destination (overwritten).
 * Requires  both blocks multiples of an element's size; pairs of 4; sides and every element of pairs >= 1; the product of the first
 *           elements is size.
 * Numerics  exact: every element keeps its bits.
 */
export function permute<T extends number>(args: Permute, begin: i32, end: i32): void {
  assert(end > begin && args.size > 0 && args.sides > 0, "rows, size and sides must be positive");
  assert(
    ((args.source | args.destination) & (sizeof<T>() - 1)) == 0,
    "addresses must be multiples of an element's size",
  );
  const rowBytes = <usize>args.size * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const offset = <usize>row * rowBytes;
    const destination = args.destination + offset;
    const written = copySides<T>(args.source + offset, destination, args.pairs, args.sides);
    assert(written == destination + rowBytes, "the sides must have as many elements as a row");
  }
}
