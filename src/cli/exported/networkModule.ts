/** What `simdnet export --module` writes for a network alone, as module.ts for a pipeline. */

import { Network } from "../../index.ts";
import { bytesOf } from "./kernel.ts";
import { shapesOf } from "./shapes.ts";

declare const simdnetModel: string;

const network = Network.fromBytes(bytesOf(simdnetModel));

export const predict = network.predict.bind(network);
export const { inputs, outputs } = shapesOf(network);
