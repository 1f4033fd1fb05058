/**
 * Points out columns that make a model look better than it will be: a column that alone tells the target, numbers that only name rows, and
 * dates that are written as numbers.
 */

import { plainNumber } from "../data/index.ts";
import { pcg32 } from "../index.ts";
import type { TableColumn } from "./column.ts";
import { type InputDecision, type TargetDecision, whyAsked } from "./decide.ts";
import { clipName } from "./listed.ts";
import { percent, short } from "./numbers.ts";
import type { Parts } from "./parts.ts";
import { listWord, shellWord } from "./shell.ts";

/** A column is examined on at most this many rows. */
const mostRows = 5000;
/** Fewer rows say nothing about a column. */
const leastRows = 20;
/** A column alone tells the target if it predicts at least this share of it: of the classes, or of the variance. */
const leastShare = 0.99;
/** With fewer rows of other classes than the most frequent one, a column says nothing about them. */
const fewestMistakes = 5;

/** Returns the notes about the used columns. */
export function columnHints(inputs: readonly InputDecision[], target: TargetDecision, parts: Parts): string[] {
  const random = pcg32(0);
  const some = (rows: Int32Array) => random.shuffle(rows.slice()).slice(0, mostRows);
  const train = some(parts.train);
  const others = some(parts.test.length > 0 ? parts.test : parts.validation);
  const ofInputs = inputs
    .filter(({ isUsed, isText }) => isUsed && !isText)
    .flatMap(({ column }) => [
      ...tellingHint(column, target, train, others),
      ...(column.kind === "number" ? numberHints(column, train) : []),
    ]);
  return [...targetHints(target), ...ofInputs];
}

/** With more different texts, a target is a quantity whose last zeros are now and then left out. */
const mostLabels = 50;

/** Returns two texts of one number, as 1.1 and 1.10, if there are few different texts. */
function sameNumber(texts: readonly (string | null)[]): readonly [string, string] | undefined {
  const labels = new Set<string>();
  for (const text of texts) if (text !== null && labels.add(text).size > mostLabels) return undefined;
  const byNumber = new Map<number, string>();
  for (const label of labels) {
    const other = byNumber.get(plainNumber(label));
    if (other !== undefined) return [other, label];
    byNumber.set(plainNumber(label), label);
  }
  return undefined;
}

/** Notes that the numbers of a target rather name something. */
function targetHints({ column: { name, values, texts = [] }, goal, why }: TargetDecision): string[] {
  if (goal.kind !== "number" || why === whyAsked) return [];
  const same = sameNumber(texts)?.map((text) => JSON.stringify(text));
  if (same) {
    return [
      `${clipName(name)}: ${same.join(" and ")} are one number here; --task classification takes texts as classes`,
    ];
  }
  // A number to predict may well be one of children.
  const mayName = hasNameOfNames(name) && !/(nr|no|num|number)$/i.test(name);
  const isNamed = mayName && (values as Float64Array).every((value) => Number.isNaN(value) || Number.isInteger(value));
  if (!isNamed && !hasNameOfCodes(name)) return [];
  return [
    `${clipName(name)} looks like a code, of which numbers between two others mean nothing; it is predicted as a quantity; --task classification takes its values as classes`,
  ];
}

/** Notes that a column alone tells the target. */
function tellingHint(column: TableColumn, target: TargetDecision, train: Int32Array, others: Int32Array): string[] {
  if (others.length < leastRows) return [];
  const share = toldShare(column, target, train, others);
  if (!(share >= leastShare)) return [];
  const { name } = target.column;
  const told = target.goal.kind === "classes" ? `${percent(share)} of ${name}` : `${name} (R² ${short(share)})`;
  return [
    `${clipName(column.name)} alone tells ${told} on rows that are not trained on; is it known when you predict? If not, leave it out: --ignore ${listWord(column.name)}`,
  ];
}

/**
 * Returns how well a column alone predicts the target of `others`, by the rows of `train` with the same value, or with the nearest ones. Of
 * classes it is the share of right predictions, or -1 if always saying one class is nearly as good; of numbers it is R².
 */
function toldShare(
  { values }: TableColumn,
  { column, goal }: TargetDecision,
  train: Int32Array,
  others: Int32Array,
): number {
  if (goal.kind === "classes") {
    const labels = column.values as ArrayLike<string | number>;
    const known = new Map<unknown, Map<string | number, number>>();
    for (const row of train) {
      const counts = known.get(values[row]) ?? new Map<string | number, number>();
      known.set(values[row], counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1));
    }
    const frequent = new Map([...known].map(([value, counts]) => [value, mostFrequent(counts)]));
    const [anchors, said] = anchorsOf(frequent);
    return classShare(labels, others, (row) => {
      const value = values[row];
      return frequent.get(value) ?? said[nearest(anchors, value as number)];
    });
  }
  const targets = column.values as Float64Array;
  const sums = new Map<unknown, { sum: number; count: number }>();
  for (const row of train) {
    const { sum, count } = sums.get(values[row]) ?? { sum: 0, count: 0 };
    sums.set(values[row], { sum: sum + targets[row], count: count + 1 });
  }
  const means = new Map([...sums].map(([value, { sum, count }]) => [value, sum / count]));
  const [anchors, said] = anchorsOf(means);
  const mean = train.reduce((sum, row) => sum + targets[row], 0) / train.length;
  let [squared, spread] = [0, 0];
  for (const row of others) {
    const value = values[row];
    const told = means.get(value) ?? (typeof value === "number" ? between(anchors, said, value) : mean);
    squared += (targets[row] - told) ** 2;
    spread += (targets[row] - mean) ** 2;
  }
  return spread === 0 ? -1 : 1 - squared / spread;
}

