/**
 * The code that `simdnet export --module` writes for a pipeline. The build bundles it with all code for prediction. The command puts the
 * model and the kernels before it, as base64.
 */

import { bytesOfBase64 } from "../../host.ts";
import { Pipeline } from "../../index.ts";
import { columnsOf } from "./columns.ts";

declare const simdnetModel: string;

const pipeline = Pipeline.fromBytes(bytesOfBase64(simdnetModel));

export const predict = pipeline.predict.bind(pipeline);
export const columns = columnsOf(pipeline);
export const target = pipeline.target;
