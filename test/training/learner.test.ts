import { describe, expect, it } from "vitest";
import { adam, DivergenceError, dense, exponentialDecay, fromValues, Network, sgd, Trainer } from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { gradientBits, parameterBits, refusal, regression, smallTrainer } from "./problem.ts";

describe("a step", () => {
  it("gives the loss before the update, which is what gradients and evaluate give beforehand", () => {
    const { inputs, targets } = regression(7);
    const trainer = smallTrainer();
    const before = trainer.gradients(inputs, targets);
    expect(trainer.evaluate(inputs, targets).loss).toBe(before);
    expect(trainer.step(inputs, targets)).toBe(before);
    expect(trainer.evaluate(inputs, targets).loss).toBeLessThan(before);
  });

  it("moves every parameter by -0.25 of the gradient that gradients has shown, under sgd of 0.25", () => {
    const { inputs, targets } = regression(7);
    const trainer = smallTrainer({ optimizer: sgd({ learningRate: 0.25 }) });
    trainer.gradients(inputs, targets);
    const expected = trainer.network.parameters.map(({ values, gradients }) =>
      values.map((value, index) => value - 0.25 * gradients![index]),
    );
    trainer.step(inputs, targets);
    trainer.network.parameters.forEach(({ values }, index) => {
      expect(values).toEqual(expected[index]);
    });
  });

  it("scales its gradient by its own size: one of 7 rows is the sevenths of its rows' gradients", () => {
    const { inputs, targets } = regression(7);
    const trainer = smallTrainer();
    const gradients = (from: number, to: number) => {
      trainer.gradients(inputs.slice(from, to), targets.slice(from, to));
      return trainer.network.parameters.flatMap((parameter) => [...parameter.gradients!]);
    };
    const singles = inputs.map((_, row) => gradients(row, row + 1));
    const mean = singles[0].map((_, index) => singles.reduce((sum, single) => sum + single[index] / 7, 0));
    expectClose(gradients(0, 7), mean, tolerances.golden.float64);
  });

  it("is the same whether the memory was planned for 3 rows or for 300", () => {
    const { inputs, targets } = regression(3);
    const [trainer, twin] = [smallTrainer(), smallTrainer()];
    twin.network.predict(regression(300).inputs);
    twin.gradients(regression(300).inputs, regression(300).targets);
    for (let step = 0; step < 3; step++) expect(trainer.step(inputs, targets)).toBe(twin.step(inputs, targets));
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  it("does not let the memory grow once it has been planned", () => {
    const { inputs, targets } = regression(40);
    const trainer = smallTrainer();
    trainer.step(inputs, targets);
    const { arena } = trainer.network.engine;
    const { bytes } = arena;
    for (let step = 0; step < 100; step++) trainer.step(inputs, targets);
    expect(arena.bytes).toBe(bytes);
  });
});

describe("gradients", () => {
  it("change nothing but the gradients: the parameters and the next steps keep their bits", () => {
    const { inputs, targets } = regression(7);
    const other = regression(20);
    const [trainer, twin] = [smallTrainer(), smallTrainer()];
    for (let step = 0; step < 4; step++) {
      for (const each of [trainer, twin]) each.step(inputs, targets);
      const [parameters, gradients] = [parameterBits(trainer.network), gradientBits(trainer.network)];
      trainer.gradients(other.inputs, other.targets);
      expect(gradientBits(trainer.network)).not.toBe(gradients);
      expect(parameterBits(trainer.network)).toBe(parameters);
    }
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  it("overwrite those of the call before", () => {
    const { inputs, targets } = regression(7);
    const trainer = smallTrainer();
    trainer.gradients(inputs, targets);
    const bits = gradientBits(trainer.network);
    trainer.gradients(inputs, targets);
    expect(gradientBits(trainer.network)).toBe(bits);
  });

  it("are undefined before a trainer is made, then zero until a backward pass", () => {
    const network = new Network({ inputs: 2, layers: [dense(2)] });
    expect(network.parameters.map(({ gradients }) => gradients)).toEqual([undefined, undefined]);
    new Trainer(network, { loss: "meanSquaredError" });
    expect(network.parameters.map(({ gradients }) => [...gradients!])).toEqual([
      [0, 0, 0, 0],
      [0, 0],
    ]);
  });
});

/** Gradient descent on y = weight · x whose every step multiplies the distance from the target by -1e10. */
function divergent(): Trainer {
  const layers = [dense(1, { bias: false, weightInitializer: fromValues([1]) })];
  const network = new Network({ inputs: 1, layers });
  const optimizer = sgd({ learningRate: 5e9 });
  return new Trainer(network, { loss: "meanSquaredError", optimizer, batchSize: 1, shuffle: false });
}

describe("a loss that is not finite", () => {
  const inputs = [[1], [1]];
  const targets = [[0], [0]];
  /** As many steps as have a finite loss, by hand. */
  const byHand = (): { steps: number; bits: string } => {
    const trainer = divergent();
    let steps = 0;
    while (Number.isFinite(trainer.gradients([[1]], [[0]]))) {
      trainer.step([[1]], [[0]]);
      steps++;
    }
    return { steps, bits: parameterBits(trainer.network) };
  };
  const { steps, bits } = byHand();

  it("comes after some steps, so that the tests below say something", () => {
    expect(steps).toBeGreaterThan(1);
    expect(steps).toBeLessThan(10);
  });

  const calls: [string, number, (trainer: Trainer) => unknown][] = [
    [
      "step",
      1,
      (trainer) => {
        for (;;) trainer.step([[1]], [[0]]);
      },
    ],
    ["epochs", Math.floor(steps / 2) + 1, (trainer) => [...trainer.epochs(inputs, targets, { epochs: 100 })]],
    ["fit", Math.floor(steps / 2) + 1, (trainer) => trainer.fit(inputs, targets, { epochs: 100 })],
  ];
  it.each(calls)(
    "stops %s with a DivergenceError; the parameters are those after the last step whose loss was finite",
    async (_, epoch, act) => {
      const trainer = divergent();
      const error = await refusal(() => act(trainer));
      expect(error).toBeInstanceOf(DivergenceError);
      expect(error).toMatchObject({ name: "DivergenceError", epoch, step: steps, learningRate: 5e9 });
      expect(error.message).toMatch(
        `training: got a loss that is not finite in epoch ${epoch}, step ${steps}, at learning rate 5000000000, need`,
      );
      expect(parameterBits(trainer.network)).toBe(bits);
    },
  );

  it("of NaN stops a step as well, and leaves the optimizer and the count of steps as they were", () => {
    const data = regression(4);
    const [trainer, twin] = [smallTrainer({ validate: false }), smallTrainer({ validate: false })];
    for (const each of [trainer, twin]) each.step(data.inputs, data.targets);
    const gradients = gradientBits(trainer.network);
    expect(() => trainer.step([[0, Number.NaN, 0]], [[0, 0]])).toThrow("epoch 1, step 1, at learning rate 0.01");
    expect(gradientBits(trainer.network)).toBe(gradients);
    for (const each of [trainer, twin]) each.step(data.inputs, data.targets);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    const [record] = trainer.epochs(data.inputs, data.targets, { epochs: 1 });
    expect(record.step).toBe(3);
  });

  it("does not end a fit without a word: its promise rejects after the records before", async () => {
    const records: number[] = [];
    const fit = divergent().fit(inputs, targets, { epochs: 100, onEpoch: ({ epoch }) => records.push(epoch) });
    await expect(fit).rejects.toThrow(DivergenceError);
    expect(records).toEqual(Array.from({ length: Math.floor(steps / 2) }, (_, index) => index + 1));
  });
});

describe("an update that is not finite", () => {
  it("stops a step with a DivergenceError; its vector of parameters is as it was, and the step is not counted", () => {
    const layers = [dense(1, { bias: false, weightInitializer: fromValues([1]) })];
    const network = new Network({ inputs: 1, layers });
    const optimizer = sgd({ learningRate: 3e38 });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
    const message =
      "training: got an update that is not finite in epoch 1, step 0, at learning rate 3e+38, need a finite one; " +
      "the first result that is not finite is that of sgdStep; " +
      "the largest parameter is 1 in dense1.weight, the norm of the gradients 2; try a smaller learning rate";
    for (let time = 0; time < 2; time++) {
      expect(() => trainer.step([[1]], [[0]])).toThrow(message);
      expect([...network.parameters[0].values]).toEqual([1]);
    }
    expect(trainer.step([[1]], [[1]])).toBe(0);
  });
});

describe("the learning rate of an update", () => {
  const { inputs, targets } = regression(6);

  it("is its schedule's at the updates made before, to the bit of trainers with those rates", () => {
    const schedule = exponentialDecay({ initial: 0.5, factor: 0.7 });
    const trainer = smallTrainer({ optimizer: sgd({ learningRate: schedule }) });
    for (let step = 0; step < 5; step++) {
      trainer.gradients(inputs, targets);
      const expected = trainer.network.parameters.map(({ values, gradients }) =>
        values.map((value, index) => value - schedule.at(step) * gradients![index]),
      );
      trainer.step(inputs, targets);
      expect(trainer.network.parameters.map(({ values }) => values)).toEqual(expected);
    }
  });

  it("per epoch does not change by steps that are no epochs", () => {
    const learningRate = exponentialDecay({ initial: 0.5, factor: 0.5, per: "epoch" });
    const [trainer, twin] = [learningRate, 0.5].map((rate) => smallTrainer({ optimizer: sgd({ learningRate: rate }) }));
    for (const each of [trainer, twin]) for (let step = 0; step < 5; step++) each.step(inputs, targets);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    for (const record of trainer.epochs(inputs, targets, { epochs: 3 })) {
      expect(record.learningRate).toBe(0.5 ** record.epoch);
    }
  });
});

describe("two trainers of one network", () => {
  it("train the same parameters in turn, each with its own memory and count of steps", () => {
    const { inputs, targets } = regression(6);
    const trainer = smallTrainer();
    const { network } = trainer;
    const second = new Trainer(network, { loss: "meanAbsoluteError", optimizer: adam({ learningRate: 0 }) });
    for (let step = 0; step < 3; step++) {
      trainer.step(inputs, targets);
      second.step(inputs, targets);
    }
    expect([...trainer.epochs(inputs, targets, { epochs: 1 })][0].step).toBe(4);
    expect([...second.epochs(inputs, targets, { epochs: 2 })][1].step).toBe(5);
  });
});
