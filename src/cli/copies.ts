/**
 * Finds rows that are the same in every column. Copies in different parts of a split flatter its score: the model is tested on rows that
 * it was trained on.
 */

import type { ColumnValues } from "../data/index.ts";
import { pcg32 } from "../index.ts";

export interface Copies {
  /** The number of rows that are the same as an earlier one. */
  readonly count: number;
  /** The place of the first row that is the same, for each row: its own place, if it is the first. */
  readonly first: Int32Array;
}

/** A 32-bit hash of each row: the sum of those of its values, so that a column can be taken out again. There are two for each row. */
interface Hashes {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** The columns that are hashed before rows without a copy are left out. */
const columnsAtOnce = 4;
/** The most rows and values by which copies are told from coincidences. */
const [mostRows, mostValues] = [50_000, 1e6];
/** With fewer pairs in a sample, coincidences are judged by all rows. */
const leastPairs = 5;

/**
 * Returns the copies among rows; undefined if there are none, or if their equality is a coincidence, as in a table of a few categories.
 *
 * @param columns of all rows
 * @param rows the numbers of the rows
 */
export function copiesIn(columns: readonly ColumnValues[], rows: Int32Array): Copies | undefined {
  // Numbers are hashed first: they are faster, and most rows differ by them.
  const ordered = [...columns].sort((one, other) => Number(isNumbers(other)) - Number(isNumbers(one)));
  const hashes = newHashes(rows.length);
  let places = Int32Array.from(rows, (_, place) => place);
  for (let from = 0; from < ordered.length && places.length > 0; from += columnsAtOnce) {
    for (let index = from; index < Math.min(from + columnsAtOnce, ordered.length); index++) {
      addColumn(hashes, ordered[index], { rows, places, index });
    }
    places = withEqual(hashes, places);
  }
  if (places.length === 0 || areCoincidences(ordered, rows)) return undefined;
  const first = Int32Array.from(rows, (_, place) => place);
  const firstEqual = firstOfEqual(hashes, places);
  let count = 0;
  for (let index = 0; index < places.length; index++) {
    first[places[index]] = firstEqual[index];
    if (firstEqual[index] !== places[index]) count++;
  }
  return { count, first };
}

const isNumbers = (values: ColumnValues) => values instanceof Float64Array;

const newHashes = (length: number): Hashes => ({ high: new Uint32Array(length), low: new Uint32Array(length) });

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** Mixes bits. Source: the finalizer of MurmurHash3, Appleby 2011, public domain. */
function mix(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

interface Hashed {
  readonly rows: Int32Array;
  /** The places of the rows whose hashes change. */
  readonly places: Int32Array;
  /** The number of the column. */
  readonly index: number;
  /** -1 takes the column out. Default 1. */
  readonly sign?: 1 | -1;
}

/** Adds the hash of each value of a column. */
function addColumn({ high, low }: Hashes, values: ColumnValues, { rows, places, index, sign = 1 }: Hashed): void {
  const [seedHigh, seedLow] = [mix(2 * index + 1), mix(2 * index + 2)];
  const add = (place: number, first: number, second: number) => {
    const word = first ^ Math.imul(second, 0x9e3779b1);
    high[place] += sign * mix(word ^ seedHigh);
    low[place] += sign * mix(Math.imul(word, 0x27d4eb2f) ^ second ^ seedLow);
  };
  if (values instanceof Float64Array) {
    for (let at = 0; at < places.length; at++) {
      // 0 and -0 are the same, and NaN, which is missing, has the same bits everywhere.
      const value = values[rows[places[at]]] + 0;
      float[0] = Number.isNaN(value) ? Number.NaN : value;
      add(places[at], words[0], words[1]);
    }
    return;
  }
  const codes = new Map<string | null, number>();
  for (let at = 0; at < places.length; at++) {
    const value = values[rows[places[at]]] as string | null;
    let code = codes.get(value);
    if (code === undefined) {
      code = codes.size + 1;
      codes.set(value, code);
    }
    add(places[at], code, 0);
  }
}

/** Returns the first of the places that have the same hash, for each of them. */
function firstOfEqual({ high, low }: Hashes, places: Int32Array): Int32Array {
  const bits = Math.max(4, Math.ceil(Math.log2(2 * places.length)));
  const table = new Int32Array(2 ** bits).fill(-1);
  const mask = table.length - 1;
  const first = new Int32Array(places.length);
  for (let index = 0; index < places.length; index++) {
    const place = places[index];
    let slot = low[place] & mask;
    for (;;) {
      const earlier = table[slot];
      if (earlier < 0) {
        table[slot] = place;
        first[index] = place;
        break;
      }
      if (high[earlier] === high[place] && low[earlier] === low[place]) {
        first[index] = earlier;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return first;
}

/** Returns the places whose rows have the same hash as another. */
function withEqual(hashes: Hashes, places: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const first = firstOfEqual(hashes, places);
  const hasEqual = new Uint8Array(hashes.low.length);
  for (let index = 0; index < places.length; index++) {
    if (first[index] === places[index]) continue;
    hasEqual[places[index]] = 1;
    hasEqual[first[index]] = 1;
  }
  return places.filter((place) => hasEqual[place] === 1);
}

/** Counts the pairs of rows with the same hash. */
function pairsIn(hashes: Hashes, places: Int32Array): number {
  const counts = new Uint32Array(hashes.low.length);
  let pairs = 0;
  for (const place of firstOfEqual(hashes, places)) pairs += counts[place]++;
  return pairs;
}

/**
 * Tells whether rows are the same by chance. In a table of a few categories many rows are, and they are then no more often the same in
 * one of its columns than chance would have it. Copies are the same in each column, if they are in all others.
 */
function areCoincidences(columns: readonly ColumnValues[], allRows: Int32Array): boolean {
  const most = Math.min(mostRows, Math.max(1000, Math.floor(mostValues / columns.length)));
  const isSample = allRows.length > most;
  const rows = isSample ? pcg32(0).shuffle(allRows.slice()).slice(0, most) : allRows;
  const places = Int32Array.from(rows, (_, place) => place);
  const whole = newHashes(rows.length);
  for (const [index, values] of columns.entries()) addColumn(whole, values, { rows, places, index });
  const equal = pairsIn(whole, places);
  const allPairs = (rows.length * (rows.length - 1)) / 2;
  // The chance of two rows to be the same, if columns were independent of each other.
  let chance = 1;
  for (const [index, values] of columns.entries()) {
    const alone = newHashes(rows.length);
    addColumn(alone, values, { rows, places, index });
    const expected = pairsIn(alone, places) / allPairs;
    chance *= expected;
    addColumn(whole, values, { rows, places, index, sign: -1 });
    const others = pairsIn(whole, places);
    addColumn(whole, values, { rows, places, index });
    const share = others === 0 ? 1 : equal / others;
    if (equal >= leastPairs && expected < 1 && share <= (1 + expected) / 2 && share <= 3 * expected) return true;
  }
  return isSample && equal < leastPairs && chance * allPairs > equal;
}
