/**
 * Metrics: reported, not minimised. This file has their names, the outputs and targets that they fit, and their kernels. Each acts
 * on the last side of an output and counts every position of every example once: a row is the numbers of one position.
 */

import { checkArguments, checkInteger, checkOptions, isKnown, plural, shown, unknownName } from "../errors.ts";
import type { Arena } from "../memory/arena.ts";
import { rowsOf } from "../topology/sequences.ts";
import { type Accumulator, type Count, Mean, type MeasuredBlocks, Ranking, Tally } from "./accumulators.ts";
import type { ExampleFormat } from "./format.ts";
import type { Heads } from "./heads.ts";
import type { BoundLoss } from "./objective.ts";
import { ColumnMean, Present } from "./present.ts";

/** The metrics that are one number. */
export type NumberMetricName =
  | "accuracy"
  | "topKAccuracy"
  | "precision"
  | "recall"
  | "f1"
  | "rocAuc"
  | "meanAbsoluteError"
  | "meanSquaredError"
  | "rootMeanSquaredError"
  | "r2";

/** The name of a metric. */
export type MetricName = NumberMetricName | "confusionMatrix";

/** The values of all metrics, by their names. */
export interface AllMetricValues extends Readonly<Record<NumberMetricName, number>> {
  /** Numbers of positions: a row for each class, a column for each prediction. */
  readonly confusionMatrix: number[][];
}

/** The share of positions whose class is among their k largest outputs, as plain data. */
export interface TopKAccuracy {
  readonly name: "topKAccuracy";
  readonly k: number;
}

/** A metric: its name, or what `topKAccuracy` returns. */
export type Metric = MetricName | TopKAccuracy;

/** The name of a metric. */
export type MetricNameOf<Asked extends Metric> = Asked extends TopKAccuracy
  ? Asked["name"]
  : Exclude<Asked, TopKAccuracy>;

/**
 * The values of a trainer's metrics, by their names: `MetricValues<"accuracy">`. If the metrics are not known, each value may be missing.
 */
export type MetricValues<Asked extends Metric = Metric> = Pick<
  // A conditional type in its place would hide its result from TypeScript.
  MetricName extends MetricNameOf<Asked> ? Partial<AllMetricValues> : AllMetricValues,
  MetricNameOf<Asked>
>;

/** One list of metrics for every output, or an array with a list for each: undefined or null for an output without metrics. */
export type Metrics = readonly Metric[] | readonly (readonly Metric[] | null | undefined)[];

export interface TopKAccuracyOptions {
  /** The number of largest outputs. Default 5. */
  readonly k?: number | undefined;
}

/**
 * Returns the metric of the share of positions whose class is among their `k` largest outputs. Of equal outputs, the first counts as larger.
 *
 * @throws {RangeError | TypeError} if `k` is not a whole number from 1, or there is another option
 */
export function topKAccuracy(options: TopKAccuracyOptions = {}): TopKAccuracy {
  checkArguments("topKAccuracy", arguments.length, 1);
  checkOptions("topKAccuracy", options, ["k"]);
  const { k = 5 } = options;
  checkInteger("topKAccuracy: k", k, 1, 2 ** 31 - 1);
  return { name: "topKAccuracy", k };
}

/** Returns true if an option has an array for each output, rather than entries for all. */
export function isOfEach(given: unknown): given is readonly unknown[] {
  // All entries count, so that a single null among numbers or names is refused as such.
  const isOne = (each: unknown) =>
    each === null || each === undefined || Array.isArray(each) || ArrayBuffer.isView(each);
  return Array.isArray(given) && given.length > 0 && given.every(isOne);
}

/** An output and its targets, to which a metric is bound. */
interface Site {
  readonly name: MetricName;
  readonly k: number;
  readonly arena: Arena;
  readonly outputs: number;
  readonly loss: BoundLoss;
  /** True if each number of the output is a label by itself. Otherwise the largest is the class. */
  readonly isOfLabels: boolean;
  /** The threshold above which an output means yes. */
  readonly threshold: number;
}

