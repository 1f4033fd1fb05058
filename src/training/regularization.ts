/** Penalties on weights in the loss and its gradients, and limits of gradients. */

import { checkFinite, shown } from "../errors.ts";
import { elementBytes } from "../kernels/dtype.ts";
import { type Address, inAll, none, type Operation, type Operations, op } from "../kernels/operations.ts";
import type { Engine } from "../topology/engine.ts";
import type { GraphLayer, Parameter } from "../topology/graph.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import { checkRange } from "../topology/range.ts";

/** Penalties in the loss, and limits of the gradient. */
export interface RegularizationOptions {
  /** l1 · Σ|w| over all weights (no biases) is added to the loss. Default 0. */
  readonly l1?: number | undefined;
  /** l2 · Σw² over all weights (no biases) is added to the loss. Default 0. */
  readonly l2?: number | undefined;
  /** The greatest Euclidean norm of all gradients together: a larger one is scaled to it before the update. Default none. */
  readonly clipNorm?: number | undefined;
  /** The greatest absolute value of an element of the gradients, before `clipNorm`. Default none. */
  readonly clipValue?: number | undefined;
}

export const regularizationNames = ["l1", "l2", "clipNorm", "clipValue"] as const;

export class Regularization {
  readonly #engine: Engine;
  readonly l1: number;
  readonly l2: number;
  readonly #clipNorm: number;
  readonly #clipValue: number;
  readonly #hasPenalty: boolean;

  /** @throws {RangeError} if an option is out of range */
  constructor(engine: Engine, options: RegularizationOptions) {
    const { l1 = 0, l2 = 0, clipNorm = Number.POSITIVE_INFINITY, clipValue = Number.POSITIVE_INFINITY } = options;
    for (const [name, value] of Object.entries({ l1, l2 })) {
      if (checkFinite(`trainer: ${name}`, value) < 0)
        throw new RangeError(`trainer: got ${name} ${shown(value)}, need a number from 0`);
    }
    for (const name of ["clipNorm", "clipValue"] as const) {
      const value = options[name];
      if (value !== undefined && checkFinite(`trainer: ${name}`, value) <= 0) {
        throw new RangeError(`trainer: got ${name} ${shown(value)}, need a number above 0`);
      }
    }
    checkRange("trainer", { l1, l2, clipNorm, clipValue }, engine.dtype);
    this.#engine = engine;
    this.l1 = l1;
    this.l2 = l2;
    this.#clipNorm = clipNorm;
    this.#clipValue = clipValue;
    this.#hasPenalty = l1 > 0 || l2 > 0;
  }

  get hasPenalty(): boolean {
    return this.#hasPenalty;
  }

  /** True if a step has penalties or limits of gradients. */
  get isActive(): boolean {
    return this.#hasPenalty || Number.isFinite(this.#clipNorm) || Number.isFinite(this.#clipValue);
  }

  /** Returns the operations that add l1 · Σ|w| + l2 · Σw² to a sum. @param result a PenaltySum of assembly/regularization/weights.ts */
  penalties(result: Address): Operation[] {
    const { layers } = this.#engine.graph;
    return this.#penaltiesOf(layers, result).map((fields) => op("addPenalty", inAll(1), fields));
  }

  /** Returns the operations that add the gradient of the penalty to those of the weights that are trained. */
  penaltyGradients(result: Address): Operation[] {
    const layers = this.#engine.graph.layers.filter(({ trainable }) => trainable);
    return this.#penaltiesOf(layers, result).map((fields) => op("addPenaltyGradient", inAll(fields.count), fields));
  }

  #penaltiesOf(layers: readonly GraphLayer[], result: Address): Operations["addPenalty"][] {
    if (!this.#hasPenalty) return [];
    const { l1, l2 } = this;
    const weights = layers.flatMap(({ parameters }) => parameters).filter(({ isWeight }) => isWeight);
    return weights.map((parameter) => {
      return { ...placeOf(this.#engine, parameter), weights: this.#engine.parameterAddress(parameter), result, l1, l2 };
    });
  }

  /**
   * Returns the operations that limit the gradients, in lists. Those of one list are independent.
   *
   * @param now the record of the step
   *
   * Source  PyTorch's clip_grad_value_ and clip_grad_norm_.
   */
  limits(now: Address): Operation[][] {
    const lists: Operation[][] = [];
    const { ranges, dtype, gradientBlock } = this.#engine;
    const parameters = this.#engine.graph.layers.flatMap((layer) => (layer.trainable ? layer.parameters : []));
    const placesOf = (limit: number) => parameters.map((each) => ({ ...placeOf(this.#engine, each), now, limit }));
    if (Number.isFinite(this.#clipValue)) {
      lists.push(placesOf(this.#clipValue).map((fields) => op("clip", inAll(fields.count), fields)));
    }
    if (Number.isFinite(this.#clipNorm)) {
      const squares = ranges.map(({ offset, count }) => {
        const gradients = (gradientBlock + offset * elementBytes[dtype]) as Address;
        return op("addSquares", inAll(1), { now, gradients, count, marks: none, rows: 0, limit: this.#clipNorm });
      });
      // One after the other: they add to one sum.
      for (const each of squares) lists.push([each]);
      lists.push(placesOf(this.#clipNorm).map((fields) => op("limitNorm", inAll(fields.count), fields)));
    }
    return lists;
  }
}

/** Returns where the gradient of a parameter lies, and the marks of its rows if it is sparse. */
function placeOf(engine: Engine, parameter: Parameter) {
  const [rows] = parameter.shape;
  return {
    gradients: engine.gradientAddress(parameter),
    count: sizeOf(parameter.shape),
    marks: engine.marksAddress(parameter) ?? none,
    rows,
  };
}
