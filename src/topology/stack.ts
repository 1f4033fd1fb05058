/**
 * Steps of a small network, forward, backward and update, as one kernel call (assembly/program/stack.ts). It serves consecutive steps over the same
 * examples, when the operations of a plan and the loop around them take longer than their work.
 */

import {
  type Address,
  inAll,
  none,
  type Operation,
  type OperationName,
  type Operations,
  op,
} from "../kernels/operations.ts";
import { type Arena, paddedCount } from "../memory/arena.ts";
import { type ActivationName, activationKinds, backwardName, forwardName } from "./activations.ts";
import type { Graph } from "./graph.ts";
import { sizeOf, sizesOf } from "./layers/layer.ts";
import type { TrainingPlan } from "./trainingPlan.ts";

/** The 32-bit integers of a StackLayer in assembly/program/stack.ts. */
const integersPerLayer = 14;
/** Those of a StackStep. */
const recordIntegers = 8;

/** With more, the plan's products are as fast or faster. Measured: XOR takes half the time, 8-16-1 on 4 rows four fifths. */
const mostParameters = 256;
const mostRows = 16;

/** The loss of a step: the names of its operations, and the record that they have in common. */
interface StackLoss {
  readonly forward: OperationName;
  readonly backward: OperationName;
  readonly record: Address;
}

/** The operations of an update: where their list and the record of the step lie, and their number. */
interface StackUpdates {
  readonly now: Address;
  readonly list: Address;
  readonly count: number;
}

/** A dense layer of one position, with at most one elementwise activation, recognized from a plan's operations. */
interface StackedLayer {
  readonly product: Operations["denseForward"];
  readonly weightGrad: Address;
  readonly biasGrad: Address;
  readonly activation: Operations["reluForward"] | undefined;
  /** The operation of the activation. */
  readonly forward: OperationName | undefined;
  readonly backward: OperationName | undefined;
}

/** Takes operations from the start of a list, as long as they are the expected ones. */
class Reader {
  readonly #operations: readonly Operation[];
  #position = 0;

  constructor(operations: readonly Operation[]) {
    this.#operations = operations;
  }

  get isDone(): boolean {
    return this.#position === this.#operations.length;
  }

  /** Returns the next operation if `isWanted` accepts its name. */
  take<Name extends OperationName>(isWanted: (name: OperationName) => name is Name): Operation<Name> | undefined {
    const next = this.#operations[this.#position];
    if (!next || !isWanted(next.name)) return undefined;
    this.#position++;
    return next as Operation<Name>;
  }
}

const named =
  <Name extends OperationName>(wanted: Name) =>
  (name: OperationName): name is Name =>
    name === wanted;

const activations = Object.keys(activationKinds) as ActivationName[];
const elementwise = activations.filter((name) => !activationKinds[name].isByRow);
const isForward = (name: OperationName): name is "reluForward" =>
  elementwise.some((activation) => forwardName(activation) === name);
const isBackward = (name: OperationName): name is "reluBackward" =>
  elementwise.some((activation) => backwardName(activation) === name);

/** Returns the layers of a plan that only runs a list of such layers, one after the other. Returns undefined for any other plan. */
function stackedLayers(graph: Graph, plan: TrainingPlan): StackedLayer[] | undefined {
  const { inputs, outputs } = graph;
  const isChain = inputs.length === 1 && outputs.length === 1 && graph.layers.every(({ trainable }) => trainable);
  const isShaped = [...inputs, ...graph.nodes.map(({ output }) => output)].some(({ shape }) => shape.length > 1);
  if (!isChain || isShaped || plan.afterUpdate.operations.length > 0) return undefined;
  const forward = new Reader(plan.forwardTraining.operations);
  const backward = new Reader(plan.backward.operations.toReversed());
  const layers: StackedLayer[] = [];
  let below = plan.valueAddress(inputs[0]);
  while (!forward.isDone) {
    const product = forward.take(named("denseForward"))?.fields;
    if (product?.input !== below) return undefined;
    const activation = forward.take(isForward);
    // The backward pass is read from its end, so the operations of a layer come in reverse order.
    if (layers.length > 0 && !backward.take(named("denseBackwardInput"))) return undefined;
    const bias = product.bias === none ? undefined : backward.take(named("denseBackwardBias"));
    const weight = backward.take(named("denseBackwardWeight"));
    const derivative = activation && backward.take(isBackward);
    if (!weight || (activation && !derivative)) return undefined;
    layers.push({
      product,
      weightGrad: weight.fields.weightGrad,
      biasGrad: bias?.fields.biasGrad ?? none,
      activation: activation?.fields,
      forward: activation?.name,
      backward: derivative?.name,
    });
    below = activation?.fields.output ?? product.output;
  }
  return layers.length > 0 && backward.isDone && below === plan.valueAddress(outputs[0]) ? layers : undefined;
}

