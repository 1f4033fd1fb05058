import { describe, expect, it } from "vitest";
import { decode } from "../../src/files/safetensors.ts";
import {
  type BatchRecord,
  type Callback,
  customLoss,
  exponentialDecay,
  type LearningRate,
  mt19937,
  reduceOnPlateau,
  sgd,
  Trainer,
} from "../../src/index.ts";
import { plateauAfter, plateauStart } from "../../src/training/schedules/plateau.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { classification, parameterBits, regression, smallTrainer } from "./problem.ts";

const countUp = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Losses of one epoch of steps over batches of `order`, made by hand. */
function epochByHand(trainer: Trainer, data: ReturnType<typeof regression>, order: number[], batchSize: number) {
  const losses: { rows: number; loss: number }[] = [];
  for (let from = 0; from < order.length; from += batchSize) {
    const batch = order.slice(from, from + batchSize);
    const loss = trainer.step(
      batch.map((row) => data.inputs[row]),
      batch.map((row) => data.targets[row]),
    );
    losses.push({ rows: batch.length, loss });
  }
  return losses;
}

describe("an epoch is a loop of steps", () => {
  it.each([1, 3, 5, 32])("to the bit, shuffled, in batches of %i of 13 rows: the last one smaller", (batchSize) => {
    const data = regression(13);
    const [trainer, byHand] = [smallTrainer({ batchSize, seed: mt19937(2) }), smallTrainer()];
    const generator = mt19937(2);
    for (const record of trainer.epochs(data.inputs, data.targets, { epochs: 4 })) {
      const order = batchSize < 13 ? generator.shuffle(countUp(13)) : countUp(13);
      const losses = epochByHand(byHand, data, order, batchSize);
      expect(parameterBits(trainer.network)).toBe(parameterBits(byHand.network));
      const mean = losses.reduce((sum, { rows, loss }) => sum + rows * loss, 0) / 13;
      expectClose([record.loss], [mean], tolerances.golden.float64);
      expect(record.step).toBe(record.epoch * Math.ceil(13 / batchSize));
    }
  });

  it('of one step a time with batchSize "full", and of one example', () => {
    for (const data of [regression(13), regression(1)]) {
      const [trainer, byHand] = [smallTrainer({ batchSize: "full" }), smallTrainer()];
      const records = [...trainer.epochs(data.inputs, data.targets, { epochs: 3 })];
      const losses = countUp(3).map(() => byHand.step(data.inputs, data.targets));
      expect(records.map(({ loss }) => loss)).toEqual(losses);
      expect(records.map(({ step }) => step)).toEqual([1, 2, 3]);
      expect(parameterBits(trainer.network)).toBe(parameterBits(byHand.network));
    }
  });

  it("in the order given with shuffle: false, whatever the seed, which is not advanced", () => {
    const data = regression(13);
    const generator = mt19937(8);
    const { state } = generator;
    const trainer = smallTrainer({ batchSize: 4, shuffle: false, seed: generator });
    const byHand = smallTrainer();
    for (const _ of trainer.epochs(data.inputs, data.targets, { epochs: 3 })) {
      epochByHand(byHand, data, countUp(13), 4);
      expect(parameterBits(trainer.network)).toBe(parameterBits(byHand.network));
    }
    expect(generator.state).toEqual(state);
  });

  it("that shuffles with the generator given as seed: after 3 epochs it stands where 3 shuffles leave it", () => {
    const data = regression(13);
    const [generator, expected] = [mt19937(8), mt19937(8)];
    const trainer = smallTrainer({ batchSize: 4, seed: generator });
    expect([...trainer.epochs(data.inputs, data.targets, { epochs: 3 })]).toHaveLength(3);
    for (let epoch = 0; epoch < 3; epoch++) expected.shuffle(countUp(13));
    expect(generator.state).toEqual(expected.state);
  });

  it("with the same bits for the same seed and others for another", () => {
    const data = regression(13);
    const train = (seed: number) => {
      const trainer = smallTrainer({ batchSize: 4, seed });
      for (const _ of trainer.epochs(data.inputs, data.targets, { epochs: 2 }));
      return parameterBits(trainer.network);
    };
    expect(train(1)).toBe(train(1));
    expect(train(1)).not.toBe(train(2));
  });
});

