/** Converts transforms to plain data, so that a model file can carry them, and back. */

import { checkArguments, shown, unknownName } from "../errors.ts";
import { type CategoryEncoding, type CategoryEncodingJSON, categoriesFromJSON } from "./categories.ts";
import { type Imputation, type ImputationJSON, imputationFromJSON } from "./impute.ts";
import {
  type EncodedColumns,
  type EncodedRows,
  type RecordEncoding,
  type RecordEncodingJSON,
  recordsFromJSON,
} from "./records.ts";
import { type Scale, type ScaleJSON, scaleFromJSON } from "./scale.ts";
import { type Vocabulary, type VocabularyJSON, vocabularyFromJSON } from "./vocabulary.ts";

/** A transform: fitted by a call, applied to data, and written as JSON. */
export type Transform =
  | Scale
  | Imputation
  | CategoryEncoding
  | RecordEncoding
  | RecordEncoding<EncodedRows, EncodedColumns>
  | Vocabulary;

/** A transform as plain data. */
export type TransformJSON = ScaleJSON | ImputationJSON | CategoryEncodingJSON | RecordEncodingJSON | VocabularyJSON;

const kinds = [
  "standardize",
  "minMaxScale",
  "impute",
  "encodeCategories",
  "encodeRecords",
  "vocabulary",
] satisfies TransformJSON["kind"][];

/**
 * Returns the transform that `toJSON` described.
 *
 * @param json that object. If it was parsed from text, TypeScript needs its type, as in `JSON.parse(text) as RecordEncodingJSON`. If an
 * encoding of records has columns of texts or series, its rows are `EncodedRows`
 * @throws {TypeError|RangeError} if it does not describe a transform
 */
export function transformFromJSON(json: ScaleJSON): Scale;
export function transformFromJSON(json: ImputationJSON): Imputation;
export function transformFromJSON(json: CategoryEncodingJSON): CategoryEncoding;
export function transformFromJSON<Encoding extends RecordEncoding<EncodedRows, EncodedColumns> = RecordEncoding>(
  json: RecordEncodingJSON,
): Encoding;
export function transformFromJSON(json: VocabularyJSON): Vocabulary;
export function transformFromJSON(json: TransformJSON): Transform {
  checkArguments("transformFromJSON", arguments.length, 1);
  const who = "transformFromJSON";
  if (typeof json !== "object" || json === null) throw new TypeError(`${who}: got ${shown(json)}, need an object`);
  switch (json.kind) {
    case "standardize":
    case "minMaxScale":
      return scaleFromJSON(who, json);
    case "impute":
      return imputationFromJSON(who, json);
    case "encodeCategories":
      return categoriesFromJSON(who, json, json.kind);
    case "encodeRecords":
      return recordsFromJSON(who, json);
    case "vocabulary":
      return vocabularyFromJSON(who, json);
    default:
      throw unknownName(`${who}, kind`, (json as TransformJSON).kind, kinds);
  }
}
