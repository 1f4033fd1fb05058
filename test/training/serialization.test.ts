import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  adamW,
  checkpoint,
  earlyStopping,
  type FitOptions,
  Network,
  nadam,
  type Optimizer,
  pcg32,
  reduceOnPlateau,
  rmsprop,
  sgd,
  Trainer,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { parameterBits, regression, smallTrainer } from "./problem.ts";
import { bitsOf, examples, fitOptions, makeTrainer } from "./resume.ts";

const { inputs, targets } = examples;

/** The training without a stop: its parameters' bits after each batch, and at its end. */
async function unstopped() {
  const trainer = makeTrainer();
  const after: string[] = [];
  const history = await trainer.fit(
    inputs,
    targets,
    fitOptions({ onBatch: () => after.push(bitsOf(trainer.network)) }),
  );
  return { after, end: bitsOf(trainer.network), history };
}

describe("a training with dropout, Adam, a cosine schedule, weights, shuffling and early stopping", async () => {
  const whole = await unstopped();
  const batches = whole.after.length;

  test("ends early, so that what early stopping remembers is needed, and brings back the best", () => {
    expect(whole.history.epoch.length).toBeGreaterThan(6);
    expect(whole.history.epoch.length).toBeLessThan(40);
    expect(whole.after).not.toContain(whole.end.slice(0, 10));
    expect(whole.end).not.toBe(whole.after.at(-1));
  });

  // Seven batches an epoch: beginnings, middles and ends of epochs.
  test.each([1, 3, 6, 7, 8, 14, 20, 33])(
    "stopped after batch %i, written and read goes on to the same bits",
    async (last) => {
      expect(last).toBeLessThan(batches);
      const trainer = makeTrainer();
      const controller = new AbortController();
      let count = 0;
      const onBatch = () => ++count === last && controller.abort();
      const first = await trainer.fit(inputs, targets, fitOptions({ onBatch, signal: controller.signal }));
      expect(bitsOf(trainer.network)).toBe(whole.after[last - 1]);
      const resumed = Trainer.fromBytes(trainer.toBytes());
      const after: string[] = [];
      const rest = await resumed.fit(
        inputs,
        targets,
        fitOptions({ onBatch: () => after.push(bitsOf(resumed.network)) }),
      );
      expect(after).toEqual(whole.after.slice(last));
      expect(bitsOf(resumed.network)).toBe(whole.end);
      for (const name of ["epoch", "loss", "learningRate"] as const) {
        expect([...first[name], ...rest[name]]).toEqual(whole.history[name]);
      }
      for (const name of ["accuracy", "f1"] as const) {
        expect([...(first.metrics[name] ?? []), ...rest.metrics[name]!]).toEqual(whole.history.metrics[name]);
      }
    },
  );

  test("goes on from what a checkpoint callback was given, too, in the same bits", async () => {
    const trainer = makeTrainer();
    const saved: Uint8Array[] = [];
    const keep = checkpoint((bytes) => saved.push(bytes));
    const { callbacks = [] } = fitOptions();
    await trainer.fit(inputs, targets, fitOptions({ callbacks: [...callbacks, keep] }));
    expect(saved.length).toBe(whole.history.epoch.length);
    const resumed = Trainer.fromBytes(saved[2]);
    const rest = await resumed.fit(inputs, targets, fitOptions());
    expect(rest.epoch[0]).toBe(4);
    expect(bitsOf(resumed.network)).toBe(whole.end);
    expect(bitsOf(Network.fromBytes(saved[2]))).toBe(whole.after[20]);
  });

  test("reading changes nothing: the same bytes are written again", async () => {
    const trainer = makeTrainer();
    const controller = new AbortController();
    let count = 0;
    await trainer.fit(
      inputs,
      targets,
      fitOptions({ onBatch: () => ++count === 12 && controller.abort(), signal: controller.signal }),
    );
    const bytes = trainer.toBytes();
    expect(Trainer.fromBytes(bytes).toBytes()).toEqual(bytes);
  });
});

