/** Trainings that are stopped at awkward places, and gone on with: records, metrics, callbacks and files must agree. */
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  checkpoint,
  dense,
  earlyStopping,
  type FitOptions,
  Network,
  reduceOnPlateau,
  sgd,
  squaredError,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(12);
const make = (options: Partial<TrainerOptions> = {}) => smallTrainer({ batchSize: 4, ...options });

describe("an epoch that has ended has its record, wherever it was stopped", () => {
  const optimizer = sgd({ learningRate: reduceOnPlateau({ initial: 1.5, patience: 0, factor: 0.5 }) });

  test("a checkpoint of each batch goes on to the same bits, with a rate that watches records", async () => {
    const trainer = make({ optimizer });
    const saved: Uint8Array[] = [];
    await trainer.fit(inputs, targets, { epochs: 6, onBatch: () => saved.push(trainer.toBytes()) });
    for (const [index, bytes] of saved.entries()) {
      const resumed = Trainer.fromBytes(bytes);
      await resumed.fit(inputs, targets, { epochs: 6 });
      expect(parameterBits(resumed.network), `batch ${index + 1}`).toBe(parameterBits(trainer.network));
    }
  });

  test("an error in onBatch of its last batch does not lose it", async () => {
    const trainer = make();
    const seen: number[] = [];
    const onEpoch: FitOptions["onEpoch"] = ({ epoch }) => seen.push(epoch);
    const onBatch: FitOptions["onBatch"] = ({ step }) => {
      if (step === 3) throw new Error("lost");
    };
    await expect(trainer.fit(inputs, targets, { epochs: 3, onEpoch, onBatch })).rejects.toThrow("lost");
    await trainer.fit(inputs, targets, { epochs: 3, onEpoch });
    expect(seen).toEqual([1, 2, 3]);
  });

  test("a stream stopped by a record reports the next epoch alone", async () => {
    const batches = [0, 4, 8].map((from) => [inputs.slice(from, from + 4), targets.slice(from, from + 4)] as const);
    const expected = await make().fitBatches(batches, { epochs: 4 });
    const trainer = make();
    const controller = new AbortController();
    const onEpoch: FitOptions["onEpoch"] = ({ epoch }) => epoch === 2 && controller.abort();
    const first = await trainer.fitBatches(batches, { epochs: 4, onEpoch, signal: controller.signal });
    const rest = await Trainer.fromBytes(trainer.toBytes()).fitBatches(batches, { epochs: 4 });
    expect([...first.loss, ...rest.loss]).toEqual(expected.loss);
  });

  test("metrics of half an epoch are no metrics: another every is refused then", async () => {
    const trainer = make({ metrics: ["meanAbsoluteError"] });
    const controller = new AbortController();
    const onBatch: FitOptions["onBatch"] = ({ step }) => step === 5 && controller.abort();
    await trainer.fit(inputs, targets, { epochs: 5, every: 10, onBatch, signal: controller.signal });
    const another = trainer.fit(inputs, targets, { epochs: 5 });
    await expect(another).rejects.toThrow("trainer: got another every or epochs than the training that it resumes");
    expect((await trainer.fit(inputs, targets, { epochs: 5, every: 10 })).epoch).toEqual([5]);
  });
});

describe("checkpoints", () => {
  const optimizer = sgd({ learningRate: 1.2 });

  test("are made after the other callbacks, in whatever order they stand, and the last one has nothing left to do", async () => {
    const trainer = make({ optimizer, seed: 3 });
    const saved: Uint8Array[] = [];
    const callbacks = () => [checkpoint((bytes) => saved.push(bytes)), earlyStopping({ patience: 2 })];
    const history = await trainer.fit(inputs, targets, { epochs: 100, callbacks: callbacks() });
    expect(history.epoch.length).toBeLessThan(100);
    for (const bytes of [...saved]) {
      const resumed = Trainer.fromBytes(bytes);
      const rest = await resumed.fit(inputs, targets, { epochs: 100, callbacks: callbacks() });
      expect(parameterBits(resumed.network)).toBe(parameterBits(trainer.network));
      expect(rest.epoch.at(-1) ?? history.epoch.at(-1)).toBe(history.epoch.at(-1));
    }
  });

  test("of a training that is done do nothing more, but go on to more epochs", async () => {
    const [trainer, twin] = [make(), make()];
    let last = new Uint8Array();
    const keep = checkpoint((bytes) => {
      last = Uint8Array.from(bytes);
    });
    await trainer.fit(inputs, targets, { epochs: 3, callbacks: [keep] });
    const done = Trainer.fromBytes(last);
    expect((await done.fit(inputs, targets, { epochs: 3 })).epoch).toEqual([]);
    expect(parameterBits(done.network)).toBe(parameterBits(trainer.network));
    const more = Trainer.fromBytes(last);
    expect((await more.fit(inputs, targets, { epochs: 5 })).epoch).toEqual([4, 5]);
    await twin.fit(inputs, targets, { epochs: 5 });
    expect(parameterBits(more.network)).toBe(parameterBits(twin.network));
  });

  test("with an infinite loss first are read again", async () => {
    const trainer = make({ loss: squaredError() });
    const controller = new AbortController();
    const watched = earlyStopping({ patience: 3 });
    watched.onStart?.({ monitors: ["loss"] } as never);
    watched.onEpoch?.({ loss: Number.POSITIVE_INFINITY, metrics: {} } as never, { stop: () => {} } as never);
    expect(watched.state).toEqual({ best: undefined, waited: 1, parameters: undefined });
    controller.abort();
    expect(Trainer.fromBytes(trainer.toBytes()).network.parameterCount).toBe(trainer.network.parameterCount);
  });
});

