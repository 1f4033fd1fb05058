/** The error of a training whose loss or update is not finite: where it began, and what to try. */

import { DivergenceError } from "../errors.ts";
import { elementBytes, type Values } from "../kernels/dtype.ts";
import type { Address, Operation } from "../kernels/operations.ts";
import type { Engine } from "../topology/engine.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import type { TrainingPlan } from "../topology/trainingPlan.ts";

/** Inputs and targets beyond this are probably not scaled. */
const largeValue = 30;

/** The place of a training at which it diverged. */
export interface Place {
  /** The value that is not finite. */
  readonly cause: "a loss that is not finite" | "an update that is not finite";
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  /** The operation that made the first result that is not finite, and its layer or parameter. */
  readonly operation: string;
}

/**
 * Returns the error, with the largest parameter, the norm of the last gradients, and a hint.
 *
 * @param inputs all inputs of the batch
 * @param targets the targets of the batch that are numbers, not classes
 */
export function divergence(
  engine: Engine,
  place: Place,
  inputs: readonly Values[],
  targets: readonly Values[],
): DivergenceError {
  const largestParameter = { name: "", value: 0 };
  for (const parameter of engine.graph.parameters) {
    const value = largestOf(engine.tensorView(parameter));
    if (Math.abs(value) > Math.abs(largestParameter.value))
      Object.assign(largestParameter, { name: parameter.fullName, value });
  }
  const hint = hintOf(largestOf(inputs.map(largestOf)), largestOf(targets.map(largestOf)));
  return new DivergenceError({ ...place, largestParameter, gradientNorm: gradientNorm(engine), hint });
}

/** Returns the Euclidean norm of all gradients together. */
export function gradientNorm({ arena, dtype, ranges, gradientBlock }: Engine): number {
  let sum = 0;
  for (const { offset, count } of ranges) {
    const norm = arena.kernels.norm(gradientBlock + offset * elementBytes[dtype], count);
    sum += norm * norm;
  }
  return Math.sqrt(sum);
}

/**
 * Returns the first of some operations that have run whose results are not all finite, as a text. Results are the values of layers and the
 * gradients; the operation that first uses the block of one has written it. Undefined if all are finite.
 */
export function firstNotFinite(
  engine: Engine,
  plan: TrainingPlan,
  operations: readonly Operation[],
  rows: number,
): string | undefined {
  const { arena } = engine;
  const blocks = blocksOf(engine, plan, rows);
  for (const { name, fields } of operations) {
    for (const [field, value] of Object.entries(fields as unknown as Readonly<Record<string, Address>>)) {
      const block = arena.layoutOf(name).fields.includes(field) ? blocks.get(value) : undefined;
      if (!block) continue;
      blocks.delete(value);
      if (arena.kernels.firstNonFinite(value, block.count) < block.count) return `${name} of ${block.name}`;
    }
  }
  return undefined;
}

/** Returns the blocks of results: the name of the layer or parameter, and the elements for a batch of `rows` rows. */
function blocksOf(engine: Engine, plan: TrainingPlan, rows: number) {
  const { nodes, parameters } = engine.graph;
  const blocks = new Map<Address | undefined, { readonly name: string; readonly count: number }>();
  for (const node of nodes) {
    const { name } = node.layer;
    const { blocks: own, outputs } = plan.site(node);
    for (const [index, output] of node.outputs.entries()) {
      const block = { name, count: plan.elementsOf(output, rows) };
      blocks.set(outputs[index], block).set(plan.valueGradientAddress(output), block);
      if (own.preactivation) blocks.set(own.preactivation, block);
    }
  }
  for (const parameter of parameters) {
    blocks.set(engine.gradientAddress(parameter), { name: parameter.fullName, count: sizeOf(parameter.shape) });
  }
  return blocks;
}

function hintOf(input: number, target: number): string {
  if (Number.isNaN(input)) return "an input is NaN: validate: true finds it";
  if (Math.abs(input) > largeValue) {
    return `the inputs are not scaled, one is ${input}: standardize them (standardize of simdnet/data), or try a smaller learning rate`;
  }
  if (Math.abs(target) > largeValue) {
    return `the targets are not scaled, one is ${target}: standardize them, or try a smaller learning rate`;
  }
  return "try a smaller learning rate, or clipNorm";
}

/** Returns the element of the largest absolute value; NaN if there is one. */
function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) return value;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  return largest;
}
