/**
 * The parts of group normalization's passes: how they walk an example, and lists of numbers for its channels and groups.
 *
 * An example [positions, channels] is a matrix whose row is one position or, where channels are few, `fold` positions: then a loop along
 * a row is long, has whole vectors, and no sum of a column waits for itself. Channels are computed in bands. A list has a number for
 * each column of a band, [fold, width], f64, in the thread's working space.
 */
import { panelAt } from "../products/panel";
import { addColumns, sumColumns } from "../vector/sum";

/** Channels of a band, at most. */
export const bandChannels: i32 = 512;

/** Channels from which a row is one position. With fewer, a row has at most four times as many columns, so a list holds them. */
const manyChannels: i32 = 32;

/** @inline Returns where list `index` is; index < 20. */
export function listAt(index: i32): usize {
  return panelAt(0) + ((<usize>(index * bandChannels)) << 3);
}

/** Returns how many positions make one row. */
export function foldOf(channels: i32, positions: i32): i32 {
  return channels >= manyChannels ? 1 : min(((manyChannels - 1) / channels + 4) & -4, positions);
}

/** list[fold, channel] = values[its group], for `width` channels from `first` on. */
export function spread(values: usize, first: i32, width: i32, fold: i32, groupWidth: i32, list: usize): void {
  values += (<usize>(first / groupWidth)) << 3;
  const firstLeft = groupWidth - (first % groupWidth);
  for (; fold > 0; fold--) {
    let value = values;
    let left = firstLeft;
    for (let rest = width; rest > 0; rest -= left, left = groupWidth) {
      left = min(left, rest);
      const number = load<f64>(value);
      for (const end = list + ((<usize>left) << 3); list < end; list += 8) store<f64>(list, number);
      value += 8;
    }
  }
}

/** output[channel] = Σ list[fold, channel]; `output` may be `list`. */
export function unfold(list: usize, width: i32, fold: i32, output: usize): void {
  const step = (<usize>width) << 3;
  for (const end = list + step; list < end; list += 8) {
    let total = load<f64>(list);
    let at = list;
    for (let rest = fold - 1; rest > 0; rest--) {
      at += step;
      total += load<f64>(at);
    }
    store<f64>(output, total);
    output += 8;
  }
}

/** totals[group] += Σ numbers[channel], of `width` channels from `first` on. */
function addToGroups(numbers: usize, first: i32, width: i32, groupWidth: i32, totals: usize): void {
  totals += (<usize>(first / groupWidth)) << 3;
  let left = groupWidth - (first % groupWidth);
  for (let rest = width; rest > 0; rest -= left, left = groupWidth) {
    left = min(left, rest);
    let total = load<f64>(totals);
    for (const end = numbers + ((<usize>left) << 3); numbers < end; numbers += 8) total += load<f64>(numbers);
    store<f64>(totals, total);
    totals += 8;
  }
}

/** averages[group] = Σ term(element, centres[group]) / elements of a group; `centres` may be `averages`, which are 0 then. */
export function averageGroups<T extends number, Term>(
  input: usize,
  positions: i32,
  channels: i32,
  groups: i32,
  centres: usize,
  averages: usize,
): void {
  const groupWidth = channels / groups;
  const fold = foldOf(channels, positions);
  const rows = positions / fold;
  const rest = positions - rows * fold;
  const rowBytes = <usize>(channels * fold) * sizeof<T>();
  const sums = listAt(0);
  const parameters = listAt(1);
  const end = averages + ((<usize>groups) << 3);
  for (let average = averages; average < end; average += 8) store<f64>(average, 0);
  for (let first = 0; first < channels; first += bandChannels) {
    const width = min(bandChannels, channels - first);
    const from = input + <usize>first * sizeof<T>();
    spread(centres, first, width, fold, groupWidth, parameters);
    sumColumns<T, Term>(from, rows, width * fold, rowBytes, parameters, sums);
    if (rest) addColumns<T, Term>(from + <usize>rows * rowBytes, 1, width * rest, rowBytes, parameters, sums);
    if (fold > 1) unfold(sums, width, fold, sums);
    addToGroups(sums, first, width, groupWidth, averages);
  }
  const count = <f64>positions * <f64>groupWidth;
  for (let average = averages; average < end; average += 8) store<f64>(average, load<f64>(average) / count);
}

/** list[fold, channel] *= factors[channel] */
export function multiplyList<T extends number>(list: usize, factors: usize, width: i32, fold: i32): void {
  const end = factors + <usize>width * sizeof<T>();
  for (; fold > 0; fold--) {
    for (let factor = factors; factor < end; factor += sizeof<T>()) {
      store<f64>(list, load<f64>(list) * <f64>load<T>(factor));
      list += 8;
    }
  }
}

/** output[fold, channel] = numbers[channel], in T. */
export function repeat<T extends number>(numbers: usize, width: i32, fold: i32, output: usize): void {
  const end = numbers + <usize>width * sizeof<T>();
  for (; fold > 0; fold--) {
    for (let number = numbers; number < end; number += sizeof<T>()) {
      store<T>(output, load<T>(number));
      output += sizeof<T>();
    }
  }
}
