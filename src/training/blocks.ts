/** Where a batch lies in the network's memory: the plan's blocks, and behind them what losses and metrics need. */

import type { Values } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";
import { type Shape, sizeOf } from "../topology/layers/layer.ts";
import type { Sequences } from "../topology/sequences.ts";
import type { Stack } from "../topology/stack.ts";
import type { TrainingPlan } from "../topology/trainingPlan.ts";
import type { MeasuredBlocks } from "./accumulators.ts";
import type { ExampleFormat } from "./examples.ts";
import type { LossBlocks, PreparedBlocks } from "./objective.ts";

/** The blocks of a batch: views of the network's memory, for as many rows as the plan takes. */
export interface BatchBlocks extends MeasuredBlocks {
  readonly plan: TrainingPlan;
  /** The whole pass in one, if the network is small. */
  readonly stack: Stack | undefined;
  /** One for each input, and the sequences of those that differ in length. */
  readonly inputs: readonly Values[];
  readonly sequences: readonly (Sequences | undefined)[];
  /** One for each output, and where its loss finds the rest. */
  readonly targets: readonly Values[];
  readonly heads: readonly LossBlocks[];
  /** There for losses that prepare their batches. */
  readonly exampleWeights: Values | undefined;
}

export interface BlockOptions {
  readonly engine: Engine;
  readonly plan: TrainingPlan;
  readonly format: ExampleFormat;
  /** Numbers of the metrics' longest tally. */
  readonly tallyCount: number;
  readonly classWeights: Values | undefined;
  /** Whether a loss prepares its batches. */
  readonly isPrepared: boolean;
}

/** The blocks for `plan`; those that are not its own are released with it. */
export function batchBlocks(options: BlockOptions): BatchBlocks {
  const { engine, plan, format, tallyCount, isPrepared } = options;
  const { arena, graph } = engine;
  // First, because the memory may grow.
  // A row of an output that differs in length is a step.
  const mostRows = Math.max(...format.targets.map(({ shape, lengthsFrom }) => (lengthsFrom < 0 ? 1 : shape[0])));
  const exampleWeights = isPrepared ? arena.allocate(plan.capacity * mostRows) : undefined;
  const prepared = graph.outputs.map((_, index) => exampleWeights && preparedBlocks(options, exampleWeights, index));
  const tallyAddress = arena.allocateDoubles(tallyCount);
  const heads: LossBlocks[] = [];
  for (const [index, output] of graph.outputs.entries()) {
    heads.push({
      outputAddress: plan.valueAddress(output),
      targetAddress: plan.targetAddress(output),
      outputGradAddress: plan.valueGradientAddress(output)!,
      prepared: prepared[index] || undefined,
      sequences: plan.sequencesOf(output),
      all: heads,
    });
  }
  const [{ outputAddress, targetAddress, sequences }] = heads;
  const viewOf = (address: number, { shape }: { readonly shape: Shape }) =>
    arena.view(address, plan.capacity * sizeOf(shape));
  return {
    plan,
    stack: engine.stack,
    inputs: graph.inputs.map((input) => viewOf(plan.valueAddress(input), input)),
    sequences: graph.inputs.map((input) => plan.sequencesOf(input)),
    targets: heads.map((head, index) => viewOf(head.targetAddress, format.targets[index])),
    heads,
    exampleWeights: exampleWeights === undefined ? undefined : arena.view(exampleWeights, plan.capacity * mostRows),
    measured: sequences,
    outputAddress,
    targetAddress,
    tallyAddress,
    tally: arena.doubles(tallyAddress, tallyCount),
  };
}

/** What an output's loss prepares its batches in. */
function preparedBlocks(options: BlockOptions, exampleWeights: number, index: number): PreparedBlocks {
  const { engine, plan, format, classWeights: given } = options;
  const { arena } = engine;
  const most = plan.capacity * sizeOf(format.targets[index].shape);
  const classWeights = arena.allocate(given?.length ?? 0);
  const targets = arena.allocate(most);
  const weights = arena.allocate(most);
  if (given) arena.view(classWeights, given.length).set(given);
  return { exampleWeights, classWeights, targets, weights };
}