describe("the metrics of an epoch", () => {
  it("are of its batches as they were seen, each before its update", () => {
    const { inputs, targets } = classification(13);
    const options = { loss: "softmaxCrossEntropy", metrics: ["accuracy"] } as const;
    const trainer = smallTrainer({ ...options, batchSize: 4, shuffle: false }, 3);
    const byHand = smallTrainer(options, 3);
    for (const record of trainer.epochs(inputs, targets, { epochs: 5 })) {
      let correct = 0;
      for (let from = 0; from < 13; from += 4) {
        const batch = [inputs.slice(from, from + 4), targets.slice(from, from + 4)] as const;
        correct += Math.round(byHand.evaluate(...batch).accuracy * batch[0].length);
        byHand.step(...batch);
      }
      expect(record.metrics).toEqual({ accuracy: correct / 13 });
    }
  });

  it("of a distance are the loss of its name, when that is the loss", () => {
    const { inputs, targets } = regression(13);
    const trainer = smallTrainer({ batchSize: 4, metrics: ["meanSquaredError", "meanAbsoluteError"] });
    for (const { loss, metrics } of trainer.epochs(inputs, targets, { epochs: 3 })) {
      expect(metrics.meanSquaredError).toBe(loss);
      expect(Object.keys(metrics)).toEqual(["meanSquaredError", "meanAbsoluteError"]);
    }
  });
});

