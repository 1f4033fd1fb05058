/** The gated recurrent unit. */

import { checkArguments } from "../../errors.ts";
import { eachRow, none, op } from "../../kernels/operations.ts";
import type { LayerKind, LayerTraining } from "./layer.ts";
import {
  type Cell,
  type RecurrentDescription,
  type RecurrentOptions,
  recurrentKind,
  recurrentOptions,
} from "./recurrent.ts";
import { recurrentTraining } from "./recurrentTraining.ts";
import { callable, type Layer } from "./value.ts";

export interface GruDescription extends RecurrentDescription {
  readonly kind: "gru";
}

/**
 * Returns a gated recurrent unit over the steps of [steps, features], with the output [units], or [steps, units].
 *
 * r, z = sigmoid(x · weight + bias + h · recurrentWeight); n = tanh(x · weight + bias + r · (h · recurrentWeight + candidateBias));
 * h = (1 − z) · n + z · h. The gates are columns in the order r z n: weight [features, 3·units], recurrentWeight [units, 3·units], bias
 * [3·units]; candidateBias [units] starts as zeros. The reset comes after the product, as in PyTorch and by default in Keras.
 *
 * Source  Cho et al. 2014.
 * @param units the numbers of the state h, at least 1
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function gru(units: number, options: RecurrentOptions = {}): Layer<GruDescription> {
  checkArguments("gru", arguments.length, 2);
  return callable(gruKind, { kind: "gru", ...recurrentOptions("gru", units, options) });
}

const cell: Cell = {
  gates: 3,
  states: 1,
  hasCandidateBias: true,

  forward(fields, [, , , candidateBias], { hiddenPart = none }) {
    return op("gruForward", eachRow(), { ...fields, candidateBias, hiddenPart });
  },
};

export const gruKind: LayerKind<GruDescription> = /* @__PURE__ */ recurrentKind("gru", cell, gru);

export const gruTraining: LayerTraining<RecurrentDescription> = /* @__PURE__ */ recurrentTraining(cell, {
  keeps: { hiddenPart: 3 },
  hiddenPart: "hiddenPart",

  backward(fields, hidden, { hiddenPart }) {
    return op("gruBackward", eachRow(), { ...fields, hidden, hiddenPart });
  },
});
