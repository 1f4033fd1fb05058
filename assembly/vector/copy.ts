/** Copies of elements that lie beside each other. */
import { laneCount, loadLanes, storeLanes } from "./lanes";

/** Copies of at least so many bytes are left to memory.copy, whose call takes as long as some vectors. */
const copiedBytes: usize = 256;

/** Copies `count` elements from source to destination. */
export function copyElements<T extends number>(source: usize, destination: usize, count: i32): void {
  if (<usize>count * sizeof<T>() >= copiedBytes) memory.copy(destination, source, <usize>count * sizeof<T>());
  else copyVectors<T>(source, destination, count);
}

/** @inline Copies vectors, then a part of one. */
function copyVectors<T extends number>(source: usize, destination: usize, count: i32): void {
  const end = source + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (source < end) {
    v128.store(destination, v128.load(source));
    source += 16;
    destination += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storeLanes<T>(destination, loadLanes<T>(source, rest), rest);
}
