/** Makes pairs of examples for networks that learn whether two examples are of the same class. */

import { checkArguments, checkOptions, isKnown, plural, unknownName } from "../errors.ts";
import { generatorOf, type RandomGenerator } from "../random.ts";
import { checkLabels, type Label, rowsByLabel } from "./labels.ts";

/** The ways of choosing partners; `pairs` describes them. */
export type Partners = "random" | "consecutive";

export interface PairsOptions {
  /** A number, or a generator, which continues from call to call. Default 0. */
  seed?: number | RandomGenerator | undefined;
  /** Default "random". */
  partners?: Partners | undefined;
}

/** Pairs of rows: pair i consists of the rows `left[i]` and `right[i]`. */
export interface Pairs {
  /** Row numbers from 0. */
  left: number[];
  /** Row numbers from 0. */
  right: number[];
  /** 1 if both are of the same class, 0 if not. */
  targets: number[];
}

/**
 * Pairs each example with others: half of the pairs are of one class, half of two. The two kinds alternate, so that each batch has half of
 * each. The order is random.
 *
 * With `partners: "random"` each example is left once. Its partner is drawn from all candidates with equal probability. So there are as
 * many pairs as examples. An example that is alone in its class can only be in pairs of different classes. If more than half of the
 * examples are alone, all others are in pairs of the same class, which are then less than half.
 *
 * With `partners: "consecutive"` each example but the last of its class is left twice: with the next example of its class, and with an
 * example of another class. That class is drawn, each equally likely; the example is the one with the same place in it, or its last if it
 * has fewer.
 *
 * @param classes the class of each example
 * @throws {TypeError} if `classes` is not an array of strings or numbers
 * @throws {RangeError} if there are fewer than two classes, if no class has two examples, or if an option is unknown
 */
export function pairs(classes: ArrayLike<Label>, options: PairsOptions = {}): Pairs {
  checkArguments("pairs", arguments.length, 2);
  const who = "pairs";
  checkOptions(who, options, ["seed", "partners"]);
  const { seed = 0, partners = "random" } = options;
  if (!isKnown(makers, partners)) throw unknownName(`${who}: partners`, partners, Object.keys(makers));
  checkLabels(who, classes, Object(classes).length);
  const random = generatorOf(seed);
  const rows = Array.from({ length: classes.length }, (_, row) => row);
  const rowsOf = rowsByLabel(classes, rows);
  const { size } = rowsOf;
  if (size < 2) throw new RangeError(`${who}: got ${plural(size, "class", "classes")}, need at least two`);
  if (size === rows.length) {
    throw new RangeError(
      `${who}: got ${plural(size, "class", "classes")} of one example each, need one of two examples or more`,
    );
  }
  return makers[partners](classes, rowsOf, random);
}

type Maker = (
  classes: ArrayLike<Label>,
  rowsOf: ReadonlyMap<Label, readonly number[]>,
  random: RandomGenerator,
) => Pairs;

const makers: Readonly<Record<Partners, Maker>> = { random: randomPairs, consecutive: consecutivePairs };

function randomPairs(...[classes, rowsOf, random]: Parameters<Maker>): Pairs {
  const order = random.shuffle(Array.from({ length: classes.length }, (_, row) => row));
  const inCompany = order.filter((row) => rowsOf.get(classes[row])!.length > 1);
  const same = inCompany.slice(0, Math.floor(order.length / 2));
  const isSame = new Set(same);
  const different = order.filter((row) => !isSame.has(row));
  // Of the first `count` pairs, this many are of the same class: the overall share, rounded down.
  const sameAmong = (count: number) => Math.floor((count * same.length) / order.length);
  const left = order.map((_, pair) => {
    const before = sameAmong(pair);
    return sameAmong(pair + 1) > before ? same[before] : different[pair - before];
  });

  // The rows class by class, and the place where each class begins.
  const grouped = [...rowsOf.values()].flat();
  const begins = new Map<Label, number>();
  let begin = 0;
  for (const [label, { length }] of rowsOf) {
    begins.set(label, begin);
    begin += length;
  }
  const right = left.map((row) => {
    const own = rowsOf.get(classes[row])!;
    if (isSame.has(row)) {
      // The last one replaces the row itself.
      const choice = own[random.integer(own.length - 1)];
      return choice === row ? own[own.length - 1] : choice;
    }
    const choice = random.integer(grouped.length - own.length);
    return grouped[choice < begins.get(classes[row])! ? choice : choice + own.length];
  });
  return { left, right, targets: left.map((row) => (isSame.has(row) ? 1 : 0)) };
}

function consecutivePairs(...[, rowsOf, random]: Parameters<Maker>): Pairs {
  const groups = [...rowsOf.values()];
  const places = groups.flatMap((rows, group) => rows.slice(1).map((_, place) => ({ group, place })));
  const made: Pairs = { left: [], right: [], targets: [] };
  for (const { group, place } of random.shuffle(places)) {
    const rows = groups[group];
    const choice = random.integer(groups.length - 1);
    const others = groups[choice < group ? choice : choice + 1];
    made.left.push(rows[place], rows[place]);
    made.right.push(others[Math.min(place, others.length - 1)], rows[place + 1]);
    made.targets.push(0, 1);
  }
  return made;
}
