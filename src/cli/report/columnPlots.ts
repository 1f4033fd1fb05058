/** Plots the values of a column against the target, and what the model predicts for them. */

import { type DateOrder, daysIn, type SeriesColumns } from "../../data/index.ts";
import { count, greatestOf, leastOf, plural, short } from "../numbers.ts";
import { axisFormat, clipMiddle, draw, first, fontSize, grid, ink, second, soft, widthOf } from "./draw.ts";
import type { Markup } from "./markup.ts";

/** The tested rows. */
export interface ColumnRows {
  readonly columns: SeriesColumns;
  /** The name of the target. */
  readonly target: string;
  /** Numbers in their own unit: the actual one and the predicted one; of two classes 0 or 1, and the probability of the second. */
  readonly is: ArrayLike<number>;
  readonly said: ArrayLike<number>;
  /** The classes, if there are more than two: `is` has their numbers. */
  readonly classes?: readonly string[] | undefined;
  /** True if numbers are predicted. */
  readonly isNumber: boolean;
  /** The order of year, month and day in columns of dates, by name. */
  readonly dates?: ReadonlyMap<string, DateOrder> | undefined;
}

/** A plot of a column with its explanation. */
export interface ColumnPlot {
  readonly picture: Markup;
  readonly text: string;
}

/** The most points, categories and classes of a plot, and the number of bins of a column of numbers. */
const [mostPoints, mostCategories, mostClasses, bins] = [600, 10, 10, 12];

/** Returns the plot of a column; undefined if it has nothing to plot. */
export async function columnPlot(name: string, rows: ColumnRows): Promise<ColumnPlot | undefined> {
  const values = timesOf(rows.columns[name], rows.dates?.get(name));
  const isNumbers = values instanceof Float64Array;
  const places = Array.from(rows.is, (_, row) => row).filter((row) => {
    const value = values[row];
    return isNumbers ? Number.isFinite(value) : value === null || typeof value === "string";
  });
  if (places.length === 0) return undefined;
  const missing = rows.is.length - places.length;
  const without =
    missing > 0 ? ` ${plural(missing, "row")} without a value ${missing === 1 ? "is" : "are"} left out.` : "";
  const drawn = isNumbers
    ? await numberPlot(name, values, places, rows)
    : await categoryPlot(name, values, places, rows);
  return { picture: drawn.picture, text: drawn.text + without };
}

/** Returns dates as milliseconds since 1970, and other values as they are. */
function timesOf(values: SeriesColumns[string], order: DateOrder | undefined): SeriesColumns[string] {
  if (!order) return values;
  return Float64Array.from(values as ArrayLike<string | null>, (text) => {
    const days = text === null ? undefined : daysIn(text.trim(), order);
    return days === undefined ? Number.NaN : 86_400_000 * days;
  });
}

/** The mean of the target and of the predictions, of some rows. */
interface Means {
  readonly is: number;
  readonly said: number;
  readonly rows: number;
}

function meansOf(places: readonly number[], { is, said }: ColumnRows): Means {
  const mean = (values: ArrayLike<number>) => places.reduce((sum, row) => sum + values[row], 0) / places.length;
  return { is: mean(is), said: mean(said), rows: places.length };
}

async function numberPlot(
  name: string,
  values: Float64Array,
  places: readonly number[],
  rows: ColumnRows,
): Promise<ColumnPlot> {
  const { target, classes, isNumber, dates } = rows;
  const isDate = dates?.has(name);
  if (classes) return stripPlot(name, values, places, { ...rows, classes });
  const ordered = places.toSorted((one, other) => values[one] - values[other]);
  const groups = groupsOf(ordered, values);
  const means = groups.map((of) => ({
    x: of.reduce((sum, row) => sum + values[row] / of.length, 0),
    ...meansOf(of, rows),
  }));
  const points = isNumber ? places.slice(0, mostPoints).map((row) => ({ x: values[row], is: rows.is[row] })) : [];
  const left = 52;
  const x = axisOf(
    "x",
    clipMiddle(name, 260),
    means.map(({ x }) => x),
    isDate,
  );
  const heights = [...means.flatMap(({ is, said }) => [is, said]), ...points.map(({ is }) => is)];
  const y = {
    ...{ type: "quantitative", scale: isNumber ? { zero: false } : { domain: [0, 1] } },
    axis: {
      ...{
        title: clipMiddle(isNumber ? target : `share of ${target}`, 260),
        format: axisFormat(heights),
        tickCount: 5,
      },
      ...{ titleAngle: 0, titleAlign: "left", titleX: 8 - left, titleY: -12 },
    },
  };
  const line = (field: string, stroke: string, strokeDash: number[]) => ({
    data: { values: means },
    mark: { type: "line", stroke, strokeWidth: 2, strokeDash, point: { filled: true, fill: stroke, size: 28 } },
    encoding: { x, y: { ...y, field } },
  });
  const plot = {
    layer: [
      ...(points.length > 0
        ? [
            {
              data: { values: points },
              mark: { type: "point", filled: true, fill: soft, size: 14, opacity: 0.3 },
              encoding: { x, y: { ...y, field: "is" } },
            },
          ]
        : []),
      line("is", first, [1, 0]),
      line("said", second, [6, 3]),
    ],
  };
  const placeText = (x: number) => (isDate ? new Date(x).toISOString().slice(0, 10) : short(x));
  const list = means.map(({ x, is, said }) => `${placeText(x)}: ${short(is)}, predicted ${short(said)}`).join("; ");
  const picture = await draw(plot, {
    ...{ height: 250, margins: { left, right: 14, top: 28, bottom: 38 } },
    label: `${target} by ${name}: ${list}`,
  });
  return { picture, text: `Means of ${groups.length} groups of rows${points.length > 0 ? ", over the rows" : ""}.` };
}

