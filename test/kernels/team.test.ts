/** Threads that come late, die or have nothing to do. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dense, Network, Trainer } from "../../src/index.ts";
import { op } from "../../src/kernels/operations.ts";
import { random } from "./scratch.ts";

const rows = 64;
const inputs = Array.from({ length: rows }, (_, row) => random(20, row + 1));
const targets = Array.from({ length: rows }, (_, row) => row % 3);

const trainerOf = (
  threads: number,
  network = new Network({ inputs: 20, layers: [dense(40, { activation: "relu" }), dense(3)] }),
) => new Trainer(network, { loss: "softmaxCrossEntropy", threads });
const step = (trainer: Trainer) => trainer.step(inputs, targets);
const teamOf = ({ network }: Trainer) => network.engine.arena.team!;

/** The module that the library finds, and the workers that have been started. */
const host = process.getBuiltinModule("node:worker_threads");
const { Worker: HostWorker } = host;
const workers: Worker[] = [];
class Watched extends HostWorker {
  constructor(...options: ConstructorParameters<typeof HostWorker>) {
    super(...options);
    workers.push(this);
  }
}

beforeEach(() => {
  workers.length = 0;
  host.Worker = Watched;
});
afterEach(() => {
  host.Worker = HostWorker;
});

async function untilReady(trainer: Trainer): Promise<void> {
  for (const team = teamOf(trainer); !team.isServing; await sleep(1)) team.start();
}
const hasEnded = (each: Worker) => new Promise((done) => each.once("exit", done));

test("a trainer has the threads that it was asked for; one does without", () => {
  expect([trainerOf(1).threads, trainerOf(3).threads]).toEqual([1, 3]);
  for (const threads of [0, 1.5, 257, "2"]) {
    expect(() => trainerOf(threads as number)).toThrow("trainer: threads: got");
  }
  expect(workers).toHaveLength(0);
});

test("threads start at the first pass that has work for them; until they serve, the pass goes on without", async () => {
  const [trainer, single] = [trainerOf(3), trainerOf(1)];
  expect(workers).toHaveLength(0);
  expect(step(trainer)).toBe(step(single));
  expect(workers).toHaveLength(2);
  await untilReady(trainer);
  for (let count = 0; count < 5; count++) expect(step(trainer)).toBe(step(single));
  expect(workers).toHaveLength(2);
});

test("threads that are ended from outside hold nobody up, no bit changes, and others start", async () => {
  const [trainer, single] = [trainerOf(3), trainerOf(1)];
  expect(step(trainer)).toBe(step(single));
  await untilReady(trainer);
  const [first] = workers;
  await first.terminate();
  for (let count = 0; count < 5; count++) expect(step(trainer)).toBe(step(single));
  await untilReady(trainer);
  expect(workers).toHaveLength(4);
  for (let count = 0; count < 5; count++) expect(step(trainer)).toBe(step(single));
});

test("threads that have ended before a pass has seen them start again", async () => {
  const trainer = trainerOf(2);
  step(trainer);
  await hasEnded(workers[0]);
  step(trainer);
  expect(workers).toHaveLength(2);
  await untilReady(trainer);
});

test("batches that grow keep their threads, and have the bits of one thread", async () => {
  const [trainer, single] = [trainerOf(2), trainerOf(1)];
  for (let count = 8; count <= rows; count += 4) {
    const losses = [trainer, single].map((each) => each.step(inputs.slice(0, count), targets.slice(0, count)));
    expect(losses[0]).toBe(losses[1]);
    if (count === 16) await untilReady(trainer);
  }
  expect(workers).toHaveLength(1);
});

