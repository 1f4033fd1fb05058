/** The public names of this folder. */

export { Pipeline, type PipelineOptions, type RecordLike } from "./pipeline.ts";
export type { ClassTarget, NumberTarget, Prediction, Target } from "./target.ts";