const binders: Readonly<Record<MetricName, (site: Site) => Accumulator>> = {
  accuracy(site) {
    const { outputs, loss, threshold } = site;
    const { kernels } = site.arena;
    if (site.isOfLabels) {
      return new Mean(
        (output, targets, rows) => kernels.correctBinary(output, targets, rows * outputs, threshold),
        outputs,
      );
    }
    return new Mean(
      (output, targets, rows) => kernels.correctClasses(output, targets, rows, outputs, loss.targetColumns),
      1,
    );
  },
  topKAccuracy(site) {
    needClasses(site);
    const { k, outputs, loss } = site;
    if (k > outputs) throw refused(site, `k ${k} and ${plural(outputs, "output")}`, `k from 1 to ${outputs}`);
    const { kernels } = site.arena;
    const { targetColumns } = loss;
    return new Mean(
      (output, targets, rows) => kernels.correctTopClasses(output, targets, rows, outputs, targetColumns, k),
      1,
    );
  },
  precision: (site) => countsOf(site, (right, predicted) => right / predicted),
  recall: (site) => countsOf(site, (right, _, actual) => right / actual),
  f1: (site) => countsOf(site, (right, predicted, actual) => (2 * right) / (predicted + actual)),
  rocAuc(site) {
    const { arena, outputs, loss } = site;
    if (outputs > 2 || (outputs === 2 && site.isOfLabels)) {
      throw refused(site, `${outputs} ${site.isOfLabels ? "labels" : "outputs"}`, "one output or two classes");
    }
    const isOfProbabilities = loss.name === "categoricalCrossEntropy";
    return new Ranking({ arena, outputs, targetColumns: loss.targetColumns, isOfProbabilities });
  },
  confusionMatrix(site) {
    const { outputs, loss } = site;
    if (outputs === 1) return new Tally(3, binaryCounts(site), binaryMatrix);
    needClasses(site);
    const { kernels } = site.arena;
    return new Tally(
      outputs * outputs,
      (output, targets, tally, rows) =>
        kernels.confusionAccumulate(output, targets, tally, rows, outputs, loss.targetColumns),
      (counts) =>
        Array.from({ length: outputs }, (_, row) => Array.from(counts.subarray(row * outputs, (row + 1) * outputs))),
    );
  },
  meanAbsoluteError: (site) => meanError(site, "absoluteErrors"),
  meanSquaredError: (site) => meanError(site, "squaredErrors"),
  rootMeanSquaredError: (site) => meanError(site, "squaredErrors", Math.sqrt),
  r2(site) {
    needNumbers(site);
    const { outputs } = site;
    const { kernels } = site.arena;
    return new Tally(
      4 * outputs,
      (output, targets, tally, rows, seen) => kernels.deviationsAccumulate(output, targets, tally, rows, outputs, seen),
      (deviations, rows) => determination(deviations, outputs, rows),
      Number.isFinite,
    );
  },
};

const metricNames = /* @__PURE__ */ Object.keys(binders) as MetricName[];

/**
 * Refuses anything but an array of different metrics, or an array of such arrays.
 *
 * @throws {RangeError | TypeError} naming the entry that is no metric
 */
export function checkMetrics(metrics: Metrics): Metrics {
  if (!isOfEach(metrics)) return checkList(metrics as readonly Metric[]);
  return (metrics as readonly (readonly Metric[] | null | undefined)[]).map((each) => checkList(each ?? []));
}

function checkList(metrics: readonly Metric[]): readonly Metric[] {
  if (!Array.isArray(metrics)) throw new TypeError(`trainer: got metrics ${shown(metrics)}, need an array of names`);
  const checked = metrics.map((metric): Metric => {
    if (isKnown(binders, metric)) return metric;
    // A function has a name, too: topKAccuracy that has not been called.
    const { name, ...options } = (typeof metric === "object" ? { ...metric } : {}) as Partial<TopKAccuracy>;
    if (name !== "topKAccuracy") throw unknownName("trainer: metrics", metric, metricNames);
    return topKAccuracy(options);
  });
  const names = checked.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new RangeError(`trainer: metrics: got ${twice} twice, need each once`);
  return checked;
}

