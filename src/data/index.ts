/** `simdnet/data`: data sets to try things on, and what is done to data before and after training. */

export { classNumbers, oneHot } from "./classes.ts";
export { type Column, type CsvOptions, parseCsv, type Table, type TableRecord, type Value } from "./csv.ts";
export { type Dataset, digits, iris } from "./dataset.ts";
export { type FoldOptions, kFold } from "./folds.ts";
export type { Label } from "./labels.ts";
export type { Rows } from "./rows.ts";
export { type DealOptions, type Examples, type Split, type SplitOptions, trainTestSplit } from "./split.ts";
export { minMaxScale, standardize, type Transform, type TransformJSON, transformFromJSON } from "./transform.ts";
