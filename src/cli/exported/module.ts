/**
 * What `simdnet export --module` writes, but for the model: the build makes one file of it and of all that predicts, and the
 * command puts the model's bytes before it, as base64.
 */

import { Pipeline } from "../../index.ts";
import { columnsOf } from "./columns.ts";

declare const simdnetModel: string;

const pipeline = Pipeline.fromBytes(Uint8Array.from(atob(simdnetModel), (character) => character.charCodeAt(0)));

export const predict = pipeline.predict.bind(pipeline);
export const columns = columnsOf(pipeline);
export const target = pipeline.target;
