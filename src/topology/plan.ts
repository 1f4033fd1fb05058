/**
 * A plan: a graph's blocks in memory and the list of kernel calls that runs it, forward and, if it is to be trained,
 * backward. Made once for a number of rows; running it walks the list and allocates nothing.
 */

import type { Arena } from "../memory/arena.ts";
import type { Graph, Node, Parameter, Value } from "./graph.ts";
import { type BackwardSite, type Call, type Site, sizeOf } from "./layers/layer.ts";

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
  readonly #forward: readonly Call[];
  readonly #backward: readonly Call[];
  readonly #values = new Map<Value, number>();
  readonly #gradients = new Map<Value, number>();
  readonly #targets = new Map<Value, number>();
  readonly #nodes = new Map<Node, NodeBlocks>();

  constructor(options: PlanOptions) {
    const { graph, arena, capacity } = options;
    this.capacity = capacity;
    this.isTraining = options.gradientAddress !== undefined;
    for (const input of graph.inputs) this.#values.set(input, arena.allocate(capacity * sizeOf(input.shape)));
    for (const node of graph.nodes) this.#allocate(node, options);
    this.#forward = graph.nodes.flatMap((node) =>
      node.layer.kind.forward(node.layer.description, this.#site(node, options)),
    );
    this.#backward = this.isTraining ? this.#planBackward(options) : [];
  }

  /** Overwrites every value but the inputs. @param rows 1 <= rows <= capacity */
  forward(rows: number): void {
    const calls = this.#forward;
    for (let index = 0; index < calls.length; index++) calls[index](rows);
  }

  /** From the gradients of the outputs, overwrites those of the parameters. Needs the forward pass of the same rows. */
  backward(rows: number): void {
    const calls = this.#backward;
    for (let index = 0; index < calls.length; index++) calls[index](rows);
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
    const preactivation = kind.keepsPreactivation(description) ? arena.allocate(capacity * size) : output;
    this.#values.set(node.output, output);
    this.#nodes.set(node, { preactivation, output, size });
  }

  #site(node: Node, { arena, parameterAddress }: PlanOptions): Site {
    const { preactivation, output } = this.blocks(node);
    return {
      kernels: arena.kernels,
      tableIndex: (name) => arena.tableIndex(name),
      inputShapes: node.inputs.map((input) => input.shape),
      outputShape: node.output.shape,
      inputs: node.inputs.map((input) => this.valueAddress(input)),
      preactivation,
      output,
      parameters: node.layer.parameters.map(parameterAddress),
    };
  }

  /**
   * Nodes from last to first. Layers overwrite the gradients they compute; where a value or a parameter is used more than
   * once, the first use writes its gradient and each further one writes a block beside it, which is then added.
   */
  #planBackward({ graph, arena, capacity, ...options }: PlanOptions): Call[] {
    const needed = valuesWithGradient(graph);
    for (const value of needed) this.#gradients.set(value, arena.allocate(capacity * sizeOf(value.shape)));
    for (const output of graph.outputs) this.#targets.set(output, arena.allocate(capacity * sizeOf(output.shape)));
    const written = new Set<Value | Parameter>(graph.outputs);
    const calls: Call[] = [];
    for (const node of graph.nodes.toReversed()) {
      const outputGrad = this.#gradients.get(node.output);
      if (outputGrad === undefined || !written.has(node.output)) continue;
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
        ...this.#site(node, { graph, arena, capacity, ...options }),
        outputGrad,
        inputGrads: node.inputs.map((input) => {
          const address = this.#gradients.get(input);
          return address === undefined ? undefined : target(input, address, sizeOf(input.shape), true);
        }),
        parameterGrads: node.layer.parameters.map((parameter) =>
          target(parameter, options.gradientAddress!(parameter), sizeOf(parameter.shape), false),
        ),
      };
      calls.push(...node.layer.kind.backward(node.layer.description, site), ...additions);
    }
    return calls;
  }
}

/** The values that a parameter stands before: all others are given, and their gradient changes nothing. */
function valuesWithGradient(graph: Graph): Set<Value> {
  const needed = new Set<Value>();
  for (const { layer, inputs, output } of graph.nodes) {
    if (layer.parameters.length > 0 || inputs.some((input) => needed.has(input))) needed.add(output);
  }
  return needed;
}
