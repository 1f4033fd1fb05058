/**
 * A plan: a graph's blocks in memory and the list of kernel calls that runs it, forward and, if it is to be trained,
 * backward. Made once for a number of rows; running it walks the list and allocates nothing.
 */

import { elementBytes } from "../kernels/dtype.ts";
import type { Arena } from "../memory/arena.ts";
import type { Graph, Node, Parameter, Statistic } from "./graph.ts";
import { type BackwardSite, type Call, type Draws, type Site, sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";

export interface PlanOptions {
  readonly graph: Graph;
  /** Where the plan takes its blocks. */
  readonly arena: Arena;
  /** Rows of the largest batch. */
  readonly capacity: number;
  /** Where each parameter lies. */
  readonly parameterAddress: (parameter: Parameter) => number;
  /** Where each parameter's gradient lies; without it the plan only runs forward. */
  readonly gradientAddress?: (parameter: Parameter) => number;
  /** Where each statistic lies. */
  readonly statisticAddress: (statistic: Statistic) => number;
  /** What decides about the random numbers of a pass in training. */
  readonly draws: Draws;
}

/** The blocks of one node's value, before and after the nonlinearity. */
export interface NodeBlocks {
  readonly preactivation: number;
  readonly output: number;
  /** Elements of one row. */
  readonly size: number;
}

export class Plan {
  readonly capacity: number;
  readonly isTraining: boolean;
  readonly #forward: Call[] = [];
  readonly #forwardTraining: Call[] = [];
  readonly #backward: readonly Call[];
  readonly #afterUpdate: Call[] = [];
  readonly #values = new Map<Value, number>();
  readonly #gradients = new Map<Value, number>();
  readonly #targets = new Map<Value, number>();
  readonly #nodes = new Map<Node, NodeBlocks>();

  constructor(options: PlanOptions) {
    const { graph, arena, capacity } = options;
    this.capacity = capacity;
    this.isTraining = options.gradientAddress !== undefined;
    for (const input of graph.inputs) this.#values.set(input, arena.allocate(capacity * sizeOf(input.shape)));
    for (const { layer } of graph.nodes) if (layer.kind.family) arena.add(layer.kind.family);
    for (const node of graph.nodes) this.#allocate(node, options);
    const sites = new Map<Node, Site>();
    let position = 0;
    for (const node of graph.nodes) {
      const { kind, description } = node.layer;
      const site = this.#site(node, position, options);
      sites.set(node, site);
      if (!kind.isRearrangement) position++;
      const forward = kind.forward(description, site);
      this.#forward.push(...forward);
      if (!this.isTraining) continue;
      this.#forwardTraining.push(...(kind.forwardTraining?.(description, site) ?? forward));
      this.#afterUpdate.push(...(kind.afterUpdate?.(description, site) ?? []));
    }
    this.#backward = this.isTraining ? this.#planBackward(options, sites) : [];
  }

  /** As to predict: overwrites every value but the inputs. @param rows 1 <= rows <= capacity */
  forward(rows: number): void {
    run(this.#forward, rows);
  }

  /** As to train: what layers do otherwise then, such as dropout, they do. */
  forwardTraining(rows: number): void {
    run(this.#forwardTraining, rows);
  }

  /** From the gradients of the outputs, overwrites those of the parameters. Needs `forwardTraining` of the same rows. */
  backward(rows: number): void {
    run(this.#backward, rows);
  }

  /** What a step of the same rows changes after the optimizer has changed the parameters. */
  afterUpdate(rows: number): void {
    run(this.#afterUpdate, rows);
  }

  /** Kernel calls that one forward and one backward pass make. */
  get callCount(): { readonly forward: number; readonly backward: number } {
    return { forward: this.#forward.length, backward: this.#backward.length };
  }

  /** Where `value` lies: [rows, size], row-major. */
  valueAddress(value: Value): number {
    return this.#values.get(value)!;
  }

  /** Where ∂loss/∂value lies, if the plan computes it. */
  valueGradientAddress(value: Value): number | undefined {
    return this.#gradients.get(value);
  }

  /** Where the targets of an output belong, in a plan for training: room for [rows, size]. */
  targetAddress(output: Value): number {
    return this.#targets.get(output)!;
  }

  blocks(node: Node): NodeBlocks {
    return this.#nodes.get(node)!;
  }

  #allocate(node: Node, { arena, capacity }: PlanOptions): void {
    const { kind, description } = node.layer;
    const size = sizeOf(node.output.shape);
    const output = arena.allocate(capacity * size);
    const place = kind.preactivation?.(description) ?? "output";
    let preactivation = output;
    if (place === "own") preactivation = arena.allocate(capacity * size);
    if (place === "input") preactivation = this.valueAddress(node.inputs[0]);
    this.#values.set(node.output, output);
    this.#nodes.set(node, { preactivation, output, size });
  }

  #site(node: Node, position: number, options: PlanOptions): Site {
    const { arena, parameterAddress, statisticAddress, draws } = options;
    const { preactivation, output } = this.blocks(node);
    const { kind, description, parameters, statistics } = node.layer;
    const inputShapes = node.inputs.map((input) => input.shape);
    return {
      kernels: arena.kernels,
      elementBytes: elementBytes[arena.dtype],
      tableIndex: (name) => arena.tableIndex(name),
      integers(values) {
        const address = arena.allocateDoubles(Math.ceil(values.length / 2));
        arena.integers(address, values.length).set(values);
        return address;
      },
      inputShapes,
      outputShape: node.output.shape,
      inputs: node.inputs.map((input) => this.valueAddress(input)),
      preactivation,
      output,
      parameters: parameters.map(parameterAddress),
      statistics: statistics.map(statisticAddress),
      isTrained: node.layer.trainable,
      scratch: arena.allocate(kind.scratch?.(description, inputShapes) ?? 0),
      draws,
      position,
    };
  }

  /**
   * Nodes from last to first. Layers overwrite the gradients they compute; where a value or a parameter is used more than
   * once, the first use writes its gradient and each further one writes a block beside it, which is then added.
   */
  #planBackward({ graph, arena, capacity, gradientAddress }: PlanOptions, sites: Map<Node, Site>): Call[] {
    const needed = valuesWithGradient(graph);
    for (const value of new Set([...needed, ...graph.outputs]))
      this.#gradients.set(value, arena.allocate(capacity * sizeOf(value.shape)));
    for (const output of graph.outputs) this.#targets.set(output, arena.allocate(capacity * sizeOf(output.shape)));
    const written = new Set<Value | Parameter>(graph.outputs);
    const calls: Call[] = [];
    for (const node of graph.nodes.toReversed()) {
      const outputGrad = this.#gradients.get(node.output);
      if (outputGrad === undefined || !needed.has(node.output) || !written.has(node.output)) continue;
      const additions: Call[] = [];
      const target = (key: Value | Parameter, address: number, count: number, perRow: boolean): number => {
        if (!written.has(key)) {
          written.add(key);
          return address;
        }
        const beside = arena.allocate(perRow ? count * capacity : count);
        const { accumulate } = arena.kernels;
        additions.push((rows) => accumulate(beside, address, perRow ? count * rows : count));
        return beside;
      };
      const site: BackwardSite = {
        ...sites.get(node)!,
        outputGrad,
        inputGrads: node.inputs.map((input) => {
          const address = needed.has(input) ? this.#gradients.get(input) : undefined;
          return address === undefined ? undefined : target(input, address, sizeOf(input.shape), true);
        }),
        parameterGrads: node.layer.parameters.map((parameter) =>
          node.layer.trainable
            ? target(parameter, gradientAddress!(parameter), sizeOf(parameter.shape), false)
            : undefined,
        ),
      };
      for (const call of node.layer.kind.backward(node.layer.description, site)) calls.push(call);
      for (const call of additions) calls.push(call);
    }
    return calls;
  }
}

function run(calls: readonly Call[], rows: number): void {
  for (let index = 0; index < calls.length; index++) calls[index](rows);
}

/** The values that a trained parameter stands before: all others are given, and their gradient changes nothing. */
function valuesWithGradient(graph: Graph): Set<Value> {
  const needed = new Set<Value>();
  for (const { layer, inputs, output } of graph.nodes) {
    const isTrained = layer.trainable && layer.parameters.length > 0;
    if (isTrained || inputs.some((input) => needed.has(input))) needed.add(output);
  }
  return needed;
}
