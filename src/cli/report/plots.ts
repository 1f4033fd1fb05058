/** Describes the plots of a report. */

import type { Importance } from "../importance.ts";
import { greatestOf, isLogarithmic, leastOf, plural, short } from "../numbers.ts";
import type { ClassScore } from "../score.ts";
import {
  axisFormat,
  clipMiddle,
  draw,
  first,
  fontSize,
  grid,
  ink,
  onFirst,
  pictureWidth,
  second,
  soft,
  widthOf,
} from "./draw.ts";
import type { Histogram } from "./histograms.ts";
import type { Markup } from "./markup.ts";

/** The format of numbers at axes: 0.001, 12,000. */
const format = ",.4~g";
/** The most points of a curve: about one per pixel. */
const mostPoints = 400;

export interface Curves {
  /** The name of the values: "loss". */
  readonly what: string;
  readonly epoch: readonly number[];
  readonly training: readonly number[];
  /** Empty if there is none. */
  readonly validation: readonly number[];
  readonly best: number | undefined;
}

const exponentOf = (value: number) => Number(value.toExponential().split("e")[1]);

/** Returns the powers of ten from below the least value to above the greatest. */
function powersOfTen(values: readonly number[]): number[] {
  const exponents = values.map(exponentOf);
  const [low, high] = [leastOf(exponents), greatestOf(exponents) + 1];
  return Array.from({ length: high - low + 1 }, (_, index) => Number(`1e${low + index}`));
}

/** Plots values over the epochs. */
export function curvesPlot(curves: Curves): Promise<Markup> {
  const { what, epoch, training, validation, best } = curves;
  const every = Math.ceil(epoch.length / mostPoints);
  const isKept = (index: number) => index % every === 0 || index === epoch.length - 1 || epoch[index] === best;
  const points = (values: readonly number[], of: string) =>
    values.map((value, index) => ({ epoch: epoch[index], value, of })).filter((_, index) => isKept(index));
  const bestPoints = points(validation, "validation").filter((point) => point.epoch === best);
  const domain = ["training", "validation"];
  const isLog = isLogarithmic([...training, ...validation]);
  const y = {
    field: "value",
    type: "quantitative",
    scale: isLog ? { type: "log" } : { zero: false },
    axis: {
      title: null,
      format,
      ...(isLog ? { values: powersOfTen([...training, ...validation]) } : { tickCount: 5 }),
    },
  };
  const x = { field: "epoch", type: "quantitative", scale: { nice: false, zero: false } };
  const plot = {
    data: { values: [...points(training, "training"), ...points(validation, "validation")] },
    encoding: { x: { ...x, axis: { title: "epoch", grid: false, format: ",d", tickMinStep: 1, tickCount: 6 } }, y },
    layer: [
      ...(best === undefined
        ? []
        : [{ data: { values: [{ epoch: best }] }, mark: { type: "rule", color: soft }, encoding: { y: null } }]),
      {
        mark: { type: "line", strokeWidth: 1.75, strokeJoin: "round", point: epoch.length < 3 },
        encoding: {
          color: { field: "of", type: "nominal", scale: { domain, range: [first, second] }, legend: null },
          strokeDash: {
            field: "of",
            type: "nominal",
            scale: {
              domain,
              range: [
                [1, 0],
                [6, 3],
              ],
            },
            legend: null,
          },
        },
      },
      ...(bestPoints.length === 0
        ? []
        : [
            {
              data: { values: bestPoints },
              mark: { type: "point", filled: true, size: 50, color: second, opacity: 1 },
            },
          ]),
    ],
  };
  const ends = (of: string, values: readonly number[]) =>
    values.length === 0 ? "" : `; ${of} from ${short(values[0])} to ${short(values[values.length - 1])}`;
  const kept = best === undefined ? "" : `; epoch ${best} was the best`;
  const label = `${what} over ${plural(epoch.length, "epoch")}${ends("training", training)}${ends("validation", validation)}${kept}`;
  return draw(plot, { height: 230, margins: { left: 52, right: 12, top: 10, bottom: 38 }, label });
}

/** With more classes than this, cells are too small to be told apart. */
export const mostDrawnClasses = 20;
/** With more classes than this, cells have no room for a number. */
const mostNumberedClasses = 10;

