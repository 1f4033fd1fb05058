/**
 * A plan: a graph's blocks in memory and the operations that run it forward. It is made once for a number of rows. Running it walks a list
 * in memory and allocates nothing. trainingPlan.ts extends it for training.
 */

import { type Dtype, elementBytes } from "../kernels/dtype.ts";
import { type Address, batchIntegers, eachRow, none, type Operation, type Work } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Graph, Node, Parameter, Statistic } from "./graph.ts";
import {
  type Block,
  countedIn,
  type LayerKind,
  perRow,
  type Site,
  sizeOf,
  type UseShapes,
  type WindowTable,
  type WorkingSpace,
} from "./layers/layer.ts";
import type { SequenceLengths } from "./layers/lengths.ts";
import type { Value } from "./layers/value.ts";
import { Program } from "./program.ts";
import { Sequences } from "./sequences.ts";

export interface PlanOptions {
  readonly graph: Graph;
  /** The memory from which the plan takes its blocks. */
  readonly arena: Arena;
  /** Rows of the largest batch. */
  readonly capacity: number;
  /** Returns the address of a parameter. */
  readonly parameterAddress: (parameter: Parameter) => Address;
  /** Returns the address of a parameter's gradient, in a plan for training. */
  readonly gradientAddress: (parameter: Parameter) => Address;
  /** Returns the address of the marks of a sparse parameter's rows. */
  readonly marksAddress: (parameter: Parameter) => Address | undefined;
  /** Returns the address of a statistic. */
  readonly statisticAddress: (statistic: Statistic) => Address;
}

export class Plan {
  readonly capacity: number;
  /** Overwrites every value but the inputs, as in prediction. Takes from 1 to `capacity` rows. */
  readonly forward: Program;
  /** The record of the numbers that change from batch to batch. */
  readonly batch: Address;
  /** The working space of all operations, if one needs it: the first thread's, and those of the others behind it. */
  readonly workingSpace: Address;
  /** The bytes of a thread's. */
  readonly workingBytes: number;
  protected readonly options: PlanOptions;
  readonly #values = new Map<Value, Address>();
  readonly #sequences = new Map<SequenceLengths, Sequences>();
  readonly #sites = new Map<Node, Site>();

  constructor(options: PlanOptions) {
    const { graph, arena, capacity } = options;
    this.capacity = capacity;
    this.options = options;
    for (const input of graph.inputs) {
      this.#values.set(input, this.allocate(perRow(input.shape)));
      if (input.lengths) this.#sequences.set(input.lengths, new Sequences(arena, capacity));
    }
    for (const { lengths } of graph.nodes.flatMap(({ outputs }) => outputs)) {
      if (!lengths || this.#sequences.has(lengths)) continue;
      const base = this.#baseOf(lengths);
      this.#sequences.set(lengths, this.#sequences.get(base)!.by(lengths.after(base)));
    }
    this.batch = arena.allocateIntegers(batchIntegers);
    const most = graph.nodes.reduce((elements, node) => Math.max(elements, this.workingElements(node)), 0);
    // Even, so that each thread's begins on 16 bytes.
    const doubles = 2 * Math.ceil(most / 2);
    this.workingBytes = doubles * elementBytes.float64;
    this.workingSpace = most > 0 ? arena.allocateDoubles(doubles * arena.threads) : none;
    const operations = graph.nodes.flatMap((node) => {
      const { kind, description } = node.layer;
      if (kind.family) arena.add(kind.family);
      const site = this.#newSite(node);
      this.#sites.set(node, site);
      return this.counted(node, this.kindOf(node).forward(description, site));
    });
    this.forward = this.program(operations);
  }

  /** True if the sequences of an input differ in length. */
  get isRagged(): boolean {
    return this.#sequences.size > 0;
  }

  /**
   * Returns the sequences of different lengths for which `value` has a part for each step, or undefined if it has a row for each example.
   */
  sequencesOf({ lengths }: Value): Sequences | undefined {
    return lengths && this.#sequences.get(lengths);
  }

  /** Returns the lengths of the graph's input from which the given lengths are derived. */
  #baseOf({ origin }: SequenceLengths): SequenceLengths {
    return this.options.graph.inputs.find(({ lengths }) => lengths?.origin === origin)!.lengths!;
  }

