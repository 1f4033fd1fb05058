import { describe, expect, test } from "vitest";
import { training as trainingFamily } from "../../build/training.js";
import { adam, dense, Network, sgd, Trainer } from "../../src/index.ts";
import { type Values, valuesOf } from "../../src/kernels/dtype.ts";
import { pcg32 } from "../../src/random.ts";
import { Engine, type TrainingState } from "../../src/topology/engine.ts";
import { sequential } from "../../src/topology/graph.ts";
import { TrainingPlan } from "../../src/topology/trainingPlan.ts";
import { dtypes, random } from "../kernels/scratch.ts";

function makeNetwork(dtype: Network["dtype"] = "float32", seed = 1): Network {
  const layers = [dense(5, { activation: "tanh" }), dense(3, { activation: "tanh" }), dense(2)];
  return new Network({ inputs: 3, layers, dtype, seed });
}

const rowsOf = (rows: number, width: number, seed: number) =>
  Array.from({ length: rows }, (_, row) => random(width, seed + row));
const training = { family: trainingFamily, Plan: TrainingPlan, stackOf: () => undefined };
const examples = rowsOf(7, 3, 1);
const targets = rowsOf(7, 2, 50);
const values = (network: Network) => network.parameters.map((parameter) => Array.from(parameter.values));
const gradients = (network: Network) => network.parameters.map((parameter) => Array.from(parameter.gradients!));

/** A state of so many blocks that remembers nothing. */
const stateOf = (blockCount: number): TrainingState => ({ blockCount, leave: () => {}, enter: () => {} });

describe.each(dtypes)("the memory of a %s network", (dtype) => {
  test("is updated as one range with a factor of 1", () => {
    const engine = new Engine(sequential([3], [dense(5), dense(2)]), dtype);
    expect(engine.ranges).toEqual([{ offset: 0, count: engine.blockCount, factor: 1 }]);
  });

  test("is parameters | gradients | optimizer state | plan, each parameter on 16 bytes", () => {
    const engine = new Engine(sequential([3], [dense(5), dense(2)]), dtype);
    const addresses = engine.graph.parameters.map((parameter) => engine.parameterAddress(parameter));
    expect(addresses[0]).toBe(engine.parameterBlock);
    expect(addresses.map((address) => address % 16)).toEqual([0, 0, 0, 0]);
    let state = 0;
    engine.admit({
      ...stateOf(2),
      enter: (address) => {
        state = address;
      },
    });
    expect(engine.gradientBlock).toBe(engine.parameterBlock + engine.blockBytes);
    expect(state).toBe(engine.gradientBlock + engine.blockBytes);
    engine.addTraining(training);
    const plan = engine.trainingPlan(1);
    expect(plan.valueAddress(engine.graph.inputs[0])).toBe(state + 2 * engine.blockBytes);
  });

  test("has zeros for padding after 20 steps of adam", () => {
    const network = makeNetwork(dtype);
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam({ weightDecay: 0.1 }) });
    for (let step = 0; step < 20; step++) trainer.step(examples, targets);
    const { engine } = network;
    const [parameterBlock, gradientBlock] = [engine.parameterBlock, engine.gradientBlock].map((block) =>
      Array.from(engine.arena.view(block, engine.blockCount)),
    );
    const used = new Set<number>();
    for (const parameter of engine.graph.parameters) {
      const view = engine.tensorView(parameter);
      const start = (view.byteOffset - engine.parameterBlock) / view.BYTES_PER_ELEMENT;
      for (let index = 0; index < view.length; index++) used.add(start + index);
    }
    const padding = [...Array(engine.blockCount).keys()].filter((index) => !used.has(index));
    expect(padding.length).toBeGreaterThan(3);
    for (const index of padding) expect([parameterBlock[index], gradientBlock[index]]).toEqual([0, 0]);
  });

  test("stays as large as it is in 1000 predictions and 100 steps after the first of each", () => {
    const network = makeNetwork(dtype);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const many = rowsOf(300, 3, 9);
    trainer.step(examples, targets);
    network.predict(many);
    const { bytes, mark } = network.engine.arena;
    for (let round = 0; round < 1000; round++) network.predict(many.slice(0, 1 + (round % 300)));
    for (let round = 0; round < 100; round++) trainer.step(examples.slice(round % 7), targets.slice(round % 7));
    expect([network.engine.arena.bytes, network.engine.arena.mark]).toEqual([bytes, mark]);
  });

  test("planned anew for 4000 rows keeps parameters, gradients and what the optimizer remembers", () => {
    const [network, twin] = [makeNetwork(dtype), makeNetwork(dtype)];
    const [trainer, twinTrainer] = [network, twin].map(
      (each) => new Trainer(each, { loss: "meanSquaredError", optimizer: adam({ learningRate: 0.1 }) }),
    );
    for (let step = 0; step < 5; step++) {
      trainer.step(examples, targets);
      twinTrainer.step(examples, targets);
    }
    const before = network.engine.arena.bytes;
    network.input(4000);
    expect(network.engine.arena.bytes).toBeGreaterThan(before);
    expect(values(network)).toEqual(values(twin));
    expect(gradients(network)).toEqual(gradients(twin));
    expect(trainer.step(examples, targets)).toBe(twinTrainer.step(examples, targets));
    expect(values(network)).toEqual(values(twin));
  });

  test("two trainers taking 12 turns: the bits of each alone, on parameters carried over by hand", () => {
    const optimizers = [adam({ learningRate: 0.05 }), sgd({ learningRate: 0.1, momentum: 0.9 })];
    const make = (network: Network, turn: number) =>
      new Trainer(network, { loss: "meanSquaredError", optimizer: optimizers[turn] });
    const network = makeNetwork(dtype);
    const trainers = [make(network, 0), make(network, 1)];
    const alone = [makeNetwork(dtype), makeNetwork(dtype)];
    const lonely = alone.map(make);
    for (let step = 0; step < 12; step++) {
      const turn = step % 3 === 0 ? 0 : 1;
      alone[turn].parameters.forEach((parameter, index) => {
        parameter.values.set(alone[1 - turn].parameters[index].values);
      });
      expect(trainers[turn].step(examples, targets)).toBe(lonely[turn].step(examples, targets));
      expect(values(network)).toEqual(values(alone[turn]));
      expect(gradients(network)).toEqual(gradients(alone[turn]));
      alone[1 - turn].parameters.forEach((parameter, index) => {
        parameter.values.set(alone[turn].parameters[index].values);
      });
    }
  });
});

