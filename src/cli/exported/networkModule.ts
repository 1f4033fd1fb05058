/** The code that `simdnet export --module` writes for a network alone; module.ts is the one for a pipeline. */

import { bytesOfBase64 } from "../../host.ts";
import { Network } from "../../index.ts";
import { checkFinite } from "./finite.ts";
import { shapesOf } from "./shapes.ts";

declare const simdnetModel: string;

const network = Network.fromBytes(bytesOfBase64(simdnetModel));

export const predict = (...given: Parameters<typeof network.predict>) => checkFinite(network.predict(...given));
export const { inputs, outputs } = shapesOf(network);
