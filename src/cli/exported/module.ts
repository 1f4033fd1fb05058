/**
 * What `simdnet export --module` writes for a pipeline, but for model and kernels: the build makes one file of it and of all that
 * predicts, and the command puts their bytes before it, as base64.
 */

import { Pipeline } from "../../index.ts";
import { columnsOf } from "./columns.ts";
import { bytesOf } from "./kernel.ts";

declare const simdnetModel: string;

const pipeline = Pipeline.fromBytes(bytesOf(simdnetModel));

export const predict = pipeline.predict.bind(pipeline);
export const columns = columnsOf(pipeline);
export const target = pipeline.target;