test("a view made before growth is detached; parameters[i].values read again is right", () => {
  const network = makeNetwork();
  const [weight] = network.parameters;
  const view = weight.values;
  const held = Array.from(view);
  network.input(100_000);
  expect([view.length, weight.values.length]).toEqual([0, 15]);
  expect(Array.from(weight.values)).toEqual(held);
});

test("gradients are undefined before a trainer, then 0, and survive a second trainer", () => {
  const network = makeNetwork();
  expect(network.parameters.map((parameter) => parameter.gradients)).toEqual(Array(6).fill(undefined));
  network.predict(examples);
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  expect(gradients(network).flat()).toEqual(Array(15 + 5 + 15 + 3 + 6 + 2).fill(0));
  trainer.gradients(examples, targets);
  const filled = gradients(network);
  expect(filled.flat().some((value) => value !== 0)).toBe(true);
  new Trainer(network, { loss: "meanSquaredError" });
  expect(gradients(network)).toEqual(filled);
});

describe("a state", () => {
  /** Keeps a copy of its blocks when it leaves, and counts. */
  class Remembering implements TrainingState {
    readonly blockCount = 1;
    kept: Values | undefined;
    calls = "";
    block = 0;
    leave(blocks: Values): void {
      this.calls += "leave ";
      this.kept = blocks.slice();
    }
    enter(address: number, blocks: Values): void {
      this.calls += "enter ";
      this.block = address;
      blocks.set(this.kept ?? valuesOf("float32", blocks.length));
    }
  }

  test("is moved out when another enters and back when it is admitted again, and is otherwise left alone", () => {
    const engine = new Engine(sequential([3], [dense(2)]), "float32");
    engine.arena.add(trainingFamily);
    const [one, other] = [new Remembering(), new Remembering()];
    engine.admit(one);
    engine.admit(one);
    engine.arena.view(one.block, engine.blockCount).fill(5);
    engine.admit(other);
    expect(engine.arena.view(other.block, engine.blockCount).every((value) => value === 0)).toBe(true);
    engine.admit(one);
    expect(engine.arena.view(one.block, engine.blockCount).every((value) => value === 5)).toBe(true);
    expect([one.calls, other.calls]).toEqual(["enter leave enter ", "enter leave "]);
  });

  test("that does not fit into 4 GiB is refused, and the one before loses nothing", () => {
    const engine = new Engine(sequential([3], [dense(2)]), "float32");
    engine.arena.add(trainingFamily);
    const one = new Remembering();
    engine.admit(one);
    engine.arena.view(one.block, engine.blockCount).fill(5);
    const [{ parameters }] = engine.graph.layers;
    expect(engine.gradientView(parameters[0])).toHaveLength(6);
    expect(() => engine.admit(stateOf(2 ** 30))).toThrow(RangeError);
    expect(engine.gradientView(parameters[0])).toBeUndefined();
    engine.admit(one);
    expect(engine.gradientView(parameters[0])).toEqual(new Float32Array(6));
    expect(engine.arena.view(one.block, engine.blockCount).every((value) => value === 5)).toBe(true);
  });
});

