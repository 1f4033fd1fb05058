/** The optimizers: what they are as plain data, what they remember, and their one kernel call an update. */

import { checkOptions, shown, unknownName } from "../errors.ts";
import type { Values } from "../memory/kernels.ts";
import type { Engine, TrainingState } from "../topology/engine.ts";

/** Gradient descent as plain data, every option given. */
export interface Sgd {
  readonly name: "sgd";
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/** Adam or AdamW as plain data, every option given. */
export interface Adam {
  readonly name: "adam" | "adamW";
  readonly learningRate: number;
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
}

export type Optimizer = Sgd | Adam;

export interface SgdOptions {
  /** Default 0.001, as PyTorch's. */
  readonly learningRate?: number;
  /** Share of the last step's velocity that is kept, in [0, 1). Default 0. */
  readonly momentum?: number;
  /** Whether the gradient is taken as if one velocity ahead; needs momentum. Default false. */
  readonly nesterov?: boolean;
  /** weightDecay · parameter is added to each gradient, biases included. Default 0. */
  readonly weightDecay?: number;
}

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Shares of the running means of the gradient and of its square that are kept, in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second mean; above 0. Default 1e-8. */
  readonly epsilon?: number;
  /** adam: weightDecay · parameter is added to each gradient, default 0. adamW: see there, default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Gradient descent: velocity = momentum · velocity + gradient; parameter −= learningRate · velocity.
 *
 * Source  PyTorch's SGD; Sutskever et al. 2013 for Nesterov's form.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function sgd(options: SgdOptions = {}): Sgd {
  checkOptions("sgd", options, ["learningRate", "momentum", "nesterov", "weightDecay"]);
  const { learningRate = 1e-3, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  checkNumbers("sgd", { learningRate, weightDecay });
  checkShare("sgd: momentum", momentum);
  if (typeof nesterov !== "boolean") throw new TypeError(`sgd: got nesterov ${shown(nesterov)}, need true or false`);
  if (nesterov && momentum === 0) throw new RangeError("sgd: got nesterov without momentum, need momentum above 0");
  return { name: "sgd", learningRate, momentum, nesterov, weightDecay };
}

/**
 * Adam: steps along the running mean of the gradient over the root of the running mean of its square.
 *
 * Source  Kingma & Ba 2014, as PyTorch's Adam.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adam(options: AdamOptions = {}): Adam {
  return adamOf("adam", options, 0);
}

/**
 * Adam with the decay apart from the gradient: parameter −= learningRate · weightDecay · parameter before each step.
 *
 * Source  Loshchilov & Hutter 2017, as PyTorch's AdamW.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function adamW(options: AdamOptions = {}): Adam {
  return adamOf("adamW", options, 0.01);
}

function adamOf(name: Adam["name"], options: AdamOptions, initialDecay: number): Adam {
  checkOptions(name, options, ["learningRate", "betas", "epsilon", "weightDecay"]);
  const { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = initialDecay } = options;
  checkNumbers(name, { learningRate, weightDecay });
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new TypeError(`${name}: got betas ${shown(betas)}, need an array of two numbers`);
  }
  for (const beta of betas) checkShare(`${name}: betas`, beta);
  if (!(Number.isFinite(epsilon) && epsilon > 0)) {
    throw new RangeError(`${name}: got epsilon ${shown(epsilon)}, need a number above 0`);
  }
  return { name, learningRate, betas: [betas[0], betas[1]], epsilon, weightDecay };
}

/** Refuses numbers that are not finite or are below 0. */
function checkNumbers(who: string, options: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && (value as number) >= 0)) {
      throw new RangeError(`${who}: got ${name} ${shown(value)}, need a number from 0`);
    }
  }
}

function checkShare(who: string, value: number): void {
  const isShare = Number.isFinite(value) && value >= 0 && value < 1;
  if (!isShare) throw new RangeError(`${who}: got ${shown(value)}, need a number from 0 to below 1`);
}

const makers = { sgd, adam, adamW };

/**
 * Refuses what no optimizer function has returned.
 *
 * @throws {RangeError | TypeError} saying what is wrong with it
 */
export function checkOptimizer(optimizer: Optimizer): Optimizer {
  const { name, ...options } = Object(optimizer) as Optimizer;
  if (typeof optimizer !== "object" || !Object.hasOwn(makers, name)) {
    const calls = Object.keys(makers).map((maker) => `${maker}()`);
    throw unknownName("trainer: optimizer", name ?? optimizer, calls);
  }
  return makers[name](options as never);
}

/** One update of all parameters; `step` counts from 1. */
type Update = (step: number, learningRate: number) => void;

/** What an optimizer remembers of one network: blocks as long as the parameters', zero at first. */
export class OptimizerState implements TrainingState {
  readonly blockCount: number;
  /** Changes every parameter by its gradient. Set while the state is in the network's memory. */
  update: Update = () => {};
  #saved: Values | undefined;

  /** @throws {RangeError} if an option is beyond the network's dtype */
  constructor(
    readonly optimizer: Optimizer,
    readonly engine: Engine,
  ) {
    if (engine.dtype === "float32") checkFloat32(optimizer);
    this.blockCount = optimizer.name !== "sgd" ? 2 : optimizer.momentum > 0 ? 1 : 0;
  }

  leave(blocks: Values): void {
    this.#saved = blocks.slice();
  }

  enter(address: number, blocks: Values): void {
    if (this.#saved) blocks.set(this.#saved);
    else blocks.fill(0);
    this.#saved = undefined;
    this.update = updateOf(this.optimizer, this.engine, address);
  }
}

/** Refuses options that float32 rounds to infinity, and an epsilon that it rounds to 0. */
function checkFloat32(optimizer: Optimizer): void {
  for (const [option, value] of Object.entries(optimizer)) {
    if (typeof value !== "number") continue;
    const rounded = Math.fround(value);
    if (Number.isFinite(rounded) && !(option === "epsilon" && rounded === 0)) continue;
    throw new RangeError(`${optimizer.name}: got ${option} ${value}, which is ${rounded} in float32, need another`);
  }
}

/** The kernel call of `optimizer`, with what it remembers at `state`. */
function updateOf(optimizer: Optimizer, engine: Engine, state: number): Update {
  const { kernels } = engine.arena;
  const { parameterBlock: parameters, gradientBlock: gradients, blockCount: count } = engine;
  const { weightDecay } = optimizer;
  if (optimizer.name === "sgd") {
    const { momentum, nesterov } = optimizer;
    if (momentum === 0) return (_step, rate) => kernels.sgdStep(parameters, gradients, count, rate, weightDecay);
    const kernel = nesterov ? kernels.nesterovStep : kernels.momentumStep;
    return (_step, rate) => kernel(parameters, gradients, state, count, rate, momentum, weightDecay);
  }
  const { betas, epsilon } = optimizer;
  const [beta1, beta2] = betas;
  const second = state + engine.blockBytes;
  const kernel = optimizer.name === "adam" ? kernels.adamStep : kernels.adamWStep;
  return (step, rate) =>
    kernel(parameters, gradients, state, second, count, step, rate, beta1, beta2, epsilon, weightDecay);
}