describe("a trainer between trainings, written and read", () => {
  const data = regression(20);
  const optimizers: [string, Optimizer][] = [
    ["sgd without a memory", sgd({ learningRate: 0.1 })],
    ["momentum", sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
    ["nadam, whose momenta depend on the step", nadam()],
    ["centered rmsprop with momentum", rmsprop({ centered: true, momentum: 0.5 })],
    ["adamW on a plateau", adamW({ learningRate: reduceOnPlateau({ initial: 0.1, patience: 0 }) })],
  ];

  test.each(optimizers)("goes on to the same bits: %s", (_, optimizer) => {
    const trainer = smallTrainer({ optimizer, batchSize: 6, seed: pcg32(4) });
    const train = (each: Trainer) => {
      for (const __ of each.epochs(data.inputs, data.targets, { epochs: 5 }));
      each.step(data.inputs, data.targets);
    };
    train(trainer);
    const copy = Trainer.fromBytes(trainer.toBytes());
    expect(parameterBits(copy.network)).toBe(parameterBits(trainer.network));
    for (const each of [trainer, copy]) train(each);
    expect(parameterBits(copy.network)).toBe(parameterBits(trainer.network));
  });

  test("while another trainer has its place in memory, too", () => {
    const trainer = smallTrainer();
    trainer.step(data.inputs, data.targets);
    const bytes = trainer.toBytes();
    new Trainer(trainer.network, { loss: "meanSquaredError", optimizer: sgd({ learningRate: 0 }) }).step(
      [[1, 2, 3]],
      [[1, 2]],
    );
    expect(trainer.toBytes()).toEqual(bytes);
  });

  test("within epochs that are being drawn: the next ones are the same", () => {
    const [trainer, twin] = [smallTrainer({ batchSize: 6 }), smallTrainer({ batchSize: 6 })];
    const records = [...twin.epochs(data.inputs, data.targets, { epochs: 6 })];
    for (const { epoch } of trainer.epochs(data.inputs, data.targets, { epochs: 6 })) {
      if (epoch < 3) continue;
      const copy = Trainer.fromBytes(trainer.toBytes());
      const rest = [...copy.epochs(data.inputs, data.targets, { epochs: 6 })];
      expect(rest.map(({ loss }) => loss)).toEqual(records.slice(3).map(({ loss }) => loss));
      expect(parameterBits(copy.network)).toBe(parameterBits(twin.network));
      break;
    }
  });
});

describe("fromBytes refuses", () => {
  const trainer = makeTrainer();
  trainer.step(inputs, targets);
  const bytes = trainer.toBytes();

  /** The text's fields, as far as they are changed. */
  interface Fields {
    version: unknown;
    options: Record<string, unknown> & { loss: Record<string, unknown> };
    learner: Record<string, unknown>;
    generator: Record<string, unknown>;
    training: unknown;
  }

  /** The file with another text or other tensors. */
  function changed(change: (json: Fields, tensors: ReturnType<typeof decode>["tensors"]) => void): Uint8Array {
    const { tensors, metadata } = decode(bytes);
    const json = JSON.parse(metadata.trainer);
    change(json, tensors);
    return encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
  }

  test.each<[string, () => Uint8Array, string]>([
    ["a network's file", () => trainer.network.toBytes(), "fromBytes: got a file without a trainer, need one that"],
    [
      "another version",
      () =>
        changed((json) => {
          json.version = 3;
        }),
      "got a trainer of version 3, need version 1 or 2",
    ],
    [
      "a warmup before a warmup, and so on for ten thousand",
      () => {
        const { tensors, metadata } = decode(bytes);
        const warmups = `${'{"kind":"warmup","steps":1,"next":'.repeat(1e4)}{}${"}".repeat(1e4)}`;
        const trainer = metadata.trainer.replace('"learningRate":{', `"learningRate":${warmups},"x":{`);
        return encode(tensors, { ...metadata, trainer });
      },
      "fromBytes: got the trainer of more than 64 levels, need fewer",
    ],
    [
      "an unknown option",
      () =>
        changed(({ options }) => {
          options.los = 1;
        }),
      'trainer option: got "los"',
    ],
    [
      "an unknown loss",
      () =>
        changed(({ options }) => {
          options.loss.name = "x";
        }),
      'trainer: loss: got "x"',
    ],
    [
      "a loss whose name is an object",
      () =>
        changed(({ options }) => {
          options.loss.name = { toString: 1, valueOf: 1 };
        }),
      "trainer: loss: got an object, need one of",
    ],
    [
      "an optimizer's name in a list",
      () =>
        changed(({ options }) => {
          options.optimizer = { name: ["adam"] };
        }),
      "trainer: optimizer: got an array of 1, need one of",
    ],
    [
      "no options",
      () =>
        changed((json) => {
          Object.assign(json, { options: 3 });
        }),
      "fromBytes: got options 3, need an object",
    ],
    [
      "another optimizer",
      () =>
        changed(({ options }) => {
          options.optimizer = { name: "sgd" };
        }),
      "tensors of the optimizer, need 0",
    ],
    [
      "half a step",
      () =>
        changed(({ learner }) => {
          learner.steps = 0.5;
        }),
      "fromBytes: steps: got 0.5, need a whole number",
    ],
    [
      "a strange generator",
      () =>
        changed(({ generator }) => {
          generator.kind = "x";
        }),
      'generator state: kind: got "x"',
    ],
    [
      "a plateau where there is none",
      () =>
        changed(({ learner }) => {
          learner.plateau = { rate: 1 };
        }),
      "need both or neither",
    ],
    [
      "a strange training",
      () =>
        changed((json) => {
          json.training = { kind: "x" };
        }),
      'got a training of kind "x"',
    ],
    [
      "a training without a phase",
      () =>
        changed((json) => {
          json.training = { kind: "time", phase: "ready" };
        }),
      'got a training in phase "ready", need one of between epochs, batches, record, stopped',
    ],
    [
      "a training without a source",
      () =>
        changed((json) => {
          json.training = { kind: "time", phase: "batches", epoch: 1 };
        }),
      "got source undefined, need an object",
    ],
    [
      "a training of version 1 without batches",
      () =>
        changed((json) => {
          const loop = { isDue: true, isRecordDue: false };
          Object.assign(json, { version: 1, training: { kind: "time", isStopped: false, loop } });
        }),
      "got batches undefined, need an object",
    ],
    [
      "a missing moment",
      () =>
        changed((_, tensors) => {
          tensors.splice(
            tensors.findIndex(({ name }) => name.includes("optimizer/0/dense2.bias")),
            1,
          );
        }),
      "got other values for 0/dense2.bias of the optimizer, need 6 numbers of float32",
    ],
    [
      "NaN in a moment",
      () =>
        changed((_, tensors) => {
          tensors.find(({ name }) => name.includes("optimizer/1/dense1.weight"))!.values[3] = Number.NaN;
        }),
      "1/dense1.weight of the optimizer: got NaN at 3, need finite numbers from 0",
    ],
    [
      "a moment too many",
      () =>
        changed((_, tensors) => {
          tensors.push({ name: "trainer/optimizer/7/x", shape: [1], dtype: "float32", values: new Float32Array(1) });
        }),
      "got 11 tensors of the optimizer, need 10".replace("11", "17").replace("10", "16"),
    ],
    [
      "another topology",
      () => {
        const { tensors, metadata } = decode(bytes);
        return encode(tensors, { ...metadata, network: metadata.network.replace('"units":8', '"units":9') });
      },
      "fromBytes: got dense1.weight as float32 [4, 8], need float32 [4, 9]",
    ],
  ])("%s", (_, make, message) => {
    expect(() => Trainer.fromBytes(make())).toThrow(message);
  });

  test("a file cut at every 101st byte, in a sentence", () => {
    for (let length = 0; length < bytes.length; length += 101) {
      expect(() => Trainer.fromBytes(bytes.subarray(0, length)), `${length} bytes`).toThrow(/: got .+, need .+/);
    }
  });

  test("toBytes with a generator whose state cannot be read", () => {
    const { next, normal, integer, shuffle } = {
      next: () => 0,
      normal: () => 0,
      integer: () => 0,
      shuffle: <A>(a: A) => a,
    };
    const odd = smallTrainer({ seed: { next, normal, integer, shuffle } as never });
    expect(() => odd.toBytes()).toThrow("toBytes: got a generator without a state for seed, need a number, pcg32()");
  });
});

test("callbacks of other names than the file's start anew", async () => {
  const [trainer, controller] = [makeTrainer(), new AbortController()];
  const stop: Partial<FitOptions> = { onEpoch: () => controller.abort(), signal: controller.signal };
  await trainer.fit(inputs, targets, fitOptions(stop));
  const seen: string[] = [];
  const spy = { name: "spy", onStart: () => seen.push("start"), state: {} };
  await Trainer.fromBytes(trainer.toBytes()).fit(
    inputs,
    targets,
    fitOptions({ epochs: 2, callbacks: [spy, earlyStopping()] }),
  );
  expect(seen).toEqual(["start"]);
});

test.each(["classes", "outputs"])(
  "a checkpoint of a topology of version 1, %s, resumes to the same bits",
  async (name) => {
    const expected = JSON.parse(readFileSync("test/fixtures/topology-1.json", "utf8"))[name];
    const trainer = Trainer.fromBytes(readFileSync(`test/fixtures/topology-1-${name}.safetensors`));
    const { inputs: rows, targets: wanted, exampleWeights } = expected.examples;
    const { loss, metrics } = await trainer.fit(rows, wanted, { epochs: 4, exampleWeights });
    // Those of several outputs were added before they were divided.
    expectClose(loss, expected.loss, tolerances.golden.float64, "loss");
    expect(metrics).toEqual(expected.metrics);
    const tensors = [...trainer.network.parameters, ...trainer.network.statistics];
    expect(Object.fromEntries(tensors.map((tensor) => [tensor.name, [...tensor.values]]))).toEqual(expected.tensors);
  },
);

describe("a checkpoint of version 1 resumes to the same bits", () => {
  const { examples: data, cases, time } = JSON.parse(readFileSync("test/fixtures/training-1.json", "utf8"));
  const streamed = [0, 4, 8].map((from) => {
    return [data.inputs.slice(from, from + 4), data.targets.slice(from, from + 4)] as const;
  });
  const hashOf = ({ parameters }: Network) => {
    const hash = createHash("sha256");
    for (const { values } of parameters) hash.update(new Uint8Array(values.slice().buffer));
    return hash.digest("hex");
  };
  const callbacks = () => [earlyStopping({ patience: 3 }), checkpoint(() => {})];

  test.each(Object.keys(cases))("%s", async (name) => {
    const { method, fitOptions: given, bytes, bits, epoch, loss, metrics } = cases[name];
    const trainer = Trainer.fromBytes(Buffer.from(bytes, "base64"));
    const options = { ...given, callbacks: callbacks() };
    const rest =
      method === "fit"
        ? await trainer.fit(data.inputs, data.targets, options)
        : await trainer.fitBatches(streamed, options);
    expect(hashOf(trainer.network)).toBe(bits);
    const last = <Value>(values: Value[]) => values.slice(epoch.length - rest.epoch.length);
    expect(rest.epoch).toEqual(last(epoch));
    expect(rest.loss).toEqual(last(loss));
    for (const each of Object.keys(rest.metrics) as "r2"[]) expect(rest.metrics[each]).toEqual(last(metrics[each]));
  });

  test("each has records left, except the one that a callback stopped", async () => {
    for (const [name, { bytes, method, fitOptions: given }] of Object.entries<(typeof cases)[string]>(cases)) {
      const trainer = Trainer.fromBytes(Buffer.from(bytes, "base64"));
      const { epoch } = await (method === "fit"
        ? trainer.fit(data.inputs, data.targets, given)
        : trainer.fitBatches(streamed, given));
      expect(epoch.length > 0, name).toBe(name !== "stopped by a callback");
    }
  });

  test("of a training for a time", async () => {
    const trainer = Trainer.fromBytes(Buffer.from(time.bytes, "base64"));
    expect(hashOf(trainer.network)).toBe(time.bits);
    const { steps, epoch } = await trainer.fitFor(20, data.inputs, data.targets);
    expect(steps).toBeGreaterThan(0);
    expect(epoch).toBe(Math.ceil((time.steps + steps) / 3));
  });
});
