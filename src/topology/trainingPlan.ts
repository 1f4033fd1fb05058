/**
 * A plan for training. It adds blocks for gradients and targets, and the operations of training: the forward pass where it differs from
 * prediction, the backward pass, and the work after an update. Only the learner and inputGradients import this file and pass it to the
 * engine (`engine.addTraining`), so bundlers leave it out of a program that only predicts.
 */

import { type Address, inAll, type Operation, op, type Work } from "../kernels/operations.ts";
import type { Graph, GraphLayer, Node, Parameter } from "./graph.ts";
import {
  type BackwardSite,
  type Block,
  type LayerTraining,
  perRow,
  sizeOf,
  type TrainingSite,
  type WindowTable,
  type WorkingSpace,
} from "./layers/layer.ts";
import { matrixOf } from "./layers/shape.ts";
import { trainingOf } from "./layers/trainings.ts";
import type { Value } from "./layers/value.ts";
import { elementsOf, Plan, type PlanOptions } from "./plan.ts";
import { Program } from "./program.ts";
import { type LengthsSource, lengthsSource } from "./sequences.ts";

export class TrainingPlan extends Plan {
  /** Overwrites every value but the inputs, as in training, where dropout drops. It is the same as `forward` if no layer differs. */
  readonly forwardTraining: Program;
  /** Overwrites the gradients of the parameters, from those of the outputs. Needs `forwardTraining` of the same rows. */
  readonly backward: Program;
  /** Does the work after an update of the parameters: running statistics, greatest norms. Needs the same rows. */
  readonly afterUpdate: Program;
  /** The gradients of further uses, each with the gradient to which it is added. */
  readonly further = new Map<Address, Address>();
  readonly #sites = new Map<Node, TrainingSite>();
  readonly #gradients = new Map<Value, Address>();
  readonly #targets = new Map<Value, Address>();

  constructor(options: PlanOptions) {
    super(options);
    const { nodes } = options.graph;
    this.#addSites(nodes);
    const operationsOf = (node: Node) => {
      const { kind, description } = node.layer;
      const forward = this.passOf(node.layer).forward ?? kind.forward;
      return this.counted(node, forward(description, this.site(node)));
    };
    const differs = nodes.some(({ layer }) => this.passOf(layer).forward);
    this.forwardTraining = differs ? this.program(nodes.flatMap(operationsOf)) : this.forward;
    const { operations, last } = this.#planBackward();
    const program = this.program(operations);
    this.backward = last.length === 0 ? program : Program.joined([program, this.program(last, true)]);
    const updates = nodes.flatMap((node) => {
      return this.counted(node, this.passOf(node.layer).afterUpdate?.(node.layer.description, this.site(node)) ?? []);
    });
    this.afterUpdate = this.program(updates);
  }

  /** Returns the addresses of a node's data, with the blocks of training. */
  override site(node: Node): TrainingSite {
    return this.#sites.get(node)!;
  }

  /** Returns the address of ∂loss/∂value, or undefined if the plan does not compute it. */
  valueGradientAddress(value: Value): Address | undefined {
    return this.#gradients.get(value);
  }

  /** Returns the address of the targets of an output: [rows, size]. */
  targetAddress(output: Value): Address {
    return this.#targets.get(output)!;
  }

  /**
   * True for a plan of input gradients: layers compute as in prediction, and the backward pass overwrites the gradients of the inputs, but
   * not those of parameters.
   */
  protected get isOfInputs(): boolean {
    return false;
  }

  /** Returns the training of a layer in this plan. */
  protected passOf(layer: GraphLayer): LayerTraining {
    return passOf(layer, this.isOfInputs);
  }

  /** Returns the blocks that training adds to a node. */
  protected blocksOf(node: Node): Readonly<Record<string, Block | WorkingSpace | WindowTable | undefined>> {
    return this.passOf(node.layer).blocks?.(node.layer.description, this.shapesOf(node)) ?? {};
  }

  protected override workingElements(node: Node): number {
    return Math.max(super.workingElements(node), elementsOf(this.blocksOf(node)));
  }

