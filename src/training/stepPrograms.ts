/**
 * The programs of a step. A step is two lists: forward, with the losses and the penalties; and back, with the losses' gradients, the
 * limits of gradients and the update. Between them, the caller looks at the losses.
 */

import type { Values } from "../kernels/dtype.ts";
import { type Address, none, type Operation } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Engine } from "../topology/engine.ts";
import { Program } from "../topology/program.ts";
import type { TrainingPlan } from "../topology/trainingPlan.ts";
import { type Heads, resultDoubles } from "./heads.ts";
import type { LossPlaces, PreparedPlaces } from "./lossPlaces.ts";
import type { StepRecord, Updates } from "./optimizers/updates.ts";
import type { Regularization } from "./regularization.ts";

export interface StepOptions {
  readonly engine: Engine;
  readonly plan: TrainingPlan;
  /** The losses, for targets and weights of some form. */
  readonly heads: Heads;
  readonly regularization: Regularization;
  readonly updates: Updates;
}

/** No targets and weights are prepared. */
const noPlaces: PreparedPlaces = {
  exampleWeights: none,
  classWeights: none,
  targets: none,
  weights: none,
  terms: { givenAddress: none, targetsAddress: none, weightsAddress: none },
};

export class StepPrograms {
  /** The forward pass as in prediction, with the losses. */
  readonly evaluation: Program;
  /** The forward pass as in training, with the losses and the penalties. */
  readonly forward: Program;
  /** The backward pass from the losses on, without limits and update. */
  readonly gradients: Program;
  /** The same with limits and update. */
  readonly backward: Program;
  /** The penalties alone. */
  readonly penalties: Program;
  /** The address of the record of the first loss, if it is computed by operations. */
  readonly firstLoss: Address | undefined;
  /** The places of each output's loss. Those of prepared targets and weights come with `bind`. */
  readonly places: readonly LossPlaces[];
  readonly #arena: Arena;
  readonly #updates: Updates;
  readonly #results: Address;
  readonly #losses: number;
  /** The programs that have the losses, each with the index of the first; and those that have their gradients, which come first. */
  readonly #withLosses: readonly (readonly [program: Program, first: number])[];
  readonly #withGradients: readonly Program[];
  #bound: { readonly heads: Heads; readonly places: readonly LossPlaces[] } | undefined;

  constructor({ engine, plan, heads, regularization, updates }: StepOptions) {
    const { arena, graph } = engine;
    this.#arena = arena;
    this.#updates = updates;
    this.#losses = heads.losses.length;
    const resultBytes = resultDoubles * Float64Array.BYTES_PER_ELEMENT;
    this.#results = arena.allocateDoubles(resultDoubles * this.#losses + 1);
    const places: LossPlaces[] = [];
    for (const [index, output] of graph.outputs.entries()) {
      const sequences = plan.sequencesOf(output);
      places.push({
        batch: sequences?.batch ?? plan.batch,
        outputAddress: plan.valueAddress(output),
        targetAddress: plan.targetAddress(output),
        outputGradAddress: plan.valueGradientAddress(output)!,
        result: (this.#results + index * resultBytes) as Address,
        prepared: noPlaces,
        sequences,
        all: places,
      });
    }
    this.places = places;
    const program = (operations: readonly Operation[], areIndependent = false) =>
      Program.of(arena, plan.batch, operations, { areIndependent });
    const penalty = (this.#results + this.#losses * resultBytes) as Address;
    const passes = passesOf(heads, places);
    const losses = program(passes.map(({ forward }) => forward));
    const lossGradients = program(passes.map(({ backward }) => backward));
    const penaltyGradients = program(regularization.penaltyGradients(penalty), true);
    const limits = regularization.limits(updates.now).map((operations) => program(operations, true));
    const gradients = [lossGradients, plan.backward, penaltyGradients];
    this.penalties = program(regularization.penalties(penalty));
    this.evaluation = Program.joined([plan.forward, losses]);
    this.forward = Program.joined([plan.forwardTraining, losses, this.penalties]);
    this.gradients = Program.joined(gradients);
    this.backward = Program.joined([...gradients, ...limits, updates.program]);
    this.firstLoss = passes.length > 0 ? losses.recordOf(0) : undefined;
    this.#withLosses = [
      [this.evaluation, plan.forward.operations.length],
      [this.forward, plan.forwardTraining.operations.length],
    ];
    this.#withGradients = [this.gradients, this.backward];
  }

  /** Returns a view of the record of the step. */
  record(): StepRecord {
    return this.#updates.record();
  }

  /** Returns a view of the results: of each loss what `Heads` writes and reads, and behind them the sum of the penalties. */
  results(): Values<"float64"> {
    return this.#arena.doubles(this.#results, resultDoubles * this.#losses + 1);
  }

  /** Puts the losses of some targets and weights into the programs. @param places those of each output */
  bind(heads: Heads, places: readonly LossPlaces[]): void {
    if (this.#bound?.places === places && this.#bound.heads.hasFormOf(heads)) return;
    this.#bound = { heads, places };
    const passes = passesOf(heads, places);
    const losses = passes.map(({ forward }) => forward);
    const gradients = passes.map(({ backward }) => backward);
    for (const [program, first] of this.#withLosses) program.replace(first, losses);
    for (const program of this.#withGradients) program.replace(0, gradients);
  }
}

/** Returns the operations of the losses that are computed by some. */
function passesOf({ losses }: Heads, places: readonly LossPlaces[]) {
  return losses.flatMap(({ pass }, index) => {
    if (pass.kind === "calls") return [];
    return [{ forward: pass.forward(places[index]), backward: pass.backward(places[index]) }];
  });
}