/** Plots targets against predictions. A cell is as dark as its share of the row. */
export function confusionPlot({
  classes,
  confusion,
  right,
  rows,
}: Pick<ClassScore, "classes" | "confusion" | "right" | "rows">): Promise<Markup> {
  const names = classes.map((name) => clipMiddle(String(name), 100));
  const widest = greatestOf(names.map(widthOf));
  const left = widest + 16;
  const cellAt = (margin: number) => (pictureWidth - left - margin) / names.length;
  const isUpright = widest <= cellAt(8) - 2;
  const top = isUpright ? 24 : 14 + 0.71 * (widest + fontSize);
  // The width of slanted names beyond the last cell.
  const overhangs = names.map((name, index) => 0.71 * widthOf(name) - (names.length - index - 0.5) * cellAt(8));
  const margin = isUpright ? 8 : Math.max(8, greatestOf(overhangs));
  const cell = cellAt(margin);
  const height = Math.min(cell, 48) * names.length;
  const cells = confusion.flatMap((counts, is) => {
    const sum = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count, said) => ({ is, said, count, share: sum === 0 ? 0 : count / sum }));
  });
  const band = (field: string) => ({ field, type: "ordinal", scale: { paddingInner: 0.05 }, axis: null });
  const labels = names.map((name, index) => ({ name, is: index, said: index }));
  const text = { type: "text", fontSize, fill: soft };
  const plot = {
    data: { values: cells },
    layer: [
      { mark: { type: "rect", fill: grid, fillOpacity: 0.45 }, encoding: { x: band("said"), y: band("is") } },
      {
        mark: { type: "rect", fill: first },
        encoding: {
          x: band("said"),
          y: band("is"),
          fillOpacity: { field: "share", type: "quantitative", scale: { domain: [0, 1], range: [0, 1] }, legend: null },
        },
      },
      ...(names.length > mostNumberedClasses
        ? []
        : [
            {
              transform: [{ filter: "datum.count > 0" }],
              mark: { type: "text", fontSize: cell < 32 ? 10 : 13, baseline: "middle" },
              encoding: {
                x: band("said"),
                y: band("is"),
                text: { field: "count", type: "quantitative", format: cell < 40 ? ".3~s" : ",d" },
                fill: { condition: { test: "datum.share > 0.7", value: onFirst }, value: ink },
              },
            },
          ]),
      {
        data: { values: labels },
        mark: { ...text, align: "right", baseline: "middle" },
        encoding: { x: { value: -8 }, y: band("is"), text: { field: "name" } },
      },
      {
        data: { values: labels },
        mark: isUpright
          ? { ...text, align: "center", baseline: "bottom" }
          : { ...text, align: "left", baseline: "middle", angle: -45 },
        encoding: { x: band("said"), y: { value: -8 }, text: { field: "name" } },
      },
    ],
  };
  const label = `Confusion matrix of ${classes.length} classes: ${right} of ${plural(rows, "row")} right`;
  return draw(plot, { height: height + top + 8, margins: { left, right: margin, top, bottom: 8 }, label });
}

/** A tested row of which a number is predicted. */
export interface NumberPoint {
  readonly is: number;
  readonly said: number;
  /** The ends of the prediction's interval, if it has one. */
  readonly interval?: readonly [from: number, to: number] | undefined;
}

/** The most intervals that are drawn. */
const mostIntervals = 150;

/** Plots predictions and some of their intervals against what is true. */
export function scatterPlot(points: readonly NumberPoint[], unit: string): Promise<Markup> {
  const values = points.flatMap(({ is, said }) => [is, said]);
  const [least, greatest] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [values[0], values[0]],
  );
  const intervals = points.slice(0, mostIntervals).flatMap(({ is, interval }) => {
    if (!interval) return [];
    // What is beyond the picture is cut off.
    const [from, to] = interval.map((end) => Math.min(Math.max(end, least), greatest));
    return [{ is, from, to }];
  });
  const isLog = isLogarithmic(values);
  const position = (field: string, axis: object) => ({
    field,
    type: "quantitative",
    scale: { domain: [least, greatest], nice: true, zero: false, ...(isLog && { type: "log" }) },
    axis: { format: axisFormat(values), ...(isLog ? { values: powersOfTen(values) } : { tickCount: 5 }), ...axis },
  });
  const left = 56;
  const name = clipMiddle(unit, 180);
  const yTitle = { title: `predicted ${name}`, titleAngle: 0, titleAlign: "left", titleX: 8 - left, titleY: -12 };
  const encoding = { x: position("is", { title: `actual ${name}` }), y: position("said", yTitle) };
  const ends = [least, greatest].map((value) => ({ is: value, said: value }));
  const plot = {
    layer: [
      { data: { values: ends }, mark: { type: "line", stroke: soft, strokeWidth: 1.25, strokeDash: [5, 4] }, encoding },
      ...(intervals.length > 0
        ? [
            {
              data: { values: intervals },
              mark: { type: "rule", stroke: first, strokeWidth: 1, opacity: 0.3 },
              encoding: { x: encoding.x, y: { ...encoding.y, field: "from" }, y2: { field: "to" } },
            },
          ]
        : []),
      {
        data: { values: points },
        mark: { type: "point", filled: true, fill: first, size: 24, opacity: points.length > 500 ? 0.35 : 0.6 },
        encoding,
      },
    ],
  };
  const label = `${plural(points.length, "test row")}: predicted against actual ${unit}, from ${short(least)} to ${short(greatest)}`;
  return draw(plot, { height: 360, margins: { left, right: 12, top: 28, bottom: 38 }, label });
}

