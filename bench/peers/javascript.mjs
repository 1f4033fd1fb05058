/** Hand-written JavaScript. */
import { inferImages, trainImages } from "./images.mjs";
import { infer, matmul, system, train } from "./loops.mjs";
import { peer } from "./peer.mjs";

await peer({ version: process.version, train, infer, trainImages, inferImages, system, matmul });
