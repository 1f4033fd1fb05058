/** Columns of a table that hold sequences: texts become token numbers, series become standardized steps. */

import { checkOptions, plural, shown } from "../errors.ts";
import { checkCategories } from "./categories.ts";
import { checkLengthOptions, cutTo, type LengthOptions, lengthNames } from "./lengths.ts";
import { type ScaleJSON, scaleFromJSON, standardOf } from "./scale.ts";
import {
  fitVocabulary,
  type Vocabulary,
  type VocabularyJSON,
  type VocabularyOptions,
  vocabularyFromJSON,
  vocabularyNames,
} from "./vocabulary.ts";

/** The conversion of a column of texts into rows of token numbers. Default `maximumLength`: the tokens of the longest text. */
export interface TextOptions extends VocabularyOptions, LengthOptions {}

/** The conversion of a column of series into rows of steps. Default `maximumLength`: the steps of the longest series. */
export interface SeriesOptions extends LengthOptions {}

/** The encoding of texts or series as plain data. One of `length` and `maximumLength` is always there. */
export type SequenceEncodingJSON =
  | ({ kind: "text" } & Omit<VocabularyJSON, "kind"> & LengthOptions)
  | ({ kind: "series" } & Omit<ScaleJSON, "kind"> & LengthOptions);

/** The token numbers of each text, or the steps of each series. */
export type SequenceRows = number[][] | number[][][];

export interface SequenceEncoding {
  /** The shape of one sequence, with the greatest number of steps. */
  readonly shape: readonly number[];
  readonly variableLength: boolean;
  /** Only for texts. */
  readonly vocabulary?: Vocabulary | undefined;
  rowsOf(values: ArrayLike<unknown>): SequenceRows;
}

/** Fits the encoding of texts. */
export function fitTexts(who: string, values: ArrayLike<unknown>, options: TextOptions): SequenceEncodingJSON {
  checkOptions(who, options, [...vocabularyNames, ...lengthNames]);
  checkLengthOptions(who, options);
  const texts = textsOf(who, values);
  const vocabulary = fitVocabulary(who, texts, options);
  const { unit, lowerCase, tokens } = vocabulary.toJSON();
  return { kind: "text", unit, lowerCase, tokens, ...chooseLength(options, () => vocabulary.apply(texts)) };
}

/** Fits the encoding of series: each feature is standardized with the mean and deviation of all its steps. */
export function fitSeries(who: string, values: ArrayLike<unknown>, options: SeriesOptions): SequenceEncodingJSON {
  checkOptions(who, options, lengthNames);
  checkLengthOptions(who, options);
  const series = seriesOf(who, values);
  const steps = series.flat();
  if (steps.length === 0) throw new RangeError(`${who}: got series without steps, need at least one step`);
  const scales = steps[0].map((_, feature) =>
    standardOf(
      who,
      Float64Array.from(steps, (step) => step[feature]),
    ),
  );
  return {
    kind: "series",
    offsets: scales.map(([offset]) => offset),
    divisors: scales.map(([, divisor]) => divisor),
    ...chooseLength(options, () => series),
  };
}

function chooseLength({ length, maximumLength }: LengthOptions, rows: () => readonly unknown[][]): LengthOptions {
  if (length !== undefined) return { length };
  return { maximumLength: maximumLength ?? rows().reduce((most, row) => Math.max(most, row.length), 1) };
}

/** Returns the encoding that `json` describes. `who` reports an invalid `json`; `owner` applies the encoding. */
export function sequencesFromJSON(who: string, json: SequenceEncodingJSON, owner: string): SequenceEncoding {
  checkLengthOptions(who, json);
  const { length, maximumLength } = json;
  const steps = length ?? maximumLength;
  if (steps === undefined) throw new RangeError(`${who}: got no length, need length or maximumLength`);
  const lengths = { length, maximumLength };
  const variableLength = length === undefined;
  if (json.kind === "text") {
    const vocabulary = vocabularyFromJSON(who, { ...json, kind: "vocabulary" });
    const rowsOf = (values: ArrayLike<unknown>) => vocabulary.apply(textsOf(owner, values), lengths);
    return { shape: [steps], variableLength, vocabulary, rowsOf };
  }
  const scale = scaleFromJSON(who, { ...json, kind: "standardize" });
  const { length: features } = json.offsets;
  // The mean of each feature, as it is after scaling.
  const padding = new Array<number>(features).fill(0);
  const rowsOf = (values: ArrayLike<unknown>) =>
    seriesOf(owner, values, features).map((series) => cutTo(lengths, scale.apply(series), padding));
  return { shape: [steps, features], variableLength, rowsOf };
}

/** Returns the texts of a column; a missing text is empty. */
function textsOf(who: string, values: ArrayLike<unknown>): string[] {
  checkCategories(who, values as readonly (string | null)[], false);
  return Array.from(values as ArrayLike<string | null>, (text) => text ?? "");
}

/** Returns the steps of each series of a column; a missing series has none. @param features of a step; default those of the first */
function seriesOf(who: string, values: ArrayLike<unknown>, features?: number): number[][][] {
  let need = features;
  return Array.from(values, (series, row) => {
    if (series === null) return [];
    if (!isList(series)) {
      const form = "an array of numbers or of rows of numbers, or null where it is missing";
      throw new TypeError(`${who}: got ${shown(series)} at row ${row}, need ${form}`);
    }
    return Array.from(series, (given, index) => {
      const where = `at row ${row}, step ${index}`;
      const step = isList(given) ? Array.from(given) : [given];
      need ??= step.length;
      if (step.length !== need || need === 0) {
        throw new RangeError(`${who}: got ${plural(step.length, "number")} ${where}, need ${need || "at least one"}`);
      }
      const wrong = step.findIndex((value) => !Number.isFinite(value));
      if (wrong < 0) return step as number[];
      throw new RangeError(`${who}: got ${shown(step[wrong])} ${where}, need a finite number`);
    });
  });
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