describe("a plan", () => {
  test("serves up to its capacity, is made anew for more rows, never for fewer, and once more for gradients", () => {
    const { engine } = makeNetwork();
    engine.addTraining(training);
    const first = engine.plan(4);
    expect(engine.plan(1)).toBe(first);
    const larger = engine.plan(9);
    expect([larger.capacity, engine.capacity]).toEqual([9, 9]);
    engine.admit(stateOf(0));
    expect(engine.capacity).toBe(0);
    engine.plan(9);
    const trainingPlan = engine.trainingPlan(2);
    expect(trainingPlan.capacity).toBe(9);
    expect(engine.plan(9)).toBe(trainingPlan);
    expect(engine.plan(10)).toBeInstanceOf(TrainingPlan);
  });

  test("that does not fit into 4 GiB is refused; parameters and predictions stay", () => {
    const network = makeNetwork();
    const before = [values(network), network.predict(examples)];
    expect(() => network.input(2 ** 30)).toThrow(/^memory: got a request for \d+ bytes/);
    expect([values(network), network.predict(examples)]).toEqual(before);
  });
});

describe("kernel calls", () => {
  /** Counts the calls of every kernel from TypeScript; those that kernels call by the table are not counted. */
  function countCalls({ arena }: Engine): Record<string, number> {
    arena.add(trainingFamily);
    const kernels = arena.kernels as unknown as Record<string, (...values: number[]) => number>;
    const counts: Record<string, number> = {};
    for (const [name, kernel] of Object.entries(kernels)) {
      if (typeof kernel !== "function") continue;
      kernels[name] = (...values) => {
        counts[name] = (counts[name] ?? 0) + 1;
        return kernel(...values);
      };
    }
    return counts;
  }

  test("a step of 3 layers runs the 5 + 10 operations that are planned, the loss and the update in two calls", () => {
    const network = makeNetwork();
    const counts = countCalls(network.engine);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.step(examples, targets);
    expect(counts).toEqual({ run: 2 });
    const { forwardTraining, backward } = network.engine.trainingPlan(1);
    expect([forwardTraining.operations.length, backward.operations.length]).toEqual([5, 10]);
    for (let step = 1; step < 10; step++) trainer.step(examples.slice(step % 7), targets.slice(step % 7));
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(10 * 2);
  });

  test("300 rows are predicted in 3 passes of one call", () => {
    const network = makeNetwork();
    const counts = countCalls(network.engine);
    network.predict(rowsOf(300, 3, 1));
    expect(counts).toEqual({ run: 3 });
  });
});

test("parameters are drawn layer by layer, weight before bias, from one generator", () => {
  const [generator, twin] = [pcg32(8), pcg32(8)];
  const engine = new Engine(sequential([3], [dense(2), dense(1)]), "float64");
  engine.initialize(generator);
  const drawn = (fanIn: number, fanOut: number) => {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return Array.from({ length: fanIn * fanOut }, () => -limit + 2 * limit * twin.next());
  };
  const expected = [drawn(3, 2), [0, 0], drawn(2, 1), [0]];
  expect(engine.graph.parameters.map((parameter) => Array.from(engine.tensorView(parameter)))).toEqual(expected);
  expect(generator.state).toEqual(twin.state);
});
