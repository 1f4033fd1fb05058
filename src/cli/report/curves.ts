/** Plots how well probabilities order the rows of classes, and how true they are. */

import { count, short } from "../numbers.ts";
import { type Scores, thresholds } from "../ranking.ts";
import type { Calibration } from "../score.ts";
import { draw, first, second, soft } from "./draw.ts";
import type { Markup } from "./markup.ts";

/** The curve of one class. */
export interface ClassCurve {
  readonly name: string;
  readonly scores: Scores;
  /** True for the curve that is drawn over the others. */
  readonly isMain: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The most points of a curve. */
const mostPoints = 200;

/** Keeps the first and the last point and some between, about evenly by the x axis. */
function thin(points: readonly Point[]): Point[] {
  const every = 1 / mostPoints;
  let kept = Number.NEGATIVE_INFINITY;
  return points.filter(({ x, y }, index) => {
    const isKept =
      index === 0 || index === points.length - 1 || Math.abs(x - kept) + Math.abs(y - points[index - 1].y) >= every;
    if (isKept) kept = x;
    return isKept;
  });
}

/** Returns the shares of the rows of the class (y) and of the others (x) that are above each threshold. */
export function rocPoints(scores: Scores): Point[] {
  const [all, others] = [scores.positives.length, scores.negatives.length];
  const points = Array.from(thresholds(scores), ({ right, wrong }) => ({ x: wrong / others, y: right / all }));
  return thin([{ x: 0, y: 0 }, ...points]);
}

/** Returns the precision (y) at each recall (x). */
export function precisionPoints(scores: Scores): Point[] {
  const all = scores.positives.length;
  const points = Array.from(thresholds(scores), ({ right, wrong }) => ({ x: right / all, y: right / (right + wrong) }));
  const [{ y }] = points;
  return thin([{ x: 0, y }, ...points]);
}

const domain = { domain: [0, 1], nice: false };
const axis = { format: ".1~f", values: [0, 0.2, 0.4, 0.6, 0.8, 1] };
const left = 40;

const encodingOf = (x: string, y: string) => ({
  x: { field: "x", type: "quantitative", scale: domain, axis: { ...axis, title: x } },
  y: {
    field: "y",
    type: "quantitative",
    scale: domain,
    axis: { ...axis, title: y, titleAngle: 0, titleAlign: "left", titleX: 8 - left, titleY: -12 },
  },
});

const size = { height: 320, margins: { left, right: 14, top: 28, bottom: 38 } };

interface CurvesOptions {
  readonly x: string;
  readonly y: string;
  readonly label: string;
  /** The ends of a dashed line. */
  readonly line: readonly Point[];
}

function curvesPlot(
  curves: readonly { readonly points: readonly Point[]; readonly isMain: boolean }[],
  { x, y, label, line }: CurvesOptions,
): Promise<Markup> {
  const encoding = encodingOf(x, y);
  const plot = {
    layer: [
      { data: { values: line }, mark: { type: "line", stroke: soft, strokeWidth: 1.25, strokeDash: [5, 4] }, encoding },
      ...curves.map(({ points, isMain }) => ({
        data: { values: points.map((point, order) => ({ ...point, order })) },
        mark: {
          ...{ type: "line", stroke: isMain ? second : first, strokeJoin: "round" },
          ...{ strokeWidth: isMain ? 2 : 1.5, opacity: isMain ? 1 : 0.45 },
        },
        encoding: { ...encoding, order: { field: "order" } },
      })),
    ],
  };
  return draw(plot, { ...size, label });
}

/** Plots the ROC curves of classes. */
export function rocPlot(curves: readonly ClassCurve[]): Promise<Markup> {
  const drawn = curves.map(({ scores, isMain }) => ({ points: rocPoints(scores), isMain }));
  return curvesPlot(drawn, {
    ...{ x: "false alarms, share of the other rows", y: "found, share of the class" },
    label: `ROC curve of ${curves.map(({ name }) => name).join(", ")}`,
    line: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  });
}

/** Plots precision against recall of classes. The dashed line is the share of the main class. */
export function precisionPlot(curves: readonly ClassCurve[]): Promise<Markup> {
  const drawn = curves.map(({ scores, isMain }) => ({ points: precisionPoints(scores), isMain }));
  const { positives, negatives } = (curves.find(({ isMain }) => isMain) ?? curves[0]).scores;
  const share = positives.length / (positives.length + negatives.length);
  return curvesPlot(drawn, {
    ...{ x: "recall: found, share of the class", y: "precision: right, share of those found" },
    label: `Precision against recall of ${curves.map(({ name }) => name).join(", ")}`,
    line: [
      { x: 0, y: share },
      { x: 1, y: share },
    ],
  });
}

/** Plots predicted probabilities against what came true. A point is the larger, the more rows it stands for. */
export function calibrationPlot({ bins, error }: Calibration): Promise<Markup> {
  const encoding = encodingOf("predicted probability", "share that came true");
  const values = bins.map(({ rows, predicted, actual }) => ({ x: predicted, y: actual, rows }));
  const ends = [0, 1].map((end) => ({ x: end, y: end }));
  const plot = {
    layer: [
      { data: { values: ends }, mark: { type: "line", stroke: soft, strokeWidth: 1.25, strokeDash: [5, 4] }, encoding },
      { data: { values }, mark: { type: "line", stroke: first, strokeWidth: 1.5, opacity: 0.6 }, encoding },
      {
        data: { values },
        mark: { type: "point", filled: true, fill: first, opacity: 1 },
        encoding: {
          ...encoding,
          size: { field: "rows", type: "quantitative", scale: { range: [20, 220], zero: true }, legend: null },
        },
      },
    ],
  };
  const list = values.map(({ x, y, rows }) => `${short(x)}: ${short(y)} of ${count(rows)}`).join(", ");
  return draw(plot, { ...size, label: `Predicted probabilities and what came true, error ${short(error)}: ${list}` });
}