  /** Allocates the blocks of the nodes. */
  #addSites(nodes: readonly Node[]): void {
    let position = 0;
    for (const node of nodes) {
      const { kind, description, trainable } = node.layer;
      const isTrained = trainable && !this.isOfInputs;
      const { family } = trainingOf(description);
      if (family) this.options.arena.add(family);
      const site = { ...super.site(node), batch: this.batchOf(node), isTrained, position };
      for (const [key, block] of Object.entries(this.blocksOf(node))) {
        if (!block) continue;
        site.blocks = { ...site.blocks, [key]: this.addressOf(node, block) };
      }
      this.#sites.set(node, site);
      if (!kind.isRearrangement) position++;
    }
  }

  /**
   * Plans the nodes from last to first. Layers overwrite the gradients they compute. If a value or a parameter is used several times, the
   * first use writes its gradient; each further use writes a block of its own, which is then added. For a sparse parameter, every use adds
   * to the gradient, and before the first one the rows that the last pass has marked are cleared.
   */
  #planBackward(): BackwardPass {
    const { arena, graph, gradientAddress, marksAddress } = this.options;
    const needed = valuesWithGradient(graph, this.isOfInputs);
    for (const value of new Set([...needed, ...graph.outputs])) {
      this.#gradients.set(value, this.allocate(perRow(value.shape)));
    }
    for (const output of this.isOfInputs ? [] : graph.outputs)
      this.#targets.set(output, this.allocate(perRow(output.shape)));
    const written = new Set<Value | Parameter>(graph.outputs);
    const operations: Operation[] = [];
    const last: Operation[] = [];
    const isUsedOnce = (layer: GraphLayer) => graph.nodes.filter((node) => node.layer === layer).length === 1;
    for (const node of graph.nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output) && written.has(output))) continue;
      const outputGrads = node.outputs.map((output) => this.#gradients.get(output)!);
      for (const [index, output] of node.outputs.entries()) {
        if (written.has(output)) continue;
        operations.push(op("clear", this.eachElement(output), { output: outputGrads[index] }));
      }
      const additions: Operation[] = [];
      const target = (key: Value | Parameter, address: Address, block: Block, work: Work): Address => {
        if (!written.has(key)) {
          written.add(key);
          return address;
        }
        const beside = this.allocate(block);
        this.further.set(beside, address);
        additions.push(op("add", work, { a: address, b: beside, output: address }));
        return beside;
      };
      const nodeSite = this.site(node);
      const site: BackwardSite = {
        ...nodeSite,
        outputGrad: outputGrads[0],
        outputGrads,
        inputGrads: node.inputs.map((input) => {
          const address = needed.has(input) ? this.#gradients.get(input) : undefined;
          if (address === undefined) return undefined;
          return target(input, address, perRow(input.shape), this.eachElement(input));
        }),
        parameterGrads: node.layer.parameters.map((parameter) => {
          if (!nodeSite.isTrained) return undefined;
          const marks = marksAddress(parameter);
          if (marks !== undefined) {
            const gradient = gradientAddress(parameter);
            const [rows, columns] = parameter.shape;
            if (!written.has(parameter)) operations.push(op("clearRows", inAll(rows), { gradient, marks, columns }));
            written.add(parameter);
            return gradient;
          }
          const elements = sizeOf(parameter.shape);
          return target(parameter, gradientAddress(parameter), { elements, per: "network" }, inAll(elements));
        }),
        parameterMarks: node.layer.parameters.map(marksAddress),
      };
      const { backward, hasIndependentParameters } = this.passOf(node.layer);
      // One thread finds the gradients of a layer in its cache; several would wait for each other at every layer.
      const isPostponed = arena.threads > 1 && hasIndependentParameters && isUsedOnce(node.layer);
      for (const operation of this.counted(node, backward(node.layer.description, site))) {
        (isPostponed && operation.work.per === "network" ? last : operations).push(operation);
      }
      for (const addition of additions) operations.push(addition);
    }
    return { operations, last };
  }
}

/** The operations of a backward pass. */
interface BackwardPass {
  readonly operations: readonly Operation[];
  /** Those that run after them. None of these needs another. */
  readonly last: readonly Operation[];
}

/** Returns the present training of a layer, trained or frozen; or that of layers that compute as in prediction. */
function passOf({ description, trainable }: GraphLayer, isOfInputs = false): LayerTraining {
  const training = trainingOf(description);
  const { frozen = training, predicting = frozen } = training;
  if (isOfInputs) return predicting;
  return trainable ? training : frozen;
}

/**
 * Returns the values that depend on a trained parameter. All others are given, and their gradient changes nothing. For the gradients of
 * inputs, these are the inputs and all values that depend on them.
 */
function valuesWithGradient(graph: Graph, isOfInputs: boolean): Set<Value> {
  const needed = new Set<Value>(isOfInputs ? graph.inputs : []);
  for (const { layer, inputs, outputs } of graph.nodes) {
    const isTrained = !isOfInputs && layer.trainable && layer.parameters.length > 0;
    if (!isTrained && !inputs.some((input) => needed.has(input))) continue;
    for (const output of outputs) needed.add(output);
  }
  return needed;
}

/** Tells whether training draws random numbers for a layer of the graph. */
export const isRandom = ({ layers }: Graph): boolean =>
  layers.some(({ description }) => trainingOf(description).isRandom);

/** The size of a batch. */
export interface BatchSize {
  readonly rows: number;
  /** Returns the number of steps that sequences of different lengths have together. */
  stepsOf(lengths: LengthsSource): number;
}

/** A lack of examples or steps in a batch. */
export interface Lack {
  readonly what: "example" | "step";
  readonly got: number;
  readonly need: number;
  /** The kind of the layer that needs them. */
  readonly kind: string;
}

/** Returns what a batch lacks to train the layers that are not frozen, or undefined if nothing. */
export function lackOf(graph: Graph, size: BatchSize): Lack | undefined {
  // This is a loop, because every step calls it: it allocates nothing if no layer needs more than one position.
  for (const { layer, inputs } of graph.nodes) {
    const { leastPositions = 1 } = passOf(layer);
    if (leastPositions === 1) continue;
    const [value] = inputs;
    const lengths = lengthsSource(graph, value);
    const [positions] = matrixOf(lengths ? value.shape.slice(1) : value.shape);
    const got = lengths ? size.stepsOf(lengths) : size.rows;
    const need = Math.ceil(leastPositions / positions);
    if (got < need) return { what: lengths ? "step" : "example", got, need, kind: layer.description.kind };
  }
  return undefined;
}
