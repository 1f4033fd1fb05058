/** The public names of this folder. */

export { Pipeline, type PipelineOptions, type RecordLike } from "./pipeline.ts";
export { type Seen, type SeenColumn, seenValues, type Unseen } from "./seen.ts";
export type { ClassTarget, NumberTarget, OutputErrors, Prediction, Target } from "./target.ts";
