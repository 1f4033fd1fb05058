/** Sums of elements that lie beside each other. */
import { laneCount, loadPart, storePart } from "./lanes";

/** sum += values, `count` elements. */
export function addTo<T extends number>(values: usize, sum: usize, count: i32): void {
  const end = sum + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (sum < end) {
    v128.store(sum, v128.add<T>(v128.load(sum), v128.load(values)));
    values += 16;
    sum += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storePart<T>(sum, v128.add<T>(loadPart<T>(sum, rest), loadPart<T>(values, rest)), rest);
}
