/** What a step adds to the loss and its gradients for the weights' sake, and what it takes from gradients that are too large. */

import { checkFinite, shown } from "../errors.ts";
import { elementBytes } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";
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

/** Added to a norm before it divides. Source: PyTorch's clip_grad_norm_. */
const normEpsilon = 1e-6;

/** Where a weight and its gradient lie, and how many elements it has. */
interface Weight {
  readonly address: number;
  readonly gradientOffset: number;
  readonly count: number;
}

export class Regularization {
  readonly #engine: Engine;
  readonly #l1: number;
  readonly #l2: number;
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
    this.#l1 = l1;
    this.#l2 = l2;
    this.#clipNorm = clipNorm;
    this.#clipValue = clipValue;
    this.#hasPenalty = l1 > 0 || l2 > 0;
  }

  /** Whether a step is anything but loss, gradients and update. */
  get isActive(): boolean {
    return this.#hasPenalty || Number.isFinite(this.#clipNorm) || Number.isFinite(this.#clipValue);
  }

  /** What is added to the loss: l1 · Σ|w| + l2 · Σw². */
  penalty(): number {
    if (!this.#hasPenalty) return 0;
    const { kernels } = this.#engine.arena;
    let sum = 0;
    for (const { address, count } of this.#weights(false)) sum += kernels.penalty(address, count, this.#l1, this.#l2);
    return sum;
  }

  /** Adds the gradient of the penalty to those of the weights that are trained. */
  addGradient(): void {
    if (!this.#hasPenalty) return;
    const { arena, gradientBlock } = this.#engine;
    this.#engine.markAllRows();
    for (const { address, gradientOffset, count } of this.#weights(true)) {
      arena.kernels.addPenaltyGradient(address, gradientBlock + gradientOffset, count, this.#l1, this.#l2);
    }
  }

  /**
   * Brings the gradients within their limits.
   *
   * Source  PyTorch's clip_grad_value_ and clip_grad_norm_.
   */
  clip(): void {
    const { arena, dtype, ranges, gradientBlock } = this.#engine;
    const place = (offset: number) => gradientBlock + offset * elementBytes[dtype];
    if (Number.isFinite(this.#clipValue)) {
      for (const { offset, count } of ranges) arena.kernels.clip(place(offset), count, this.#clipValue);
    }
    if (!Number.isFinite(this.#clipNorm)) return;
    const factor = this.#clipNorm / (gradientNorm(this.#engine) + normEpsilon);
    if (factor >= 1) return;
    if (Number.isNaN(factor)) {
      this.#spoil();
      return;
    }
    for (const { offset, count } of ranges) arena.kernels.scale(place(offset), count, factor);
  }

  /** Makes all gradients NaN, as their product with it is, but for the padding between them, which nothing would clear. */
  #spoil(): void {
    const engine = this.#engine;
    engine.markAllRows();
    for (const { parameters } of engine.graph.layers.filter(({ trainable }) => trainable)) {
      for (const parameter of parameters) engine.gradientView(parameter)!.fill(Number.NaN);
    }
  }

  #weights(trainedOnly: boolean): Weight[] {
    const { graph, parameterBlock } = this.#engine;
    const layers = graph.layers.filter(({ trainable }) => trainable || !trainedOnly);
    const parameters = layers.flatMap((layer) => layer.parameters).filter(({ isWeight }) => isWeight);
    return parameters.map((parameter) => {
      const address = this.#engine.parameterAddress(parameter);
      return { address, gradientOffset: address - parameterBlock, count: sizeOf(parameter.shape) };
    });
  }
}

/** The Euclidean norm of all gradients together. */
export function gradientNorm({ arena, dtype, ranges, gradientBlock }: Engine): number {
  let sum = 0;
  for (const { offset, count } of ranges) {
    const norm = arena.kernels.norm(gradientBlock + offset * elementBytes[dtype], count);
    sum += norm * norm;
  }
  return Math.sqrt(sum);
}