/** The most classes of a confusion matrix: 32 MB of counts. */
const mostClasses = 2048;

/** Refuses metrics whose tallies would be too large for an output of `outputs` numbers. @throws {RangeError} naming the metric */
export function checkTallies(metrics: readonly Metric[], outputs: number): void {
  if (outputs <= mostClasses || !metrics.includes("confusionMatrix")) return;
  throw new RangeError(`trainer: got the metric confusionMatrix with ${outputs} outputs, need at most ${mostClasses}`);
}

/** Returns the numbers of the longest tally of `metrics`, for `outputs` numbers a position. */
export function tallyLength(metrics: readonly Metric[], outputs: number): number {
  const counts = 3 * outputs;
  const lengths: Partial<Record<MetricName, number>> = {
    precision: counts,
    recall: counts,
    f1: counts,
    confusionMatrix: Math.max(3, outputs * outputs),
    r2: 4 * outputs,
  };
  return Math.max(0, ...metrics.map((metric) => lengths[nameOf(metric)] ?? 0));
}

export const nameOf = (metric: Metric): MetricName => (typeof metric === "string" ? metric : metric.name);

/** The positions of an output, and the numbers at each. */
interface MeasuredOutput {
  readonly positions: number;
  readonly outputs: number;
}

/** The parts that a metric counts if targets may be missing: whole rows, single numbers, or each column by itself. */
type Unit = "rows" | "numbers" | "columns";

function unitOf(name: MetricName, { isOfLabels, outputs }: Site): Unit {
  switch (name) {
    case "r2":
      return "columns";
    case "precision":
    case "recall":
    case "f1":
      return isOfLabels ? "columns" : "rows";
    case "accuracy":
      return isOfLabels ? "numbers" : "rows";
    case "rocAuc":
    case "confusionMatrix":
      return outputs === 1 ? "numbers" : "rows";
    case "topKAccuracy":
      return "rows";
    default:
      return "numbers";
  }
}

interface BoundMetric {
  readonly name: MetricName;
  readonly accumulator: Accumulator;
  readonly unit: Unit;
}

/** Binds a metric to a network and a loss. @throws {RangeError} if it does not fit them */
function bind(name: MetricName, site: Site, allowsMissing: boolean): BoundMetric {
  const unit = unitOf(name, site);
  const binder = binders[name];
  if (!allowsMissing || unit === "rows") return { name, unit, accumulator: binder(site) };
  const ofColumn = { ...site, outputs: 1, isOfLabels: true };
  if (unit === "numbers") return { name, unit, accumulator: binder(ofColumn) };
  const columns = Array.from({ length: site.outputs }, () => binder(ofColumn) as Tally);
  return { name, unit, accumulator: new ColumnMean(columns) };
}

/** The metrics of a trainer, bound to a network and a loss. */
export class Measurement {
  readonly #positions: number;
  readonly #outputs: number;
  readonly #metrics: readonly BoundMetric[];
  /** Present if targets may be missing. */
  readonly #present: Present | undefined;

