/**
 * What `simdnet export --module` writes for a pipeline, but for model and kernels: the build makes one file of it and of all that
 * predicts, and the command puts their bytes before it, as base64.
 */

import { bytesOfBase64 } from "../../host.ts";
import { Pipeline } from "../../index.ts";
import { columnsOf } from "./columns.ts";

declare const simdnetModel: string;

const pipeline = Pipeline.fromBytes(bytesOfBase64(simdnetModel));

export const predict = pipeline.predict.bind(pipeline);
export const columns = columnsOf(pipeline);
export const target = pipeline.target;
