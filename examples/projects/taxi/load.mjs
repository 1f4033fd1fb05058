/** Loads trips in Kaggle's form, a chunk at a time: its file of 55 million trips does not fit in memory. */
import { closeSync, createReadStream, existsSync, openSync, readSync, statSync } from "node:fs";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { filterRows, streamCsv } from "simdnet/data";
import { Mistake } from "../shared/command.mjs";
import { ends, fare, isInCity, passengers, when } from "./trip.mjs";

const columns = [fare, when, ...ends, passengers];
const kinds = Object.fromEntries(columns.map((name) => [name, name === when ? "category" : "number"]));

const rules = {
  "a value is missing": (trip) => columns.every((name) => trip[name] !== null),
  "the fare is 0 or less, or above 100": (trip) => trip[fare] > 0 && trip[fare] <= 100,
  "it begins outside the city": (trip) => isInCity(trip.pickup_longitude, trip.pickup_latitude),
  "it ends outside the city": (trip) => isInCity(trip.dropoff_longitude, trip.dropoff_latitude),
};

/** @returns the valid trips, how many each rule has removed, and how many had 0 passengers, which become 1 */
export function clean(chunk) {
  const { kept, taken } = filterRows(chunk, rules);
  const nobody = kept[passengers].filter((count) => count === 0).length;
  return { trips: { ...kept, [passengers]: kept[passengers].map((count) => count || 1) }, taken, nobody };
}

/** @returns the trips of a file, `.csv` or `.csv.gz`, in chunks by columns */
export async function* chunksOf(path, rows = 16_384) {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const bytes = String(path).endsWith(".gz") ? pipeline(file, createGunzip(), () => {}) : file;
  try {
    yield* streamCsv(bytes, { columns, kinds, rows });
  } catch (error) {
    if (error.code?.startsWith("Z_")) throw new Mistake(`${path}: the compressed file is damaged or cut short`);
    throw error instanceof RangeError ? new Mistake(`${path}: ${error.message}`) : error;
  }
}

const shipped = fileURLToPath(new URL("../data/taxi", import.meta.url));

/**
 * @param paths a folder, or a file for training and perhaps one for the test; by default the trips of data/taxi
 * @returns `train` and `test`; `test` is undefined if trips must be set aside: Kaggle's test.csv has no fares
 */
export function filesOf([path = shipped, test]) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { train: path, test };
  const find = (name) => [`${path}/${name}.csv`, `${path}/${name}.csv.gz`].find(existsSync);
  const train = find("train");
  if (train === undefined) throw new Mistake(`${path}: got no train.csv or train.csv.gz, need one`);
  const found = find("test");
  return { train, test: test ?? (found && hasFares(found) ? found : undefined) };
}

/** Tells whether the first line of a file has a column of fares. */
function hasFares(path) {
  const bytes = Buffer.alloc(4096);
  const file = openSync(path);
  const begin = bytes.subarray(0, readSync(file, bytes));
  closeSync(file);
  const text = path.endsWith(".gz") ? gunzipSync(begin, { finishFlush: constants.Z_SYNC_FLUSH }) : begin;
  return text.toString().split("\n", 1)[0].includes(fare);
}

const testTrips = 50_000;

/**
 * Reads all trips, cleans them, and keeps as many as fit in memory.
 *
 * @param most the most training trips to keep; if there are more, `isWhole` is false and `trainingChunks` reads them again
 * @returns `train` and `test` by columns; `count`, the number of training trips; and the results of the cleaning
 */
export async function survey(files, { most = 200_000, onRows = () => {} } = {}) {
  const report = { read: 0, nobody: 0, taken: {} };
  const tally = ({ taken, nobody }, read) => {
    report.read += read;
    report.nobody += nobody;
    for (const [rule, rows] of Object.entries(taken)) report.taken[rule] = (report.taken[rule] ?? 0) + rows;
    onRows(report.read);
  };
  const [train, test] = [[], []];
  let [count, kept, tested] = [0, 0, 0];
  for await (const chunk of chunksOf(files.train)) {
    const cleaned = clean(chunk);
    tally(cleaned, chunk[fare].length);
    const part = files.test === undefined ? setAside(cleaned.trips) : { train: cleaned.trips };
    count += part.train[fare].length;
    if (kept < most) kept += train[train.push(part.train) - 1][fare].length;
    if (part.test && tested < testTrips) tested += test[test.push(part.test) - 1][fare].length;
  }
  if (files.test !== undefined) {
    for await (const chunk of chunksOf(files.test)) {
      const cleaned = clean(chunk);
      tally(cleaned, chunk[fare].length);
      test.push(cleaned.trips);
    }
  }
  const parts = { train: joinChunks(train), test: joinChunks(test) };
  for (const [name, trips] of Object.entries(parts)) {
    if (!trips || trips[fare].length < 2)
      throw new Mistake(`${files[name] ?? files.train}: got no trips to ${name} that can be used`);
  }
  return { ...parts, count, isWhole: count === kept, files, report };
}

/** Reads the training trips again. */
export async function* trainingChunks(files) {
  for await (const chunk of chunksOf(files.train)) {
    const { trips } = clean(chunk);
    yield files.test === undefined ? setAside(trips).train : trips;
  }
}

/** Sets a fifth of the trips aside for the test, by their time of pickup: no time is in both parts. */
function setAside(trips) {
  const { kept: train } = filterRows(trips, { train: (trip) => hashOf(trip[when]) % 5 !== 0 });
  const { kept: test } = filterRows(trips, { test: (trip) => hashOf(trip[when]) % 5 === 0 });
  return { train, test };
}

/** Source: Fowler, Noll, Vo 1991, FNV-1a; the upper bits of its product. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 8;
}

function joinChunks(chunks) {
  if (chunks.length === 0) return undefined;
  const join = (name) => {
    if (name === when) return chunks.flatMap((chunk) => chunk[name]);
    const values = new Float64Array(chunks.reduce((sum, chunk) => sum + chunk[name].length, 0));
    let at = 0;
    for (const chunk of chunks) {
      values.set(chunk[name], at);
      at += chunk[name].length;
    }
    return values;
  };
  return Object.fromEntries(columns.map((name) => [name, join(name)]));
}
