/** `simdnet/data`: sample data sets, and the work on data before and after training. */

export type { RandomGenerator, Shufflable } from "../random.ts";
export { type AugmentOptions, augment } from "./augment.ts";
/** @internal The command reads classes that are booleans with them. */
export { knownBooleans, truthOf } from "./booleans.ts";
export {
  type CategoryEncoding,
  type CategoryEncodingJSON,
  type CategoryFill,
  type EncodeCategoriesOptions,
  encodeCategories,
} from "./categories.ts";
export { type CifarExamples, type CifarOptions, readCifar } from "./cifar.ts";
export { classNumbers, oneHot } from "./classes.ts";
export type { Columns, ColumnValues, RecordValue, SeriesColumns, SeriesRecord, TableLike } from "./columns.ts";
export { type Coordinates, kilometres } from "./coordinates.ts";
export { type CellValue, type Column, type CsvOptions, parseCsv, type Table, type TableRecord } from "./csv.ts";
export { type StreamCsvOptions, streamCsv, type TextPieces } from "./csvStream.ts";
export { type Dataset, digits, iris } from "./dataset.ts";
export type { DateOrder } from "./dateFormat.ts";
/** @internal The command reads dates with them. */
export { dateFormOf, daysIn, momentIn } from "./dateFormat.ts";
export { type DatePart, datePart } from "./dates.ts";
export { type FilteredRows, filterRows, type RowRule, type RowRules } from "./filter.ts";
/** @internal The command finds notations with them. */
export { hasPointsBetweenThousands, notationOf } from "./findNumbers.ts";
export { type FoldOptions, kFold } from "./folds.ts";
export { type IdxTensor, readIdx } from "./idx.ts";
export type { FlatImages, ImageBatch, ImageRow, ImagesLike } from "./imageRows.ts";
export { type ImagesOptions, images } from "./images.ts";
export { type Imputation, type ImputationJSON, type ImputeOptions, impute, type NumberFill } from "./impute.ts";
export type { Label } from "./labels.ts";
export type { LengthOptions } from "./lengths.ts";
/** @internal The command reads tables with it. */
export { type Block, linesOf } from "./lines.ts";
/** @internal The command decides with it what a column means. */
export { type FoundMeaning, findMeaning, isCode, type Meaning } from "./meaning.ts";
export type { MissingMark } from "./missing.ts";
export { type AddNoiseOptions, addNoise, type NumberRows } from "./noise.ts";
/** @internal The command lists them. */
export type { Notation, Notations } from "./notations.ts";
export type { NumberFormat } from "./numberFormat.ts";
/** @internal The command reads numbers with them. */
export { isShownBefore, numberReader, plainNumber } from "./numberFormat.ts";
export { type Pairs, type PairsOptions, type Partners, pairs } from "./pairs.ts";
export type { Picture } from "./picture.ts";
export type { PictureEncodingJSON, PictureOptions } from "./pictureColumns.ts";
export { readPnm } from "./pnm.ts";
export {
  type ColumnEncodingJSON,
  type EncodedColumn,
  type EncodedColumns,
  type EncodedInput,
  type EncodedRows,
  type EncodeRecordsOptions,
  encodeRecords,
  type NamedColumn,
  type OwnEncodingJSON,
  type OwnRows,
  type RecordEncoding,
  type RecordEncodingJSON,
} from "./records.ts";
export type { FeatureRows, RowsWithGaps } from "./rows.ts";
export { minMaxScale, type Scale, type ScaleJSON, standardize } from "./scale.ts";
export type { SequenceEncodingJSON, SequenceRows, SeriesOptions, TextOptions } from "./sequences.ts";
export { type DealOptions, type Split, type SplitExamples, type SplitOptions, trainTestSplit } from "./split.ts";
export type { TimeForm } from "./timeFormat.ts";
export { type Transform, type TransformJSON, transformFromJSON } from "./transform.ts";
export type {
  DateEncodingJSON,
  DateOptions,
  NumberEncodingJSON,
  ScaledNumberJSON,
  ValueEncodingJSON,
} from "./valueColumns.ts";
export {
  type TokenUnit,
  type Vocabulary,
  type VocabularyJSON,
  type VocabularyOptions,
  vocabulary,
} from "./vocabulary.ts";
export {
  type Series,
  type TrainTestWindowsOptions,
  trainTestWindows,
  type WindowExamples,
  type WindowsOptions,
  windows,
} from "./windows.ts";
