/** Turns a table into the examples of a network: decides on columns, splits rows, encodes values. preparePictures.ts is for pictures. */

import { type Columns, daysIn, type EncodedColumns, encodeRecords, type SeriesColumns } from "../data/index.ts";
import { type FitOptions, type History, type Network, pcg32, type Seen, type Target, type Trainer } from "../index.ts";
import { numberFrom, outputFor } from "../pipeline/target.ts";
import { log } from "../scalar.ts";
import type { TableColumn } from "./column.ts";
import { copiesIn } from "./copies.ts";
import {
  decideInputs,
  decideTarget,
  findColumn,
  type Goal,
  type InputDecision,
  leastRows,
  type TargetDecision,
} from "./decide.ts";
import type { PictureSettings } from "./decidePictures.ts";
import { type EncodedExamples, eachInput, encodeParts, fingerprintOf } from "./encodeParts.ts";
import { missingShare, type TableEncoding } from "./encoding.ts";
import { Failure, guard } from "./failure.ts";
import { columnHints } from "./hints.ts";
import { listText, notationsText } from "./listed.ts";
import { marksByColumn } from "./marks.ts";
import { count, plural } from "./numbers.ts";
import { checkOptions, idleNotes } from "./optionChecks.ts";
import { foldsOf, missingClassNotes, type Parts, type PartsOptions, partsOf } from "./parts.ts";
import { mostNamed, refusedText } from "./refusals.ts";
import { columnRemarks, dateRemarks } from "./remarks.ts";
import { mostFrequentClass } from "./score.ts";
import { type Settings, type TextLayer, targetsOfAll, textLayers } from "./settings.ts";
import { type ColumnTable, columnsAt, rowsOf } from "./table.ts";

/** The user's description of a table. Everything else is derived from the table. */
export interface Question {
  readonly target: string;
  readonly task: Goal["kind"] | null;
  readonly ignore: readonly string[];
  /** The texts that mean a missing value, in all columns or, as `column=text`, in one. */
  readonly missing: readonly string[];
  /** The default texts that do not mean a missing value. */
  readonly notMissing?: readonly string[] | undefined;
  /** Columns of categories that look like numbers or dates. */
  readonly categories: readonly string[];
  /** "drop" if columns of dates are not used. Default "columns". */
  readonly dates?: DatesUse | undefined;
  /** True if the first line has the names, false if there is no such line. Default: it has them, unless it looks like values. */
  readonly header?: boolean | undefined;
  /** The number of rows to draw at random from a table that is too large; null for all. */
  readonly sample: number | null;
  /** The column whose equal values keep rows in one part of the split; null for none. */
  readonly group: string | null;
  /** The column of times by which the last rows test; null for none. */
  readonly time: string | null;
  /** The number of folds that test in turn; null for one test. */
  readonly folds: number | null;
}

/** The use of columns of dates: each becomes columns of numbers, or none. */
export type DatesUse = "columns" | "drop";

/** Examples of a network, from a table or from pictures. */
export interface PreparedData {
  /** The kind of prediction. */
  readonly asked: Goal;
  readonly goal: Target;
  readonly parts: Parts;
  readonly encoding: TableEncoding;
  /** The examples to train on; undefined for pictures. */
  readonly train?: EncodedExamples;
  /** The targets of the rows to train on. */
  readonly targets: Float64Array;
  readonly validation: EncodedExamples;
  /** The validation rows once more, if no rows are kept to test on. */
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
  /** Sentences about the table, the split and the columns by which a score may mislead. */
  readonly warnings: readonly string[];
  /** Trains on the rows to train on. */
  fit(
    trainer: Trainer,
    settings: Pick<Settings, "batchSize" | "seed" | "ensemble">,
    options: FitOptions,
  ): Promise<History>;
  /** The values of the training rows, by which predictions tell what is unlike all of them; undefined for pictures. */
  readonly seen?: Seen;
  /** Returns the test rows as the model reads them, and the names of pictures, for a report. */
  testRows(): {
    readonly columns: SeriesColumns;
    readonly names?: readonly string[];
    /** The number of each row in the table, from 1. */
    readonly numbers?: Int32Array;
  };
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
  /** Returns some rows as the model reads them, with their numbers in the table, from 1. */
  rowsAt(rows: Int32Array): { readonly columns: Columns; readonly numbers: Int32Array };
  /** Returns the same table with the logarithms of its targets; undefined if one is not positive. */
  withLogarithms(): PreparedTable | undefined;
  /** Returns the same table with at most this many training rows, drawn at random; the table itself if it has no more. */
  shortened(most: number): PreparedTable;
  /** The same table for each fold, one after the other; none without folds. */
  folds(): Generator<PreparedTable>;
}

