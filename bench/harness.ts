/**
 * Times work with Benchmark.js: warmed up and repeated, on data that are ready, and only after its result has been compared with that of a
 * slow twin.
 */
import Benchmark from "benchmark";
import type { Memory, Row, Table } from "./results.ts";

/** Work that is run again and again. */
export interface Work {
  readonly name: string;
  readonly run: () => unknown;
  /** The amount of work of one run, in the unit of its table. */
  readonly count: number;
  /** The amount of work of one run, in the unit of the work that it is compared with. Default `count`. */
  readonly operations?: number;
  /** The goal (results.ts): in the table's unit, and relative to the other work. */
  readonly goal?: number;
  readonly goalRatio?: number;
  /** Throws if the result of `run` is wrong. It is called once, after one run and before timing. */
  readonly check: () => void;
}

/** A table whose rows are measured one after the other, as they are requested. */
export interface Bench extends Omit<Table, "rows" | "memory"> {
  readonly rows: () => Iterable<Row>;
  readonly memory?: () => readonly Memory[];
}

/** Returns the benches of one `*.bench.ts`. Each row is measured in `rounds` rounds. */
export type Suite = (rounds: number) => readonly Bench[];

/** The seconds for timing each in a round. */
const seconds = 0.01;
/** TurboFan replaces the first code after about 10 ms. */
const warmUpMilliseconds = 60;

/**
 * Checks both, warms them up, and times them in turn, because a shared machine's speed changes by the second.
 *
 * @param rounds the number of rounds; each times both
 */
export function measure(work: Work, other: Work, rounds: number): Row {
  for (const { run, check } of [work, other]) {
    run();
    check();
    for (const began = performance.now(); performance.now() - began < warmUpMilliseconds; ) run();
  }
  const asMuch = (work.operations ?? work.count) / (other.operations ?? other.count);
  const pairs = Array.from({ length: rounds }, () => [time(work), time(other) * asMuch]);
  const column = (index: number) => pairs.map((pair) => pair[index]);
  const { name, count, goal, goalRatio } = work;
  return { name, count, seconds: column(0), other: column(1), goal, goalRatio };
}

/** Returns the seconds of one run, from the fastest of Benchmark.js's samples: the slower ones were disturbed. */
function time({ name, run }: Work): number {
  const benchmark = new Benchmark(name, run, { maxTime: seconds, minTime: seconds / 6, minSamples: 3 });
  benchmark.run();
  if (benchmark.error) throw benchmark.error;
  return Math.min(...benchmark.stats.sample);
}

/** Throws unless every element of `actual` is within `tolerance` of the twin's, relative to the largest of them. */
export function compare(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const largest = Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b));
  for (let index = 0; index < expected.length; index++) {
    if (Math.abs(actual[index] - expected[index]) <= tolerance * largest) continue;
    throw new Error(`${name}: not timed, element ${index} is ${actual[index]}, its twin says ${expected[index]}`);
  }
}