  /** Returns the number of elements in a value's block for a batch of `rows` rows. */
  elementsOf(value: Value, rows: number): number {
    const sequences = this.sequencesOf(value);
    return sequences ? sequences.first(rows) * sizeOf(value.shape.slice(1)) : rows * sizeOf(value.shape);
  }

  /** Returns the address of `value`: [rows, size], row-major. Sequences of different lengths are there one after the other. */
  valueAddress(value: Value): Address {
    return this.#values.get(value)!;
  }

  /** Returns the addresses of a node's data. */
  site(node: Node): Site {
    return this.#sites.get(node)!;
  }

  /** Returns the behaviour of a node's layer in this plan. */
  protected kindOf({ layer }: Node): Pick<LayerKind, "blocks" | "forward"> {
    return layer.kind;
  }

  /** Returns the number of elements of working space that a node needs. */
  protected workingElements(node: Node): number {
    return elementsOf(this.kindOf(node).blocks?.(node.layer.description, this.shapesOf(node)));
  }

  /** Returns the shapes of a node's values. */
  shapesOf(node: Pick<Node, "inputs" | "output">): UseShapes {
    return shapesIn(node, this.options.arena.dtype);
  }

  /** @param areIndependent true if no operation reads what another one writes */
  protected program(operations: readonly Operation[], areIndependent = false): Program {
    const working = { begin: this.workingSpace, bytes: this.workingBytes };
    const sequences = [...this.#sequences.values()];
    return Program.of(this.options.arena, this.batch, operations, { sequences, working, areIndependent });
  }

  /** Returns a unit of work for each element of a value. */
  protected eachElement(value: Value): Work {
    const sequences = this.sequencesOf(value);
    if (!sequences) return eachRow(sizeOf(value.shape));
    return { ...eachRow(sizeOf(value.shape.slice(1))), batch: sequences.batch };
  }

  /** Returns the operations of a node. If the node acts on steps, its rows are the steps. */
  protected counted(node: Node, operations: readonly Operation[]): readonly Operation[] {
    const { batch } = this.#stepsOf(node) ?? {};
    return batch === undefined ? operations : countedIn(batch, operations);
  }

  /**
   * Returns the sequences whose steps are a node's rows, if the node treats every step alike. Returns undefined if its rows are examples.
   */
  #stepsOf({ layer: { kind, description }, inputs }: Pick<Node, "layer" | "inputs">): Sequences | undefined {
    const shapes = inputs.map(({ shape }) => shape);
    const how = kind.sequences?.(description, shapes);
    return how === "steps" || how === "tokens" ? this.sequencesOf(inputs[0]) : undefined;
  }

  /** Returns the record of the batch whose rows are those of a node. */
  protected batchOf(node: Node): Address {
    return this.#stepsOf(node)?.batch ?? this.batch;
  }

  protected allocate({ elements, per, type, values }: Block): Address {
    const { arena, capacity } = this.options;
    const count = per === "row" ? elements * capacity : elements;
    if (type === "float64") return arena.allocateDoubles(count);
    const isOfIntegers = type === "int32";
    const address = isOfIntegers ? arena.allocateIntegers(count) : arena.allocate(count);
    if (values) {
      const view = isOfIntegers ? arena.integers(address, count) : arena.view(address, count);
      view.set(typeof values === "function" ? values() : values);
    }
    return address;
  }

