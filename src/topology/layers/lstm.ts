/** The long short-term memory. */

import { checkArguments } from "../../errors.ts";
import { eachRow, none, op } from "../../kernels/operations.ts";
import { type Initializer, ones, zeros } from "../initializers.ts";
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

export interface LstmOptions extends RecurrentOptions {
  /** Each gate for itself. Default by gate: ones() for the forget gate, zeros() for the others. */
  readonly biasInitializer?: Initializer | undefined;
}

export interface LstmDescription extends RecurrentDescription {
  readonly kind: "lstm";
}

/**
 * Returns a long short-term memory over the steps of [steps, features], with the output [units], or [steps, units].
 *
 * i, f, o = sigmoid(x · weight + bias + h · recurrentWeight), g = tanh(…); c = f · c + i · g; h = o · tanh(c). The gates are columns in the
 * order i f g o: weight [features, 4·units], recurrentWeight [units, 4·units], bias [4·units]. PyTorch has two biases, whose sum is this
 * one.
 *
 * Source  Hochreiter & Schmidhuber 1997, Gers et al. 2000.
 * @param units the numbers of the states h and c, at least 1
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function lstm(units: number, options: LstmOptions = {}): Layer<LstmDescription> {
  checkArguments("lstm", arguments.length, 2);
  return callable(lstmKind, { kind: "lstm", ...recurrentOptions("lstm", units, options) });
}

const cell: Cell = {
  gates: 4,
  states: 2,

  // The biases of the forget gate are 1. Source: Jozefowicz et al. 2015.
  biasInitializers: [zeros(), ones(), zeros(), zeros()],

  forward(fields, _, { cell = none, cellTanh = none }) {
    return op("lstmForward", eachRow(), { ...fields, cell, cellTanh });
  },
};

export const lstmKind: LayerKind<LstmDescription> = /* @__PURE__ */ recurrentKind("lstm", cell, lstm);

export const lstmTraining: LayerTraining<RecurrentDescription> = /* @__PURE__ */ recurrentTraining(cell, {
  keeps: { cell: 1, cellTanh: 1 },

  backward(fields, _, { cell, cellTanh }) {
    return op("lstmBackward", eachRow(), { ...fields, cell, cellTanh });
  },
});