export interface Shares {
  /** The layer for texts. Default "mean". */
  readonly text?: TextLayer;
  readonly testFraction: number;
  readonly validationFraction: number;
  readonly seed: number;
}

/** Categories in fewer than one of this many rows share a feature. A column of names then does not become thousands of features. */
const rarity = 200;

/** The most rows in which a column has to have different values to count as names of rows. */
const comparedRows = 20_000;

/** The parts of a table that all folds share. */
interface Division {
  readonly file: string;
  readonly table: ColumnTable;
  readonly question: Question;
  readonly target: TargetDecision;
  readonly shares: Shares;
  readonly memoryBytes: number;
  /** The notes on the split, known before the columns are decided. */
  readonly notes: readonly string[];
  /** The parts of each fold. */
  readonly folds: readonly Parts[];
}

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
  checkOptions(file, table, question);
  const target = decideTarget(table, { target: question.target, task: question.task ?? undefined, file });
  const { rows } = target;
  const labels = rowsOf(target.column.values, rows) as ArrayLike<string | number>;
  const { notes, ...together } = guard(file, () => rowsTogether(file, table, question, target));
  const options = { goal: target.goal, labels, file, ...shares, ...together };
  const parts = guard(file, () => partsOf(rows, options));
  const folds = question.folds === null ? [] : guard(file, () => foldsOf(rows, question.folds!, options));
  return prepareParts(parts, { file, table, question, target, shares, memoryBytes, notes, folds });
}

/** Returns the copies, groups and times of the rows with a target, and notes about them. */
function rowsTogether(
  file: string,
  table: ColumnTable,
  { group, time, ignore }: Question,
  { column: target, rows }: TargetDecision,
): Pick<PartsOptions, "copies" | "counted" | "groups" | "times"> & { notes: string[] } {
  const isIgnored = new Set(ignore.map((name) => findColumn(table, name, file).name));
  const compared = table.columns.filter((column) => !isIgnored.has(column.name) && !namesRows(column, rows));
  const found = copiesIn(
    compared.map(({ values }) => values),
    rows,
  );
  const said =
    found &&
    `${count(found.count)} of ${plural(rows.length, "row")} ${found.count === 1 ? "is a copy" : "are copies"} of others`;
  const [groups, times] = [group, time].map((name, index) => {
    if (name === null) return undefined;
    const column = findColumn(table, name, file);
    if (column.name !== target.name) return column;
    throw new Failure(`${file}: ${["--group", "--time"][index]} names ${JSON.stringify(name)}, which is the target`);
  });
  if (times) {
    return {
      counted: found,
      times: { name: times.name, values: timesOf(file, times, rows) },
      notes: found ? [`${said}; the split is by time, so that they may lie on both sides`] : [],
    };
  }
  if (groups) {
    const { name, values } = groups;
    // A row without a group is a group of its own.
    const names = Array.from(rows, (row) => (isPresent(values[row]) ? `=${values[row]}` : `row ${row}`));
    return {
      groups: { name, values: names },
      notes: found ? [`${said}; those of another ${name} may lie on the other side of the split`] : [],
    };
  }
  if (!found) return { notes: [] };
  if (rows.length - found.count < leastRows) {
    const note = `${said}, and too few rows differ to keep these apart: the test has rows that were trained on`;
    return { counted: found, notes: [note] };
  }
  return { copies: found, counted: found, notes: [`${said}; the same rows are on one side of the split`] };
}

