/** Bytes and arrays in the calls of a browser, for scripts/test-types.mjs to compile with the types of browsers. */

import { dense, Network, Trainer } from "simdnet";
import { digits } from "simdnet/data";

const network = new Network({ inputs: 1, layers: [dense(1)] });
const bytes = network.toBytes();
export const blob = new Blob([bytes]);
export const response = new Response(bytes);
export const sent = fetch("https://example.com/model", { method: "PUT", body: bytes });
export const buffer: ArrayBuffer = bytes.buffer;
export const checkpoint = new Blob([new Trainer(network, { loss: "meanSquaredError" }).toBytes()]);
export const outputs = new Blob([network.predict(new Float32Array(1))]);
export const loaded = async () => Network.fromBytes(await response.arrayBuffer());
export const signal = (given: AbortSignal | undefined) =>
  new Trainer(network, { loss: "meanSquaredError" }).fit([[1]], [[1]], { epochs: 1, signal: given });
export const { length } = digits().inputs;