test("a thread that dies within its part is told in a sentence, and the trainer goes on without", async () => {
  const trainer = trainerOf(2);
  step(trainer);
  await untilReady(trainer);
  const { arena } = trainer.network.engine;
  const plan = trainer.network.engine.plan(rows);
  const { operations, list } = plan.forward;
  expect(operations[0]).toEqual(op("denseForward", operations[0].work, operations[0].fields as never));
  // The list of the second thread lies behind the first's. Place 0 of the function table has nothing to call.
  const place = arena.integers(list + operations.length * 16, 1);
  const [kernel] = place;
  place[0] = 0;
  let message = "";
  // Whether the second thread or the first takes that part is a matter of who comes first.
  for (let count = 0; count < 100_000 && message === ""; count++) {
    try {
      trainer.network.predict(inputs);
    } catch (error) {
      message = (error as Error).message;
    }
  }
  expect(message).toBe(
    "threads: got a thread that stopped in the middle of a pass, need it to go on; some values are lost",
  );
  place[0] = kernel;
  expect(step(trainer)).toBeGreaterThan(0);
  expect(trainer.threads).toBe(1);
});

test("a thread without work ends by itself, and another one starts when there is some", async () => {
  const trainer = trainerOf(2);
  const before = step(trainer);
  await untilReady(trainer);
  await hasEnded(workers[0]);
  expect(step(trainer)).toBeLessThan(before);
  await untilReady(trainer);
  expect(workers).toHaveLength(2);
});

describe("one network", () => {
  test("may have trainers of other numbers of threads in turn", async () => {
    const network = new Network({ inputs: 20, layers: [dense(40, { activation: "relu" }), dense(3)] });
    const trainers = [1, 2, 3, 1].map((threads) => trainerOf(threads, network));
    const other = new Network({ inputs: 20, layers: [dense(40, { activation: "relu" }), dense(3)] });
    const singles = trainers.map(() => trainerOf(1, other));
    for (let round = 0; round < 3; round++) {
      for (const [index, trainer] of trainers.entries()) {
        expect(step(trainer)).toBe(step(singles[index]));
        if (trainer.threads > 1) await untilReady(trainer);
        expect(step(trainer)).toBe(step(singles[index]));
      }
    }
    expect(network.predict(inputs)).toEqual(other.predict(inputs));
    expect(trainers[1].evaluate(inputs, targets)).toEqual(singles[1].evaluate(inputs, targets));
  });

  test("keeps gradients, marks and the zeros between parameters where they are, whatever the threads of its next trainer", () => {
    const train = (threads: readonly number[]) => {
      const network = new Network({ inputs: 20, layers: [dense(5, { activation: "relu" }), dense(3)], seed: 1 });
      const trainers = threads.map(
        (count) => new Trainer(network, { loss: "softmaxCrossEntropy", clipNorm: 0.1, threads: count }),
      );
      // The plan of many rows has filled the memory behind the parameters.
      network.predict(Array.from({ length: 4000 }, () => inputs[0]));
      network.layers[0].trainable = false;
      const losses = trainers.map(step);
      const frozen = network.parameters.map(({ gradients }) => Array.from(gradients!));
      return { losses, frozen, bytes: network.toBytes() };
    };
    const expected = train([1, 1, 1]);
    for (const threads of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 2, 1],
    ]) {
      expect(train(threads)).toEqual(expected);
    }
  });

  test("keeps the threads of two trainers that take turns with the same number", async () => {
    const network = new Network({ inputs: 20, layers: [dense(40, { activation: "relu" }), dense(3)] });
    const trainers = [trainerOf(2, network), trainerOf(2, network)];
    step(trainers[0]);
    await untilReady(trainers[0]);
    for (let round = 0; round < 10; round++) trainers.map(step);
    expect(workers).toHaveLength(1);
  });

  test("resumes from a file with other threads", async () => {
    const whole = trainerOf(1);
    const train = (trainer: Trainer, epochs: number) => trainer.fit(inputs, targets, { epochs });
    await train(whole, 4);
    const first = trainerOf(3);
    const stop = new AbortController();
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 2) stop.abort();
    };
    expect(await first.fit(inputs, targets, { epochs: 4, signal: stop.signal, onEpoch })).toHaveProperty(
      "epoch",
      [1, 2],
    );
    const second = Trainer.fromBytes(first.toBytes(), { threads: 2 });
    expect(second.threads).toBe(2);
    await train(second, 4);
    expect(second.network.toBytes()).toEqual(whole.network.toBytes());
  });
});
