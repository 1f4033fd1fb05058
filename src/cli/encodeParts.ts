/** Encodes the rows of a table's parts, as examples of a network. */

import { createHash } from "node:crypto";
import type { Columns, EncodedColumns } from "../data/index.ts";
import { seenValues } from "../index.ts";
import { type InputDecision, type TargetDecision, targetEncoding } from "./decide.ts";
import { type EncodingOptions, fitEncoding, type TableEncoding } from "./encoding.ts";
import { Failure, guard } from "./failure.ts";
import { plural, short } from "./numbers.ts";
import type { Parts } from "./parts.ts";
import { columnsAt, tooLarge } from "./table.ts";

export interface EncodedExamples {
  /** The encoded columns: rows of features one after the other, and the words of texts. */
  readonly inputs: EncodedColumns;
  /** The class number of each row, or a number of mean 0 and deviation 1. */
  readonly targets: Float64Array;
}

/** A table, and what decides on its features. */
export interface EncodedTable {
  readonly file: string;
  readonly target: TargetDecision;
  /** The used columns, with all rows. */
  readonly columns: Columns;
  readonly used: readonly InputDecision[];
  readonly options: EncodingOptions;
  readonly memoryBytes: number;
}

/** The greatest distance from the training mean, in deviations. Beyond it, squares of a network's sums may overflow. */
export const mostDeviations = 1e12;

/** The memory for one feature of a row, in the examples and in a temporary copy. */
const bytesPerFeature = 16;

/** The most values that are hashed at once: a hash does not take 2 GiB. */
const hashedAtOnce = 1 << 24;

/**
 * Fits the encodings of columns and target to the training rows, and encodes the rows of each part. No closure that outlives it holds the
 * columns of the training rows, so that they are freed.
 *
 * @throws {Failure} if the examples do not fit into memory, or a value is too far from all others
 */
export function encodeParts(parts: Parts, { file, columns, used, target, options, memoryBytes }: EncodedTable) {
  const training = columnsAt(columns, parts.train);
  const { rows } = target;
  const encoding = guard(file, () => fitEncoding(training, used, options));
  const features = encoding.inputs.reduce((sum, { shape: [size] }) => sum + size, 0);
  const mostRows = Math.floor(memoryBytes / (bytesPerFeature * features));
  if (rows.length > mostRows) {
    throw tooLarge(file, `${rows.length} rows that become ${plural(features, "feature")} each`, mostRows);
  }
  const { target: goal, encode: of } = guard(file, () => targetEncoding(target, parts.train));
  const examples = (rows: Int32Array, given = columnsAt(columns, rows)): EncodedExamples => {
    const [inputs, targets] = [guard(file, () => encoding.apply(given)), of(rows)];
    const [numbers] = eachInput(encoding, inputs);
    if (numbers instanceof Float64Array) checkRange(file, numbers, encoding.features);
    if (goal.kind === "number") checkRange(file, targets, [goal.name]);
    return { inputs, targets };
  };
  const [train, seen] = [examples(parts.train, training), seenValues(encoding, training)];
  const validation = examples(parts.validation);
  const test = parts.test.length > 0 ? examples(parts.test) : validation;
  return { encoding, goal, train, validation, test, seen };
}

/** Returns a hash of examples, by which a resumed training recognizes them. */
export function fingerprintOf(encoding: TableEncoding, parts: readonly EncodedExamples[]): string {
  const hash = createHash("sha256");
  for (const { inputs, targets } of parts) {
    for (const values of [...eachInput(encoding, inputs), targets]) {
      if (values instanceof Float64Array) {
        for (let from = 0; from < values.length; from += hashedAtOnce)
          hash.update(values.subarray(from, from + hashedAtOnce));
      } else {
        for (const words of values) hash.update(Float64Array.of(words.length)).update(Float64Array.from(words));
      }
    }
  }
  return hash.digest("hex");
}

/** Returns the examples of each input: rows of features, or the words of each text. */
export const eachInput = ({ inputs }: TableEncoding, examples: EncodedColumns) =>
  (inputs.length === 1 ? [examples] : examples) as readonly (Float64Array | number[][])[];

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
