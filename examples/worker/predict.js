/** Answers predictions of a model file: POST /predict { "inputs": one example or rows of them } → { "outputs": in the same form }. */

import { Network } from "simdnet";
import { bodyOf, handlerOf, orRefuse, quoted, Refusal } from "./json.js";

const mostRows = 256;
const mostBytes = 1 << 20;

/**
 * @param {Uint8Array | ArrayBuffer} model a file from `network.toBytes()`
 * @returns {(request: Request) => Promise<Response>}
 */
export function predictor(model) {
  const network = Network.fromBytes(new Uint8Array(model));
  return handlerOf({ "/predict": { POST: (text) => predict(network, text) } }, mostBytes);
}

/** Answers the body of one request with the predictions of `network`. */
export function predict(network, text) {
  const { inputs } = bodyOf(text, ["inputs"]);
  const rows = rowsOf(inputs, mostRows);
  const outputs = orRefuse(() => network.predict(rows));
  const bad = outputs.findIndex((row) => !row.every(Number.isFinite));
  if (bad >= 0) {
    throw new Refusal(`inputs: got such numbers in example ${bad} that no finite ones come out, need smaller ones`);
  }
  return Response.json({ outputs: isOne(inputs) ? outputs[0] : outputs });
}

/**
 * Returns one example, or several, as rows.
 *
 * @throws {Refusal} if `inputs` is not an array, has more than `most` rows, or contains both numbers and something else
 */
export function rowsOf(inputs, most) {
  if (!Array.isArray(inputs)) throw new Refusal("inputs: got no array, need an example or an array of examples");
  if (isOne(inputs)) {
    const bad = inputs.findIndex((value) => typeof value !== "number");
    if (bad >= 0) throw new Refusal(`inputs: got ${quoted(inputs[bad])} in column ${bad}, need a number`);
    return [inputs];
  }
  if (inputs.length > most) throw new Refusal(`inputs: got ${inputs.length} examples, need at most ${most}`);
  return inputs;
}

/** Tells whether an array is one example: it is if it contains any number. */
export const isOne = (inputs) => inputs.some((value) => typeof value === "number");
