/** From a table to the examples of a network: what is decided, dealt out, encoded. preparePictures does it for a folder of pictures. */

import { createHash } from "node:crypto";
import {
  type Columns,
  type EncodedColumns,
  type EncodedRows,
  encodeRecords,
  type RecordEncoding,
  type SeriesColumns,
  transformFromJSON,
} from "../data/index.ts";
import type { FitOptions, History, Network, Target, Trainer } from "../index.ts";
import {
  decideInputs,
  decideTarget,
  type Goal,
  type InputDecision,
  type TargetDecision,
  targetEncoding,
} from "./decide.ts";
import type { PictureSettings } from "./decidePictures.ts";
import { Failure, guard } from "./failure.ts";
import { short } from "./numbers.ts";
import { type Parts, partsOf } from "./parts.ts";
import { mostFrequentClass } from "./score.ts";
import { type Settings, type TextLayer, textLayers } from "./settings.ts";
import { type ColumnTable, columnsAt, rowsOf, tooLarge } from "./table.ts";

/** What the user says of a table; the rest is found in it. */
export interface Question {
  readonly target: string;
  readonly task: Goal["kind"] | null;
  readonly ignore: readonly string[];
  /** What stands for a missing value. */
  readonly missing: readonly string[];
  /** Columns of categories that look like numbers. */
  readonly categories: readonly string[];
  /** How many rows are drawn of a table that is too large; null for all. */
  readonly sample: number | null;
}

export interface EncodedExamples {
  /** As the encoding makes them of columns: rows of features one after the other, beside the words of texts. */
  readonly inputs: EncodedColumns;
  /** A class number, or a number of mean 0 and deviation 1, for each row. */
  readonly targets: Float64Array;
}

/** Examples of a network, of whatever they were made. */
export interface PreparedData {
  /** What the network is to tell. */
  readonly asked: Goal;
  readonly goal: Target;
  readonly parts: Parts;
  readonly encoding: TableEncoding;
  /** Those of the rows to train on. */
  readonly targets: Float64Array;
  readonly validation: EncodedExamples;
  readonly test: EncodedExamples;
  /** What anybody would say: the most frequent class of the training rows, or the mean. */
  readonly naive: number;
  /** By which a training that is gone on with knows its examples again. */
  readonly fingerprint: string;
  /** Rows that are left out, as they have no target. */
  readonly withoutTarget: number;
  /** How pictures are read; not there of a table. */
  readonly pictures?: PictureSettings;
  /** What has made features of the pictures, if examples are these. */
  readonly trunk?: Trunk;
  /** Columns that are not used or files that are broken, each with the reason. */
  readonly notUsed: Readonly<Record<string, string>>;
  /** Trains on the rows to train on. */
  fit(trainer: Trainer, settings: Pick<Settings, "batchSize" | "seed">, options: FitOptions): Promise<History>;
  /** The rows to test on as the model reads them, for a report; of pictures, their names. */
  testRows(): { readonly columns: SeriesColumns; readonly names?: readonly string[] };
}

/** The first layers of a network, which are trained already. */
export interface Trunk {
  readonly network: Network;
  /** Of the features of the pictures to train on. */
  readonly means: ArrayLike<number>;
  readonly deviations: ArrayLike<number>;
}

export interface PreparedTable extends PreparedData {
  readonly target: TargetDecision;
  readonly inputs: readonly InputDecision[];
  /** Those that are used, with all rows. */
  readonly columns: Columns;
  readonly train: EncodedExamples;
}

export type TableEncoding = RecordEncoding<EncodedRows, EncodedColumns>;

export interface Shares {
  /** How texts are read. Default "mean". */
  readonly text?: TextLayer;
  readonly testFraction: number;
  readonly validationFraction: number;
  readonly seed: number;
}

/** Categories of fewer rows than one in so many share a column, so that a column of names does not become thousands. */
const rarity = 200;

/** What is known of texts: the most frequent words, those that come more than once. */
const textOptions = { size: 10_000, minimumCount: 2 };

/** In deviations from the mean of the training rows: beyond, the squares of a network's sums may not be finite. */
export const mostDeviations = 1e12;

/** What a feature of a row takes in the examples, and in a copy under way: a category has many. */
const bytesPerFeature = 16;

/** Values at once: of 2 GiB there would be too many. */
const hashedAtOnce = 1 << 24;

/**
 * @param memoryBytes what the examples may take
 * @throws {Failure} naming the file, and the column of what does not fit
 */
