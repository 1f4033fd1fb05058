/**
 * A small network's pass, forward and backward, as one kernel call (assembly/program/stack.ts): for steps that follow each other
 * over the same examples, where the calls of a plan and the loop around them would take longer than their work.
 */

import { type Arena, paddedCount } from "../memory/arena.ts";
import type { Graph } from "./graph.ts";
import { type ElementwiseActivation, sizeOf } from "./layers/layer.ts";
import type { Plan, PlanOptions } from "./plan.ts";

/** The integers of a StackLayer in assembly/program/stack.ts; the parameter, a 64-bit float, comes after them. */
const integersPerLayer = 12;
const doublesPerLayer = integersPerLayer / 2 + 1;
const layerBytes = doublesPerLayer * 8;

/** Beyond these, the plan's products are as fast or faster. Measured: XOR takes half the time, 8-16-1 on 4 rows four fifths. */
const mostParameters = 256;
const mostRows = 16;

/** What the pass needs of a loss: the places of its kernels in the table, what its gradient is multiplied by, its parameter. */
export interface StackLoss {
  readonly forward: number;
  readonly backward: number;
  readonly scale: number;
  readonly parameter: number;
}

/** A network of one input and one output, every layer a dense one that is used once and reads the one before it, every value a row. */
function activationsOf(graph: Graph): ElementwiseActivation[] | undefined {
  const { nodes, inputs, outputs } = graph;
  if (inputs.length > 1 || outputs.length > 1 || graph.layers.length < nodes.length) return undefined;
  if (!graph.layers.every(({ trainable }) => trainable)) return undefined;
  const values = [inputs[0], ...nodes.map(({ output }) => output)];
  if (values.some(({ shape }) => shape.length > 1)) return undefined;
  if (outputs[0] !== values.at(-1) || !nodes.every((node, index) => node.inputs[0] === values[index])) return undefined;
  const activations = nodes.map(({ layer }) => layer.kind.stacked?.(layer.description));
  return activations.every((activation) => activation !== undefined) ? activations : undefined;
}

export class Stack {
  /** Rows that it can take. */
  readonly capacity: number;
  readonly #arena: Arena;
  readonly #layers: number;
  readonly #address: number;
  /** The plan's input block, and the same transposed. */
  readonly #input: number;
  readonly #examples: number;
  readonly #features: number;
  readonly #output: number;
  readonly #outputGrad: number;

  /** The stack for `plan`, a plan for training made of `options`; undefined if the network is no small stack, or is relaxed. */
  static of(options: PlanOptions, plan: Plan): Stack | undefined {
    // The pass itself is strict.
    if (options.arena.arithmetic === "relaxed") return undefined;
    const parameters = options.graph.parameters.reduce((count, { shape }) => count + sizeOf(shape), 0);
    const activations = parameters > mostParameters ? undefined : activationsOf(options.graph);
    return activations && new Stack(options, plan, activations);
  }

  private constructor(options: PlanOptions, plan: Plan, activations: readonly ElementwiseActivation[]) {
    const { graph, arena, parameterAddress, gradientAddress } = options;
    const [input] = graph.inputs;
    const [output] = graph.outputs;
    this.capacity = Math.min(plan.capacity, mostRows);
    const allocate = (units: number) => arena.allocate(units * paddedCount(arena.dtype, this.capacity));
    this.#arena = arena;
    this.#layers = graph.nodes.length;
    this.#input = plan.valueAddress(input);
    this.#features = sizeOf(input.shape);
    this.#examples = allocate(this.#features);
    this.#output = plan.valueAddress(output);
    this.#outputGrad = plan.valueGradientAddress(output)!;
    this.#address = arena.allocateDoubles(this.#layers * doublesPerLayer);
    let below = this.#examples;
    graph.nodes.forEach(({ layer, inputs, output: value }, index) => {
      const [weight, bias] = layer.parameters;
      const { forward, backward, parameter } = activations[index];
      const units = sizeOf(value.shape);
      // A single output's examples lie in the plan's block as they do here.
      const isPlans = value === output && units === 1;
      const activation = isPlans ? this.#output : allocate(units);
      const record = this.#address + index * layerBytes;
      const integers = [
        sizeOf(inputs[0].shape),
        units,
        parameterAddress(weight),
        gradientAddress!(weight),
        bias ? parameterAddress(bias) : 0,
        bias ? gradientAddress!(bias) : 0,
        below,
        forward ? allocate(units) : activation,
        activation,
        isPlans ? this.#outputGrad : allocate(units),
        forward ? arena.tableIndex(forward) : 0,
        backward ? arena.tableIndex(backward) : 0,
      ];
      arena.integers(record, integersPerLayer).set(integers);
      arena.doubles(record + integersPerLayer * 4, 1)[0] = parameter;
      below = activation;
    });
  }

  /** Takes the first `rows` rows of the plan's inputs, for the passes that follow. */
  load(rows: number): void {
    this.#arena.kernels.rowsToExamples(this.#input, this.#examples, rows, this.#features);
  }

  /**
   * A pass over the rows loaded, which fills the gradients of the parameters; of the plan's blocks it overwrites the output
   * and its gradient. The bits are those of the plan's own calls.
   *
   * @returns Σ of the loss; if it is not finite, the gradients are as before
   */
  pass(rows: number, targets: number, { forward, backward, scale, parameter }: StackLoss): number {
    const { kernels } = this.#arena;
    return kernels.stackPass(
      this.#address,
      this.#layers,
      rows,
      this.#output,
      targets,
      this.#outputGrad,
      forward,
      backward,
      scale,
      parameter,
    );
  }
}
