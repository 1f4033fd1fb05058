import { describe, expect, it } from "vitest";
import { batchNorm, dense, gru, input, Network, sgd, Trainer, type TrainerOptions } from "../../src/index.ts";
import { parameterBits, randomRows, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(33);
const normalized = (options: Partial<TrainerOptions> = {}) => {
  const layers = [dense(4), batchNorm(), dense(2)];
  const network = new Network({ inputs: 3, layers, seed: 2 });
  return new Trainer(network, {
    loss: "meanSquaredError",
    batchSize: 32,
    optimizer: sgd({ learningRate: 0.1 }),
    ...options,
  });
};

describe("a last batch of one row", () => {
  it("joins the batch before by itself where batchNorm needs two, and is a step of 33 rows", async () => {
    const [trainer, whole] = [normalized(), normalized({ batchSize: "full", shuffle: false })];
    const { learningRate } = await trainer.fit(inputs, targets, { epochs: 1 });
    expect(learningRate).toEqual([0.1]);
    const [{ step }] = whole.epochs(inputs, targets, { epochs: 1 });
    expect(step).toBe(1);
    const [record] = normalized().epochs(inputs, targets, { epochs: 1 });
    expect(record.step).toBe(1);
    // The sums of a drawn order are rounded otherwise.
    trainer.network.parameters.forEach(({ values }, index) => {
      const expected = whole.network.parameters[index].values;
      for (const [place, value] of values.entries()) expect(value).toBeCloseTo(expected[place], 5);
    });
  });

  it("is a step of its own where no layer needs more", () => {
    const [record] = smallTrainer({ batchSize: 32 }).epochs(inputs, targets, { epochs: 1 });
    expect(record.step).toBe(2);
  });

  it("joins from the epoch on in which the layer is trained", () => {
    const trainer = normalized();
    const layer = trainer.network.layers[1];
    layer.trainable = false;
    const steps: number[] = [];
    for (const record of trainer.epochs(inputs, targets, { epochs: 3 })) {
      steps.push(record.step);
      layer.trainable = record.epoch >= 2;
    }
    expect(steps).toEqual([2, 4, 5]);
  });

  it("is still refused if it is all there is, or if it is a batch by itself", async () => {
    await expect(normalized().fit(inputs.slice(0, 1), targets.slice(0, 1), { epochs: 1 })).rejects.toThrow(
      "fit: got a batch of 1 example, need 2 or more for batchNorm",
    );
    await expect(normalized({ batchSize: 1 }).fit(inputs, targets, { epochs: 1 })).rejects.toThrow("need 2 or more");
    expect(() => normalized().step(inputs.slice(0, 1), targets.slice(0, 1))).toThrow("need 2 or more");
  });

  it("of sequences that differ in length joins, too, if it may have too few steps", () => {
    const value = input([4, 2], { variableLength: true });
    const network = new Network({ inputs: value, outputs: dense(1)(gru(2)(batchNorm()(value))), seed: 1 });
    const trainer = new Trainer(network, { loss: "meanSquaredError", batchSize: 2 });
    const sequences = [1, 3, 2, 4, 1].map((steps) => randomRows(steps, 2, steps));
    const [record] = trainer.epochs(sequences, [1, 2, 3, 4, 5], { epochs: 1 });
    expect(record.step).toBe(2);
    expect(Number.isFinite(record.loss)).toBe(true);
  });
});

describe("lastBatch", () => {
  it('"drop" with fewer examples than a batch has is refused, as nothing would be trained', async () => {
    const few = [inputs.slice(0, 4), targets.slice(0, 4)] as const;
    const make = () => smallTrainer({ batchSize: 32, lastBatch: "drop" });
    const message =
      'got 4 examples for batches of 32 with lastBatch "drop", which leaves nothing to train on; need 32 or more, or a smaller batchSize';
    await expect(make().fit(...few, { epochs: 1 })).rejects.toThrow(new RangeError(`fit: ${message}`));
    expect(() =>
      make()
        .epochs(...few, { epochs: 1 })
        .next(),
    ).toThrow(new RangeError(`epochs: ${message}`));
    await expect(make().fitFor(5, ...few)).rejects.toThrow(new RangeError(`fitFor: ${message}`));
    const split = { epochs: 1, validationSplit: 0.1 };
    await expect(make().fit(inputs, targets, split)).rejects.toThrow("fit: got 30 examples for batches of 32");
    await expect(make().fit(inputs, targets, { epochs: 1 })).resolves.toBeDefined();
    const full = smallTrainer({ batchSize: "full", lastBatch: "drop" });
    await expect(full.fit(...few, { epochs: 1 })).resolves.toBeDefined();
  });

  it.each([
    ["use", 5],
    ["drop", 4],
    ["join", 4],
  ] as const)('"%s" makes %i steps of 33 rows in eights, and says so to callbacks', async (lastBatch, steps) => {
    const trainer = smallTrainer({ batchSize: 8, lastBatch });
    let count = 0;
    await trainer.fit(inputs, targets, {
      epochs: 1,
      callbacks: [{ onStart: ({ batches }) => void expect(batches).toBe(steps), onBatch: () => void count++ }],
    });
    expect(count).toBe(steps);
  });

  it('"drop" leaves other rows out of each epoch, and none of the loss', async () => {
    const trainer = smallTrainer({
      batchSize: 32,
      lastBatch: "drop",
      shuffle: false,
      optimizer: sgd({ learningRate: 0 }),
    });
    const { loss } = await trainer.fit(inputs, targets, { epochs: 1 });
    const expected = trainer.evaluate(inputs.slice(0, 32), targets.slice(0, 32)).loss;
    expect(loss[0]).toBeCloseTo(expected, 12);
  });

  it.each(["use", "drop", "join"] as const)(
    "%s: a training goes on after a checkpoint with the same bits",
    async (lastBatch) => {
      const options = { batchSize: 8, lastBatch };
      for (const stopAt of [1, 3, 4, 6, 8]) {
        const [whole, stopped] = [smallTrainer(options), smallTrainer(options)];
        await whole.fit(inputs, targets, { epochs: 3 });
        const signal = { aborted: false };
        const onBatch = ({ step }: { step: number }) => {
          signal.aborted = step === stopAt;
        };
        await stopped.fit(inputs, targets, { epochs: 3, signal, onBatch });
        const read = Trainer.fromBytes(stopped.toBytes());
        await read.fit(inputs, targets, { epochs: 3 });
        expect(parameterBits(read.network)).toBe(parameterBits(whole.network));
      }
    },
  );

  it("refuses another word", () => {
    expect(() => smallTrainer({ lastBatch: "keep" as never })).toThrow(
      'trainer: lastBatch: got "keep", need one of use, drop, join',
    );
  });
});