  /**
   * Binds metrics to an output and to targets of the form that `loss` takes. A single output, and each number under a binary cross-entropy or a
   * hinge, means yes above one half, a logit and under a hinge above zero. Of all other outputs, the largest is the class.
   *
   * @throws {RangeError} if a metric does not fit them
   */
  constructor(
    metrics: readonly Metric[],
    arena: Arena,
    { positions, outputs }: MeasuredOutput,
    loss: BoundLoss,
    allowsMissing = false,
  ) {
    this.#positions = positions;
    this.#outputs = outputs;
    this.#present = allowsMissing ? new Present(arena, outputs, loss.targetColumns) : undefined;
    const isOfLabels = outputs === 1 || loss.threshold !== undefined;
    const { threshold = 0.5 } = loss;
    this.#metrics = metrics.map((metric) => {
      const name = nameOf(metric);
      const { k } = typeof metric === "string" ? topKAccuracy() : metric;
      return bind(name, { name, k, arena, outputs, loss, isOfLabels, threshold }, allowsMissing);
    });
  }

  /** Forgets all batches. */
  begin(): void {
    for (let index = 0; index < this.#metrics.length; index++) this.#metrics[index].accumulator.begin();
  }

  /** Adds the first `rows` examples of a batch after its forward pass. */
  add(blocks: MeasuredBlocks, rows: number): void {
    const count = rowsOf(blocks.sequences, rows) * this.#positions;
    if (this.#present) {
      this.#addPresent(this.#present, blocks, count);
      return;
    }
    for (let index = 0; index < this.#metrics.length; index++) this.#metrics[index].accumulator.add(blocks, count);
  }

  #addPresent(present: Present, blocks: MeasuredBlocks, count: number): void {
    const copies = Present.blocksOf(blocks);
    const ofRows = this.#metrics.filter(({ unit }) => unit === "rows");
    const rows = ofRows.length > 0 ? present.rows(blocks, count) : 0;
    if (rows > 0) for (const { accumulator } of ofRows) accumulator.add(copies, rows);
    if (ofRows.length === this.#metrics.length) return;
    for (let column = 0; column < this.#outputs; column++) {
      const numbers = present.column(blocks, count, column);
      if (numbers === 0) continue;
      for (const { unit, accumulator } of this.#metrics) {
        if (unit === "numbers") accumulator.add(copies, numbers);
        if (accumulator instanceof ColumnMean) accumulator.add(copies, numbers, column);
      }
    }
  }

  /** The sums of each metric since `begin` as plain numbers. */
  get state(): readonly (readonly number[])[] {
    return this.#metrics.map(({ accumulator }) => accumulator.state);
  }

  /** Refuses states that are not one for each metric. @throws {RangeError} naming the metric */
  check(states: readonly (readonly number[])[]): void {
    this.#metrics.forEach(({ name, accumulator }, index) => {
      if (states.length === this.#metrics.length && accumulator.fits(states[index])) return;
      throw new RangeError(`fromBytes: got ${shown(states[index])} for the metric ${name}, need what it has gathered`);
    });
  }

  /** Takes over states that `check` has accepted. */
  set state(states: readonly (readonly number[])[]) {
    this.#metrics.forEach(({ accumulator }, index) => {
      accumulator.state = states[index];
    });
  }

  /** Returns the value of each metric over all rows since `begin`. */
  values(): MetricValues {
    const values = this.#metrics.map(({ name, accumulator }) => [name, accumulator.value()]);
    return Object.fromEntries(values);
  }

  /** The number of metrics. */
  get count(): number {
    return this.#metrics.length;
  }
}

/** The metrics of all outputs. */
export class Measurements {
  readonly #outputs: readonly Measurement[];

  /**
   * @param metrics those of each output
   * @throws {RangeError} if one does not fit its output
   */
  constructor(
    metrics: readonly (readonly Metric[])[],
    arena: Arena,
    { targets, missingTargets }: ExampleFormat,
    { losses }: Heads,
  ) {
    // A loss of all outputs has no metrics.
    this.#outputs = losses.map((loss, index) => {
      return new Measurement(metrics[index], arena, targets[index], loss, missingTargets);
    });
  }

  /** Forgets all batches. */
  begin(): void {
    for (let index = 0; index < this.#outputs.length; index++) this.#outputs[index].begin();
  }

  /** Adds the first `rows` examples of a batch after its forward pass. @param blocks those of each output */
  add(blocks: readonly MeasuredBlocks[], rows: number): void {
    for (let index = 0; index < this.#outputs.length; index++) this.#outputs[index].add(blocks[index], rows);
  }

  /** The sums of each metric of each output since `begin` as plain numbers. */
  get state(): readonly (readonly number[])[] {
    return this.#outputs.flatMap(({ state }) => state);
  }

  /** @throws {RangeError} if there is not one state for each metric; nothing has changed then */
  set state(states: readonly (readonly number[])[]) {
    const parts = this.#outputs.map(({ count }, index) => {
      const from = this.#outputs.slice(0, index).reduce((sum, output) => sum + output.count, 0);
      return states.slice(from, index === this.#outputs.length - 1 ? undefined : from + count);
    });
    this.#outputs.forEach((output, index) => {
      output.check(parts[index]);
    });
    this.#outputs.forEach((output, index) => {
      output.state = parts[index];
    });
  }

  /** Returns the values of the metrics of each output over all rows since `begin`. */
  values(): readonly MetricValues[] {
    return this.#outputs.map((output) => output.values());
  }
}

