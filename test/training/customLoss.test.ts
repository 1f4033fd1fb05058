import { describe, expect, test } from "vitest";
import {
  activation,
  checkGradients,
  customLoss,
  dense,
  huber,
  input,
  type LossFunction,
  lstm,
  Network,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { classification, gradientBits, parameterBits, randomRows, regression } from "./problem.ts";

/** Σ over rows of the mean of squares of two numbers. */
const squares: LossFunction = (outputs, targets, outputGradients) => {
  let sum = 0;
  for (let index = 0; index < outputs.length; index++) {
    const error = outputs[index] - targets[index];
    sum += (error * error) / 2;
    outputGradients[index] = error;
  }
  return sum;
};
const mine = customLoss("mine", squares);

/** −log of the probability of the class of each row of three scores. */
const crossEntropy: LossFunction = (outputs, targets, outputGradients) => {
  let sum = 0;
  targets.forEach((chosen, row) => {
    const scores = outputs.subarray(3 * row, 3 * row + 3);
    const total = [...scores].reduce((part, score) => part + Math.exp(score), 0);
    sum += Math.log(total) - scores[chosen];
    scores.forEach((score, column) => {
      outputGradients[3 * row + column] = Math.exp(score) / total - (column === chosen ? 1 : 0);
    });
  });
  return sum;
};

function make(options: Partial<TrainerOptions> = {}, units = 2): Trainer {
  const layers = [dense(5, { activation: "tanh" }), dense(units)];
  const network = new Network({ inputs: 3, layers, dtype: "float64", seed: 4 });
  return new Trainer(network, { loss: mine, batchSize: 4, ...options });
}

const { inputs, targets } = regression(10);

describe("a loss of one's own", () => {
  test("trains and evaluates as the same loss of the package does, also over more rows than are run at once", async () => {
    const many = regression(300);
    const [own, known] = [make(), make({ loss: "meanSquaredError" })];
    expectClose([own.gradients(inputs, targets)], [known.gradients(inputs, targets)], tolerances.golden.float64);
    own.network.parameters.forEach(({ gradients }, index) => {
      expectClose(gradients!, known.network.parameters[index].gradients!, tolerances.golden.float64);
    });
    const [first, second] = [own, known].map((each) => each.evaluate(many.inputs, many.targets).loss);
    expectClose([first], [second], tolerances.golden.float64);
    const options = { epochs: 5, validation: [many.inputs, many.targets] } as const;
    const histories = [await own.fit(inputs, targets, options), await known.fit(inputs, targets, options)];
    expectClose(histories[0].loss, histories[1].loss, tolerances.golden.float64);
    expectClose(histories[0].validation.loss, histories[1].validation.loss, tolerances.golden.float64);
  });

  test("of class numbers: PyTorch's cross-entropy, and metrics of classes", () => {
    const { inputs: rows, targets: classes } = classification(9);
    const [own, known] = [customLoss("policy", crossEntropy), "softmaxCrossEntropy" as const].map((loss) => {
      return make({ loss, metrics: ["accuracy", "confusionMatrix"] }, 3);
    });
    const [found, expected] = [own.evaluate(rows, classes), known.evaluate(rows, classes)];
    expectClose([found.loss, found.accuracy!], [expected.loss, expected.accuracy!], tolerances.golden.float64);
    expect(found.confusionMatrix).toEqual(expected.confusionMatrix);
    expect(checkGradients(own, rows, classes).worst.relativeError).toBeLessThan(1e-7);
    expect(() => own.step([rows[0]], [3])).toThrow("step: targets: got 3 at row 0, need a class number from 0 to 2");
  });

  test("may be a sum, and one output's among others, with its weight", () => {
    const row = input(3);
    const body = dense(4, { activation: "tanh" })(row);
    const network = new Network({ inputs: row, outputs: [dense(2)(body), dense(1)(body)], dtype: "float64" });
    const sums = [customLoss("mine", squares, { reduction: "sum" }), huber({ reduction: "sum" })];
    const trainer = new Trainer(network, { loss: sums, lossWeights: [0.5, 2] });
    const ofBoth = [targets, targets.map(([first]) => first)];
    expect(checkGradients(trainer, inputs, ofBoth).worst.relativeError).toBeLessThan(1e-7);
    const { loss, outputs } = trainer.evaluate(inputs, ofBoth);
    const [predicted] = network.predict(inputs) as unknown as number[][][];
    const sum = predicted.flat().reduce((total, value, index) => total + (value - targets.flat()[index]) ** 2 / 2, 0);
    expectClose([outputs![0].loss], [sum], tolerances.golden.float64);
    expectClose([loss], [0.5 * sum + 2 * outputs![1].loss], tolerances.golden.float64);
  });

  test("sees the real steps of sequences that differ in length", () => {
    const series = [2, 1, 3].map((steps, row) => randomRows(steps, 2, row + 1));
    const steps = input([3, 2], { variableLength: true });
    const states = lstm(3, { returnSequences: true })(steps);
    const network = new Network({ inputs: steps, outputs: dense(2)(states), dtype: "float64", seed: 1 });
    const seen: number[] = [];
    const watching = customLoss("watching", (outputs, own, gradients) => {
      seen.push(outputs.length, own.length);
      return squares(outputs, own, gradients);
    });
    const [own, known] = [watching, "meanSquaredError" as const].map((loss) => new Trainer(network, { loss }));
    const numbers = series.map((each, row) => randomRows(each.length, 2, row + 5));
    const losses = [own, known].map((each) => each.evaluate(series, numbers as never).loss);
    expectClose([losses[0]], [losses[1]], tolerances.golden.float64);
    expect(seen).toEqual([12, 12]);
    expect(checkGradients(own, series, numbers as never).worst.relativeError).toBeLessThan(1e-6);
  });

  test("is trained by every way to the same bits, and goes on from a file that is given it", async () => {
    const options = { batchSize: 4, shuffle: false };
    const batch = (from: number) => [inputs.slice(from, from + 4), targets.slice(from, from + 4)] as const;
    const byStep = make(options);
    for (const from of [0, 4, 8]) byStep.step(...batch(from));
    const byEpochs = make(options);
    for (const _ of byEpochs.epochs(inputs, targets, { epochs: 1 }));
    const byStream = make(options);
    await byStream.fitBatches([0, 4, 8].map(batch));
    const stopped = make(options);
    const controller = new AbortController();
    await stopped.fit(inputs, targets, { epochs: 1, signal: controller.signal, onBatch: () => controller.abort() });
    const resumed = Trainer.fromBytes(stopped.toBytes(), { losses: [customLoss("other", squares), mine] });
    await resumed.fit(inputs, targets, { epochs: 1 });
    for (const other of [byEpochs, byStream, resumed]) {
      expect(parameterBits(other.network)).toBe(parameterBits(byStep.network));
    }
    // What is written again is the same.
    expect(resumed.toBytes()).toEqual(Trainer.fromBytes(resumed.toBytes(), { losses: [mine] }).toBytes());
  });

  test("has gradients of 0 where it writes none", () => {
    const half = customLoss("half", (outputs, own, gradients) => {
      let sum = 0 * own[0];
      for (let index = 0; index < outputs.length; index += 2) {
        gradients[index] = 1;
        sum += outputs[index];
      }
      return sum;
    });
    const trainer = make({ loss: half });
    trainer.gradients(inputs, targets);
    expect(checkGradients(trainer, inputs, targets).worst.relativeError).toBeLessThan(1e-7);
    expectClose(trainer.network.parameters[3].gradients!, [1, 0], tolerances.golden.float64);
  });

  test("stays small and whole when the memory grows between calls", () => {
    const [own, known] = [make(), make({ loss: "meanSquaredError" })];
    for (const rows of [3, 500, 3]) {
      const some = regression(rows);
      const losses = [own, known].map((each) => each.step(some.inputs, some.targets));
      expectClose([losses[0]], [losses[1]], tolerances.golden.float64);
    }
  });

  test("trains epochs of one batch of a tiny network, which has a pass of its own otherwise", async () => {
    const [own, known] = [mine, "meanSquaredError" as const].map((loss) => make({ loss, batchSize: "full" }));
    const options = { epochs: 20, every: 20 };
    const histories = [await own.fit(inputs, targets, options), await known.fit(inputs, targets, options)];
    expectClose(histories[0].loss, histories[1].loss, tolerances.golden.float64);
  });
});

describe("a loss of one's own is refused", () => {
  const returning = (value: unknown) => customLoss("odd", () => value as number);
  const writing = (value: number) =>
    customLoss("odd", (_, __, gradients) => {
      gradients[3] = value;
      return 1;
    });

  test.each<[string, Partial<TrainerOptions>, string]>([
    ["nothing", { loss: returning(undefined) }, 'loss "odd": got undefined returned, need a number, the sum'],
    ["a promise", { loss: returning(Promise.resolve(1)) }, 'loss "odd": got an object returned, need a number'],
    [
      "NaN gradients",
      { loss: writing(Number.NaN) },
      'loss "odd": got NaN written as the gradient of number 1 of row 1',
    ],
    ["infinite gradients", { loss: writing(Number.POSITIVE_INFINITY) }, 'loss "odd": got Infinity written as the'],
    [
      "a sum that is NaN",
      { loss: returning(Number.NaN) },
      "training: got a loss that is not finite in epoch 1, step 0",
    ],
  ])("if it gives %s, and nothing has changed", (_, options, message) => {
    const trainer = make(options);
    const before = parameterBits(trainer.network);
    expect(() => trainer.step(inputs, targets)).toThrow(message);
    expect(parameterBits(trainer.network)).toBe(before);
    expect(gradientBits(trainer.network)).toBe(gradientBits(make().network));
  });

  test.each(["step", "evaluate", "gradients"] as const)(
    "if it calls %s of its trainer, also if it hides that",
    (method) => {
      const message =
        'loss "calling": got a call of its trainer or network within its function, need none: its batch is there';
      const errors: unknown[] = [];
      const calling = customLoss("calling", (outputs, own, gradients) => {
        if (errors.length === 0) {
          try {
            trainer[method](inputs, targets);
          } catch (error) {
            errors.push(error);
          }
        }
        return squares(outputs, own, gradients);
      });
      const trainer: Trainer = make({ loss: calling });
      expect(() => trainer.step(inputs, targets)).toThrow(message);
      expect(String(errors[0])).toContain(message);
      expect(parameterBits(trainer.network)).toBe(parameterBits(make().network));
      const twin = make();
      expect(trainer.step(inputs, targets)).toBe(twin.step(inputs, targets));
      expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    },
  );

  test("if it calls predict of its network", () => {
    let calls = 0;
    const calling = customLoss("calling", (outputs, own, gradients) => {
      if (calls++ === 0) trainer.network.predict(inputs);
      return squares(outputs, own, gradients);
    });
    const trainer: Trainer = make({ loss: calling });
    expect(() => trainer.step(inputs, targets)).toThrow("got a call of its trainer or network within its function");
    const twin = make();
    expect(trainer.step(inputs, targets)).toBe(twin.step(inputs, targets));
  });

  test("with its own error if it throws", () => {
    const failing = customLoss("failing", () => {
      throw new Error("on purpose");
    });
    expect(() => make({ loss: failing }).step(inputs, targets)).toThrow("on purpose");
  });

  const bytes = make().toBytes();
  test.each<[string, () => unknown, string]>([
    ["without a name", () => customLoss("", squares), 'customLoss: got name "", need a text'],
    ["by a known name", () => customLoss("huber", squares), 'customLoss: got "huber", need a name that no loss has'],
    ["without a function", () => customLoss("mine", 3 as never), "customLoss: got 3, need a function"],
    ["as a median", () => customLoss("mine", squares, { reduction: "median" as never }), "customLoss: reduction: got"],
    [
      "with a margin",
      () => customLoss("mine", squares, { margin: 1 } as never),
      'customLoss option: got "margin", need reduction',
    ],
    [
      "with class weights",
      () => make({ classWeights: [1, 2] }),
      "trainer: classWeights: got the loss mine, need one of",
    ],
    [
      "with missing targets",
      () => make({ missingTargets: true }),
      "trainer: got missingTargets with the loss mine, need one of simdnet's: a function says itself what is missing",
    ],
    [
      "with weights of examples",
      () => make().step(inputs, targets, { exampleWeights: inputs.map(() => 1) }),
      'loss "mine": got exampleWeights, need them among the targets: its function sums over a batch',
    ],
    [
      "by a file, if it is not given",
      () => Trainer.fromBytes(bytes),
      'fromBytes: got a trainer with the loss "mine", need customLoss("mine", …) in { losses: […] }',
    ],
    [
      "by a file, if another is",
      () => Trainer.fromBytes(bytes, { losses: [customLoss("x", squares)] }),
      'the loss "mine"',
    ],
    [
      "by a file, if it is there twice",
      () => Trainer.fromBytes(bytes, { losses: [mine, mine] }),
      'fromBytes: losses: got "mine" twice, need each name once',
    ],
    [
      "by a file, if it is its function alone",
      () => Trainer.fromBytes(bytes, { losses: [squares as never] }),
      "fromBytes: losses: got a function at 0, need what customLoss returns",
    ],
    [
      "by a file, if it is no list",
      () => Trainer.fromBytes(bytes, { losses: mine as never }),
      "fromBytes: losses: got an object, need an array",
    ],
    [
      "by a file with a misspelt option",
      () => Trainer.fromBytes(bytes, { loss: [mine] } as never),
      'fromBytes option: got "loss", need one of losses, threads; did you mean "losses"?',
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(message));

  test("on activations that are layers it is as on any output", () => {
    const network = new Network({ inputs: 3, layers: [dense(2), activation("sigmoid")], dtype: "float64" });
    const trainer = new Trainer(network, { loss: mine });
    expect(checkGradients(trainer, inputs, targets).worst.relativeError).toBeLessThan(1e-7);
  });
});
