import { describe, expect, it, vi } from "vitest";
import { dense, Network, Trainer } from "../../src/index.ts";
import { Turn } from "../../src/training/turn.ts";
import { classification, parameterBits, randomRows, smallTrainer } from "./problem.ts";

/** A machine that does other things as well may be late by so much, in milliseconds; a fit that never gives way by far more. */
const slack = 80;
const longestWait = 20;

const realTime = performance.now.bind(performance);

function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** How often the event loop came round while `work` ran, how long that took, and the longest time between two rounds. */
async function rounds(work: () => Promise<unknown>): Promise<{ count: number; longest: number; milliseconds: number }> {
  const began = performance.now();
  let [count, longest, last] = [0, 0, began];
  let isDone = false;
  const round = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    count++;
    if (!isDone) setImmediate(round);
  };
  setImmediate(round);
  await work();
  isDone = true;
  const now = performance.now();
  return { count, longest: Math.max(longest, now - last), milliseconds: now - began };
}

describe("a turn", () => {
  it("is over after more than 10 ms, and begins anew when it is passed", async () => {
    const turn = new Turn();
    expect(turn.isOverAfterBatch()).toBe(false);
    busy(11);
    expect(turn.isOverAfterBatch()).toBe(true);
    await turn.pass();
    expect(turn.isOverAfterBatch()).toBe(false);
  });

  it("lets timers and immediates that are due run before it goes on", async () => {
    const turn = new Turn();
    for (let time = 0; time < 20; time++) {
      let fired = 0;
      const timer = setInterval(() => fired++, 1);
      // One pass may come in a phase after that of the timers, never two.
      for (let pass = 0; pass < 2; pass++) {
        busy(2);
        await turn.pass();
      }
      clearInterval(timer);
      expect(fired).toBeGreaterThanOrEqual(1);
    }
  });

  it("is passed by a timer where there is no MessageChannel, as in Vercel's edge functions", async () => {
    vi.stubGlobal("MessageChannel", undefined);
    try {
      const turn = new Turn();
      let fired = 0;
      setTimeout(() => fired++);
      await turn.pass();
      expect(fired).toBe(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("where the clock stands still but for events, as in Cloudflare's Workers", () => {
  /** Stops the clock: it is set by timers only. */
  function stopClock(): void {
    const start = setTimeout;
    let time = realTime();
    vi.stubGlobal("performance", { now: () => time });
    vi.stubGlobal("setTimeout", (call: () => void, delay?: number) =>
      start(() => {
        time = realTime();
        call();
      }, delay),
    );
  }

  it("fitFor ends, after more than one turn in 100 ms", async () => {
    const { inputs, targets } = classification(200);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 4 }, 3);
    stopClock();
    try {
      const began = realTime();
      const { steps } = await trainer.fitFor(100, inputs, targets);
      // A machine that does other things as well makes few; one turn is one step.
      expect(steps).toBeGreaterThan(1);
      expect(realTime() - began).toBeLessThan(100 + 10 * slack);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("a turn takes twice the batches while they take less than 5 ms, half when they take more than 10", async () => {
    let time = 1;
    const milliseconds = [0, 4, 0, 30, 7, 0];
    vi.stubGlobal("performance", { now: () => time });
    vi.stubGlobal("setTimeout", (call: () => void) => {
      time += milliseconds.shift()!;
      call();
    });
    try {
      const turn = new Turn();
      const lengths: number[] = [];
      while (milliseconds.length > 0) {
        let batches = 1;
        while (!turn.isOverAfterBatch()) batches++;
        lengths.push(batches);
        await turn.pass();
      }
      expect(lengths).toEqual([1, 2, 4, 8, 4, 4]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("the event loop has its turn every 20 ms", () => {
  it("during a fit of many small batches: in half a second at least 10 times, and a timer of 5 ms as well", async () => {
    const { inputs, targets } = classification(200);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 4 }, 3);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const { count, longest, milliseconds } = await rounds(() =>
      trainer.fit(inputs, targets, { epochs: 1e9, every: 1e9, signal: controller.signal }),
    );
    clearInterval(timer);
    expect(count).toBeGreaterThanOrEqual(10);
    expect(ticks).toBeGreaterThanOrEqual(10);
    expect(longest).toBeLessThan(longestWait + slack);
    expect(milliseconds).toBeLessThan(500 + 10 * slack);
  });

  it("during the evaluation of 60 000 validation examples as well, which alone takes longer", async () => {
    const layers = [dense(128, { activation: "tanh" }), dense(128, { activation: "tanh" }), dense(1)];
    const network = new Network({ inputs: 8, layers });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const inputs = Float32Array.from({ length: 8 * 60_000 }, (_, index) => (index % 17) / 17);
    const validation = { inputs, targets: new Float32Array(60_000) };
    const began = performance.now();
    trainer.evaluate(validation.inputs, validation.targets);
    const alone = performance.now() - began;
    expect(alone).toBeGreaterThan(2 * longestWait);

    const [few, wanted] = [randomRows(32, 8, 1), randomRows(32, 1, 2)];
    const { count, longest } = await rounds(() => trainer.fit(few, wanted, { epochs: 3, validation }));
    expect(count).toBeGreaterThanOrEqual(10);
    expect(longest, `an evaluation takes ${alone} ms`).toBeLessThan(Math.min(alone, longestWait + slack));
  });
});

describe("two fits at once", () => {
  it("take turns, and each trains as it would alone, to the bit", async () => {
    const { inputs, targets } = classification(100);
    const make = () => smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 1 }, 3);
    const [first, second, alone] = [make(), make(), make()];
    const order: string[] = [];
    const train = (trainer: Trainer, name: string) =>
      trainer.fit(inputs, targets, { epochs: 300, onEpoch: () => order.push(name) });
    await Promise.all([train(first, "first"), train(second, "second")]);
    await train(alone, "alone");

    const changes = order.slice(0, 600).filter((name, index) => index > 0 && name !== order[index - 1]).length;
    expect(changes).toBeGreaterThanOrEqual(3);
    for (const { network } of [first, second]) expect(parameterBits(network)).toBe(parameterBits(alone.network));
  });
});