const isPresent = (value: unknown) => value !== null && !Number.isNaN(value);

/** Tells whether a column of texts has another one in every row, such as a name, which a copy may have, too. */
function namesRows({ kind, values }: TableColumn, rows: Int32Array): boolean {
  // Rows of another time are no copies, as rows with another number are none.
  if (kind !== "category") return false;
  const seen = new Set<unknown>();
  let words = 0;
  for (const row of rows.subarray(0, comparedRows)) {
    const value = values[row] as string | null;
    if (value === null || seen.size === seen.add(value).size) return false;
    words += value.split(/\s+/, 4).length;
  }
  return words < 3.5 * seen.size;
}

/** Returns the times of the rows, as numbers. */
function timesOf(file: string, { name, kind, values, dates, notations }: TableColumn, rows: Int32Array): Float64Array {
  const owner = `${file}, column ${JSON.stringify(name)}`;
  if (notations) {
    const got = `${notations.of} in different notations, ${notationsText(notations)}`;
    throw new Failure(`${owner}: got ${got}, need one notation for --time`);
  }
  if (rows.some((row) => !isPresent(values[row]))) {
    throw new Failure(`${owner}: got rows without a time, need one for each to split by it`);
  }
  if (kind === "number") return rowsOf(values as Float64Array, rows);
  const refused = new Map<string, number>();
  const times = Float64Array.from(rows, (row) => {
    const text = values[row] as string;
    const days = daysIn(text, dates?.order ?? "year-month-day");
    if (days === undefined) {
      refused.set(text, (refused.get(text) ?? 0) + 1);
      return Number.NaN;
    }
    return days;
  });
  if (refused.size === 0) return times;
  const got = listText(
    [...refused].map(([text, count]) => refusedText(text, count)),
    mostNamed,
  );
  throw new Failure(`${owner}: got ${got}, need numbers or dates such as 2012-04-21 04:30 for --time`);
}

/** Decides on the columns and encodes the rows of each part. */
function prepareParts(parts: Parts, division: Division, isFold = false): PreparedTable {
  const { file, table, question, target, shares, notes, folds } = division;
  // Only the training rows decide: a column that is constant in them cannot be learned from.
  const minimumCount = Math.max(2, Math.round(parts.train.length / rarity));
  const missingColumns = missingShare(parts.train.length, minimumCount);
  const { ignore, categories, group, time } = question;
  const times = time === null ? undefined : findColumn(table, time, file);
  const splitting = new Map(
    [["--group", group] as const, ["--time", time] as const].flatMap(([option, name]) =>
      name === null ? [] : [[findColumn(table, name, file).name, option]],
    ),
  );
  const asked = { target: target.column.name, categories, rows: parts.train, minimumCount, file };
  const choices = { dropsDates: question.dates === "drop", missingColumns };
  const inputs = decideInputs(table, { ...asked, ...choices, ignore: [...ignore, ...splitting.keys()] }).map(
    (decision) => {
      const option = splitting.get(decision.column.name);
      return option === undefined ? decision : { ...decision, why: `${option} splits by it` };
    },
  );
  const used = inputs.filter(({ isUsed }) => isUsed);
  const columns: Columns = Object.fromEntries(used.map(({ column: { name, values } }) => [name, values]));
  const marksOf = marksByColumn(
    question,
    table.columns.map(({ name }) => name),
    file,
  );
  const { mostWords } = textLayers[shares.text ?? "mean"];
  const encoded = encodeParts(parts, {
    ...division,
    columns,
    used,
    options: { marksOf, minimumCount, missingColumns, mostWords },
  });
  const { encoding, goal, train, validation } = encoded;
  const rowsAt = (rows: Int32Array) => ({
    columns: columnsAt(columns, rows),
    numbers: rows.map((row) => (table.places?.[row] ?? row) + 1),
  });
  return tableOf({
    asked: target.goal,
    target,
    inputs,
    columns,
    parts,
    ...encoded,
    naive: goal.kind === "number" ? goal.offset : mostFrequentClass(train.targets, goal.classes.length),
    fingerprint: fingerprintOf(encoding, [train, validation]),
    withoutTarget: target.column.missing,
    warnings: isFold
      ? []
      : [
          ...(table.remarks ?? []),
          ...idleNotes(table, question),
          ...target.remarks,
          ...columnRemarks(inputs),
          ...(times?.dates ? dateRemarks(times) : []),
          ...notes,
          ...missingClassNotes(target.goal, parts, (row) => target.column.values[row] as string | number),
          ...columnHints(inputs, target, parts),
        ],
    notUsed: Object.fromEntries(inputs.filter(({ isUsed }) => !isUsed).map(({ column, why }) => [column.name, why])),
    rowsAt,
    testRows: () => rowsAt(parts.test.length > 0 ? parts.test : parts.validation),
    *folds() {
      for (const fold of folds) yield prepareParts(fold, division, true);
    },
  });
}

