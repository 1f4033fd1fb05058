/** The planner gets graphs with shared layers, forks, joins and two outputs. */

import { describe, expect, test } from "vitest";
import { training } from "../../build/training.js";
import { pcg32 } from "../../src/random.ts";
import { Engine } from "../../src/topology/engine.ts";
import { Graph, sequential } from "../../src/topology/graph.ts";
import { uniform } from "../../src/topology/initializers.ts";
import { add } from "../../src/topology/layers/combination.ts";
import { dense } from "../../src/topology/layers/dense.ts";
import { sizeOf } from "../../src/topology/layers/layer.ts";
import { input, type Value } from "../../src/topology/layers/value.ts";
import { TrainingPlan } from "../../src/topology/trainingPlan.ts";
import { centralDifferences, relativeDistance } from "../differences.ts";
import { random } from "../kernels/scratch.ts";
import { expectClose, tolerances } from "../tolerances.ts";

const bound = 1e-7;
const capacity = 5;

/** An engine for `graph` with gradients, and its plan for training. */
function prepare(graph: Graph): { engine: Engine; plan: TrainingPlan } {
  const engine = new Engine(graph, "float64");
  engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: () => undefined });
  engine.initialize(pcg32(4));
  engine.admit({ blockCount: 0, leave: () => {}, enter: () => {} });
  const plan = engine.trainingPlan(capacity);
  for (const [index, input] of graph.inputs.entries()) {
    engine.valueView(plan, input, capacity).set(random(capacity * sizeOf(input.shape), index + 1));
  }
  return { engine, plan };
}

/** The weights of the outputs in the loss, which is their weighted sum. */
const lossWeights = (count: number, output: number) => random(count, 100 + output);

function loss({ graph, arena, draws }: Engine, plan: TrainingPlan, rows: number): number {
  plan.forward.run(rows, draws);
  let sum = 0;
  for (const [index, output] of graph.outputs.entries()) {
    const values = arena.view(plan.valueAddress(output), rows * sizeOf(output.shape));
    const weights = lossWeights(values.length, index);
    values.forEach((value, place) => {
      sum += value * weights[place];
    });
  }
  return sum;
}

function backward({ graph, arena, draws }: Engine, plan: TrainingPlan, rows: number): void {
  for (const [index, output] of graph.outputs.entries()) {
    const count = rows * sizeOf(output.shape);
    arena.view(plan.valueGradientAddress(output)!, count).set(lossWeights(count, index));
  }
  plan.backward.run(rows, draws);
}

function expectGradients({ engine, plan }: { engine: Engine; plan: TrainingPlan }, rows: number): void {
  loss(engine, plan, rows);
  backward(engine, plan, rows);
  for (const parameter of engine.graph.parameters) {
    const claimed = Array.from(engine.gradientView(parameter)!);
    const measured = centralDifferences(() => loss(engine, plan, rows), engine.tensorView(parameter));
    expect(relativeDistance(claimed, measured), parameter.fullName).toBeLessThan(bound);
  }
}

const options = { weightInitializer: uniform(-1, 1), biasInitializer: uniform(-1, 1) };

/** tanh layer "shared" on two inputs; its first value forks into a sum and a sigmoid layer; their sum goes out. */
function forked(): { graph: Graph; values: Record<"left" | "right" | "sum" | "side" | "joined", Value> } {
  const [first, second] = [input(3), input(3)];
  const shared = dense(4, { activation: "tanh", name: "shared", ...options });
  const left = shared(first);
  const right = shared(second);
  const sum = add(left, right);
  const side = dense(4, { activation: "sigmoid", name: "side", ...options })(left);
  const joined = add(sum, side);
  const graph = new Graph([first, second], [dense(2, { name: "out", ...options })(joined)]);
  return { graph, values: { left, right, sum, side, joined } };
}

