/** Turns a table into the examples of a network: decides on columns, splits rows, encodes values. preparePictures.ts is for pictures. */

import { createHash } from "node:crypto";
import {
  type Columns,
  type EncodedColumns,
  type EncodedRows,
  encodeRecords,
  type MissingMark,
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
import { type ColumnTable, columnsAt, numberOf, rowsOf, type TableColumn, tooLarge } from "./table.ts";

/** The user's description of a table. Everything else is derived from the table. */
export interface Question {
  readonly target: string;
  readonly task: Goal["kind"] | null;
  readonly ignore: readonly string[];
  /** The texts that mean a missing value. */
  readonly missing: readonly string[];
  /** Columns of categories that look like numbers. */
  readonly categories: readonly string[];
  /** The number of rows to draw at random from a table that is too large; null for all. */
  readonly sample: number | null;
}

export interface EncodedExamples {
  /** The encoded columns: rows of features one after the other, and the words of texts. */
  readonly inputs: EncodedColumns;
  /** The class number of each row, or a number of mean 0 and deviation 1. */
  readonly targets: Float64Array;
}

/** Examples of a network, from a table or from pictures. */
export interface PreparedData {
  /** The kind of prediction. */
  readonly asked: Goal;
  readonly goal: Target;
  readonly parts: Parts;
  readonly encoding: TableEncoding;
  /** The targets of the rows to train on. */
  readonly targets: Float64Array;
  readonly validation: EncodedExamples;
  readonly test: EncodedExamples;
  /** The naive prediction: the most frequent class of the training rows, or their mean. */
  readonly naive: number;
  /** A hash of the examples, by which a resumed training recognizes them. */
  readonly fingerprint: string;
  /** The number of rows that are left out because they have no target. */
  readonly withoutTarget: number;
  /** The settings for pictures; undefined for a table. */
  readonly pictures?: PictureSettings;
  /** The network that computed features of the pictures, if examples are such features. */
  readonly trunk?: Trunk;
  /** Unused columns or broken files, each with the reason. */
  readonly notUsed: Readonly<Record<string, string>>;
  /** Trains on the rows to train on. */
  fit(trainer: Trainer, settings: Pick<Settings, "batchSize" | "seed">, options: FitOptions): Promise<History>;
  /** Returns the test rows as the model reads them, and the names of pictures, for a report. */
  testRows(): { readonly columns: SeriesColumns; readonly names?: readonly string[] };
}

/** The first layers of a network, which are trained already. */
export interface Trunk {
  readonly network: Network;
  /** The mean of each feature over the pictures to train on. */
  readonly means: ArrayLike<number>;
  readonly deviations: ArrayLike<number>;
}

export interface PreparedTable extends PreparedData {
  readonly target: TargetDecision;
  readonly inputs: readonly InputDecision[];
  /** The used columns, with all rows. */
  readonly columns: Columns;
  readonly train: EncodedExamples;
}

export type TableEncoding = RecordEncoding<EncodedRows, EncodedColumns>;

export interface Shares {
  /** The layer for texts. Default "mean". */
  readonly text?: TextLayer;
  readonly testFraction: number;
  readonly validationFraction: number;
  readonly seed: number;
}

/** Categories in fewer than one of this many rows share a feature. A column of names then does not become thousands of features. */
const rarity = 200;

/** The vocabulary of texts: the most frequent words that occur more than once. */
const textOptions = { size: 10_000, minimumCount: 2 };

/** The greatest distance from the training mean, in deviations. Beyond it, squares of a network's sums may overflow. */
export const mostDeviations = 1e12;

/** The memory for one feature of a row, in the examples and in a temporary copy. */
const bytesPerFeature = 16;

/** The most values that are hashed at once: a hash does not take 2 GiB. */
const hashedAtOnce = 1 << 24;

/**
 * @param memoryBytes the most memory for the examples
 * @throws {Failure} naming the file, and the column if a value is invalid
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
  // Only the training rows decide: a column that is constant in them cannot be learned from.
  const minimumCount = Math.max(2, Math.round(parts.train.length / rarity));
  const { ignore, categories } = question;
  const asked = { target: target.column.name, ignore, categories, rows: parts.train, minimumCount, file };
  const inputs = decideInputs(table, asked);
  const used = inputs.filter(({ isUsed }) => isUsed);
  const columns: Columns = Object.fromEntries(used.map(({ column: { name, values } }) => [name, values]));
  const training = columnsAt(columns, parts.train);
  const texts = Object.fromEntries(used.filter(({ isText }) => isText).map(({ column }) => [column.name, textOptions]));
  // The model knows what is missing, so that records from elsewhere are read as the lines of the table.
  const missing = Object.fromEntries(used.map(({ column }) => [column.name, marksOf(column, question.missing)]));
  const encoding = guard(file, () =>
    limitTexts(encodeRecords(training, { minimumCount, texts, missing }), textLayers[shares.text ?? "mean"].mostWords),
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

/** Returns the values of a column that mean a missing one: the texts and, in a column of numbers, those that they write. */
function marksOf({ kind }: TableColumn, texts: readonly string[]): MissingMark[] {
  const marks = texts.filter((text) => text !== "");
  if (kind !== "number") return marks;
  return [...marks, ...marks.map((text) => numberOf(text)).filter((value) => !Number.isNaN(value))];
}

/** Returns the examples of each input: rows of features, or the words of each text. */
const eachInput = ({ inputs }: TableEncoding, examples: EncodedColumns) =>
  (inputs.length === 1 ? [examples] : examples) as readonly (Float64Array | number[][])[];

/** Returns the same encoding with at most `mostWords` words in each text. */
function limitTexts(encoding: TableEncoding, mostWords: number): TableEncoding {
  const json = encoding.toJSON();
  const columns = json.columns.map((column) => {
    if (column.kind !== "text") return column;
    return { ...column, maximumLength: Math.min(column.maximumLength!, mostWords) };
  });
  return transformFromJSON<TableEncoding>({ ...json, columns });
}

/** Checks that no value is so far from the training rows that it must be an error. @param names of the values in a row */
function checkRange(file: string, values: Float64Array, names: readonly string[]): void {
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]) <= mostDeviations) continue;
    const name = JSON.stringify(names[index % names.length]);
    const got = `a value that is ${short(values[index])} times as far from the mean as the training rows are`;
    throw new Failure(
      `${file}, column ${name}: got ${got}, need at most ${mostDeviations.toExponential()}; --missing leaves it out`,
    );
  }
}

/** Returns targets in the unit of the scores: class numbers, or numbers as in the table. */
export function targetValuesOf({ goal }: Pick<PreparedData, "goal">, { targets }: EncodedExamples): Float64Array {
  return goal.kind === "classes" ? targets : targets.map((value) => value * goal.divisor + goal.offset);
}
