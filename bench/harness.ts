/**
 * Times work with Benchmark.js: warmed up, repeated, on data filled before, and only after its result has been compared
 * with a slow twin's.
 */
import Benchmark from "benchmark";
import type { Memory, Row, Table } from "./results.ts";

/** Something that is run again and again. */
export interface Work {
  readonly name: string;
  readonly run: () => unknown;
  /** What one run does, in what its table's unit counts. */
  readonly count: number;
  /** What one run does, in what the work it is compared with counts; the same unless given. */
  readonly operations?: number;
  /** What it shall reach (results.ts): in its table's unit, and beside what it is compared with. */
  readonly goal?: number;
  readonly goalRatio?: number;
  /** Throws if what `run` has computed is wrong; called once, after one run and before anything is timed. */
  readonly check: () => void;
}

/** A table whose rows are measured one after the other, as they are drawn. */
export interface Bench extends Omit<Table, "rows" | "memory"> {
  readonly rows: () => Iterable<Row>;
  readonly memory?: () => readonly Memory[];
}

/** The benches of one `*.bench.ts`, each row of them measured in so many rounds. */
export type Suite = (rounds: number) => readonly Bench[];

/** Seconds that each is timed for in a round. */
const seconds = 0.01;
/** TurboFan replaces the first code after about 10 ms. */
const warmUpMilliseconds = 60;

/**
 * Checks both, warms them up, and times them in turn: a shared machine's speed changes by the second.
 *
 * @param rounds in each of which both are timed
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

/** Seconds of one run, by the fastest of the samples that Benchmark.js takes: what is slower was disturbed. */
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
