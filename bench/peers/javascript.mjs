/** Hand-written JavaScript. */
import { infer, matmul, system, train } from "./loops.mjs";
import { peer } from "./peer.mjs";

await peer({ version: process.version, train, infer, system, matmul });
