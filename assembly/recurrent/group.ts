/**
 * A group of sequences that go through their steps together, so that each step is a product of several rows. They are ordered from the
 * longest to the shortest: at any step, those which still go on are the first ones.
 */
import { firstStep } from "../program/sequences";

/** Sequences of a group, at most. */
export const groupRows: i32 = 32;

/** Bytes of the lists of a group: of each sequence its row, its first step and its length. */
export const groupBytes: usize = 3 * 4 * 32;

/** @inline Returns the row of the batch that sequence `index` of the group is. */
export function rowOf(group: usize, index: i32): i32 {
  return load<i32>(group + ((<usize>index) << 2));
}

/** @inline Returns how many steps sequence `index` has. */
export function lengthOf(group: usize, index: i32): i32 {
  return load<i32>(group + ((<usize>index) << 2), 8 * groupRows);
}

/** @inline Returns the place of step `step` of sequence `index` among the steps of all; in reverse, steps count from the last. */
export function placeOf(group: usize, index: i32, step: i32, isReverse: bool): i32 {
  const first = load<i32>(group + ((<usize>index) << 2), 4 * groupRows);
  return first + (isReverse ? lengthOf(group, index) - 1 - step : step);
}

/** Writes the lists of the sequences `begin` to `begin` + `count`. Equal lengths keep their order. */
export function arrange(group: usize, offsets: usize, steps: i32, begin: i32, count: i32): void {
  for (let index = 0; index < count; index++) {
    const first = firstStep(offsets, steps, begin + index);
    const length = firstStep(offsets, steps, begin + index + 1) - first;
    let place = group + ((<usize>index) << 2);
    while (place > group && load<i32>(place - 4, 8 * groupRows) < length) {
      store<i32>(place, load<i32>(place - 4));
      store<i32>(place, load<i32>(place - 4, 4 * groupRows), 4 * groupRows);
      store<i32>(place, load<i32>(place - 4, 8 * groupRows), 8 * groupRows);
      place -= 4;
    }
    store<i32>(place, begin + index);
    store<i32>(place, first, 4 * groupRows);
    store<i32>(place, length, 8 * groupRows);
  }
}