describe("a graph of two inputs, a shared layer, a fork and two sums", () => {
  test("has each of its 6 parameters once", () => {
    expect(forked().graph.parameters.map(({ fullName }) => fullName)).toEqual(
      ["shared", "side", "out"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
    );
  });

  test.each([1, 3, capacity])("%i rows of a plan for 5: every value is what plain arithmetic makes", (rows) => {
    const { graph, values } = forked();
    const { engine, plan } = prepare(graph);
    plan.forward.run(rows, engine.draws);
    const view = (value: Value) => Array.from(engine.valueView(plan, value, rows));
    const layer = (name: string, input: number[], activation: (x: number) => number) => {
      const [weight, bias] = ["weight", "bias"].map((part) =>
        engine.tensorView(graph.parameters.find(({ fullName }) => fullName === `${name}.${part}`)!),
      );
      const fanIn = weight.length / bias.length;
      return Array.from({ length: rows * bias.length }, (_, index) => {
        const [row, unit] = [Math.floor(index / bias.length), index % bias.length];
        let sum = bias[unit];
        for (let at = 0; at < fanIn; at++) sum += input[row * fanIn + at] * weight[at * bias.length + unit];
        return activation(sum);
      });
    };
    const plus = (one: number[], other: number[]) => one.map((value, index) => value + other[index]);
    const left = layer("shared", view(graph.inputs[0]), Math.tanh);
    const right = layer("shared", view(graph.inputs[1]), Math.tanh);
    const side = layer("side", left, (x) => 1 / (1 + Math.exp(-x)));
    const joined = plus(plus(left, right), side);
    const expected = { left, right, sum: plus(left, right), side, joined };
    for (const [name, value] of Object.entries(values)) {
      expectClose(view(value), expected[name as keyof typeof expected], tolerances.sum.float64, name);
    }
    expectClose(
      view(graph.outputs[0]),
      layer("out", joined, (x) => x),
      tolerances.sum.float64,
      "out",
    );
  });

  test.each([1, 3, capacity])("%i rows: its gradients differ from central differences by less than 1e-7", (rows) => {
    expectGradients(prepare(forked().graph), rows);
  });

  test("a second backward pass gives the same bits: nothing is left in what is added up", () => {
    const { engine, plan } = prepare(forked().graph);
    const passes = [1, 2].map(() => {
      loss(engine, plan, 4);
      backward(engine, plan, 4);
      return engine.graph.parameters.map((parameter) => Array.from(engine.gradientView(parameter)!));
    });
    expect(passes[1]).toEqual(passes[0]);
  });

  test("has these operations; none is for the gradient of an input", () => {
    const { graph, values } = forked();
    const { plan } = prepare(graph);
    const names = (pass: "forward" | "backward") => plan[pass].operations.map(({ name }) => name);
    const layer = ["denseBackwardWeight", "denseBackwardBias"];
    const dense = (activation: string) => ["denseForward", `${activation}Forward`];
    const forward = [...dense("tanh"), ...dense("tanh"), "add", ...dense("sigmoid"), "add", "denseForward"];
    expect(names("forward")).toEqual(forward);
    expect(names("backward")).toEqual([
      ...[...layer, "denseBackwardInput", "copyColumns", "copyColumns"],
      ...["sigmoidBackward", ...layer, "denseBackwardInput"],
      // The sum gives the first use of its left value a gradient beside that of the layer before.
      ...["copyColumns", "copyColumns", "add"],
      ...["tanhBackward", ...layer],
      ...["tanhBackward", ...layer, "add", "add"],
    ]);
    expect(graph.inputs.map((input) => plan.valueGradientAddress(input))).toEqual([undefined, undefined]);
    for (const value of Object.values(values)) expect(plan.valueGradientAddress(value)).toBeGreaterThan(0);
  });
});

describe("gradients differ from central differences by less than 1e-7", () => {
  test("when a value is an output and is read on, and when it is added to itself", () => {
    const first = input(2);
    const hidden = dense(3, { activation: "tanh", ...options })(first);
    const outputs = [hidden, dense(2, options)(add(hidden, hidden))];
    expectGradients(prepare(new Graph([first], outputs)), 4);
  });

  test("when a layer is used three times, one use after the other", () => {
    const layer = dense(3, { activation: "tanh", ...options });
    const first = input(3);
    expectGradients(prepare(new Graph([first], [layer(layer(layer(first)))])), capacity);
  });
});

describe("a layer that is not trained", () => {
  const tanh = (trainable: boolean) => dense(3, { activation: "tanh", trainable, ...options });

  test("first in a chain costs no backward operation, in the middle two less, and has gradients 0", () => {
    const calls = (trainable: boolean[]) => prepare(sequential(4, trainable.map(tanh))).plan.backward.operations.length;
    expect(calls([true, true, true])).toBe(4 + 4 + 3);
    expect(calls([false, true, true])).toBe(4 + 3);
    expect(calls([true, false, true])).toBe(4 + 2 + 3);
    expect(calls([false, false, false])).toBe(0);
    const { engine, plan } = prepare(sequential(4, [tanh(true), tanh(false), tanh(true)]));
    loss(engine, plan, 2);
    backward(engine, plan, 2);
    const isZero = engine.graph.parameters.map((parameter) => engine.gradientView(parameter)!.every((g) => g === 0));
    expect(isZero).toEqual([false, false, true, true, false, false]);
  });
});

describe("a chain of 3 layers, the first two with tanh", () => {
  const chain = () => sequential([4], [dense(5, { activation: "tanh" }), dense(3, { activation: "tanh" }), dense(2)]);

  test("is 5 operations forward and 10 backward: 2 activations; 3 weights, 3 biases, 2 inputs and 2 activations", () => {
    const { plan } = prepare(chain());
    expect(plan.forward.operations.map(({ name }) => name)).toEqual([
      "denseForward",
      "tanhForward",
      "denseForward",
      "tanhForward",
      "denseForward",
    ]);
    const layer = ["denseBackwardWeight", "denseBackwardBias"];
    expect(plan.backward.operations.map(({ name }) => name)).toEqual([
      ...layer,
      "denseBackwardInput",
      "tanhBackward",
      ...layer,
      "denseBackwardInput",
      "tanhBackward",
      ...layer,
    ]);
  });

  test("without gradients it has no backward operations, no gradients' and no targets' blocks", () => {
    const graph = chain();
    const engine = new Engine(graph, "float64");
    engine.arena.add(training);
    const before = engine.arena.mark;
    const plan = engine.plan(4);
    // Inputs 4 wide; values 5, 3 and 2 wide, the first two twice: before and after tanh. Then the operations, without values.
    const blocks = 8 * 4 * (4 + 2 * 5 + 2 * 3 + 2);
    expect(engine.arena.mark - before).toBeGreaterThanOrEqual(blocks);
    expect(engine.arena.mark - before).toBeLessThan(blocks + 512);
    expect(plan).not.toBeInstanceOf(TrainingPlan);
    expect(plan.capacity).toBe(4);
  });

  test("keeps what is before tanh apart, and lets a linear layer have one block", () => {
    const { engine, plan } = prepare(chain());
    plan.forward.run(2, engine.draws);
    const [first, , last] = engine.graph.nodes.map((node) => plan.site(node));
    expect(last.blocks.preactivation).toBe(last.output);
    const before = Array.from(engine.arena.view(first.blocks.preactivation, 10), Math.tanh);
    expectClose(engine.arena.view(first.output, 10), before, tolerances.formula.float64);
  });
});