function refused({ name }: Site, got: string, need: string): RangeError {
  return new RangeError(`trainer: got the metric ${name} with ${got}, need ${need}`);
}

function needNumbers(site: Site): void {
  if (site.loss.targets === "classes") throw refused(site, "class numbers for targets", "rows of numbers");
}

function needClasses(site: Site): void {
  if (site.outputs === 1) throw refused(site, "1 output", "one for each class");
  if (site.isOfLabels) throw refused(site, `the loss ${site.loss.name}`, "a loss of classes");
}

function meanError(site: Site, name: "absoluteErrors" | "squaredErrors", finish?: (mean: number) => number): Mean {
  needNumbers(site);
  const { outputs } = site;
  const { kernels } = site.arena;
  return new Mean((output, targets, rows) => kernels[name](output, targets, rows * outputs), outputs, finish);
}

function binaryCounts({ arena, outputs, threshold }: Site): Count {
  const { kernels } = arena;
  return (output, targets, tally, rows) =>
    kernels.binaryCountsAccumulate(output, targets, tally, rows, outputs, threshold);
}

function classCounts({ arena, outputs, loss }: Site): Count {
  const { kernels } = arena;
  return (output, targets, tally, rows) =>
    kernels.classCountsAccumulate(output, targets, tally, rows, outputs, loss.targetColumns);
}

/** The cases of one class or label: the right predictions, all predictions of it, and all targets of it. */
type Share = (right: number, predicted: number, actual: number) => number;

/**
 * Returns a share of cases; 0 if there is nothing to divide by. It is that of class 1 if there is one output or there are two classes, otherwise the
 * mean over all labels, or over all classes that are predicted or actual at least once.
 *
 * Source  scikit-learn's averages "binary" and "macro", with zero_division=0.
 */
function countsOf(site: Site, share: Share): Tally {
  const { outputs, isOfLabels } = site;
  const isOfTwo = outputs === 1 || (outputs === 2 && !isOfLabels);
  return new Tally(3 * outputs, isOfLabels ? binaryCounts(site) : classCounts(site), (counts) => {
    let sum = 0;
    let terms = 0;
    for (let column = isOfTwo ? outputs - 1 : 0; column < outputs; column++) {
      const [right, predicted, actual] = [0, 1, 2].map((row) => counts[row * outputs + column]);
      if (right > 0) sum += share(right, predicted, actual);
      if (isOfTwo || isOfLabels || predicted + actual > 0) terms++;
    }
    return sum / terms;
  });
}

/** Returns the confusion matrix of a single output from the cases of class 1. */
function binaryMatrix([right, predicted, actual]: Float64Array, rows: number): number[][] {
  return [
    [rows - predicted - actual + right, predicted - right],
    [actual - right, right],
  ];
}

/**
 * Returns the mean over the outputs of 1 - Σ (output - target)² / Σ (target - mean)². If all targets are the same, it is 1 if the outputs equal them,
 * else 0. For less than two rows it is NaN.
 *
 * Source  scikit-learn's r2_score.
 */
function determination(deviations: Float64Array, outputs: number, rows: number): number {
  if (rows < 2) return Number.NaN;
  let sum = 0;
  for (let output = 0; output < outputs; output++) {
    const total = deviations[2 * outputs + output];
    const error = deviations[3 * outputs + output];
    if (total === 0) sum += error === 0 ? 1 : 0;
    else sum += 1 - error / total;
  }
  return sum / outputs;
}
