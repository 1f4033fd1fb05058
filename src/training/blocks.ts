/** The places of a batch in the network's memory: the plan's blocks, followed by those of losses and metrics. */

import type { Values } from "../kernels/dtype.ts";
import type { Address } from "../kernels/operations.ts";
import type { Engine } from "../topology/engine.ts";
import { type Shape, sizeOf } from "../topology/layers/layer.ts";
import type { Sequences } from "../topology/sequences.ts";
import type { Stack } from "../topology/stack.ts";
import type { TrainingPlan } from "../topology/trainingPlan.ts";
import type { MeasuredBlocks } from "./accumulators.ts";
import type { ExampleFormat } from "./format.ts";
import type { Heads } from "./heads.ts";
import type { LossBlocks, PreparedBlocks, PreparedPlaces } from "./lossPlaces.ts";
import type { StepRecord } from "./optimizers/updates.ts";
import type { StepPrograms } from "./stepPrograms.ts";

/** The blocks of a batch: views of the network's memory, for as many rows as the plan takes. */
export interface BatchBlocks {
  readonly plan: TrainingPlan;
  /** The whole pass in one, if the network is small. */
  readonly stack: Stack | undefined;
  /** One for each input, and the sequences of those that differ in length. */
  readonly inputs: readonly Values[];
  readonly sequences: readonly (Sequences | undefined)[];
  /** One for each output, and where its loss finds the rest. */
  readonly targets: readonly Values[];
  readonly heads: readonly LossBlocks[];
  readonly programs: StepPrograms;
  /** The record of the step that an update makes. */
  readonly record: StepRecord;
  /** The results of the losses and penalties (`StepPrograms.results`). */
  readonly results: Values<"float64">;
  /** The blocks that each output's metrics read. */
  readonly measured: readonly MeasuredBlocks[];
  /** There for losses that prepare their batches. */
  readonly exampleWeights: Values | undefined;
  /** One for each output; there for losses that weigh each term by itself. */
  readonly termWeights: readonly Values[] | undefined;
}

export interface BlockOptions {
  readonly engine: Engine;
  readonly plan: TrainingPlan;
  readonly format: ExampleFormat;
  /** Numbers of the metrics' longest tally. */
  readonly tallyCount: number;
  /** One for each output. */
  readonly classWeights: readonly (Values | undefined)[];
  readonly programs: StepPrograms;
  readonly heads: Heads;
}

/** The blocks for `plan`; those that are not its own are released with it. */
export function batchBlocks(options: BlockOptions): BatchBlocks {
  const { engine, plan, format, tallyCount, programs, heads: losses } = options;
  const { arena, graph } = engine;
  // Everything is allocated before the first view is made, because the memory may grow.
  const weightsAddress = losses.isPrepared ? arena.allocate(plan.capacity) : undefined;
  const places = programs.places.map((place, index) => ({
    ...place,
    prepared: weightsAddress && preparedPlaces(options, weightsAddress, index),
  }));
  const tallyAddress = arena.allocateDoubles(tallyCount);
  const exampleWeights = weightsAddress && arena.view(weightsAddress, plan.capacity);
  const heads: LossBlocks[] = [];
  for (const [index, place] of places.entries()) {
    const prepared = place.prepared && preparedBlocks(options, exampleWeights!, place.prepared, index);
    heads.push({ ...place, prepared, all: heads });
  }
  const tally = arena.doubles(tallyAddress, tallyCount);
  const viewOf = (address: number, { shape }: { readonly shape: Shape }) =>
    arena.view(address, plan.capacity * sizeOf(shape));
  return {
    plan,
    stack: engine.stack,
    inputs: graph.inputs.map((input) => viewOf(plan.valueAddress(input), input)),
    sequences: graph.inputs.map((input) => plan.sequencesOf(input)),
    targets: heads.map((head, index) => viewOf(head.targetAddress, format.targets[index])),
    heads,
    programs,
    record: programs.record(),
    results: programs.results(),
    exampleWeights,
    termWeights: losses.hasTermWeights ? heads.map(({ prepared }) => prepared!.terms!.given) : undefined,
    measured: heads.map(({ outputAddress, targetAddress, sequences, prepared: copies }) => {
      return { outputAddress, targetAddress, sequences, tallyAddress, tally, copies };
    }),
  };
}

/** Returns the number of steps of the largest batch of an output whose rows are steps; 0 if its rows are examples. */
function stepCountOf({ engine, plan, format }: BlockOptions, index: number): number {
  return engine.graph.outputs[index].lengths ? plan.capacity * format.targets[index].shape[0] : 0;
}

/** Makes room for what an output's loss prepares its batches in. @param weightsAddress the weights of examples */
function preparedPlaces(options: BlockOptions, weightsAddress: Address, index: number): PreparedPlaces {
  const { engine, plan, format, heads } = options;
  const given = options.classWeights[index];
  const { arena } = engine;
  const most = plan.capacity * sizeOf(format.targets[index].shape);
  const stepCount = stepCountOf(options, index);
  return {
    exampleWeights: stepCount > 0 ? arena.allocate(stepCount) : weightsAddress,
    classWeights: arena.allocate(given?.length ?? 0),
    targets: arena.allocate(most),
    weights: arena.allocate(most),
    terms: heads.hasTermWeights
      ? {
          givenAddress: arena.allocate(most),
          targetsAddress: arena.allocate(most),
          weightsAddress: arena.allocate(most),
        }
      : undefined,
  };
}

function preparedBlocks(
  options: BlockOptions,
  weights: Values,
  { terms: termPlaces, ...places }: PreparedPlaces,
  index: number,
): PreparedBlocks {
  const { plan, format } = options;
  const { arena, graph } = options.engine;
  const classWeights = options.classWeights[index];
  if (classWeights) arena.view(places.classWeights, classWeights.length).set(classWeights);
  const output = graph.outputs[index];
  const stepCount = stepCountOf(options, index);
  const rowWeights = stepCount > 0 ? arena.view(places.exampleWeights, stepCount) : weights;
  const sequences = plan.sequencesOf(output);
  const spread = stepCount > 0 ? () => sequences!.spread(weights, rowWeights) : undefined;
  if (!termPlaces) return { ...places, spread, terms: undefined };
  const viewOf = (address: number) => arena.view(address, plan.capacity * sizeOf(format.targets[index].shape));
  const terms = {
    ...termPlaces,
    source: viewOf(plan.targetAddress(output)),
    rowWeights,
    given: viewOf(termPlaces.givenAddress),
    targets: viewOf(termPlaces.targetsAddress),
    weights: viewOf(termPlaces.weightsAddress),
  };
  return { ...places, spread, terms };
}
