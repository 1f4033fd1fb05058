import { describe, expect, it, vi } from "vitest";
import { dense, Network, Trainer } from "../../src/index.ts";
import { Turn } from "../../src/training/turn.ts";
import { classification, parameterBits, randomRows, smallTrainer } from "./problem.ts";

function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const partLength = 2;

/** How often the event loop came round while `work` ran, and the longest time between two rounds, by a clock that each part sets. */
async function rounds(work: () => Promise<unknown>): Promise<{ count: number; longest: number }> {
  let time = 1;
  vi.stubGlobal("performance", { now: () => time });
  const { endPart } = Turn.prototype;
  const parts = vi.spyOn(Turn.prototype, "endPart").mockImplementation(function (this: Turn) {
    time += partLength;
    return endPart.call(this);
  });
  let [count, longest, last] = [0, 0, time];
  let isDone = false;
  const round = () => {
    longest = Math.max(longest, time - last);
    last = time;
    count++;
    if (!isDone) setImmediate(round);
  };
  setImmediate(round);
  try {
    await work();
  } finally {
    isDone = true;
    parts.mockRestore();
    vi.unstubAllGlobals();
  }
  return { count, longest: Math.max(longest, time - last) };
}

describe("a turn", () => {
  it("is over after more than 8 ms, and begins anew when it is passed", async () => {
    const turn = new Turn();
    expect(turn.endPart()).toBe(false);
    busy(9);
    expect(turn.endPart()).toBe(true);
    await turn.pass();
    expect(turn.endPart()).toBe(false);
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
  it("fitFor ends when its time is over by the events that set the clock", async () => {
    const { inputs, targets } = classification(200);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 4 }, 3);
    const start = setTimeout;
    let time = 1;
    vi.stubGlobal("performance", { now: () => time });
    vi.stubGlobal("setTimeout", (call: () => void, delay?: number) =>
      start(() => {
        time += 8;
        call();
      }, delay),
    );
    try {
      // 8 ms neither double a turn's parts nor halve them: a turn stays one batch.
      const { steps } = await trainer.fitFor(100, inputs, targets);
      expect(steps).toBe(Math.floor(100 / 8));
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("a turn takes twice the parts while they take less than 4 ms, half when they take more than 8", async () => {
    let time = 1;
    const milliseconds = [0, 3, 0, 30, 7, 0];
    vi.stubGlobal("performance", { now: () => time });
    vi.stubGlobal("setTimeout", (call: () => void) => {
      time += milliseconds.shift()!;
      call();
    });
    try {
      const turn = new Turn();
      const lengths: number[] = [];
      while (milliseconds.length > 0) {
        let parts = 1;
        while (!turn.endPart()) parts++;
        lengths.push(parts);
        await turn.pass();
      }
      expect(lengths).toEqual([1, 2, 4, 8, 4, 4]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("the event loop has its turn every 20 ms where a batch takes 2", () => {
  it("during a fit of many small batches", async () => {
    const { inputs, targets } = classification(200);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 4 }, 3);
    const { count, longest } = await rounds(() => trainer.fit(inputs, targets, { epochs: 10, every: 1e9 }));
    expect(count).toBeGreaterThanOrEqual((10 * 50 * partLength) / 20);
    expect(longest).toBeLessThanOrEqual(20);
  });

  it("during the evaluation of 60 000 validation examples as well", async () => {
    const trainer = new Trainer(new Network({ inputs: 8, layers: [dense(1)] }), { loss: "meanSquaredError" });
    const validation = { inputs: randomRows(60_000, 8, 3), targets: new Float32Array(60_000) };
    const [few, wanted] = [randomRows(32, 8, 1), randomRows(32, 1, 2)];
    const { count, longest } = await rounds(() => trainer.fit(few, wanted, { epochs: 3, validation }));
    expect(count).toBeGreaterThanOrEqual(3 * 10);
    expect(longest).toBeLessThanOrEqual(20);
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
