import { describe, expect, test } from "vitest";
import { calibrationPlot, precisionPlot, precisionPoints, rocPlot, rocPoints } from "../../../src/cli/report/curves.ts";
import { pcg32 } from "../../../src/index.ts";

const of = (positives: number[], negatives: number[]) => ({
  positives: Float64Array.from(positives),
  negatives: Float64Array.from(negatives),
});

describe("the curve of a class", () => {
  test("has a point for each threshold: found against false alarms, and precision against recall", () => {
    const scores = of([0.9, 0.4], [0.6, 0.1]);
    expect(rocPoints(scores)).toEqual([
      ...[
        { x: 0, y: 0 },
        { x: 0, y: 0.5 },
        { x: 0.5, y: 0.5 },
        { x: 0.5, y: 1 },
        { x: 1, y: 1 },
      ],
    ]);
    expect(precisionPoints(scores)).toEqual([
      ...[
        { x: 0, y: 1 },
        { x: 0.5, y: 1 },
        { x: 0.5, y: 0.5 },
        { x: 1, y: 2 / 3 },
        { x: 1, y: 0.5 },
      ],
    ]);
  });

  test("has a few hundred points of very many rows, and the area of all", () => {
    const random = pcg32(1);
    const draw = (shift: number) => Array.from({ length: 20_000 }, () => random.normal() + shift);
    const points = rocPoints(of(draw(1), draw(0)));
    expect(points.length).toBeLessThan(600);
    const area = points
      .slice(1)
      .reduce((sum, { x, y }, index) => sum + ((x - points[index].x) * (y + points[index].y)) / 2, 0);
    // Φ(1 / √2)
    expect(area).toBeCloseTo(0.76, 2);
  });

  test("is drawn, that of the main class over the others", async () => {
    const scores = of([0.9, 0.4], [0.6, 0.1]);
    const curves = ["<a>", "b"].map((name, index) => ({ name, scores, isMain: index === 1 }));
    for (const { text } of [await rocPlot(curves), await precisionPlot(curves)]) {
      expect(text).not.toMatch(/NaN|undefined|<a>/);
      expect(text).toContain("&lt;a&gt;, b");
      expect(text.match(/stroke="var\(--first\)"/g)).toHaveLength(1);
      expect(text.match(/stroke="var\(--second\)"/g)).toHaveLength(1);
    }
  });
});

test("calibration has a point for each group of rows, the larger the more rows", async () => {
  const bins = [
    { rows: 10, predicted: 0.1, actual: 0.2 },
    { rows: 90, predicted: 0.8, actual: 0.7 },
  ];
  const { text } = await calibrationPlot({ error: 0.1, bins });
  expect(text).toContain("error 0.1: 0.1: 0.2 of 10, 0.8: 0.7 of 90");
  expect(text).not.toContain("NaN");
});
