/**
 * Times work with Benchmark.js: warmed up, repeated, on data filled before, and only after its result has been compared
 * with a slow twin's.
 */
import Benchmark from "benchmark";

/** Something that is run again and again. */
export interface Work {
  readonly name: string;
  readonly run: () => unknown;
  /** Multiplications and additions of one run. */
  readonly operations: number;
  /** Throws if what `run` has computed is wrong; called once before anything is timed. */
  readonly check: () => void;
}

export interface Comparison {
  readonly name: string;
  /** Operations a second: of the work, and of what it is compared with, by the best round of each. */
  readonly rate: number;
  readonly peak: number;
  /** The work's rate as a share of the other's, a round each, from the lowest to the highest. */
  readonly shares: readonly number[];
}

/** Rounds in which the work and what it is compared with take turns: a shared machine's speed changes by the second. */
export const rounds = 25;
/** Seconds that each is timed for in a round. */
const seconds = 0.02;
/** TurboFan replaces the first code after about 10 ms. */
const warmUpMilliseconds = 60;

/** Checks `work` and `other`, warms them up, and times them in turn. */
export function compareSpeed(work: Work, other: Work): Comparison {
  for (const { run, check } of [work, other]) {
    run();
    check();
    for (const began = performance.now(); performance.now() - began < warmUpMilliseconds; ) run();
  }
  const pairs = Array.from({ length: rounds }, () => [rate(work), rate(other)]);
  return {
    name: work.name,
    rate: Math.max(...pairs.map(([own]) => own)),
    peak: Math.max(...pairs.map(([, peak]) => peak)),
    shares: pairs.map(([own, peak]) => own / peak).toSorted((a, b) => a - b),
  };
}

/** Operations a second, by the fastest of the samples that Benchmark.js takes: what is slower was disturbed. */
function rate({ name, run, operations }: Work): number {
  const benchmark = new Benchmark(name, run, { maxTime: seconds, minTime: seconds / 6, minSamples: 5 });
  benchmark.run();
  if (benchmark.error) throw benchmark.error;
  return operations / benchmark.stats.sample.reduce((a, b) => Math.min(a, b));
}

/** Throws unless every element of `actual` is within `tolerance` of the twin's, relative to the largest of them. */
export function compare(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const largest = Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b));
  for (let index = 0; index < expected.length; index++) {
    if (Math.abs(actual[index] - expected[index]) <= tolerance * largest) continue;
    throw new Error(`${name}: not timed, element ${index} is ${actual[index]}, its twin says ${expected[index]}`);
  }
}
