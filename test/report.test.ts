/** The tables of README and bench/README are those that the committed results give, and the figures in them are right. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { charts, peersPlot } from "../bench/report/plots.ts";
import { readCommitted, withParts } from "../bench/report/tables.ts";
import { cliffs, figure, goalText, megabytes, type Row, ratioFigure, type Table } from "../bench/results.ts";

const committed = readCommitted();

describe("the committed results", () => {
  test.each(["README.md", "bench/README.md"])("%s says what they say; else: npm run bench:report", (file) => {
    const text = readFileSync(file, "utf8");
    expect(text).toContain("<!-- results:");
    expect(text).toBe(withParts(text, committed));
  });

  test.each(["peers", "imagePeers"] as const)("the picture of the %s shows simdnet in each chart", (name) => {
    const { concat } = peersPlot(committed[name], charts[name]) as {
      concat: { data: { values: { peer: string }[] } }[];
    };
    expect(concat).toHaveLength(4);
    for (const { data } of concat) expect(data.values.map(({ peer }) => peer)).toContain("simdnet");
  });

  test("a part that nobody makes is refused", () => {
    expect(() => withParts("<!-- results:nothing -->\n<!-- /results -->", committed)).toThrow(
      /got nothing, need speed/,
    );
  });
});

/** A row of 8e9 operations: over three rounds the work took 1, 4 and 2 seconds, the peak 0.5, 1 and 1. */
const row: Row = { name: "64", count: 8e9, seconds: [1, 4, 2], other: [0.5, 1, 1] };
const table: Table = { title: "products", unit: "GFLOP/s", versus: "peak", rows: [row] };

describe("figures of three rounds", () => {
  test("8e9 operations in 1, 4 and 2 s are at best 8 GFLOP/s, in the median 4", () => {
    expect(figure(table, row)).toEqual({ best: "8.00", median: "4.00", quartiles: "4.00–8.00" });
  });

  test("beside a peak of 0.5, 1 and 1 s they are at best, and in the median, half of it", () => {
    expect(ratioFigure(table, row)).toEqual({ best: "50 %", median: "50 %", quartiles: "50 %–50 %" });
  });

  test("of a step that takes 4, 8 and 8 s, they are a quarter", () => {
    const part = { ...row, other: [4, 8, 8] };
    expect(ratioFigure({ versus: "step" }, part).median).toBe("25 %");
  });

  test("a goal is the least of a rate, the most of a time, and the least of a share", () => {
    expect(goalText(table, row)).toBe("");
    expect(goalText({ ...table, unit: "examples/s" }, { ...row, goal: 30_000 })).toBe("≥ 30,000");
    expect(goalText({ ...table, unit: "µs" }, { ...row, goal: 16 })).toBe("≤ 16");
    expect(goalText(table, { ...row, goal: 40, goalRatio: 0.75 })).toBe("≥ 40, ≥ 75 %");
  });

  test("a megabyte is 10⁶ bytes", () => {
    expect(megabytes(44_826_624)).toBe("44.8 MB");
  });

  test("a row at 20 % between one at 50 % and one at 39 % is a cliff, one at 26 % is none", () => {
    const share = (name: string, part: number) => ({ ...row, name, seconds: [1], other: [part] });
    const rows = (middle: number) => [share("32", 0.5), share("64", middle), share("128", 0.39)];
    expect(cliffs({ ...table, rows: rows(0.2) })).toEqual(["products: 20 % at 64, 50 % at 32"]);
    expect(cliffs({ ...table, rows: rows(0.26) })).toEqual([]);
  });
});
