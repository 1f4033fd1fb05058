import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  type BatchSource,
  checkpoint,
  dense,
  earlyStopping,
  Network,
  reduceOnPlateau,
  sgd,
  Trainer,
} from "../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(10);
const batchAt = (from: number) => ({ inputs: inputs.slice(from, from + 4), targets: targets.slice(from, from + 4) });
const batches = [batchAt(0), batchAt(4), batchAt(8)];

async function* slowly(): AsyncGenerator<(typeof batches)[number]> {
  for (const batch of batches) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield batch;
  }
}

describe("fitBatches", () => {
  test.each<[string, () => BatchSource]>([
    ["an array", () => batches],
    ["pairs", () => batches.map((batch) => [batch.inputs, batch.targets] as const)],
    ["a function of the epoch that gives arrays", () => () => batches],
    ["a function of the epoch that gives asynchronous generators", () => slowly],
  ])("trains as fit does over the same batches in order: %s", async (_, source) => {
    const [streamed, whole] = [0, 1].map(() =>
      smallTrainer({ batchSize: 4, shuffle: false, metrics: ["meanAbsoluteError"] }),
    );
    const validation = { inputs, targets };
    const history = await streamed.fitBatches(source(), { epochs: 3, validation });
    const expected = await whole.fit(inputs, targets, { epochs: 3, validation });
    expect(parameterBits(streamed.network)).toBe(parameterBits(whole.network));
    expect({ ...history, metrics: 0 }).toEqual({ ...expected, metrics: 0 });
    expect(history.metrics.meanAbsoluteError[2]).toBeCloseTo(expected.metrics.meanAbsoluteError[2], 12);
  });

  test("calls callbacks as fit does, which may stop it, and lets go of the source then", async () => {
    let isClosed = false;
    function* endless() {
      try {
        while (true) yield batches[0];
      } finally {
        isClosed = true;
      }
    }
    const steps: number[] = [];
    const trainer = smallTrainer();
    const stop = { onBatch: ({ step }: { step: number }, training: { stop(): void }) => step === 5 && training.stop() };
    await trainer.fitBatches(endless(), { callbacks: [stop], onBatch: ({ step }) => steps.push(step) });
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(isClosed).toBe(true);
  });

  test("stopped behind the last batch of an epoch and read from a file, makes its record, once, and goes on", async () => {
    const optimizer = sgd({ learningRate: reduceOnPlateau({ initial: 0.5, patience: 0, factor: 0.5 }) });
    const make = () => smallTrainer({ optimizer, metrics: ["r2"] });
    const twin = make();
    const whole = await twin.fitBatches(() => batches, { epochs: 4 });
    const trainer = make();
    const controller = new AbortController();
    const onBatch = ({ step }: { step: number }) => step === 6 && controller.abort();
    const first = await trainer.fitBatches(() => batches, { epochs: 4, onBatch, signal: controller.signal });
    expect(first.epoch).toEqual([1]);
    const resumed = Trainer.fromBytes(trainer.toBytes());
    const saved: Uint8Array[] = [];
    const keep = checkpoint((bytes) => saved.push(bytes));
    const rest = await resumed.fitBatches(() => batches, { epochs: 4, callbacks: [keep] });
    expect(rest.epoch).toEqual([2, 3, 4]);
    expect([...first.metrics.r2, ...rest.metrics.r2!]).toEqual(whole.metrics.r2);
    for (const bytes of saved) {
      const again = Trainer.fromBytes(bytes);
      await again.fitBatches(() => batches, { epochs: 4 });
      expect(parameterBits(again.network)).toBe(parameterBits(twin.network));
      expect(again.toBytes()).toEqual(resumed.toBytes());
    }
  });

  describe("passes over what a file says was taken, however much that is,", () => {
    /** A trainer whose training has taken 2 000 000 000 batches of its epoch. */
    async function farAlong(): Promise<Trainer> {
      const trainer = smallTrainer();
      const controller = new AbortController();
      await trainer.fitBatches(batches, { onBatch: () => controller.abort(), signal: controller.signal });
      const { tensors, metadata } = decode(trainer.toBytes());
      const text = metadata.trainer
        .replace('"position":1', '"position":2000000000')
        .replace('"steps":1', '"steps":2000000000');
      return Trainer.fromBytes(encode(tensors, { ...metadata, trainer: text }));
    }

    test("and gives way to the event loop meanwhile", async () => {
      const resumed = await farAlong();
      let isOver = false;
      setTimeout(() => {
        isOver = true;
      }, 20);
      function* endless() {
        while (!isOver) yield batches[0];
      }
      await expect(resumed.fitBatches(endless())).rejects.toThrow(
        /^fitBatches: got \d+ batches in epoch 1, need at least 2000000000/,
      );
    });

    test("until its signal stops it, at the next batch: it may be gone on with from where it stood", async () => {
      const resumed = await farAlong();
      const bytes = resumed.toBytes();
      const controller = new AbortController();
      let [passed, isClosed] = [0, false];
      function* endless() {
        try {
          while (true) {
            if (++passed === 1000) controller.abort();
            yield batches[0];
          }
        } finally {
          isClosed = true;
        }
      }
      const history = await resumed.fitBatches(endless(), { signal: controller.signal });
      expect([history.epoch, passed, isClosed]).toEqual([[], 1000, true]);
      expect(resumed.toBytes()).toEqual(bytes);
    });
  });

  test("does early stopping over epochs", async () => {
    const trainer = smallTrainer();
    const history = await trainer.fitBatches(batches, {
      epochs: 400,
      callbacks: [earlyStopping({ patience: 2, minDelta: 0.02 })],
    });
    expect(history.epoch.length).toBeLessThan(400);
  });

  test("stopped by a signal and read from a file, passes over what it had taken: the same bits", async () => {
    const [trainer, whole] = [smallTrainer(), smallTrainer()];
    const expected = await whole.fitBatches(slowly, { epochs: 3 });
    const controller = new AbortController();
    const onBatch = ({ step }: { step: number }) => step === 5 && controller.abort();
    await trainer.fitBatches(slowly, { epochs: 3, onBatch, signal: controller.signal });
    const resumed = Trainer.fromBytes(trainer.toBytes());
    const rest = await resumed.fitBatches(slowly, { epochs: 3 });
    expect(parameterBits(resumed.network)).toBe(parameterBits(whole.network));
    expect(rest.loss).toEqual(expected.loss.slice(1));
    expect(rest.epoch).toEqual([2, 3]);
  });

  test.each<[string, unknown, string]>([
    ["a number", 3, "fitBatches: got 3, need batches to iterate over, or a function that gives them"],
    ["text", "abc", 'fitBatches: got "abc", need batches to iterate over'],
    ["no batches", [], "fitBatches: got no batches in epoch 1, need one"],
    [
      "a batch that is a number",
      [3],
      "fitBatches: batch 1 of epoch 1: got 3, need { inputs, targets } or [inputs, targets]",
    ],
    [
      "rows too narrow",
      [batches[0], [[[1]], [[1]]]],
      "fitBatches: batch 2 of epoch 1: inputs: got 1 number in row 0, need 3",
    ],
    [
      "NaN",
      [{ inputs: [[1, Number.NaN, 1]], targets: [[1, 1]] }],
      "batch 1 of epoch 1: inputs: got NaN at row 0, column 1",
    ],
  ])("refuses %s", async (_, source, message) => {
    const trainer = smallTrainer();
    await expect(trainer.fitBatches(source as never)).rejects.toThrow(message);
  });

  test("says why a generator that is used up has no second epoch", async () => {
    const trainer = smallTrainer();
    await expect(trainer.fitBatches(batches.values(), { epochs: 2 })).rejects.toThrow(
      "in epoch 2, need one; a generator has given",
    );
  });

  test("refuses options that do not fit before it reads", async () => {
    const untouched = () => {
      throw new Error("read");
    };
    const trainer = smallTrainer();
    await expect(trainer.fitBatches(untouched as never, { epochs: 0 })).rejects.toThrow("fitBatches: epochs: got 0");
    await expect(trainer.fitBatches(untouched as never, { validationSplit: 0.1 } as never)).rejects.toThrow(
      'fitBatches option: got "validationSplit"',
    );
  });

  test("refuses class numbers after rows", async () => {
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy" });
    const mixed = [
      { inputs, targets: inputs.map(() => [0, 1]) },
      { inputs, targets: inputs.map(() => 1) },
    ];
    await expect(trainer.fitBatches(mixed)).rejects.toThrow(
      "batch 2 of epoch 1: got targets of another form than before",
    );
  });
});