/** Adds what follows from the examples of a table. */
function tableOf(table: Omit<PreparedTable, "targets" | "fit" | "withLogarithms" | "shortened">): PreparedTable {
  const { goal, encoding, train, validation, test } = table;
  return {
    ...table,
    targets: train.targets,
    fit: (trainer, settings, options) => trainer.fit(train.inputs, targetsOfAll(train.targets, settings), options),
    withLogarithms() {
      if (goal.kind !== "number") return undefined;
      const [trained, ...others] = [train, validation, test].map((examples) => targetValuesOf({ goal }, examples));
      if ([trained, ...others].some((values) => values.some((value) => value <= 0))) return undefined;
      const [scale] = encodeRecords({ [goal.name]: trained.map(log) }).toJSON().columns;
      const { offset, divisor } = scale as Extract<typeof scale, { kind: "number" }>;
      const logarithmic = { ...goal, offset, divisor, logarithm: true };
      const examplesOf = ({ inputs }: EncodedExamples, values: Float64Array) => ({
        inputs,
        targets: values.map((value) => outputFor(logarithmic, value)),
      });
      const parts = { validation: examplesOf(validation, others[0]), test: examplesOf(test, others[1]) };
      return tableOf({ ...table, ...parts, goal: logarithmic, train: examplesOf(train, trained) });
    },
    shortened(most) {
      const { length } = train.targets;
      if (length <= most) return this;
      const rows = pcg32(0)
        .shuffle(Int32Array.from(train.targets, (_, row) => row))
        .slice(0, most);
      const short = eachInput(encoding, train.inputs).map((values) => {
        if (!(values instanceof Float64Array)) return Array.from(rows, (row) => values[row]) as number[][];
        const width = values.length / length;
        const taken = new Float64Array(most * width);
        rows.forEach((row, index) => {
          taken.set(values.subarray(row * width, (row + 1) * width), index * width);
        });
        return taken;
      });
      const inputs = (short.length === 1 ? short[0] : short) as EncodedColumns;
      return tableOf({ ...table, train: { inputs, targets: rowsOf(train.targets, rows) } });
    },
  };
}

/** Returns targets in the unit of the scores: class numbers, or numbers as in the table. */
export function targetValuesOf({ goal }: Pick<PreparedData, "goal">, { targets }: EncodedExamples): Float64Array {
  return goal.kind === "classes" ? targets : targets.map((value) => numberFrom(goal, value));
}
