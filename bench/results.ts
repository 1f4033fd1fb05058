/** What a run of the benchmarks leaves in bench/results: its shape, and the figures that tables and pictures show of it. */

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
  /** What its rows are compared with. */
  readonly versus: Versus;
  readonly rows: readonly Row[];
  /** What the rows' networks keep in memory, if that is measured. */
  readonly memory?: readonly Memory[];
}

/** The size of a network's memory after some work. */
export interface Memory {
  readonly name: string;
  readonly bytes: number;
  /** The most that it shall be, in bytes. */
  readonly goal: number;
}

export interface Row {
  readonly name: string;
  /** What one run does, in what the unit counts: operations, elements, examples. */
  readonly count: number;
  /** Seconds of one run, a round each. */
  readonly seconds: readonly number[];
  /** Seconds in which that which it is compared with does as much, in the same rounds. */
  readonly other: readonly number[];
  /** In the table's unit, the most that it shall take, or the least that it shall reach if the unit is a rate. */
  readonly goal?: number;
  /** The least that it shall reach beside the other. */
  readonly goalRatio?: number;
}

export type Unit = keyof typeof units;
export type Versus = keyof typeof comparisons;

const rate = (count: number, seconds: number) => count / seconds;
const nanoseconds = (count: number, seconds: number) => (1e9 * seconds) / count;

/** The figure of `count` done in `seconds`. */
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
  /** The same in plain JavaScript. */
  JavaScript: { title: "JavaScript's speed", ratio: speed, format: times },
  /** The same on a table that has the rows of the batch alone. */
  small: { title: "of a small table's speed", ratio: speed, format: percent },
  /** The step that it is a part of. */
  step: { title: "of the step", ratio: (seconds: number, other: number) => seconds / other, format: percent },
};

/** A figure of a row over the rounds, as text: the best, the median, and the quartiles around it. */
export interface Figure {
  readonly best: string;
  readonly median: string;
  readonly quartiles: string;
}

/** What the row shall reach, as text; empty if it has no goal. */
export function goalText({ unit, versus }: Pick<Table, "unit" | "versus">, { goal, goalRatio }: Row): string {
  const sign = unit.endsWith("/s") ? "≥" : "≤";
  const goals = [
    ...(goal === undefined ? [] : [`${sign} ${goal.toLocaleString("en")}`]),
    ...(goalRatio === undefined ? [] : [`≥ ${comparisons[versus].format(goalRatio)}`]),
  ];
  return goals.join(", ");
}

/** A size in megabytes, 10⁶ bytes. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toPrecision(3)} MB`;

export const versusTitle = (versus: Versus): string => comparisons[versus].title;

/** The figure of one thing done in `seconds`. */
export const show = (unit: Unit, seconds: number): string => short(units[unit](1, seconds));

/** How fast the row was, in the table's unit. */
export function figure({ unit }: Pick<Table, "unit">, { count, seconds }: Row): Figure {
  const of = (time: number) => units[unit](count, time);
  return figureOf(of(Math.min(...seconds)), seconds.map(of), short);
}

/** How fast it was beside the other; the best is the best round of each. */
export function ratioFigure({ versus }: Pick<Table, "versus">, row: Row): Figure {
  const { ratio, format } = comparisons[versus];
  return figureOf(ratio(Math.min(...row.seconds), Math.min(...row.other)), ratios(versus, row), format);
}

function figureOf(best: number, values: readonly number[], format: (value: number) => string): Figure {
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((part) => format(quantile(values, part)));
  return { best: format(best), median, quartiles: `${lower}–${upper}` };
}

/** The median over the rounds of the row's speed beside the other's. */
export function medianRatio({ versus }: Pick<Table, "versus">, row: Row): number {
  return quantile(ratios(versus, row), 0.5);
}

function ratios(versus: Versus, { seconds, other }: Row): number[] {
  return seconds.map((time, round) => comparisons[versus].ratio(time, other[round]));
}

/** The points of a table over a growing size that are below half of a neighbour, as sentences. */
export function cliffs(table: Table): string[] {
  const points = table.rows.map((row) => ({ name: row.name, share: medianRatio(table, row) }));
  return points.flatMap(({ name, share }, index) => {
    const neighbour = [points[index - 1], points[index + 1]].find((other) => other && share < other.share / 2);
    if (!neighbour) return [];
    return [`${table.title}: ${percent(share)} at ${name}, ${percent(neighbour.share)} at ${neighbour.name}`];
  });
}

/** The element of the sorted values at that part of the way. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(part * (values.length - 1))];
}

/** Three digits, and commas between thousands. */
function short(value: number): string {
  return value >= 1000 ? Number(value.toPrecision(3)).toLocaleString("en") : value.toPrecision(3);
}
