/** Answers predictions of a model file: POST /predict { "inputs": one example or rows of them } → { "outputs": likewise }. */

import { Network } from "simdnet";
import { bodyOf, checked, handlerOf, Refusal } from "./json.js";

const mostRows = 256;
const mostBytes = 1 << 20;

/**
 * @param {Uint8Array | ArrayBuffer} model a file that `network.toBytes()` wrote
 * @returns {(request: Request) => Promise<Response>}
 */
export function predictor(model) {
  const network = Network.fromBytes(new Uint8Array(model));
  return handlerOf({ "/predict": { POST: (text) => predict(network, text) } }, mostBytes);
}

/** Answers the body of one request with what `network` says. */
export function predict(network, text) {
  const { inputs } = bodyOf(text, ["inputs"]);
  checkRows(inputs, mostRows);
  return Response.json({ outputs: checked(() => network.predict(inputs)) });
}

/** @throws {Refusal} unless `inputs` is an array, and if it is of more rows than that */
export function checkRows(inputs, most) {
  if (!Array.isArray(inputs)) throw new Refusal("inputs: got no array, need an example or an array of examples");
  if (typeof inputs[0] !== "number" && inputs.length > most) {
    throw new Refusal(`inputs: got ${inputs.length} examples, need at most ${most}`);
  }
}