describe("one training at a time", () => {
  test("epochs within a fit are refused, and the fit is as it would have been", async () => {
    const [trainer, twin] = [make(), make()];
    const refused: string[] = [];
    const onEpoch = () => {
      try {
        for (const _ of trainer.epochs(inputs, targets, { epochs: 1 }));
      } catch (error) {
        refused.push((error as Error).message);
      }
      expect(JSON.parse(decode(trainer.toBytes()).metadata.trainer).training.kind).toBe("epochs");
    };
    await trainer.fit(inputs, targets, { epochs: 2, onEpoch });
    expect(refused[0]).toMatch(/^trainer: got a call while a training is under way/);
    await twin.fit(inputs, targets, { epochs: 2 });
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  test("epochs left alone are in nobody's way, and are refused when they are drawn again", async () => {
    const trainer = make();
    const epochs = trainer.epochs(inputs, targets, { epochs: 3 });
    epochs.next();
    expect((await trainer.fit(inputs, targets, { epochs: 1 })).epoch).toEqual([1]);
    expect(() => epochs.next()).toThrow("epochs: got a draw after another training has begun");
  });

  test("a training that was read is gone on with, or refused: never begun anew without a word", async () => {
    const trainer = make();
    const controller = new AbortController();
    const onBatch: FitOptions["onBatch"] = ({ step }) => step === 7 && controller.abort();
    await trainer.fit(inputs, targets, { epochs: 4, onBatch, signal: controller.signal });
    const resumed = Trainer.fromBytes(trainer.toBytes());
    const need = "need that of the file: by fit or epochs on 12 examples, stopped in epoch 3";
    await expect(resumed.fit(inputs.slice(1), targets.slice(1), { epochs: 4 })).rejects.toThrow(need);
    await expect(resumed.fit(inputs, targets, { epochs: 2 })).rejects.toThrow(need);
    await expect(resumed.fitBatches([[inputs, targets]])).rejects.toThrow(need);
    await expect(resumed.fitFor(5, inputs, targets)).rejects.toThrow(need);
    expect((await resumed.fit(inputs, targets, { epochs: 4 })).epoch).toEqual([3, 4]);
  });
});

describe("a file whose training does not fit the trainer is refused before anything is trained", () => {
  type Json = {
    generator: unknown;
    training: {
      phase: string;
      source: { position: number; order: Record<string, unknown> };
      sums: { metrics: number[][] };
      callbacks: { numbers: object; arrays: string[] }[];
    };
  };
  const stopped = async () => {
    const trainer = make({ metrics: ["r2"] });
    const controller = new AbortController();
    const onBatch: FitOptions["onBatch"] = ({ step }) => step === 5 && controller.abort();
    await trainer.fit(inputs, targets, { epochs: 4, callbacks: [earlyStopping()], onBatch, signal: controller.signal });
    return trainer.toBytes();
  };

  test.each<[string, (json: Json, tensors: ReturnType<typeof decode>["tensors"]) => void, RegExp]>([
    ["no metrics", ({ training }) => training.sums.metrics.splice(0), /for the metric r2, need what it has gathered/],
    ["too long a metric", ({ training }) => training.sums.metrics[0].push(1), /for the metric r2, need/],
    ["half a batch", ({ training }) => Object.assign(training.source, { position: 5 }), /got position 5, need a whole/],
    [
      "a text for a number",
      ({ training }) => Object.assign(training.callbacks[0].numbers, { best: "x" }),
      /"best" of callback 0: got "x"/,
    ],
    [
      "other parameters",
      (_, tensors) =>
        Object.assign(tensors.find(({ name }) => name.endsWith("/parameters"))!, {
          shape: [2],
          values: new Float64Array(2),
        }),
      /earlyStopping: got other parameters/,
    ],
  ])("%s", async (_, change, message) => {
    const { tensors, metadata } = decode(await stopped());
    const json = JSON.parse(metadata.trainer);
    change(json, tensors);
    const bytes = encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
    const goOn = async () => {
      const trainer = Trainer.fromBytes(bytes);
      const before = parameterBits(trainer.network);
      try {
        await trainer.fit(inputs, targets, { epochs: 4, callbacks: [earlyStopping()] });
      } finally {
        expect(parameterBits(trainer.network)).toBe(before);
      }
    };
    await expect(goOn()).rejects.toThrow(message);
  });

  const changedFile = async (change: (json: Json) => void) => {
    const { tensors, metadata } = decode(await stopped());
    const json = JSON.parse(metadata.trainer);
    change(json);
    return encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
  };

  test.each<[string, (json: Json) => void, RegExp]>([
    [
      "batches of another size than the options have",
      ({ training }) => Object.assign(training.source.order, { batchSize: 1 }),
      /got batches of 1 of 12 rows, need 4, as the options say/,
    ],
    [
      "no order",
      ({ training }) => Object.assign(training.source.order, { generator: null }),
      /got the generator undefined of an epoch, need "pcg32"/,
    ],
    [
      "an order of another generator",
      ({ training }) => Object.assign(training.source.order, { generator: { kind: "mt19937" } }),
      /got the generator "mt19937" of an epoch, need "pcg32"/,
    ],
    [
      "an order of no words",
      ({ training }) => Object.assign(training.source.order, { generator: { kind: "pcg32" } }),
      /pcg32 state: got words undefined, need/,
    ],
    ["no generator", (json) => Object.assign(json, { generator: false }), /got generator false, need one if examples/],
    ["a generator that is a text", (json) => Object.assign(json, { generator: "x" }), /got generator "x", need one if/],
    [
      "a metric that is a number",
      ({ training }) => Object.assign(training.sums, { metrics: [5] }),
      /got a metric's numbers 5, need an array/,
    ],
    [
      "a callback without a name, which would be that of any object",
      ({ training }) => Object.assign(training.callbacks[0], { name: undefined }),
      /got name undefined of callback 0, need a text/,
    ],
    [
      "a callback's array whose name is a list",
      ({ training }) => Object.assign(training.callbacks[0], { arrays: [["parameters"]] }),
      /got a file without an array of 1 of callback 0, need it/,
    ],
    [
      "no rows",
      ({ training }) => Object.assign(training.source.order, { rows: 0 }),
      /rows: got 0, need a whole number from 1/,
    ],
  ])("when it is read: %s", async (_, change, message) => {
    const bytes = await changedFile(change);
    expect(() => Trainer.fromBytes(bytes)).toThrow(message);
  });

  test("what else the file says of a training is not written again", async () => {
    const bytes = await changedFile(({ training }) => Object.assign(training, { more: [[[1]]] }));
    expect(Trainer.fromBytes(bytes).toBytes()).toEqual(await stopped());
  });

  test("a callback's number named __proto__ is a number like others", async () => {
    const numbers = JSON.parse('{"__proto__":1}');
    const bytes = await changedFile(({ training }) =>
      Object.assign(training.callbacks[0], { name: "spy", numbers, arrays: [] }),
    );
    const spy = { name: "spy", state: {} };
    await Trainer.fromBytes(bytes).fit(inputs, targets, { epochs: 4, callbacks: [spy] });
    expect(Object.entries(spy.state)).toEqual([["__proto__", 1]]);
  });

  test("a stream that has taken more batches than the trainer has made steps", async () => {
    const trainer = make();
    const controller = new AbortController();
    const batch = { inputs, targets };
    const onBatch = () => controller.abort();
    await trainer.fitBatches([batch, batch], { onBatch, signal: controller.signal });
    const { tensors, metadata } = decode(trainer.toBytes());
    const text = metadata.trainer.replace('"position":1', '"position":2');
    expect(() => Trainer.fromBytes(encode(tensors, { ...metadata, trainer: text }))).toThrow(
      "fromBytes: position: got 2, need a whole number from 0 to 1",
    );
  });

  test("a name that a trainer's tensors have is refused for a layer", () => {
    expect(() => dense(1, { name: "trainer/a" })).toThrow('need one that does not begin with "trainer/"');
  });
});

test("evaluate adds the penalty once, whatever the number of rows", () => {
  const network = new Network({ inputs: 2, layers: [dense(1)], dtype: "float64" });
  const trainer = new Trainer(network, { loss: squaredError(), l2: 1 });
  const lossOf = (rows: number) => {
    const zeros = Array.from({ length: rows }, () => [0, 0]);
    return trainer.evaluate(
      zeros,
      zeros.map(() => 0),
    ).loss;
  };
  expect([lossOf(129), lossOf(300)]).toEqual([lossOf(1), lossOf(1)]);
});

test("frozen layers of every kind go through a file; maxNorm leaves frozen weights alone", () => {
  const trainer = make();
  for (const layer of trainer.network.layers) layer.trainable = false;
  expect(Network.fromBytes(trainer.network.toBytes()).layers.map(({ trainable }) => trainable)).toEqual([false, false]);
  const layers = [dense(3, { maxNorm: 0.01, trainable: false }), dense(2)];
  const network = new Network({ inputs: 3, layers });
  const before = Array.from(network.parameters[0].values);
  new Trainer(network, { loss: "meanSquaredError" }).step(inputs, targets);
  expect(Array.from(network.parameters[0].values)).toEqual(before);
});