  /** Returns the address of a block of a node. It allocates the block, unless it is the working space. */
  protected addressOf(node: Node, block: Block | WorkingSpace | WindowTable): Address {
    if (block.per === "operation") return this.workingSpace;
    if (block.per !== "sequence") return this.allocate(block);
    const [input] = node.inputs;
    const base = this.#sequences.get(this.#baseOf(input.lengths!))!;
    return base.addTable(block, this.sequencesOf(input)!, this.sequencesOf(node.output));
  }

  /** Allocates the blocks of a node. */
  #newSite(node: Node): Site {
    const { layer, inputs, output, outputs } = node;
    const { arena, parameterAddress, statisticAddress } = this.options;
    const { description, parameters, statistics } = layer;
    const actsOnSteps = this.#stepsOf(node) !== undefined;
    const shapeOf = ({ shape }: Value) => (actsOnSteps ? shape.slice(1) : shape);
    const sequences = inputs.map((input) => (actsOnSteps ? undefined : this.sequencesOf(input)));
    const addresses = outputs.map((value) => {
      const address = this.allocate(perRow(value.shape));
      this.#values.set(value, address);
      return address;
    });
    const blocks: Record<string, Address> = {};
    const others = this.kindOf(node).blocks?.(description, this.shapesOf(node));
    for (const [key, block] of Object.entries(others ?? {})) {
      if (block === "input") blocks[key] = this.valueAddress(inputs[0]);
      else if (block === "output") blocks[key] = addresses[0];
      else if (block) blocks[key] = this.addressOf(node, block);
    }
    return {
      elementBytes: elementBytes[arena.dtype],
      inputShapes: inputs.map(shapeOf),
      outputShape: shapeOf(output),
      outputShapes: outputs.map(shapeOf),
      inputs: inputs.map((input) => this.valueAddress(input)),
      actsOnSteps,
      offsets: sequences.map((each) => each?.offsets ?? none),
      stepBatches: sequences.map((each) => each?.batch ?? this.batch),
      outputBatch: (actsOnSteps ? undefined : this.sequencesOf(output))?.batch ?? this.batch,
      output: addresses[0],
      outputs: addresses,
      blocks,
      parameters: parameters.map(parameterAddress),
      statistics: statistics.map(statisticAddress),
    };
  }
}

const shapesIn = ({ inputs, output }: Pick<Node, "inputs" | "output">, dtype: Dtype): UseShapes => ({
  elementBytes: elementBytes[dtype],
  inputs: inputs.map(({ shape }) => shape),
  output: output.shape,
  isRagged: inputs[0].lengths !== undefined,
});

/** Returns the number of bytes for each row of a plan for prediction. */
export function rowBytes({ inputs, nodes }: Graph, dtype: Dtype): number {
  const valueBytes = ({ shape }: Value) => sizeOf(shape) * elementBytes[dtype];
  const bytesOf = { float64: elementBytes.float64, int32: 4 };
  const sum = (bytes: readonly number[]) => bytes.reduce((all, each) => all + each, 0);
  const ofNodes = nodes.map((node) => {
    const { kind, description } = node.layer;
    const blocks = Object.values(kind.blocks?.(description, shapesIn(node, dtype)) ?? {});
    const own = blocks.map((block) => {
      if (typeof block !== "object" || block.per !== "row") return 0;
      return block.elements * (block.type ? bytesOf[block.type] : elementBytes[dtype]);
    });
    return sum(node.outputs.map(valueBytes)) + sum(own);
  });
  return sum(inputs.map(valueBytes)) + sum(ofNodes);
}

/** Returns the number of elements of the largest working space among a node's blocks. */
export function elementsOf(
  blocks: Readonly<Record<string, Block | WorkingSpace | WindowTable | string | undefined>> = {},
): number {
  const elements = (block: Block | WorkingSpace | WindowTable | string | undefined) =>
    typeof block === "object" && block.per === "operation" ? block.elements : 0;
  return Object.values(blocks).reduce((most, block) => Math.max(most, elements(block)), 0);
}