describe("a source that never answers", () => {
  const never = new Promise<never>(() => {});
  const soon = (milliseconds = 20) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), milliseconds);
    return controller.signal;
  };
  const pair = [[[1, 2]], [[1]]] as const;
  const trainerOf = () =>
    new Trainer(new Network({ inputs: 2, layers: [dense(1)] }), { loss: "meanSquaredError", optimizer: sgd() });

  test("is left when the signal says so, and the next call begins with the next batch", async () => {
    const [trainer, alone] = [trainerOf(), trainerOf()];
    let closed = 0;
    const controller = new AbortController();
    async function* hanging() {
      try {
        yield pair;
        setTimeout(() => controller.abort(), 5);
        await never;
        yield pair;
      } finally {
        closed++;
      }
    }
    const history = await trainer.fitBatches(hanging, { signal: controller.signal });
    expect(history.epoch).toEqual([]);
    // It waits still, and has not been told to close.
    expect(closed).toBe(0);
    const given = [pair, pair, pair];
    await trainer.fitBatches(() => given);
    await alone.fitBatches(() => given);
    expect(trainer.network.toBytes()).toEqual(alone.network.toBytes());
  });

  test("does not train on what comes too late, and its late error is nobody's", async () => {
    const trainer = trainerOf();
    for (const end of ["answer", "fail"] as const) {
      let settle = () => {};
      const late = new Promise<IteratorResult<typeof pair>>((answer, fail) => {
        settle = () => (end === "answer" ? answer({ done: false, value: pair }) : fail(new Error("too late")));
      });
      const source = {
        [Symbol.asyncIterator]: () => ({ next: () => late, return: () => Promise.reject(new Error("closed")) }),
      };
      await trainer.fitBatches(source, { signal: soon() });
      const before = trainer.network.toBytes();
      settle();
      await new Promise((done) => setTimeout(done, 10));
      expect(trainer.network.toBytes()).toEqual(before);
    }
    expect(trainer.step([[1, 2]], [[1]])).toBeGreaterThan(0);
  });

  test("is trained on what it gives together with the signal, and then left", async () => {
    const trainer = trainerOf();
    const controller = new AbortController();
    let batches = 0;
    async function* source() {
      yield pair;
      controller.abort();
      yield pair;
      await never;
    }
    await trainer.fitBatches(source, { signal: controller.signal, onBatch: () => batches++ });
    expect(batches).toBe(2);
  });

  test("keeps no listener at the signal", async () => {
    const listeners = new Set<unknown>();
    const signal = {
      aborted: false,
      addEventListener: (_: "abort", listener: () => void) => listeners.add(listener),
      removeEventListener: (_: "abort", listener: () => void) => listeners.delete(listener),
    };
    async function* source() {
      for (let batch = 0; batch < 5; batch++) yield pair;
    }
    await trainerOf().fitBatches(source, { signal, onBatch: () => expect(listeners.size).toBe(0) });
    expect(listeners.size).toBe(0);
  });
});
