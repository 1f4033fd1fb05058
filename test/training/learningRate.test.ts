import { describe, expect, it } from "vitest";
import { adam, exponentialDecay, type LearningRate, reduceOnPlateau, sgd, Trainer } from "../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(8);
const rateOf = async (trainer: Trainer) => (await trainer.fit(inputs, targets, { epochs: 2 })).learningRate;

describe("the learning rate of a trainer", () => {
  it.each<[string, LearningRate]>([
    ["a number", 0.5],
    ["a schedule by steps", exponentialDecay({ initial: 0.5, factor: 0.5 })],
    ["a schedule by epochs", exponentialDecay({ initial: 0.5, factor: 0.5, per: "epoch" })],
    ["a plateau", reduceOnPlateau({ initial: 0.5, factor: 0.5, patience: 0 })],
  ])("may be set at any time, and stands from then on instead of %s", async (_, learningRate) => {
    const trainer = smallTrainer({ optimizer: sgd({ learningRate }) });
    expect(trainer.learningRate).toBe(0.5);
    trainer.step(inputs, targets);
    trainer.learningRate = 0.125;
    expect(trainer.learningRate).toBe(0.125);
    expect(await rateOf(trainer)).toEqual([0.125, 0.125]);
    trainer.learningRate = 0;
    const bits = parameterBits(trainer.network);
    expect(await rateOf(trainer)).toEqual([0, 0]);
    expect(parameterBits(trainer.network)).toBe(bits);
  });

  it("gives the bits of a trainer that was made with it, step for step", () => {
    const [set, made] = [1, 0.01].map((learningRate) => smallTrainer({ optimizer: adam({ learningRate }) }));
    set.learningRate = 0.01;
    for (const trainer of [set, made]) for (let step = 0; step < 5; step++) trainer.step(inputs, targets);
    expect(parameterBits(set.network)).toBe(parameterBits(made.network));
  });

  it("is kept by checkpoints, with the optimizer's memory as it was", async () => {
    const trainer = smallTrainer({
      optimizer: adam({ learningRate: exponentialDecay({ initial: 0.1, factor: 0.9 }) }),
    });
    await trainer.fit(inputs, targets, { epochs: 3 });
    trainer.learningRate = 0.003;
    const read = Trainer.fromBytes(trainer.toBytes());
    expect(read.learningRate).toBe(0.003);
    for (const each of [trainer, read]) each.step(inputs, targets);
    expect(parameterBits(read.network)).toBe(parameterBits(trainer.network));
    read.learningRate = 0.001;
    expect(Trainer.fromBytes(read.toBytes()).learningRate).toBe(0.001);
  });

  it("may be set by a callback between two batches of a training under way, also of many epochs at once", async () => {
    const trainer = smallTrainer({ batchSize: 4, optimizer: sgd({ learningRate: 0.1 }) });
    const rates: number[] = [];
    await trainer.fit(inputs, targets, {
      epochs: 2,
      onBatch: ({ learningRate, step }) => {
        rates.push(learningRate);
        if (step === 3) trainer.learningRate = 0.01;
      },
    });
    expect(rates).toEqual([0.1, 0.1, 0.1, 0.01]);
  });

  it("does not let a plateau refuse records that it no longer watches", async () => {
    const learningRate = reduceOnPlateau({ initial: 0.5, monitor: "validation.loss" });
    const trainer = smallTrainer({ optimizer: sgd({ learningRate }) });
    await expect(rateOf(trainer)).rejects.toThrow("validation.loss");
    trainer.learningRate = 0.01;
    expect(await rateOf(trainer)).toEqual([0.01, 0.01]);
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ["0.1"], [undefined], [1n]])("refuses %s", (given) => {
    const trainer = smallTrainer();
    expect(() => {
      trainer.learningRate = given as number;
    }).toThrow(/trainer: got learningRate .*, need a number from 0/);
    expect(trainer.learningRate).toBe(0.01);
  });
});

describe("what a trainer shows of itself", () => {
  it("is its network; JSON.stringify refuses it, and names toBytes", () => {
    const trainer = smallTrainer();
    expect(Object.keys(trainer)).toEqual(["network"]);
    expect(() => JSON.stringify(trainer)).toThrow("need toBytes()");
  });
});
