/**
 * A plan for training. It adds blocks for gradients and targets, and the operations of training: forward where they differ from those
 * of prediction, backward, and after an update. Only the learner imports this file and hands it to the engine (`engine.addTraining`),
 * so bundlers leave it out of a program that only predicts.
 */

import { type Address, eachRow, inAll, type Operation, op } from "../kernels/operations.ts";
import type { Graph, Node, Parameter } from "./graph.ts";
import { type BackwardSite, sizeOf, type TrainingSite } from "./layers/layer.ts";
import { trainingOf } from "./layers/trainings.ts";
import type { Value } from "./layers/value.ts";
import { Plan, type PlanOptions } from "./plan.ts";
import type { Program } from "./program.ts";

export class TrainingPlan extends Plan {
  /** Overwrites every value but the inputs, as training does: dropout drops. The same as `forward` if no layer differs. */
  readonly forwardTraining: Program;
  /** Overwrites the gradients of the parameters, from those of the outputs. Needs `forwardTraining` of the same rows. */
  readonly backward: Program;
  /** Changes what follows an update of the parameters: running statistics, greatest norms. Needs the same rows. */
  readonly afterUpdate: Program;
  readonly #gradients = new Map<Value, Address>();
  readonly #targets = new Map<Value, Address>();

  constructor(options: PlanOptions) {
    super(options);
    const { nodes } = options.graph;
    const sites = this.#trainingSites(nodes);
    const operationsOf = (node: Node) => {
      const { kind, description } = node.layer;
      return (trainingOf(description).forward ?? kind.forward)(description, sites.get(node)!);
    };
    const differs = nodes.some(({ layer }) => trainingOf(layer.description).forward);
    this.forwardTraining = differs ? this.program(nodes.flatMap(operationsOf)) : this.forward;
    this.backward = this.program(this.#planBackward(sites));
    const updates = nodes.flatMap((node) => {
      const { description } = node.layer;
      return trainingOf(description).afterUpdate?.(description, sites.get(node)!) ?? [];
    });
    this.afterUpdate = this.program(updates);
  }

  /** Where ∂loss/∂value lies, if the plan computes it. */
  valueGradientAddress(value: Value): Address | undefined {
    return this.#gradients.get(value);
  }

  /** Where the targets of an output belong: room for [rows, size]. */
  targetAddress(output: Value): Address {
    return this.#targets.get(output)!;
  }

  /** Returns the nodes' sites with the blocks of training. All operations share one working space. */
  #trainingSites(nodes: readonly Node[]): Map<Node, TrainingSite> {
    const blocksOf = (node: Node) => {
      const { inputShapes: inputs, outputShape: output } = this.site(node);
      const { description } = node.layer;
      return Object.entries(trainingOf(description).blocks?.(description, { inputs, output }) ?? {});
    };
    const spaces = nodes.flatMap(blocksOf).map(([, block]) => (block?.per === "operation" ? block.elements : 0));
    const most = spaces.reduce((most, elements) => Math.max(most, elements), 0);
    const workingSpace = this.named("working space", this.options.arena.allocateDoubles(most));
    const sites = new Map<Node, TrainingSite>();
    let position = 0;
    for (const node of nodes) {
      const { kind, trainable: isTrained } = node.layer;
      const site = { ...this.site(node), batch: this.batch, isTrained, position };
      for (const [key, block] of blocksOf(node)) {
        if (!block) continue;
        const address = block.per === "operation" ? workingSpace : this.allocate(`${site.name}.${key}`, block);
        site.blocks = { ...site.blocks, [key]: address };
      }
      sites.set(node, site);
      if (!kind.isRearrangement) position++;
    }
    return sites;
  }

  /**
   * Nodes from last to first. Layers overwrite the gradients they compute; where a value or a parameter is used more than
   * once, the first use writes its gradient and each further one writes a block beside it, which is then added.
   */
  #planBackward(sites: ReadonlyMap<Node, TrainingSite>): Operation[] {
    const { graph, arena, capacity, gradientAddress } = this.options;
    const needed = valuesWithGradient(graph);
    for (const value of new Set([...needed, ...graph.outputs])) {
      const name = `${this.names.get(this.valueAddress(value))}.gradient`;
      this.#gradients.set(value, this.named(name, arena.allocate(capacity * sizeOf(value.shape))));
    }
    for (const output of graph.outputs) this.#targets.set(output, arena.allocate(capacity * sizeOf(output.shape)));
    const written = new Set<Value | Parameter>(graph.outputs);
    const operations: Operation[] = [];
    for (const node of graph.nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output) && written.has(output))) continue;
      const outputGrads = node.outputs.map((output) => this.#gradients.get(output)!);
      for (const [index, output] of node.outputs.entries()) {
        if (written.has(output)) continue;
        operations.push(op("clear", eachRow(sizeOf(output.shape)), { output: outputGrads[index] }));
      }
      const additions: Operation[] = [];
      const target = (key: Value | Parameter, address: Address, count: number, perRow: boolean): Address => {
        if (!written.has(key)) {
          written.add(key);
          return address;
        }
        const name = `${this.names.get(address)} beside`;
        const beside = this.named(name, arena.allocate(perRow ? count * capacity : count));
        additions.push(op("add", perRow ? eachRow(count) : inAll(count), { a: address, b: beside, output: address }));
        return beside;
      };
      const site: BackwardSite = {
        ...sites.get(node)!,
        outputGrad: outputGrads[0],
        outputGrads,
        inputGrads: node.inputs.map((input) => {
          const address = needed.has(input) ? this.#gradients.get(input) : undefined;
          return address === undefined ? undefined : target(input, address, sizeOf(input.shape), true);
        }),
        parameterGrads: node.layer.parameters.map((parameter) => {
          if (!node.layer.trainable) return undefined;
          const address = this.named(`${parameter.fullName}.gradient`, gradientAddress(parameter));
          return target(parameter, address, sizeOf(parameter.shape), false);
        }),
      };
      for (const operation of trainingOf(node.layer.description).backward(node.layer.description, site))
        operations.push(operation);
      for (const addition of additions) operations.push(addition);
    }
    return operations;
  }
}

/** The values that a trained parameter stands before: all others are given, and their gradient changes nothing. */
function valuesWithGradient(graph: Graph): Set<Value> {
  const needed = new Set<Value>();
  for (const { layer, inputs, outputs } of graph.nodes) {
    const isTrained = layer.trainable && layer.parameters.length > 0;
    if (!isTrained && !inputs.some((input) => needed.has(input))) continue;
    for (const output of outputs) needed.add(output);
  }
  return needed;
}

/** Returns whether training draws random numbers for a layer of the graph. */
export const isRandom = ({ layers }: Graph): boolean =>
  layers.some(({ description }) => trainingOf(description).isRandom);

/** Returns how many rows a batch must have for training. */
export function leastRowsOf({ nodes }: Graph): number {
  const leastRows = ({ layer, inputs }: Node) =>
    trainingOf(layer.description).leastRows?.(inputs.map(({ shape }) => shape)) ?? 1;
  return nodes.reduce((least, node) => Math.max(least, leastRows(node)), 1);
}
