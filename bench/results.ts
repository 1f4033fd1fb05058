/** The results of a benchmark run in bench/results: their shape, and the figures that tables and pictures show. */

export interface Results {
  readonly machine: Machine;
  readonly commit: string;
  readonly date: string;
  readonly rounds: number;
  readonly suites: Readonly<Record<string, readonly Table[]>>;
}

export interface Machine {
  readonly processor: string;
  readonly runtime: string;
  readonly v8: string;
}

export interface Table {
  readonly title: string;
  readonly unit: Unit;
  /** The work that its rows are compared with. */
  readonly versus: Versus;
  readonly rows: readonly Row[];
  /** The memory of the rows' networks, if it is measured. */
  readonly memory?: readonly Memory[];
}

/** The size of a network's memory after some work. */
export interface Memory {
  readonly name: string;
  readonly bytes: number;
  /** The most that it may be, in bytes. */
  readonly goal: number;
}

export interface Row {
  readonly name: string;
  /** The amount of work of one run, in the table's unit: operations, elements, examples. */
  readonly count: number;
  /** The seconds of one run, one for each round. */
  readonly seconds: readonly number[];
  /** The seconds that the other work takes for the same amount, in the same rounds. */
  readonly other: readonly number[];
  /** The goal in the table's unit: the least if the unit is a rate, else the most. */
  readonly goal?: number;
  /** The least speed relative to the other work. */
  readonly goalRatio?: number;
}

export type Unit = keyof typeof units;
export type Versus = keyof typeof comparisons;

const rate = (count: number, seconds: number) => count / seconds;
const nanoseconds = (count: number, seconds: number) => (1e9 * seconds) / count;

/** The figure for `count` units of work in `seconds`. */
const units = {
  "GFLOP/s": (count: number, seconds: number) => rate(count, seconds) / 1e9,
  "examples/s": rate,
  "ns/element": nanoseconds,
  "ns/parameter": nanoseconds,
  "ns/token": nanoseconds,
  µs: (count: number, seconds: number) => nanoseconds(count, seconds) / 1e3,
  ms: (count: number, seconds: number) => nanoseconds(count, seconds) / 1e6,
};

const percent = (share: number) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
export const times = (ratio: number): string => `${ratio < 99.5 ? ratio.toPrecision(2) : ratio.toFixed(0)} ×`;
const speed = (seconds: number, other: number) => other / seconds;

const comparisons = {
  /** The machine's peak: bench/peak.ts. */
  peak: { title: "of the peak", ratio: speed, format: percent },
  /** The same work in plain JavaScript. */
  JavaScript: { title: "JavaScript's speed", ratio: speed, format: times },
  /** The same work on a table that has only the rows of the batch. */
  small: { title: "of a small table's speed", ratio: speed, format: percent },
  /** One thread, of which each of several does a part. */
  thread: { title: "of one thread's speed, each", ratio: speed, format: percent },
  /** The whole step of which it is a part. */
  step: { title: "of the step", ratio: (seconds: number, other: number) => seconds / other, format: percent },
};

/** A figure of a row over the rounds, as text: the best, the median, and the quartiles. */
export interface Figure {
  readonly best: string;
  readonly median: string;
  readonly quartiles: string;
}

/** Returns a row's goal as text; empty if it has none. */
export function goalText({ unit, versus }: Pick<Table, "unit" | "versus">, { goal, goalRatio }: Row): string {
  const sign = unit.endsWith("/s") ? "≥" : "≤";
  const goals = [
    ...(goal === undefined ? [] : [`${sign} ${goal.toLocaleString("en")}`]),
    ...(goalRatio === undefined ? [] : [`≥ ${comparisons[versus].format(goalRatio)}`]),
  ];
  return goals.join(", ");
}

/** Returns a size in megabytes, 10⁶ bytes. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;

export const versusTitle = (versus: Versus): string => comparisons[versus].title;

/** Returns the figure for one unit of work in `seconds`. */
export const show = (unit: Unit, seconds: number): string => short(units[unit](1, seconds));

/** Returns the row's speed in the table's unit. */
export function figure({ unit }: Pick<Table, "unit">, { count, seconds }: Row): Figure {
  const of = (time: number) => units[unit](count, time);
  return figureOf(of(Math.min(...seconds)), seconds.map(of), short);
}

/** Returns the row's speed relative to the other work; the best is that of the best round of each. */
export function ratioFigure({ versus }: Pick<Table, "versus">, row: Row): Figure {
  const { ratio, format } = comparisons[versus];
  return figureOf(ratio(Math.min(...row.seconds), Math.min(...row.other)), ratios(versus, row), format);
}

function figureOf(best: number, values: readonly number[], format: (value: number) => string): Figure {
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((part) => format(quantile(values, part)));
  return { best: format(best), median, quartiles: `${lower}–${upper}` };
}

/** Returns the median over the rounds of the row's speed relative to the other work. */
export function medianRatio({ versus }: Pick<Table, "versus">, row: Row): number {
  return quantile(ratios(versus, row), 0.5);
}

function ratios(versus: Versus, { seconds, other }: Row): number[] {
  return seconds.map((time, round) => comparisons[versus].ratio(time, other[round]));
}

/** Returns a sentence for each point of a table over a growing size that is below half of a neighbour. */
export function cliffs(table: Table): string[] {
  const points = table.rows.map((row) => ({ name: row.name, share: medianRatio(table, row) }));
  return points.flatMap(({ name, share }, index) => {
    const neighbour = [points[index - 1], points[index + 1]].find((other) => other && share < other.share / 2);
    if (!neighbour) return [];
    return [`${table.title}: ${percent(share)} at ${name}, ${percent(neighbour.share)} at ${neighbour.name}`];
  });
}

/** Returns a quantile of values: the element at `part` of the sorted ones. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(part * (values.length - 1))];
}

/** Formats a number with three digits, and commas between thousands. */
function short(value: number): string {
  return value >= 1000 ? Number(value.toPrecision(3)).toLocaleString("en") : value.toPrecision(3);
}
