/**
 * Mutated files of networks and trainers: each ends in what predicts and trains, or in a sentence; none in a trap, an error of
 * the engine's own, a wait, or memory that grows. SIMDNET_FUZZ is their number, SIMDNET_FUZZ_SEED the first of their seeds.
 */
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DivergenceError, Network, Trainer } from "../../src/index.ts";
import { mutated } from "./mutations.ts";
import { Chance } from "./programs.ts";
import { type Original, originals, predictOne, stepOnce } from "./untrusted.ts";

const count = Number(process.env.SIMDNET_FUZZ ?? 100_000);
const firstSeed = Number(process.env.SIMDNET_FUZZ_SEED ?? 1);

/** Milliseconds that a file may take, the least of three tries. */
const longest = 250;
/** Bytes that the process may grow by. */
const mostGrowth = 300e6;

const sentence = /^[^\n]+?: got .+, (need .+|which no layer has)$/s;
/** Words of the engine, which know nothing of networks. */
const foreign =
  /cannot (read|convert|destructure|access|set|perform|mix)|is not a function|is not iterable|is not defined|call stack|Invalid (array|typed|string)|allocation failed|out of (memory|bounds|range)|unreachable|\[object |detached/i;

type Way = "used" | "refused" | "refused in use" | "diverged";

/** What is wrong with an error, if there is something. */
function badError(error: unknown): string | undefined {
  const { name, message } = error as Error;
  if (!["RangeError", "TypeError", "DivergenceError"].includes(name)) return `throws ${name}: ${message}`;
  if (!sentence.test(message) || foreign.test(message)) return `says ${(error as Error).stack}`;
  return undefined;
}

interface Ending {
  readonly way: Way;
  readonly violation?: string;
}

const ended = (way: Way, error: unknown): Ending => ({
  way: error instanceof DivergenceError ? "diverged" : way,
  violation: badError(error),
});

/** Reads a file, and uses what it holds. */
async function endingOf(bytes: Uint8Array, { train }: Original, asNetwork: boolean): Promise<Ending> {
  let trainer: Trainer | undefined;
  let network: Network;
  try {
    trainer = train && !asNetwork ? Trainer.fromBytes(bytes) : undefined;
    network = trainer ? trainer.network : Network.fromBytes(bytes);
  } catch (error) {
    return ended("refused", error);
  }
  const violations: (string | undefined)[] = [];
  let way: Way = "used";
  const use = async (act: () => unknown) => {
    try {
      await act();
    } catch (error) {
      const ending = ended("refused in use", error);
      way = ending.way;
      violations.push(ending.violation);
    }
  };
  await use(() => predictOne(network));
  await use(() => network.summary());
  if (!trainer) {
    await use(() => stepOnce(new Trainer(network, { loss: "meanSquaredError" })));
  } else {
    const read = trainer;
    await use(() => read.toBytes());
    await use(() => train!(read));
    await use(() => stepOnce(read));
  }
  return { way, violation: violations.find((each) => each) };
}

/** A thread that ends the process when no file has been done for long: what waits for ever cannot say so itself. */
class Watch {
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  readonly #thread: Worker;

  constructor() {
    const code = `
      const { workerData } = require("node:worker_threads");
      let [last, waited] = [-1, 0];
      setInterval(() => {
        const now = Atomics.load(workerData, 0);
        waited = now === last ? waited + 1 : 0;
        last = now;
        if (waited < 60) return;
        require("node:fs").writeSync(2, "fuzz: seed " + now + " takes more than a minute\\n");
        process.kill(process.pid, "SIGKILL");
      }, 1000).unref();
      setInterval(() => {}, 1e6);
    `;
    this.#thread = new Worker(code, { eval: true, workerData: this.#shared });
    this.#thread.unref();
  }

  see(seed: number): void {
    Atomics.store(this.#shared, 0, seed);
  }

  end(): Promise<number> {
    return this.#thread.terminate();
  }
}

describe("mutated files", () => {
  let files: Original[];
  let watch: Watch;
  beforeAll(async () => {
    files = await originals();
    watch = new Watch();
  });
  afterAll(() => watch.end());

  test("the originals are read and used", async () => {
    for (const file of files) {
      expect(await endingOf(file.bytes, file, false), file.name).toEqual({ way: "used", violation: undefined });
      expect(await endingOf(file.bytes, file, true), file.name).toEqual({ way: "used", violation: undefined });
      expect(file.bytes.length, file.name).toBeLessThan(12_000);
    }
  });

  test(`${count} of them are used, refused or diverge, each within ${longest} ms and all in bounded memory`, async () => {
    const ways: Record<Way, number> = { used: 0, refused: 0, "refused in use": 0, diverged: 0 };
    const violations: string[] = [];
    const before = process.memoryUsage.rss();
    let most = before;
    for (let seed = firstSeed; seed < firstSeed + count && violations.length < 20; seed++) {
      watch.see(seed);
      const chance = new Chance(seed);
      const file = chance.one(files);
      const bytes = mutated(chance, file.bytes);
      const asNetwork = chance.happens(0.1);
      let took = Number.POSITIVE_INFINITY;
      let ending: Ending = { way: "used" };
      for (let attempt = 0; attempt < 3 && took > longest; attempt++) {
        const began = performance.now();
        ending = await endingOf(bytes, file, asNetwork);
        took = performance.now() - began;
      }
      ways[ending.way]++;
      const violation = ending.violation ?? (took > longest ? `takes ${took} ms` : undefined);
      if (violation)
        violations.push(`seed ${seed}, ${file.name}: ${violation}\n${Buffer.from(bytes).toString("base64")}`);
      if (seed % 100 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
    if (process.env.SIMDNET_FUZZ) console.log(ways, `${most - before} bytes at most beside ${before}`);
    expect(violations).toEqual([]);
    expect(most - before).toBeLessThan(mostGrowth);
    expect(ways.refused).toBeGreaterThan(count / 4);
    expect(ways.used).toBeGreaterThan(count / 10);
    expect(ways["refused in use"] + ways.diverged).toBeGreaterThan(count / 1000);
  }, 7_200_000);

  test("the same seed makes the same file", () => {
    for (let seed = 1; seed < 50; seed++) {
      const [one, other] = [0, 1].map(() => mutated(new Chance(seed), files[seed % files.length].bytes));
      expect(one).toEqual(other);
    }
  });
});

test.each<[string, Error]>([
  ["a trap", new WebAssembly.RuntimeError("memory: got 1, need 2")],
  ["an error of the engine's", new TypeError("who: got Cannot read properties of undefined (reading 'x'), need it")],
  ["an error of JSON's", new SyntaxError("who: got 1, need 2")],
  ["what is no sentence", new RangeError("Invalid array length")],
  ["a full stack", new RangeError("Maximum call stack size exceeded")],
])("%s is seen", (_, error) => {
  expect(badError(error)).toContain(error.message);
  expect(badError(new RangeError("who: got 1, need 2"))).toBeUndefined();
});