describe("records", () => {
  const { inputs, targets } = regression(5);
  const epochsOf = (epochs: number, every?: number) =>
    [...smallTrainer({ batchSize: 2 }).epochs(inputs, targets, { epochs, every })].map(({ epoch }) => epoch);

  it("are made of epochs 1, 1 + every, … and of the last", () => {
    expect(epochsOf(4)).toEqual([1, 2, 3, 4]);
    expect(epochsOf(10, 3)).toEqual([1, 4, 7, 10]);
    expect(epochsOf(9, 3)).toEqual([1, 4, 7, 9]);
    expect(epochsOf(3, 100)).toEqual([1, 3]);
    expect(epochsOf(1, 100)).toEqual([1]);
  });

  it("are the same, of their epochs, whatever `every` is", () => {
    const options = { batchSize: 2, metrics: ["meanAbsoluteError"] } as const;
    const all = [...smallTrainer(options).epochs(inputs, targets, { epochs: 7 })];
    const some = [...smallTrainer(options).epochs(inputs, targets, { epochs: 7, every: 3 })];
    const timeless = all.map((record) => ({ ...record, seconds: 0 }));
    expect(some.map((record) => ({ ...record, seconds: 0 }))).toEqual([timeless[0], timeless[3], timeless[6]]);
  });

  it("are the same of a tiny network whose batch takes in all rows, in an order that is drawn", () => {
    const data = regression(5);
    const train = (every: number) => {
      const options = { optimizer: sgd({ learningRate: 0.5 }), batchSize: 3, lastBatch: "join" } as const;
      const trainer = smallTrainer(options, 2, "float32");
      const records = [...trainer.epochs(data.inputs, data.targets, { epochs: 300, every })];
      return [records.at(-1)!.loss, parameterBits(trainer.network)];
    };
    expect(train(1000)).toEqual(train(1));
  });

  it("have epoch, step, loss, learningRate, metrics, validation and seconds, as plain data", () => {
    const trainer = smallTrainer({ batchSize: 2, metrics: ["r2"] });
    const validation = { inputs, targets };
    const [record] = trainer.epochs(inputs, targets, { epochs: 1, validation });
    expect(record).toEqual({
      epoch: 1,
      step: 3,
      loss: expect.any(Number),
      learningRate: 0.01,
      metrics: { r2: expect.any(Number) },
      validation: trainer.evaluate(inputs, targets),
      seconds: expect.any(Number),
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it("count epochs anew in each call, and steps on", () => {
    const trainer = smallTrainer({ batchSize: 2 });
    const draw = () => [...trainer.epochs(inputs, targets, { epochs: 2 })].map(({ epoch, step }) => [epoch, step]);
    expect(draw()).toEqual([
      [1, 3],
      [2, 6],
    ]);
    expect(draw()).toEqual([
      [1, 9],
      [2, 12],
    ]);
  });

  it("have seconds that do not fall", () => {
    const seconds = [...smallTrainer().epochs(inputs, targets, { epochs: 20 })].map((record) => record.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds[0]).toBeGreaterThan(0);
    expect(seconds[19]).toBeLessThan(10);
  });
});

describe("the learning rate of a record", () => {
  const { inputs, targets } = regression(5);
  const options = { initial: 0.1, factor: 0.5 };
  const trainerOf = (learningRate: LearningRate) => smallTrainer({ batchSize: 2, optimizer: sgd({ learningRate }) });

  it("is that of its last update: of 3 an epoch, and on in the next call", () => {
    const schedule = exponentialDecay(options);
    const trainer = trainerOf(schedule);
    const rates = [1, 2].flatMap((epochs) =>
      [...trainer.epochs(inputs, targets, { epochs })].map(({ learningRate }) => learningRate),
    );
    expect(rates).toEqual([2, 5, 8].map((t) => schedule.at(t)));
  });

  it("is that of the epoch, which the trainer counts through all calls, per epoch", () => {
    const schedule = exponentialDecay({ ...options, per: "epoch" });
    const trainer = trainerOf(schedule);
    const rates = [1, 2].flatMap((epochs) =>
      [...trainer.epochs(inputs, targets, { epochs })].map(({ learningRate }) => learningRate),
    );
    expect(rates).toEqual([0, 1, 2].map((t) => schedule.at(t)));
  });

  it("is its own in a record of a batch", async () => {
    const schedules = [exponentialDecay(options), exponentialDecay({ ...options, per: "epoch" })];
    const [bySteps, byEpochs] = await Promise.all(
      schedules.map(async (schedule) => {
        const rates: number[] = [];
        const onBatch = ({ learningRate }: BatchRecord) => rates.push(learningRate);
        await trainerOf(schedule).fit(inputs, targets, { epochs: 2, onBatch });
        return rates;
      }),
    );
    expect(bySteps).toEqual([0, 1, 2, 3, 4, 5].map((t) => schedules[0].at(t)));
    expect(byEpochs).toEqual([0, 0, 0, 1, 1, 1].map((t) => schedules[1].at(t)));
  });

  it.each([1, 3])("falls by what the records before have shown a plateau, of every %i epochs", (every) => {
    const validation = regression(4);
    for (const monitor of ["loss", "meanAbsoluteError", "validation.loss", "validation.meanAbsoluteError"]) {
      const plateau = reduceOnPlateau({ initial: 0.5, factor: 0.5, patience: 0, monitor });
      const optimizer = sgd({ learningRate: plateau });
      const trainer = smallTrainer({ optimizer, batchSize: 2, metrics: ["meanAbsoluteError"] });
      let state = plateauStart(plateau);
      const rates: number[] = [];
      for (const record of trainer.epochs(inputs, targets, { epochs: 40, every, validation })) {
        expect(record.learningRate).toBe(state.rate);
        rates.push(record.learningRate);
        const seen = monitor.startsWith("validation") ? record.validation! : { loss: record.loss, ...record.metrics };
        state = plateauAfter(plateau, state, seen[monitor.replace("validation.", "") as "loss"]);
      }
      expect(new Set(rates).size).toBeGreaterThan(1);
    }
  });

  it("is refused at the first record if it watches what that does not have", async () => {
    const trainer = trainerOf(reduceOnPlateau({ initial: 0.1, monitor: "validation.loss" }));
    const message = 'reduceOnPlateau: monitor: got "validation.loss", need loss';
    expect(() => [...trainer.epochs(inputs, targets, { epochs: 2 })]).toThrow(message);
    await expect(trainer.fit(inputs, targets, { epochs: 2 })).rejects.toThrow(message);
  });
});

describe("epochs", () => {
  const { inputs, targets } = regression(5);

  it("train only as they are drawn: 2 of 100 records are 2 epochs, and leaving is leaving", () => {
    const trainer = smallTrainer({ batchSize: 2, shuffle: false });
    const twin = smallTrainer({ batchSize: 2, shuffle: false });
    const before = parameterBits(trainer.network);
    const records = trainer.epochs(inputs, targets, { epochs: 100 });
    expect(parameterBits(trainer.network)).toBe(before);
    for (const { epoch } of records) if (epoch === 2) break;
    expect([...twin.epochs(inputs, targets, { epochs: 2 })]).toHaveLength(2);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  it("may be drawn with predictions, evaluations and larger batches in between, to the same bits", () => {
    const large = regression(500);
    const [trainer, twin] = [smallTrainer({ batchSize: 2 }), smallTrainer({ batchSize: 2 })];
    for (const _ of trainer.epochs(inputs, targets, { epochs: 5 })) {
      trainer.network.predict(large.inputs);
      trainer.evaluate(large.inputs, large.targets);
      trainer.gradients(large.inputs, large.targets);
    }
    expect([...twin.epochs(inputs, targets, { epochs: 5 })]).toHaveLength(5);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });
});

describe("a training whose loss throws", () => {
  /** The squared error, which throws at its `last`-th batch. */
  function lossThrowingAt(last: number) {
    let calls = 0;
    return customLoss("squares", (outputs, targets, gradients) => {
      if (++calls === last) throw new Error("lost");
      let sum = 0;
      for (const [index, output] of outputs.entries()) {
        const error = output - targets[index];
        gradients[index] = 2 * error;
        sum += error * error;
      }
      return sum;
    });
  }

  // Four batches an epoch, and one.
  it.each([
    [4, 10, 3],
    [4, 12, 3],
    [4, 13, 4],
    [13, 10, 10],
  ])(
    "in batches of %i rows, at batch %i, resumes there, in epoch %i, as if it had not",
    async (batchSize, last, epoch) => {
      const data = regression(13);
      const learningRate = exponentialDecay({ initial: 0.01, factor: 0.9, per: "epoch" });
      const make = (at: number) =>
        smallTrainer({ loss: lossThrowingAt(at), batchSize, optimizer: sgd({ learningRate }) });
      const [trainer, twin] = [make(last), make(0)];
      await expect(trainer.fit(data.inputs, data.targets, { epochs: 12 })).rejects.toThrow("lost");
      const rest = await trainer.fit(data.inputs, data.targets, { epochs: 12 });
      const whole = await twin.fit(data.inputs, data.targets, { epochs: 12 });
      expect(rest.epoch[0]).toBe(epoch);
      for (const name of ["epoch", "loss", "learningRate"] as const)
        expect(rest[name]).toEqual(whole[name].slice(epoch - 1));
      expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    },
  );
});

describe("the state of a training", () => {
  const data = regression(6);
  const phaseOf = (bytes: Uint8Array) => JSON.parse(decode(bytes).metadata.trainer).training.phase;

  it("has the phase: within an epoch, before its record, behind it, stopped", async () => {
    const trainer = smallTrainer({ batchSize: 3 });
    const seen: string[] = [];
    const see = () => seen.push(phaseOf(trainer.toBytes()));
    const callback: Callback = {
      onBatch: see,
      onEpoch: ({ epoch }, training) => {
        see();
        if (epoch === 2) training.stop();
        see();
      },
    };
    await trainer.fit(data.inputs, data.targets, { epochs: 3, callbacks: [callback] });
    const epoch = ["batches", "record", "between epochs"];
    expect(seen).toEqual([...epoch, "between epochs", ...epoch, "stopped"]);
  });

  it("stopped within an epoch stays so when it is resumed, with more epochs, too", async () => {
    const trainer = smallTrainer({ batchSize: 3 });
    let bytes = new Uint8Array();
    const callback: Callback = {
      onBatch: (_, training) => {
        training.stop();
        bytes = training.toBytes();
      },
    };
    await trainer.fit(data.inputs, data.targets, { epochs: 1, callbacks: [callback] });
    for (const epochs of [1, 2]) {
      const calls: string[] = [];
      const spy: Callback = { onBatch: () => calls.push("batch"), onEnd: () => calls.push("end") };
      const resumed = Trainer.fromBytes(bytes);
      expect((await resumed.fit(data.inputs, data.targets, { epochs, callbacks: [spy] })).epoch).toEqual([]);
      expect(calls).toEqual(["end"]);
      expect([...Trainer.fromBytes(bytes).epochs(data.inputs, data.targets, { epochs })]).toEqual([]);
      expect(parameterBits(resumed.network)).toBe(parameterBits(trainer.network));
    }
  });
});