/** Plots the errors of predictions against the predictions. */
export function residualPlot(points: readonly NumberPoint[], unit: string): Promise<Markup> {
  const values = points.map(({ is, said }) => ({ said, error: said - is }));
  const left = 56;
  const name = clipMiddle(unit, 180);
  const isLog = isLogarithmic(values.map(({ said }) => said));
  const x = {
    field: "said",
    type: "quantitative",
    scale: { zero: false, ...(isLog && { type: "log" }) },
    axis: {
      title: `predicted ${name}`,
      format: axisFormat(values.map(({ said }) => said)),
      ...(isLog ? { values: powersOfTen(values.map(({ said }) => said)) } : { tickCount: 5 }),
    },
  };
  const title = { title: "predicted − actual", titleAngle: 0, titleAlign: "left", titleX: 8 - left, titleY: -12 };
  const y = {
    field: "error",
    type: "quantitative",
    axis: { format: axisFormat(values.map(({ error }) => error)), tickCount: 5, ...title },
  };
  const plot = {
    layer: [
      {
        data: { values: [{ error: 0 }] },
        mark: { type: "rule", color: soft, strokeWidth: 1.25, strokeDash: [5, 4] },
        encoding: { y },
      },
      {
        data: { values },
        mark: { type: "point", filled: true, fill: first, size: 24, opacity: points.length > 500 ? 0.35 : 0.6 },
        encoding: { x, y },
      },
    ],
  };
  const errors = values.map(({ error }) => error);
  const label = `Errors of ${unit} against predictions, from ${short(leastOf(errors))} to ${short(greatestOf(errors))}`;
  return draw(plot, { height: 300, margins: { left, right: 12, top: 28, bottom: 38 }, label });
}

/**
 * @param what the name of the values: "weights of dense1"
 * @param zero whether to draw a line at 0
 */
export function histogramPlot(
  { from, to, counts }: Histogram,
  { what, unit, zero = false }: { what: string; unit: string | null; zero?: boolean },
): Promise<Markup> {
  const step = (to - from) / counts.length;
  const bars = counts.map((count, index) => ({ low: from + index * step, high: from + (index + 1) * step, count }));
  const scale = { domain: [from, to], nice: false, zero: false };
  const axis = { title: unit && clipMiddle(unit, 260), format: axisFormat([from, to]), tickCount: 5, grid: false };
  const x = { field: "low", type: "quantitative", scale, axis };
  const y = {
    field: "count",
    type: "quantitative",
    axis: { title: null, format: ".3~s", tickCount: 3, tickMinStep: 1 },
  };
  const plot = {
    data: { values: bars },
    layer: [
      {
        mark: { type: "rect", fill: first, stroke: "var(--card)", strokeWidth: 0.75 },
        encoding: { x, x2: { field: "high" }, y, y2: { datum: 0 } },
      },
      ...(zero && from < 0 && to > 0
        ? [{ data: { values: [{ low: 0 }] }, mark: { type: "rule", color: ink, strokeDash: [5, 4] }, encoding: { x } }]
        : []),
    ],
  };
  const label = `Histogram of ${what}, from ${short(from)} to ${short(to)}`;
  return draw(plot, {
    height: unit === null ? 150 : 190,
    margins: { left: 46, right: 14, top: 10, bottom: unit === null ? 24 : 38 },
    label,
  });
}

/** Plots the loss of quality without each column. @param unit of the differences */
export function importancePlot(importances: readonly Importance[], unit: string): Promise<Markup> {
  const rows = importances.map((importance, index) => ({
    ...importance,
    index,
    name: clipMiddle(importance.column, 130),
  }));
  const left = greatestOf(rows.map(({ name }) => widthOf(name))) + 16;
  const step = 22;
  const y = { field: "index", type: "ordinal", scale: { paddingInner: 0.3, paddingOuter: 0.15 }, axis: null };
  const x = { field: "mean", type: "quantitative", axis: { title: unit, format, tickCount: 4 } };
  const plot = {
    data: { values: rows },
    layer: [
      { mark: { type: "bar", fill: first }, encoding: { x, y } },
      {
        mark: { type: "rule", color: ink, strokeWidth: 1.5 },
        encoding: { x: { ...x, field: "least" }, x2: { field: "greatest" }, y },
      },
      {
        mark: { type: "text", fontSize, fill: ink, align: "right", baseline: "middle" },
        encoding: { x: { value: -8 }, y, text: { field: "name" } },
      },
    ],
  };
  const list = importances.map(({ column, mean }) => `${column} ${short(mean)}`).join(", ");
  const label = `Importance of columns, ${unit}: ${list}`;
  return draw(plot, { height: rows.length * step + 48, margins: { left, right: 14, top: 6, bottom: 42 }, label });
}
