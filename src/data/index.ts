/** `simdnet/data`: data sets to try things on, and what is done to data before and after training. */

export { classNumbers, type Label, oneHot } from "./classes.ts";
export { type Dataset, digits, iris } from "./dataset.ts";
export type { Rows } from "./rows.ts";
export { type Examples, type Split, type SplitOptions, trainTestSplit } from "./split.ts";
export { minMaxScale, standardize, type Transform, type TransformJSON, transformFromJSON } from "./transform.ts";
