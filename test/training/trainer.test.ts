import { describe, expect, it } from "vitest";
import {
  adam,
  type BatchRecord,
  dense,
  type EpochRecord,
  type FitOptions,
  mt19937,
  Network,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { expectRefusal, parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(7);
const loss = "meanSquaredError";
const largest = Number.MAX_SAFE_INTEGER;

describe("fit", () => {
  it("trains as epochs does, to the bit, and its history is the columns of the records", async () => {
    const options = { batchSize: 2, metrics: ["r2", "meanAbsoluteError"] } as const;
    const [fitted, drawn] = [smallTrainer(options), smallTrainer(options)];
    const validation = regression(4);
    const history = await fitted.fit(inputs, targets, { epochs: 8, every: 3, validation });
    const records = [...drawn.epochs(inputs, targets, { epochs: 8, every: 3, validation })];
    expect(parameterBits(fitted.network)).toBe(parameterBits(drawn.network));
    expect(history).toEqual({
      epoch: [1, 4, 7, 8],
      loss: records.map((record) => record.loss),
      learningRate: [0.01, 0.01, 0.01, 0.01],
      metrics: {
        r2: records.map(({ metrics }) => metrics.r2),
        meanAbsoluteError: records.map(({ metrics }) => metrics.meanAbsoluteError),
      },
      validation: {
        loss: records.map((record) => record.validation!.loss),
        r2: records.map((record) => record.validation!.r2),
        meanAbsoluteError: records.map((record) => record.validation!.meanAbsoluteError),
      },
    });
  });

  it("gives onEpoch each record, which is what epochs yields", async () => {
    const found: EpochRecord[] = [];
    const options = { epochs: 5, every: 2 };
    await smallTrainer({ batchSize: 2 }).fit(inputs, targets, { ...options, onEpoch: (record) => found.push(record) });
    const records = [...smallTrainer({ batchSize: 2 }).epochs(inputs, targets, options)];
    const timeless = (record: EpochRecord) => ({ ...record, seconds: 0 });
    expect(found.map(timeless)).toEqual(records.map(timeless));
  });

  it("gives onBatch every batch, whatever `every` is: epoch, step, loss before its update, learningRate", async () => {
    const found: BatchRecord[] = [];
    const trainer = smallTrainer({ batchSize: 3, shuffle: false });
    await trainer.fit(inputs, targets, { epochs: 3, every: 5, onBatch: (record) => found.push(record) });
    const byHand = smallTrainer();
    const expected = [1, 2, 3].flatMap((epoch) =>
      [0, 3, 6].map((from, batch) => ({
        epoch,
        step: 3 * (epoch - 1) + batch + 1,
        loss: byHand.step(inputs.slice(from, from + 3), targets.slice(from, from + 3)),
        learningRate: 0.01,
      })),
    );
    expect(found).toEqual(expected);
  });

  it("resolves to empty lists, having changed nothing, when its signal is aborted beforehand", async () => {
    const trainer = smallTrainer();
    const before = parameterBits(trainer.network);
    const history = await trainer.fit(inputs, targets, { epochs: 3, signal: AbortSignal.abort() });
    expect(history).toEqual({ epoch: [], loss: [], learningRate: [], metrics: {}, validation: {} });
    expect(parameterBits(trainer.network)).toBe(before);
  });

  it.each([1, 5, 6, 8])(
    "stops after batch %i with its update made and the records so far, and goes on there",
    async (last) => {
      const options = { batchSize: 3 };
      const [trainer, unstopped] = [smallTrainer(options), smallTrainer(options)];
      const controller = new AbortController();
      let batches = 0;
      const history = await trainer.fit(inputs, targets, {
        epochs: 4,
        onBatch: () => ++batches === last && controller.abort(),
        signal: controller.signal,
      });
      expect(batches).toBe(last);
      expect(history.epoch).toEqual([1, 2].slice(0, Math.floor(last / 3)));
      const rest = await trainer.fit(inputs, targets, { epochs: 4 });
      const whole = await unstopped.fit(inputs, targets, { epochs: 4 });
      expect([...history.epoch, ...rest.epoch]).toEqual(whole.epoch);
      expect([...history.loss, ...rest.loss]).toEqual(whole.loss);
      expect(parameterBits(trainer.network)).toBe(parameterBits(unstopped.network));
    },
  );

  it("begins anew where it had come to its end, where it had more epochs than are wanted, and on more examples", async () => {
    const trainer = smallTrainer({ batchSize: 3 });
    const stopAfter = async (batches: number) => {
      const controller = new AbortController();
      const onBatch = () => --batches === 0 && controller.abort();
      await trainer.fit(inputs, targets, { epochs: 4, onBatch, signal: controller.signal });
    };
    await trainer.fit(inputs, targets, { epochs: 2 });
    expect((await trainer.fit(inputs, targets, { epochs: 2 })).epoch).toEqual([1, 2]);
    await stopAfter(8);
    expect((await trainer.fit(inputs, targets, { epochs: 2 })).epoch).toEqual([1, 2]);
    await stopAfter(8);
    expect((await trainer.fit(inputs.slice(1), targets.slice(1), { epochs: 4 })).epoch).toEqual([1, 2, 3, 4]);
    for (const _ of trainer.epochs(inputs, targets, { epochs: 4 })) break;
    expect((await trainer.fit(inputs, targets, { epochs: 4 })).epoch).toEqual([1, 2, 3, 4]);
  });

  it("refuses a second training while one is under way, which is not disturbed", async () => {
    const [trainer, twin] = [smallTrainer({ batchSize: 1 }), smallTrainer({ batchSize: 1 })];
    const first = trainer.fit(inputs, targets, { epochs: 500 });
    await expect(trainer.fit(inputs, targets, { epochs: 1 })).rejects.toThrow("a training is under way");
    await first;
    await twin.fit(inputs, targets, { epochs: 500 });
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  it("stops when it is aborted from outside, between two batches", async () => {
    const controller = new AbortController();
    const trainer = smallTrainer({ batchSize: 1 });
    setTimeout(() => controller.abort(), 50);
    let steps = 0;
    await trainer.fit(inputs, targets, {
      epochs: largest,
      every: largest,
      signal: controller.signal,
      onBatch: () => steps++,
    });
    expect(steps).toBeGreaterThan(0);
    expect(trainer.step(inputs, targets)).toBeGreaterThan(0);
    const [{ step }] = trainer.epochs(inputs.slice(1), targets.slice(1), { epochs: 1 });
    expect(step).toBe(steps + 7);
  });

  it("awaits what callbacks return, and rejects with what their promises reject with", async () => {
    const trainer = smallTrainer({ batchSize: 7 });
    const order: string[] = [];
    const wait = (name: string) => async () => {
      await Promise.resolve();
      order.push(name);
    };
    await trainer.fit(inputs, targets, { epochs: 2, onBatch: wait("batch"), onEpoch: wait("epoch") });
    expect(order).toEqual(["batch", "epoch", "batch", "epoch"]);
    const onEpoch = () => Promise.reject(new Error("full disk"));
    await expect(trainer.fit(inputs, targets, { epochs: 2, onEpoch })).rejects.toThrow("full disk");
  });

  it("rejects with what a callback throws, and training can go on", async () => {
    const trainer = smallTrainer({ batchSize: 3 });
    const onEpoch = () => {
      throw new Error("enough");
    };
    await expect(trainer.fit(inputs, targets, { epochs: 5, onEpoch })).rejects.toThrow("enough");
    expect([...trainer.epochs(inputs, targets, { epochs: 1 })][0].step).toBe(6);
  });

  it("lets a network predict and a second trainer step in between, in float32 and float64", async () => {
    for (const dtype of ["float32", "float64"] as const) {
      const [trainer, alone] = [smallTrainer({ batchSize: 2 }, 2, dtype), smallTrainer({ batchSize: 2 }, 2, dtype)];
      const guest = new Trainer(trainer.network, { loss, optimizer: { ...smallGuest, learningRate: 0 } });
      const large = regression(200);
      const onBatch = () => {
        trainer.network.predict(large.inputs);
        guest.step(large.inputs, large.targets);
      };
      const [history, expected] = await Promise.all([
        trainer.fit(inputs, targets, { epochs: 3, onBatch }),
        alone.fit(inputs, targets, { epochs: 3 }),
      ]);
      expect(history).toEqual(expected);
      expect(parameterBits(trainer.network)).toBe(parameterBits(alone.network));
    }
  });
});

const smallGuest = { name: "sgd", learningRate: 0, momentum: 0.5, nesterov: false, weightDecay: 0 } as const;

describe("a trainer is not made, and nothing has changed,", () => {
  const network = "need a Network";
  const batchSize = "need a whole number from 1 to 2147483647";
  const names =
    "loss, lossWeights, optimizer, batchSize, lastBatch, shuffle, seed, metrics, classWeights, missingTargets, signedWeights, threads, l1, l2, clipNorm, clipValue, validate";
  const refused: [string, Partial<Record<keyof TrainerOptions, unknown>> | undefined, Error][] = [
    ["with a batchSize of 0", { batchSize: 0 }, new RangeError(`trainer: batchSize: got 0, ${batchSize}`)],
    ["with a batchSize of 1.5", { batchSize: 1.5 }, new RangeError(`trainer: batchSize: got 1.5, ${batchSize}`)],
    ["with a batchSize of -1", { batchSize: -1 }, new RangeError(`trainer: batchSize: got -1, ${batchSize}`)],
    ["with a batchSize of NaN", { batchSize: Number.NaN }, new RangeError(`trainer: batchSize: got NaN, ${batchSize}`)],
    ["with a batchSize of null", { batchSize: null }, new RangeError(`trainer: batchSize: got null, ${batchSize}`)],
    ['with a batchSize of "ful"', { batchSize: "ful" }, new RangeError(`trainer: batchSize: got "ful", ${batchSize}`)],
    ["with shuffle of 1", { shuffle: 1 }, new TypeError("trainer: got shuffle 1, need true or false")],
    ['with validate of "no"', { validate: "no" }, new TypeError('trainer: got validate "no", need true or false')],
    ["with a seed of -1", { seed: -1 }, new RangeError(`pcg32 seed: got -1, need a whole number from 0 to ${largest}`)],
    [
      "with a seed of 0.5",
      { seed: 0.5 },
      new RangeError(`pcg32 seed: got 0.5, need a whole number from 0 to ${largest}`),
    ],
    [
      "with a misspelt option",
      { batchsize: 3 } as never,
      new RangeError(`trainer option: got "batchsize", need one of ${names}; did you mean "batchSize"?`),
    ],
  ];
  it.each(refused)("%s", async (_, options, error) => {
    await expectRefusal((trainer) => new Trainer(trainer.network, { loss, ...options } as TrainerOptions), error);
  });

  it("without options, or with something else for them", () => {
    const made = smallTrainer();
    const attempt = (options: unknown) => () => new Trainer(made.network, options as TrainerOptions);
    expect(attempt(undefined)).toThrow(/^trainer: loss: got undefined, need one of squaredError, meanSquaredError/);
    expect(attempt(null)).toThrow(new TypeError("trainer: got null, need an object of options"));
    expect(attempt("mse")).toThrow(new TypeError('trainer: got "mse", need an object of options'));
    expect(attempt([loss])).toThrow(new TypeError("trainer: got an array of 1, need an object of options"));
  });

  it("of what is no Network", () => {
    const like = { ...smallTrainer().network };
    for (const [thing, got] of [
      [undefined, "undefined"],
      [null, "null"],
      [like, "an object"],
      [Network, "a function"],
    ]) {
      const error = new TypeError(`trainer: got ${got}, ${network}`);
      expect(() => new Trainer(thing as Network, { loss })).toThrow(error);
    }
  });
});

describe.each(["epochs", "fit"] as const)("%s refuses at once, and nothing has changed,", (who) => {
  const act = (options: unknown) => (trainer: Trainer) => trainer[who](inputs, targets, options as FitOptions);
  const whole = `need a whole number from 1 to ${largest}`;
  const names = "epochs, every, validation, exampleWeights, lengths";
  const known = who === "fit" ? `${names}, validationSplit, callbacks, onEpoch, onBatch, signal` : names;
  const refused: [string, unknown, Error][] = [
    ["epochs of 0", { epochs: 0 }, new RangeError(`${who}: epochs: got 0, ${whole}`)],
    ["epochs of 1.5", { epochs: 1.5 }, new RangeError(`${who}: epochs: got 1.5, ${whole}`)],
    ["epochs of -1", { epochs: -1 }, new RangeError(`${who}: epochs: got -1, ${whole}`)],
    ["epochs of Infinity", { epochs: 1 / 0 }, new RangeError(`${who}: epochs: got Infinity, ${whole}`)],
    ["epochs as a string", { epochs: "3" }, new RangeError(`${who}: epochs: got "3", ${whole}`)],
    ["no epochs", {}, new RangeError(`${who}: epochs: got undefined, ${whole}`)],
    ["no options", undefined, new RangeError(`${who}: epochs: got undefined, ${whole}`)],
    ["a number for options", 3, new TypeError(`${who}: got 3, need an object of options`)],
    ["null for options", null, new TypeError(`${who}: got null, need an object of options`)],
    ["every of 0", { epochs: 1, every: 0 }, new RangeError(`${who}: every: got 0, ${whole}`)],
    ["every of 0.5", { epochs: 1, every: 0.5 }, new RangeError(`${who}: every: got 0.5, ${whole}`)],
    ["every of null", { epochs: 1, every: null }, new RangeError(`${who}: every: got null, ${whole}`)],
    [
      "a misspelt option",
      { epoch: 1 },
      new RangeError(`${who} option: got "epoch", need one of ${known}; did you mean "epochs"?`),
    ],
  ];
  it.each(refused)("%s", async (_, options, error) => expectRefusal(act(options), error));
});

describe("fit refuses, and nothing has changed,", () => {
  const refused: [string, object, Error][] = [
    ["an onEpoch of true", { onEpoch: true }, new TypeError("fit: got onEpoch true, need a function")],
    ["an onBatch of null", { onBatch: null }, new TypeError("fit: got onBatch null, need a function")],
    ["a signal of null", { signal: null }, new TypeError("fit: got signal null, need an AbortSignal")],
    [
      "the controller for the signal",
      { signal: new AbortController() },
      new TypeError("fit: got signal an object, need an AbortSignal"),
    ],
  ];
  it.each(refused)("%s", async (_, options, error) => {
    await expectRefusal((trainer) => trainer.fit(inputs, targets, { epochs: 1, ...options }), error);
  });
});

describe("more rows than the memory can hold", () => {
  it("are refused by step, epochs and fit, and nothing has changed", async () => {
    const rows = new Float32Array(60_000);
    const make = () => {
      const generator = mt19937(1);
      const network = new Network({ inputs: 1, layers: [dense(20_000), dense(1)] });
      const trainer = new Trainer(network, { loss, batchSize: 59_999, seed: generator });
      trainer.step([[1], [2]], [[1], [2]]);
      return { trainer, network, generator };
    };
    const [asked, twin] = [make(), make()];
    const message =
      /^memory: got a request for \d+ bytes in all, need no more than WebAssembly can give here: fewer rows at a time/;
    expect(() => asked.trainer.step(rows, rows)).toThrow(message);
    expect(() => [...asked.trainer.epochs(rows, rows, { epochs: 1 })]).toThrow(message);
    await expect(asked.trainer.fit(rows, rows, { epochs: 1 })).rejects.toThrow(message);
    expect(asked.generator.state).toEqual(twin.generator.state);
    for (const { trainer } of [asked, twin]) trainer.step([[1], [2]], [[1], [2]]);
    expect(parameterBits(asked.network)).toBe(parameterBits(twin.network));
  });
});

describe("a view of the network's own memory as inputs", () => {
  it("trains as a copy of it does, though another trainer's blocks take its place", () => {
    const make = () => {
      const network = new Network({ inputs: 2, layers: [dense(3), dense(1)], seed: 4 });
      const trainers = [1, 2].map(() => new Trainer(network, { loss, optimizer: adam() }));
      const view = network.input(2);
      view.set([1, 2, 3, 4]);
      return { trainer: trainers[0], view };
    };
    const { trainer, view } = make();
    const other = make();
    expect(trainer.gradients(view, [[1], [2]])).toBe(
      other.trainer.gradients(
        [
          [1, 2],
          [3, 4],
        ],
        [[1], [2]],
      ),
    );
    expect(parameterBits(trainer.network)).toBe(parameterBits(other.trainer.network));
  });
});
