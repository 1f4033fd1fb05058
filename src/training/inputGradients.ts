/**
 * The gradients of a network's answers with respect to its inputs. Only a program that imports this function has the kernels and
 * plans of training for it.
 */

import { training } from "../../build/training.js";
import { checkArguments, checkInteger, checkOptions, shown } from "../errors.ts";
import { type Dtype, type Values, valuesOf } from "../kernels/dtype.ts";
import { Engine } from "../topology/engine.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import { nestedOf } from "../topology/nesting.ts";
import { checkNetwork, type Network } from "../topology/network.ts";
import {
  type InputExamples,
  type InputRows,
  inputRowsOf,
  type Results,
  rowsOf,
  takeExamples,
} from "../topology/prediction.ts";
import { type LengthsOption, raggedOf, spreadRagged } from "../topology/ragged.ts";
import { Reader } from "../topology/reader.ts";
import type { FlatRows } from "../topology/rows.ts";
import { tokenCounts } from "../topology/tokens.ts";
import { TrainingPlan } from "../topology/trainingPlan.ts";

const who = "inputGradients";

export interface InputGradientsOptions {
  /** The number of the output that is differentiated: its place in the flat output, from 0. Default 0. */
  readonly output?: number | undefined;
  /** The number of steps of each row, as in `predict`. Default all. */
  readonly lengths?: LengthsOption | undefined;
}

/** A plan for the gradients of the inputs. */
class InputPlan extends TrainingPlan {
  protected override get isOfInputs(): boolean {
    return true;
  }
}

/** Differentiates one network. It copies the parameters to a memory of its own, so that neither the network's last pass nor its training changes. */
class Differentiator {
  readonly #source: Engine;
  readonly #engine: Engine;
  readonly #inputs: readonly InputRows[];
  readonly #reader = new Reader();

  constructor(source: Engine) {
    const { graph, dtype, arena } = source;
    this.#source = source;
    this.#engine = new Engine(graph, dtype, arena.arithmetic);
    this.#engine.addTraining({ family: training, Plan: InputPlan, stackOf: () => undefined });
    this.#inputs = inputRowsOf(who, source);
  }

  /** Returns the gradients of each input, in the form of its examples. */
  run(examples: unknown, { output = 0, lengths }: InputGradientsOptions): Results[] {
    const inputs = this.#inputs;
    this.#reader.begin(who);
    try {
      takeExamples(who, inputs, examples, true, lengths);
      for (const input of inputs) input.check();
      const [{ rows }] = inputs;
      const { graph, dtype, partRows } = this.#source;
      const results = graph.inputs.map(({ shape }) => valuesOf(dtype, rows * sizeOf(shape)));
      this.#engine.copyTensors(this.#source);
      for (let from = 0; from < rows; from += partRows) this.#runPart(from, output, results);
      return results.map((values, index) => this.#formOf(values, index));
    } finally {
      for (const input of inputs) input.clear();
      this.#reader.end();
    }
  }

  /** Writes the gradients of the rows from `from` on, as many as run at once. */
  #runPart(from: number, output: number, results: readonly Values[]): void {
    const engine = this.#engine;
    const { graph, arena } = engine;
    const count = Math.min(this.#source.partRows, this.#inputs[0].rows - from);
    const plan = engine.trainingPlan(count);
    graph.inputs.forEach((input, index) => {
      this.#inputs[index].put(engine, plan, input, from);
    });
    engine.forward(plan.forwardTraining, count);
    let first = 0;
    for (const value of graph.outputs) {
      const size = sizeOf(value.shape);
      const gradients = arena.view(plan.valueGradientAddress(value)!, plan.elementsOf(value, count)).fill(0);
      const place = output - first;
      first += size;
      if (place < 0 || place >= size) continue;
      for (let row = 0; row < count; row++) {
        const [start, end] = [plan.elementsOf(value, row), plan.elementsOf(value, row + 1)];
        if (start + place < end) gradients[start + place] = 1;
      }
    }
    plan.backward.run(count, engine.draws);
    graph.inputs.forEach((input, index) => {
      const size = sizeOf(input.shape);
      const values = arena.view(plan.valueGradientAddress(input)!, plan.elementsOf(input, count));
      const { lengths } = this.#inputs[index];
      if (lengths) spreadRagged(values, lengths, from, count, size, results[index]);
      else results[index].set(values, from * size);
    });
  }

  #formOf(values: Values, index: number): Results {
    const { isTyped, isSingle, nesting, rows, lengths } = this.#inputs[index];
    if (isTyped) return values;
    if (lengths && nesting) {
      const sequences = raggedOf(values, lengths, nesting);
      return isSingle ? sequences[0] : sequences;
    }
    if (nesting) return nestedOf(values, isSingle ? nesting : [rows, ...nesting]);
    return isSingle ? [...values] : rowsOf(values, values.length / rows);
  }
}

/** Refuses a network that reads only tokens: a number that chooses a row of a table has no derivative. */
function checkTokens({ engine }: Network): void {
  const { inputs, nodes } = engine.graph;
  if (inputs.some((input) => !tokenCounts(engine, input)?.every((count) => count > 0))) return;
  const names = [...new Set(nodes.filter(({ layer }) => layer.kind.tokens).map(({ layer }) => shown(layer.name)))];
  const behind = names.length === 1 ? names[0] : `[${names.join(", ")}]`;
  throw new RangeError(
    `${who}: got a network that reads only tokens, which have no gradient, ` +
      `need a part that begins behind their embedding: network.part({ inputs: ${behind} })`,
  );
}

const differentiators = /* @__PURE__ */ new WeakMap<Network, Differentiator>();

/**
 * Returns ∂(one number of the output)/∂inputs for each example: how far the answer would move for a small change of each input. The
 * network computes as `predict` does: dropout drops nothing, batchNorm normalizes by its running statistics. Nothing in the network
 * or a trainer changes. The first call for a network allocates as much memory as the network has.
 *
 * @param examples in any form that `predict` takes; with several inputs, an array with the examples for each
 * @param options `output`: the number of the output, in row-major order; with several outputs, counted on from one output to the next
 * @returns numbers in the form of the examples; with several inputs, an array with those for each. A token beside numbers has 0
 * @throws {RangeError | TypeError} if examples do not fit, there is no such number, or all inputs are tokens
 */
export function inputGradients(
  network: Network,
  examples: readonly number[],
  options?: InputGradientsOptions,
): number[];
export function inputGradients<Type extends Dtype>(
  network: Network<Type>,
  examples: FlatRows,
  options?: InputGradientsOptions,
): Values<Type>;
export function inputGradients<Answer extends Results = number[][]>(
  network: Network,
  examples: readonly (readonly number[] | FlatRows)[],
  options?: InputGradientsOptions,
): Answer;
export function inputGradients<Answer extends Results | Results[] = Results | Results[]>(
  network: Network,
  examples: InputExamples | readonly InputExamples[],
  options?: InputGradientsOptions,
): Answer;
export function inputGradients(
  network: Network,
  examples: InputExamples | readonly InputExamples[],
  options: InputGradientsOptions = {},
): Results | Results[] {
  checkArguments("inputGradients", arguments.length, 3);
  checkNetwork(who, network);
  checkOptions(who, options, ["output", "lengths"]);
  const { output = 0 } = options;
  checkInteger(`${who}: output`, output, 0, network.outputs - 1);
  let differentiator = differentiators.get(network);
  if (!differentiator) {
    checkTokens(network);
    differentiator = new Differentiator(network.engine);
    differentiators.set(network, differentiator);
  }
  const results = differentiator.run(examples, options);
  return results.length === 1 ? results[0] : results;
}