const mostFrequent = <Label>(counts: ReadonlyMap<Label, number>): Label =>
  [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];

/** Returns the numbers among values in order, and what each of them says. */
function anchorsOf<Said>(known: ReadonlyMap<unknown, Said>): [anchors: Float64Array, said: Said[]] {
  const numbers = [...known].filter((entry): entry is [number, Said] => Number.isFinite(entry[0]));
  const sorted = numbers.sort(([one], [other]) => one - other);
  return [Float64Array.from(sorted, ([value]) => value), sorted.map(([, said]) => said)];
}

/** Returns the place of the last of sorted anchors that is at most `value`; -1 if there is none. */
function placeBefore(anchors: Float64Array, value: number): number {
  let [low, high] = [0, anchors.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (anchors[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Returns the place of the anchor that is nearest to `value`. */
function nearest(anchors: Float64Array, value: number): number {
  const place = Math.max(0, placeBefore(anchors, value));
  return anchors[place + 1] - value < Math.abs(value - anchors[place]) ? place + 1 : place;
}

/** Returns the number on the line between what two neighbours say. */
function between(anchors: Float64Array, said: readonly number[], value: number): number {
  if (!Number.isFinite(value) || anchors.length < 2) return said[0] ?? Number.NaN;
  const place = Math.min(Math.max(0, placeBefore(anchors, value)), anchors.length - 2);
  const share = (value - anchors[place]) / (anchors[place + 1] - anchors[place]);
  return said[place] + Math.min(Math.max(share, 0), 1) * (said[place + 1] - said[place]);
}

function classShare(
  labels: ArrayLike<string | number>,
  others: Int32Array,
  say: (row: number) => string | number | undefined,
): number {
  const counts = new Map<string | number, number>();
  let right = 0;
  for (const row of others) {
    counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
    if (say(row) === labels[row]) right++;
  }
  const naiveMistakes = others.length - [...counts.values()].reduce((most, count) => Math.max(most, count), 0);
  // Of a frequent class most rows are right without any column: nine of ten mistakes must go, of a few at least.
  const isTold = naiveMistakes >= fewestMistakes && others.length - right <= naiveMistakes / 10;
  return isTold ? right / others.length : -1;
}

/** Notes that numbers are dates or the names of rows. */
function numberHints({ name, values }: TableColumn, rows: Int32Array): string[] {
  const present = Float64Array.from(rows, (row) => values[row] as number).filter((value) => !Number.isNaN(value));
  if (present.length < leastRows || !present.every(Number.isInteger)) return [];
  const sorted = present.sort();
  const different = sorted.filter((value, index) => value !== sorted[index - 1]);
  const [shown, word] = [clipName(name), listWord(name)];
  if (different.length >= Math.min(leastRows, present.length / 2) && different.every(isDateNumber)) {
    const example = String(different[0]);
    const iso = `${example.slice(0, 4)}-${example.slice(4, 6)}-${example.slice(6)}`;
    return [
      `the numbers of ${shown} look like dates, such as ${example}: 31 January and 1 February are then 70 apart; write them as ${iso}, or --ignore ${word}`,
    ];
  }
  const ignore = `if it only names ${different.length === sorted.length ? "the row" : "what the row is about"}, it says nothing about new ones: --ignore ${word}`;
  if (hasNameOfCodes(name)) {
    return [
      `${shown} looks like a code, of which numbers between two others mean nothing; --categories ${word} takes it so`,
    ];
  }
  if (different.length === sorted.length && (hasNameOfNames(name) || isUniform(sorted))) {
    return [`every value of ${shown} is a whole number of its own, as of a customer; ${ignore}`];
  }
  if (different.length > leastRows && hasNameOfNames(name)) {
    return [
      `${shown} looks like the number of a customer or the like; ${ignore}, and --group ${shellWord(name)} keeps its rows in one part of the split`,
    ];
  }
  return [];
}

/** Tells whether the name of a column is that of a person, or ends as those of numbers that name something. */
const hasNameOfNames = (name: string) =>
  /^(account|client|customer|member|patient|person|subject|user)$/i.test(name) ||
  /(^|[^\p{L}])(id|nr|no|num|number|key|code|uuid)$/iu.test(name) ||
  /\p{Ll}(Id|ID|Nr|No|Key|Number)$/u.test(name);

/** Tells whether the name of a column is that of codes that look like numbers: zip codes, numbers of phones, versions. */
const hasNameOfCodes = (name: string) =>
  /(^|[^\p{L}])(zip|plz|postcode|phone|version)([-_ ]?(code|nr|no|num|number))?[-_ ]?\d*$/iu.test(name) ||
  /(^|[^\p{L}])(post|postal|area)[-_ ]?code$/iu.test(name);

/** Tells whether a whole number is a date such as 20240131. */
export function isDateNumber(value: number): boolean {
  if (!(value >= 1800_01_01 && value <= 2199_12_31)) return false;
  const [year, month, day] = [Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= length;
}

const digits = (value: number) => String(value).length;

/** Tells whether sorted numbers have as many digits and lie evenly in their range, as numbers of customers do, and measures seldom do. */
function isUniform(sorted: Float64Array): boolean {
  const [least, greatest] = [sorted[0], sorted[sorted.length - 1]];
  let farthest = 0;
  for (let index = 0; index < sorted.length; index++) {
    const expected = (sorted[index] - least) / (greatest - least);
    farthest = Math.max(farthest, Math.abs(index / (sorted.length - 1) - expected));
  }
  // The distance of Kolmogorov and Smirnov that 1 of 100 samples of an even distribution exceeds.
  return least >= 1000 && digits(least) === digits(greatest) && farthest < 1.63 / Math.sqrt(sorted.length);
}
