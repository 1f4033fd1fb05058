/** Where a batch lies in the network's memory: the plan's blocks, and behind them what losses and metrics need. */

import type { Values } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";
import { type Shape, sizeOf } from "../topology/layers/layer.ts";
import type { Sequences } from "../topology/sequences.ts";
import type { Stack } from "../topology/stack.ts";
import type { TrainingPlan } from "../topology/trainingPlan.ts";
import type { MeasuredBlocks } from "./accumulators.ts";
import type { ExampleFormat } from "./format.ts";
import type { LossBlocks, PreparedBlocks, TermBlocks } from "./objective.ts";

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
  /** What each output's metrics read. */
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
  /** Whether a loss prepares its batches, and whether one weighs each term by itself. */
  readonly isPrepared: boolean;
  readonly hasTermWeights: boolean;
}

/** The blocks for `plan`; those that are not its own are released with it. */
export function batchBlocks(options: BlockOptions): BatchBlocks {
  const { engine, plan, format, tallyCount, isPrepared } = options;
  const { arena, graph } = engine;
  // First, because the memory may grow.
  const weightsAddress = isPrepared ? arena.allocate(plan.capacity) : undefined;
  const places = graph.outputs.map((_, index) => weightsAddress && preparedPlaces(options, weightsAddress, index));
  const tallyAddress = arena.allocateDoubles(tallyCount);
  const exampleWeights = weightsAddress && arena.view(weightsAddress, plan.capacity);
  const heads: LossBlocks[] = [];
  for (const [index, output] of graph.outputs.entries()) {
    heads.push({
      outputAddress: plan.valueAddress(output),
      targetAddress: plan.targetAddress(output),
      outputGradAddress: plan.valueGradientAddress(output)!,
      prepared: exampleWeights && preparedBlocks(options, exampleWeights, places[index] as PreparedPlaces, index),
      sequences: plan.sequencesOf(output),
      all: heads,
    });
  }
  const tally = arena.doubles(tallyAddress, tallyCount);
  const prepared = heads.map((head) => head.prepared);
  const viewOf = (address: number, { shape }: { readonly shape: Shape }) =>
    arena.view(address, plan.capacity * sizeOf(shape));
  return {
    plan,
    stack: engine.stack,
    inputs: graph.inputs.map((input) => viewOf(plan.valueAddress(input), input)),
    sequences: graph.inputs.map((input) => plan.sequencesOf(input)),
    targets: heads.map((head, index) => viewOf(head.targetAddress, format.targets[index])),
    heads,
    exampleWeights,
    termWeights: options.hasTermWeights ? prepared.map((each) => each!.terms!.given) : undefined,
    measured: heads.map(({ outputAddress, targetAddress, sequences, prepared: room }) => {
      return { outputAddress, targetAddress, measured: sequences, tallyAddress, tally, room };
    }),
  };
}

type PreparedPlaces = Omit<PreparedBlocks, "spread" | "terms"> & {
  readonly stepCount: number;
  readonly terms: Pick<TermBlocks, "givenAddress" | "targetsAddress" | "weightsAddress"> | undefined;
};

/** Makes room for what an output's loss prepares its batches in. @param weightsAddress the weights of examples */
function preparedPlaces(options: BlockOptions, weightsAddress: number, index: number): PreparedPlaces {
  const { engine, plan, format } = options;
  const given = options.classWeights[index];
  const { arena, graph } = engine;
  const { shape } = format.targets[index];
  const most = plan.capacity * sizeOf(shape);
  // A row of an output that differs in length is a step.
  const stepCount = graph.outputs[index].lengths ? plan.capacity * shape[0] : 0;
  return {
    exampleWeights: stepCount > 0 ? arena.allocate(stepCount) : weightsAddress,
    classWeights: arena.allocate(given?.length ?? 0),
    targets: arena.allocate(most),
    weights: arena.allocate(most),
    stepCount,
    terms: options.hasTermWeights
      ? {
          givenAddress: arena.allocate(most),
          targetsAddress: arena.allocate(most),
          weightsAddress: arena.allocate(most),
        }
      : undefined,
  };
}

function preparedBlocks(
  { engine: { arena, graph }, plan, format, classWeights: ofOutputs }: BlockOptions,
  weights: Values,
  { stepCount, terms: termPlaces, ...places }: PreparedPlaces,
  index: number,
): PreparedBlocks {
  const classWeights = ofOutputs[index];
  if (classWeights) arena.view(places.classWeights, classWeights.length).set(classWeights);
  const output = graph.outputs[index];
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
