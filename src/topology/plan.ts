/**
 * A plan: a graph's blocks in memory and the operations that run it, forward and, if it is to be trained, backward. Made once for
 * a number of rows; running it walks a list in memory and allocates nothing.
 */

import { elementBytes } from "../kernels/dtype.ts";
import { type Address, eachRow, inAll, type Operation, op } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Graph, Node, Parameter, Statistic } from "./graph.ts";
import { type BackwardSite, type Block, type Draws, type Site, sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";
import { batchIntegers, Program } from "./program.ts";

export interface PlanOptions {
  readonly graph: Graph;
  /** Where the plan takes its blocks. */
  readonly arena: Arena;
  /** Rows of the largest batch. */
  readonly capacity: number;
  /** Where each parameter lies. */
  readonly parameterAddress: (parameter: Parameter) => Address;
  /** Where each parameter's gradient lies; without it the plan only runs forward. */
  readonly gradientAddress?: (parameter: Parameter) => Address;
  /** Where each statistic lies. */
  readonly statisticAddress: (statistic: Statistic) => Address;
  /** What decides about the random numbers of a pass in training. */
  readonly draws: Draws;
}

/** The passes of a plan, in the order of a step. */
const passes = ["forward", "forwardTraining", "backward", "afterUpdate"] as const;

type Pass = (typeof passes)[number];

export class Plan {
  readonly capacity: number;
  readonly isTraining: boolean;
  readonly #options: PlanOptions;
  readonly #programs: Readonly<Record<Pass, Program>>;
  readonly #values = new Map<Value, Address>();
  readonly #gradients = new Map<Value, Address>();
  readonly #targets = new Map<Value, Address>();
  readonly #blocks = new Map<Node, Readonly<Record<string, Address>>>();
  /** The names of addresses, for `print`. */
  readonly #names = new Map<Address, string>();
  readonly #batch: Address;

  constructor(options: PlanOptions) {
    const { graph, arena, capacity } = options;
    this.capacity = capacity;
    this.isTraining = options.gradientAddress !== undefined;
    this.#options = options;
    for (const { layer } of graph.nodes) if (layer.kind.family) arena.add(layer.kind.family);
    graph.inputs.forEach((input, index) => {
      const name = graph.inputs.length === 1 ? "input" : `input ${index}`;
      this.#values.set(input, this.#named(name, arena.allocate(capacity * sizeOf(input.shape))));
    });
    this.#batch = arena.allocateIntegers(batchIntegers);
    this.#allocateBlocks();
    const lists: Record<Pass, Operation[]> = { forward: [], forwardTraining: [], backward: [], afterUpdate: [] };
    const sites = new Map<Node, Site>();
    let position = 0;
    for (const node of graph.nodes) {
      const { kind, description } = node.layer;
      const site = this.#site(node, position);
      sites.set(node, site);
      if (!kind.isRearrangement) position++;
      const forward = kind.forward(description, site);
      lists.forward.push(...forward);
      if (!this.isTraining) continue;
      lists.forwardTraining.push(...(kind.forwardTraining?.(description, site) ?? forward));
      lists.afterUpdate.push(...(kind.afterUpdate?.(description, site) ?? []));
    }
    if (this.isTraining) lists.backward.push(...this.#planBackward(sites));
    const programOf = (operations: readonly Operation[]) => new Program(arena, this.#batch, operations);
    const forward = programOf(lists.forward);
    const isAlike = lists.forwardTraining.every((operation, index) => operation === lists.forward[index]);
    this.#programs = {
      forward,
      forwardTraining: isAlike ? forward : programOf(lists.forwardTraining),
      backward: programOf(lists.backward),
      afterUpdate: programOf(lists.afterUpdate),
    };
  }

  /** As to predict: overwrites every value but the inputs. @param rows 1 <= rows <= capacity */
  forward(rows: number): void {
    this.#programs.forward.run(rows, this.#options.draws);
  }

  /** As to train: what layers do otherwise then, such as dropout, they do. */
  forwardTraining(rows: number): void {
    this.#programs.forwardTraining.run(rows, this.#options.draws);
  }

  /** From the gradients of the outputs, overwrites those of the parameters. Needs `forwardTraining` of the same rows. */
  backward(rows: number): void {
    this.#programs.backward.run(rows, this.#options.draws);
  }

  /** What a step of the same rows changes after the optimizer has changed the parameters. */
  afterUpdate(rows: number): void {
    this.#programs.afterUpdate.run(rows, this.#options.draws);
  }

  /** The operations of a pass, in their order. */
  operations(pass: Pass): readonly Operation[] {
    return this.#programs[pass].operations;
  }

  /** Where `value` lies: [rows, size], row-major. */
  valueAddress(value: Value): Address {
    return this.#values.get(value)!;
  }

  /** Where ∂loss/∂value lies, if the plan computes it. */
  valueGradientAddress(value: Value): Address | undefined {
    return this.#gradients.get(value);
  }

  /** Where the targets of an output belong, in a plan for training: room for [rows, size]. */
  targetAddress(output: Value): Address {
    return this.#targets.get(output)!;
  }

  /** The addresses of the blocks of a node, by their names. */
  blocks(node: Node): Readonly<Record<string, Address>> {
    return this.#blocks.get(node)!;
  }

  /**
   * The plan as text: each pass, and each operation with its fields, blocks by their names, and its work. Training goes forward
   * as prediction does if nothing is said of it.
   */
  print(): string {
    const { forward, ...others } = this.#programs;
    const lines = passes.flatMap((pass) => {
      if (pass !== "forward" && others[pass] === forward) return [];
      const operations = this.operations(pass).map((operation) => `  ${this.#printed(operation)}`);
      return operations.length > 0 ? [pass, ...operations] : [];
    });
    return lines.join("\n");
  }

  #printed({ name, work, fields }: Operation): string {
    const parts = this.#options.arena.layoutOf(name).fields.flatMap((field) => {
      const key = field.replace(/[#*]/, "");
      const value = (fields as unknown as Readonly<Record<string, number>>)[key];
      if (value === this.#batch) return [];
      return `${key}: ${key === field ? this.#nameOf(value as Address) : value}`;
    });
    const units = work.per === "network" ? `${work.units}` : work.units === 1 ? "rows" : `rows × ${work.units}`;
    return `${name}(${parts.join(", ")}) over ${units}`;
  }

  /** The name of the block at an address, or of the one before it with the bytes between them. */
  #nameOf(address: Address): string {
    if (address === 0) return "none";
    const known = this.#names.get(address);
    if (known !== undefined) return known;
    const start = Math.max(...[...this.#names.keys()].filter((other) => other < address));
    return `${this.#names.get(start as Address)} + ${address - start} B`;
  }

  /** Gives an address a name. */
  #named(name: string, address: Address): Address {
    this.#names.set(address, name);
    return address;
  }

  /** Every node's blocks. Working space of one operation is one block for all. */
  #allocateBlocks(): void {
    const { graph, arena, capacity } = this.#options;
    const { isTraining } = this;
    const allocate = ({ elements, per, type, values }: Block): Address => {
      const count = per === "row" ? elements * capacity : elements;
      if (type === "float64") return arena.allocateDoubles(count);
      if (type !== "int32") return arena.allocate(count);
      const address = arena.allocateIntegers(count);
      if (values) arena.integers(address, count).set(values);
      return address;
    };
    const descriptions = graph.nodes.map(({ layer, inputs, output }) => {
      const shapes = { inputs: inputs.map(({ shape }) => shape), output: output.shape };
      return layer.kind.blocks(layer.description, shapes, isTraining);
    });
    const bytesOf = ({ elements, type }: Block) => elements * elementBytes[type === "float64" ? type : arena.dtype];
    const working = descriptions.flatMap((blocks) => Object.values(blocks).filter((block) => isWorkingSpace(block)));
    const most = working.reduce((bytes, block) => Math.max(bytes, bytesOf(block)), 0);
    const workingSpace = this.#named("working space", arena.allocateDoubles(most / elementBytes.float64));
    const uses = new Map<string, number>();
    for (const [index, node] of graph.nodes.entries()) {
      const use = (uses.get(node.layer.name) ?? 0) + 1;
      uses.set(node.layer.name, use);
      const name = use === 1 ? node.layer.name : `${node.layer.name} (use ${use})`;
      const addresses: Record<string, Address> = {};
      for (const [key, block] of Object.entries(descriptions[index])) {
        if (block === undefined) continue;
        if (block === "input") addresses[key] = this.valueAddress(node.inputs[0]);
        else if (block === "output") addresses[key] = addresses.output;
        else if (isWorkingSpace(block)) addresses[key] = workingSpace;
        else addresses[key] = this.#named(`${name}.${key}`, allocate(block));
      }
      this.#values.set(node.output, addresses.output);
      this.#blocks.set(node, addresses);
    }
  }

  #site(node: Node, position: number): Site {
    const { arena, parameterAddress, statisticAddress } = this.#options;
    const { parameters, statistics, trainable } = node.layer;
    const { output, ...blocks } = this.blocks(node);
    return {
      elementBytes: elementBytes[arena.dtype],
      inputShapes: node.inputs.map((input) => input.shape),
      outputShape: node.output.shape,
      inputs: node.inputs.map((input) => this.valueAddress(input)),
      output,
      blocks,
      parameters: parameters.map((parameter) => this.#named(parameter.fullName, parameterAddress(parameter))),
      statistics: statistics.map((statistic) => this.#named(statistic.fullName, statisticAddress(statistic))),
      batch: this.#batch,
      isTrained: trainable,
      position,
    };
  }

  /**
   * Nodes from last to first. Layers overwrite the gradients they compute; where a value or a parameter is used more than
   * once, the first use writes its gradient and each further one writes a block beside it, which is then added.
   */
  #planBackward(sites: Map<Node, Site>): Operation[] {
    const { graph, arena, capacity, gradientAddress } = this.#options;
    const needed = valuesWithGradient(graph);
    for (const value of new Set([...needed, ...graph.outputs])) {
      const name = `${this.#names.get(this.valueAddress(value))}.gradient`;
      this.#gradients.set(value, this.#named(name, arena.allocate(capacity * sizeOf(value.shape))));
    }
    for (const output of graph.outputs) this.#targets.set(output, arena.allocate(capacity * sizeOf(output.shape)));
    const written = new Set<Value | Parameter>(graph.outputs);
    const operations: Operation[] = [];
    for (const node of graph.nodes.toReversed()) {
      const outputGrad = this.#gradients.get(node.output);
      if (outputGrad === undefined || !needed.has(node.output) || !written.has(node.output)) continue;
      const additions: Operation[] = [];
      const target = (key: Value | Parameter, address: Address, count: number, perRow: boolean): Address => {
        if (!written.has(key)) {
          written.add(key);
          return address;
        }
        const name = `${this.#names.get(address)} beside`;
        const beside = this.#named(name, arena.allocate(perRow ? count * capacity : count));
        additions.push(op("add", perRow ? eachRow(count) : inAll(count), { a: address, b: beside, output: address }));
        return beside;
      };
      const site: BackwardSite = {
        ...sites.get(node)!,
        outputGrad,
        inputGrads: node.inputs.map((input) => {
          const address = needed.has(input) ? this.#gradients.get(input) : undefined;
          return address === undefined ? undefined : target(input, address, sizeOf(input.shape), true);
        }),
        parameterGrads: node.layer.parameters.map((parameter) => {
          if (!node.layer.trainable) return undefined;
          const address = this.#named(`${parameter.fullName}.gradient`, gradientAddress!(parameter));
          return target(parameter, address, sizeOf(parameter.shape), false);
        }),
      };
      for (const operation of node.layer.kind.backward(node.layer.description, site)) operations.push(operation);
      for (const addition of additions) operations.push(addition);
    }
    return operations;
  }
}

const isWorkingSpace = (block: Block | string | undefined): block is Block => {
  return typeof block === "object" && block.per === "operation";
};

/** The values that a trained parameter stands before: all others are given, and their gradient changes nothing. */
function valuesWithGradient(graph: Graph): Set<Value> {
  const needed = new Set<Value>();
  for (const { layer, inputs, output } of graph.nodes) {
    const isTrained = layer.trainable && layer.parameters.length > 0;
    if (isTrained || inputs.some((input) => needed.has(input))) needed.add(output);
  }
  return needed;
}