export function prepare(
  file: string,
  table: ColumnTable,
  question: Question,
  shares: Shares,
  memoryBytes = Number.POSITIVE_INFINITY,
): PreparedTable {
  const target = decideTarget(table, { target: question.target, task: question.task ?? undefined, file });
  const { rows } = target;
  const labels = rowsOf(target.column.values, rows) as ArrayLike<string | number>;
  const parts = guard(file, () => partsOf(rows, { goal: target.goal, labels, file, ...shares }));
  // What says nothing in the training rows cannot be learned from.
  const minimumCount = Math.max(2, Math.round(parts.train.length / rarity));
  const { ignore, categories } = question;
  const asked = { target: target.column.name, ignore, categories, rows: parts.train, minimumCount, file };
  const inputs = decideInputs(table, asked);
  const used = inputs.filter(({ isUsed }) => isUsed);
  const columns: Columns = Object.fromEntries(used.map(({ column: { name, values } }) => [name, values]));
  const training = columnsAt(columns, parts.train);
  const texts = Object.fromEntries(used.filter(({ isText }) => isText).map(({ column }) => [column.name, textOptions]));
  const encoding = guard(file, () =>
    limitTexts(encodeRecords(training, { minimumCount, texts }), textLayers[shares.text ?? "mean"].mostWords),
  );
  const features = encoding.inputs.reduce((sum, { shape: [size] }) => sum + size, 0);
  const mostRows = Math.floor(memoryBytes / (bytesPerFeature * features));
  if (rows.length > mostRows) {
    throw tooLarge(file, `${rows.length} rows that become ${features} features each`, mostRows);
  }
  const { target: goal, encode: of } = guard(file, () => targetEncoding(target, parts.train));
  const examples = (rows: Int32Array, given = columnsAt(columns, rows)): EncodedExamples => {
    const [inputs, targets] = [guard(file, () => encoding.apply(given)), of(rows)];
    const [numbers] = eachInput(encoding, inputs);
    if (numbers instanceof Float64Array) checkRange(file, numbers, encoding.features);
    if (goal.kind === "number") checkRange(file, targets, [goal.name]);
    return { inputs, targets };
  };
  const [train, validation, test] = [examples(parts.train, training), examples(parts.validation), examples(parts.test)];
  const hash = createHash("sha256");
  for (const { inputs, targets } of [train, validation]) {
    for (const values of [...eachInput(encoding, inputs), targets]) {
      if (values instanceof Float64Array) {
        for (let from = 0; from < values.length; from += hashedAtOnce)
          hash.update(values.subarray(from, from + hashedAtOnce));
      } else {
        for (const words of values) hash.update(Float64Array.of(words.length)).update(Float64Array.from(words));
      }
    }
  }
  return {
    asked: target.goal,
    target,
    inputs,
    columns,
    parts,
    encoding,
    goal,
    train,
    targets: train.targets,
    validation,
    test,
    naive: goal.kind === "number" ? goal.offset : mostFrequentClass(train.targets, goal.classes.length),
    fingerprint: hash.digest("hex"),
    withoutTarget: target.column.missing,
    notUsed: Object.fromEntries(inputs.filter(({ isUsed }) => !isUsed).map(({ column, why }) => [column.name, why])),
    fit: (trainer, _, options) => trainer.fit(train.inputs, train.targets, options),
    testRows: () => ({ columns: columnsAt(columns, parts.test) }),
  };
}

/** The examples of each input: rows of features, or the words of each text. */
const eachInput = ({ inputs }: TableEncoding, examples: EncodedColumns) =>
  (inputs.length === 1 ? [examples] : examples) as readonly (Float64Array | number[][])[];

/** The same encoding, in which no text has more than so many words. */
function limitTexts(encoding: TableEncoding, mostWords: number): TableEncoding {
  const json = encoding.toJSON();
  const columns = json.columns.map((column) => {
    if (column.kind !== "text") return column;
    return { ...column, maximumLength: Math.min(column.maximumLength!, mostWords) };
  });
  return transformFromJSON<TableEncoding>({ ...json, columns });
}

/** Refuses what is so far from the training rows that it must be a slip. @param names of the values in a row */
function checkRange(file: string, values: Float64Array, names: readonly string[]): void {
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]) <= mostDeviations) continue;
    const name = JSON.stringify(names[index % names.length]);
    const got = `a value that is ${short(values[index])} times as far from the mean as the training rows are`;
    throw new Failure(
      `${file}, column ${name}: got ${got}, need at most ${mostDeviations.toExponential()}; if it is none, --missing leaves it out`,
    );
  }
}

/** Targets in the unit that scores are in: class numbers, or numbers as the table has them. */
export function targetValuesOf({ goal }: Pick<PreparedData, "goal">, { targets }: EncodedExamples): Float64Array {
  return goal.kind === "classes" ? targets : targets.map((value) => value * goal.divisor + goal.offset);
}