/** Divides rows that are in the order of their values: a group for each of few values, otherwise groups of about one size. */
function groupsOf(ordered: readonly number[], values: Float64Array): (readonly number[])[] {
  const byValue = new Map<number, number[]>();
  for (const row of ordered) {
    const others = byValue.get(values[row]);
    if (others) others.push(row);
    else if (byValue.size === bins) break;
    else byValue.set(values[row], [row]);
  }
  const grouped = [...byValue.values()];
  if (grouped.reduce((sum, { length }) => sum + length, 0) === ordered.length) return grouped;
  const parts = Math.max(1, Math.min(bins, Math.floor(ordered.length / 5)));
  const border = (part: number) => Math.round((part * ordered.length) / parts);
  return Array.from({ length: parts }, (_, part) => ordered.slice(border(part), border(part + 1)));
}

const axisOf = (field: string, title: string, values: readonly number[], isDate = false) =>
  isDate
    ? {
        ...{ field, type: "temporal", scale: { type: "utc" } },
        axis: { title, format: dateFormat(values), tickCount: 4, grid: false },
      }
    : {
        ...{ field, type: "quantitative", scale: { zero: false, nice: true } },
        axis: { title, format: axisFormat(values), tickCount: 5, grid: false },
      };

const day = 86_400_000;

/** Returns the format of an axis of times: years, months, days or hours. */
function dateFormat(times: readonly number[]): string {
  const days = (greatestOf(times) - leastOf(times)) / day;
  return days > 1500 ? "%Y" : days > 90 ? "%Y-%m" : days > 3 ? "%Y-%m-%d" : "%d, %H:%M";
}

/** Plots a column of numbers for each of several classes. */
async function stripPlot(
  name: string,
  values: Float64Array,
  places: readonly number[],
  { target, is, classes, dates }: ColumnRows & { readonly classes: readonly string[] },
): Promise<ColumnPlot> {
  const counts = classes.map(() => 0);
  for (const row of places) counts[is[row]]++;
  const shown = frequent(counts, mostClasses);
  const rows = shown.map((number, index) => ({ index, name: clipMiddle(classes[number], 110) }));
  const at = new Map(shown.map((number, index) => [number, index]));
  const points = places
    .filter((row) => at.has(is[row]))
    .slice(0, 3 * mostPoints)
    .map((row) => ({ x: values[row], index: at.get(is[row]) }));
  const left = greatestOf(rows.map(({ name }) => widthOf(name))) + 16;
  const step = 24;
  const y = { field: "index", type: "ordinal", scale: { paddingInner: 0.3 }, axis: null };
  const plot = {
    layer: [
      {
        data: { values: points },
        mark: { type: "tick", color: first, opacity: 0.45, thickness: 1.5 },
        encoding: {
          x: axisOf(
            "x",
            clipMiddle(name, 220),
            points.map(({ x }) => x),
            dates?.has(name),
          ),
          y,
        },
      },
      { data: { values: rows }, ...namesLayer(y) },
    ],
  };
  const picture = await draw(plot, {
    ...{ height: rows.length * step + 52, margins: { left, right: 14, top: 8, bottom: 40 } },
    label: `${name} for each ${target}: ${rows.map(({ name }) => name).join(", ")}`,
  });
  const all = classes.length > shown.length ? ` The ${shown.length} most frequent of ${classes.length} classes.` : "";
  return { picture, text: `A line for each row, by its ${target}.${all}` };
}

const namesLayer = (y: object) => ({
  mark: { type: "text", fontSize, fill: ink, align: "right", baseline: "middle" },
  encoding: { x: { value: -8 }, y, text: { field: "name" } },
});

/** Returns the places of the greatest counts above 0, in the order of the counts. */
const frequent = (counts: readonly number[], most: number): number[] =>
  counts
    .map((_, place) => place)
    .filter((place) => counts[place] > 0)
    .sort((one, other) => counts[other] - counts[one])
    .slice(0, most);