export class Stack {
  /** The most rows that it can take. */
  readonly capacity: number;
  readonly #arena: Arena;
  readonly #steps: Arena["kernels"]["stackSteps"];
  readonly #layers: number;
  readonly #address: Address;
  readonly #record: Address;
  /** The plan's input block, and its transpose. */
  readonly #input: Address;
  readonly #examples: Address;
  readonly #features: number;
  /** The record of the plan's batch. */
  readonly #batch: Address;

  /** Returns the stack for `plan`, a plan of `graph`. Returns undefined if the network is not a small stack, or is relaxed. */
  static of(graph: Graph, arena: Arena, plan: TrainingPlan): Stack | undefined {
    // The pass has only strict arithmetic.
    if (arena.arithmetic === "relaxed") return undefined;
    const parameters = sizesOf(graph.parameters);
    const layers = parameters > mostParameters ? undefined : stackedLayers(graph, plan);
    return layers && new Stack(graph, arena, plan, layers);
  }

  private constructor(graph: Graph, arena: Arena, plan: TrainingPlan, layers: readonly StackedLayer[]) {
    const [input] = graph.inputs;
    const [output] = graph.outputs;
    this.capacity = Math.min(plan.capacity, mostRows);
    const allocate = (units: number) => arena.allocate(units * paddedCount(arena.dtype, this.capacity));
    this.#arena = arena;
    this.#steps = arena.kernels.stackSteps;
    this.#layers = layers.length;
    this.#input = plan.valueAddress(input);
    this.#features = sizeOf(input.shape);
    this.#examples = allocate(this.#features);
    this.#batch = plan.batch;
    this.#address = arena.allocateIntegers(layers.length * integersPerLayer);
    this.#record = arena.allocateIntegers(recordIntegers);
    let below = this.#examples;
    layers.forEach(({ product, weightGrad, biasGrad, activation: fields, ...names }, index) => {
      const { fanIn, fanOut } = product;
      // With a single output, the examples have the same layout here and in the plan's block.
      const isPlans = index === layers.length - 1 && fanOut === 1;
      const activation = isPlans ? plan.valueAddress(output) : allocate(fanOut);
      const preactivation = fields ? allocate(fanOut) : activation;
      const activationGrad = isPlans ? plan.valueGradientAddress(output)! : allocate(fanOut);
      const parameter = fields?.parameter ?? 0;
      const forward = { input: preactivation, output: activation, columns: 1, parameter };
      const gradients = { outputGrad: activationGrad, inputGrad: activationGrad };
      const backward = { preactivation, activation, ...gradients, columns: 1, parameter };
      const record = (name: OperationName, of: Operations["reluForward"] | Operations["reluBackward"]) => [
        arena.layoutOf(name).place,
        arena.write(op(name, inAll(0), of as never)),
      ];
      const integers = [
        fanIn,
        fanOut,
        product.weight,
        weightGrad,
        product.bias,
        biasGrad,
        below,
        preactivation,
        activation,
        activationGrad,
        ...(names.forward ? record(names.forward, forward) : [none, none]),
        ...(names.backward ? record(names.backward, backward) : [none, none]),
      ];
      arena.integers(this.#address + index * integersPerLayer * 4, integersPerLayer).set(integers);
      below = activation;
    });
  }

  /** Readies steps over the first `rows` rows of the plan's inputs. */
  begin(rows: number, { forward, backward, record }: StackLoss, { now, list, count }: StackUpdates): void {
    const arena = this.#arena;
    const loss = [record, arena.layoutOf(forward).place, arena.layoutOf(backward).place];
    const integers = [this.#address, this.#layers, ...loss, now, list, count];
    arena.integers(this.#record, recordIntegers).set(integers);
    arena.integers(this.#batch, 1)[0] = rows;
    arena.kernels.rowsToExamples(this.#input, this.#examples, rows, this.#features);
  }

  /**
   * Makes up to `count` steps over the same rows. The record of the first is ready; it serves the others too, with the next numbers. It writes the gradients
   * of the parameters, the plan's output and its gradient, and changes the parameters. The bits are those of the plan's own operations.
   *
   * @returns the number of whole steps: fewer than `count` if the loss of the next is not finite, which has changed no parameter, or its
   *   update is not, and then the record says so
   */
  steps(count: number): number {
    return this.#steps(this.#record, count);
  }
}
