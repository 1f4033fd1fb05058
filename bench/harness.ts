/**
 * Times work with Benchmark.js: warmed up, repeated, on data filled before, and only after its result has been compared
 * with a slow twin's.
 */
import Benchmark from "benchmark";

export interface Timing {
  readonly name: string;
  /** Seconds of one run. */
  readonly min: number;
  readonly median: number;
  /** From the first to the third quartile, as a share of the median. */
  readonly spread: number;
  readonly samples: number;
}

export interface Work {
  readonly name: string;
  readonly run: () => void;
  /** Throws if what `run` has computed is wrong; called once before anything is timed. */
  readonly check: () => void;
}

/** Seconds that one piece of work is timed for. */
const seconds = 0.6;
/** TurboFan replaces the first code after about 10 ms. */
const warmUpMilliseconds = 60;

export function time({ name, run, check }: Work): Timing {
  run();
  check();
  for (const began = performance.now(); performance.now() - began < warmUpMilliseconds; ) run();
  const benchmark = new Benchmark(name, run, { maxTime: seconds, minSamples: 15 });
  benchmark.run();
  if (benchmark.error) throw benchmark.error;
  const sample = benchmark.stats.sample.toSorted((a, b) => a - b);
  const quantile = (share: number) => sample[Math.floor(share * (sample.length - 1))];
  const median = quantile(0.5);
  return { name, min: sample[0], median, spread: (quantile(0.75) - quantile(0.25)) / median, samples: sample.length };
}

/** Throws unless every element of `actual` is within `tolerance` of the twin's, relative to the largest of them. */
export function compare(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const largest = Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b));
  for (let index = 0; index < expected.length; index++) {
    if (Math.abs(actual[index] - expected[index]) <= tolerance * largest) continue;
    throw new Error(`${name}: not timed, element ${index} is ${actual[index]}, its twin says ${expected[index]}`);
  }
}