async function categoryPlot(
  name: string,
  values: ArrayLike<unknown>,
  places: readonly number[],
  rows: ColumnRows,
): Promise<ColumnPlot> {
  const groups = new Map<string, number[]>();
  for (const row of places) {
    const category = values[row] === null ? "(missing)" : String(values[row]);
    const others = groups.get(category);
    if (others) others.push(row);
    else groups.set(category, [row]);
  }
  const shown = [...groups].sort(([, one], [, other]) => other.length - one.length).slice(0, mostCategories);
  const all = groups.size > shown.length ? ` The ${shown.length} most frequent of ${count(groups.size)} values.` : "";
  if (rows.classes) return sharesPlot(name, shown, { ...rows, classes: rows.classes }, all);
  const means = shown.map(([category, places], index) => ({
    ...meansOf(places, rows),
    ...{ index, name: `${clipMiddle(category, 100)} (${count(places.length)})` },
  }));
  const left = greatestOf(means.map(({ name }) => widthOf(name))) + 16;
  const step = 24;
  const y = { field: "index", type: "ordinal", scale: { paddingInner: 0.35, paddingOuter: 0.15 }, axis: null };
  const title = clipMiddle(rows.isNumber ? `mean ${rows.target}` : `share of ${rows.target}`, 220);
  const x = {
    ...{ field: "is", type: "quantitative", scale: rows.isNumber ? { zero: true } : { domain: [0, 1] } },
    axis: { title, format: axisFormat(means.flatMap(({ is, said }) => [is, said])), tickCount: 4 },
  };
  const plot = {
    data: { values: means },
    layer: [
      { mark: { type: "bar", fill: first, opacity: 0.8 }, encoding: { x, y } },
      {
        mark: { type: "point", shape: "diamond", filled: true, fill: second, size: 70, opacity: 1 },
        encoding: { x: { ...x, field: "said" }, y },
      },
      namesLayer(y),
    ],
  };
  const list = means.map(({ name, is, said }) => `${name} ${short(is)}, predicted ${short(said)}`).join("; ");
  const picture = await draw(plot, {
    ...{ height: means.length * step + 52, margins: { left, right: 14, top: 8, bottom: 42 } },
    label: `${rows.target} by ${name}: ${list}`,
  });
  return { picture, text: `A bar for each value, with its number of rows.${all}` };
}

/** Plots the shares of several classes for each category. */
async function sharesPlot(
  name: string,
  groups: readonly (readonly [category: string, places: readonly number[]])[],
  { target, is, classes }: ColumnRows & { readonly classes: readonly string[] },
  all: string,
): Promise<ColumnPlot> {
  const counts = classes.map(() => 0);
  for (const [, places] of groups) for (const row of places) counts[is[row]]++;
  const shown = frequent(counts, mostClasses);
  const names = groups.map(([category, places], index) => ({
    index,
    name: `${clipMiddle(category, 100)} (${count(places.length)})`,
  }));
  const heads = shown.map((number, place) => ({ place, name: clipMiddle(classes[number], 70) }));
  const cells = groups.flatMap(([, places], index) =>
    shown.map((number, place) => {
      const share = places.filter((row) => is[row] === number).length / places.length;
      return { index, place, share, text: share < 0.005 ? "" : `${Math.round(100 * share)}` };
    }),
  );
  const left = greatestOf(names.map(({ name }) => widthOf(name))) + 16;
  const top = 14 + 0.71 * (greatestOf(heads.map(({ name }) => widthOf(name))) + fontSize);
  const step = 26;
  const x = { field: "place", type: "ordinal", scale: { paddingInner: 0.05 }, axis: null };
  const y = { field: "index", type: "ordinal", scale: { paddingInner: 0.08 }, axis: null };
  const plot = {
    layer: [
      { data: { values: cells }, mark: { type: "rect", fill: grid, fillOpacity: 0.45 }, encoding: { x, y } },
      {
        data: { values: cells },
        mark: { type: "rect", fill: first },
        encoding: {
          ...{ x, y },
          fillOpacity: { field: "share", type: "quantitative", scale: { domain: [0, 1], range: [0, 1] }, legend: null },
        },
      },
      {
        data: { values: cells },
        mark: { type: "text", fontSize, baseline: "middle" },
        encoding: {
          ...{ x, y, text: { field: "text" } },
          fill: { condition: { test: "datum.share > 0.7", value: "var(--on-first)" }, value: ink },
        },
      },
      { data: { values: names }, ...namesLayer(y) },
      {
        data: { values: heads },
        mark: { type: "text", fontSize, fill: soft, align: "left", baseline: "middle", angle: -45 },
        encoding: { x, y: { value: -8 }, text: { field: "name" } },
      },
    ],
  };
  const picture = await draw(plot, {
    ...{ height: names.length * step + top + 8, margins: { left, right: 40, top, bottom: 8 } },
    label: `Shares of ${target} by ${name}: ${names.map(({ name }) => name).join(", ")}`,
  });
  const classesText =
    classes.length > shown.length ? ` The ${shown.length} most frequent of ${classes.length} classes.` : "";
  return { picture, text: `For each value the share of every ${target}, in percent.${all}${classesText}` };
}
