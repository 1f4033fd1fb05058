/** The sums of blocks of a long sum, which are added one after the other (product.ts). */
import { addAlone, laneCount, loadPart, storePart } from "../vector/lanes";

/** c += sums, `count` elements. */
export function addSums<T extends number>(sums: usize, c: usize, count: i32): void {
  const end = c + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (c < end) {
    v128.store(c, addAlone<T>(v128.load(c), v128.load(sums)));
    sums += 16;
    c += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storePart<T>(c, addAlone<T>(loadPart<T>(c, rest), loadPart<T>(sums, rest)), rest);
}
