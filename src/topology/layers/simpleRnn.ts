/** The simple recurrent layer. */

import { checkArguments } from "../../errors.ts";
import { eachRow, op } from "../../kernels/operations.ts";
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

export interface SimpleRnnDescription extends RecurrentDescription {
  readonly kind: "simpleRnn";
}

/**
 * Returns a simple recurrent layer over the steps of [steps, features], with the output [units], or [steps, units].
 *
 * h = tanh(x · weight + bias + h · recurrentWeight), weight [features, units], recurrentWeight [units, units], bias [units]. PyTorch has
 * two biases, whose sum is this one.
 *
 * Source  Elman 1990.
 * @param units the numbers of the state h, at least 1
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function simpleRnn(units: number, options: RecurrentOptions = {}): Layer<SimpleRnnDescription> {
  checkArguments("simpleRnn", arguments.length, 2);
  return callable(simpleRnnKind, { kind: "simpleRnn", ...recurrentOptions("simpleRnn", units, options) });
}

const cell: Cell = { gates: 1, states: 1, forward: (fields) => op("simpleRnnForward", eachRow(), fields) };

export const simpleRnnKind: LayerKind<SimpleRnnDescription> = /* @__PURE__ */ recurrentKind(
  "simpleRnn",
  cell,
  simpleRnn,
);

export const simpleRnnTraining: LayerTraining<RecurrentDescription> = /* @__PURE__ */ recurrentTraining(cell, {
  keeps: {},
  backward: (fields) => op("simpleRnnBackward", eachRow(), fields),
});
