import { describe, expect, test } from "vitest";
import { type ColumnRows, columnPlot } from "../../../src/cli/report/columnPlots.ts";

const count = 120;
const numbers = (of: (row: number) => number) => Float64Array.from({ length: count }, (_, row) => of(row));
const columns = {
  size: numbers((row) => (row % 10 === 0 ? Number.NaN : row)),
  flag: numbers((row) => row % 2),
  kind: Array.from({ length: count }, (_, row) => [null, "<b>", "c"][row % 3]),
  many: Array.from({ length: count }, (_, row) => `name ${row % 40}`),
  day: Array.from({ length: count }, (_, row) =>
    row % 12 === 0 ? null : `${1 + (row % 28)}.${1 + Math.floor(row / 28)}.2021`,
  ),
  none: numbers(() => Number.NaN),
};
const number: ColumnRows = {
  ...{ columns, target: "price", isNumber: true },
  ...{ is: numbers((row) => 10 * row), said: numbers((row) => 10 * row + 1) },
};
const binary: ColumnRows = { ...number, is: numbers((row) => row % 2), said: numbers(() => 0.5), isNumber: false };
const classes: ColumnRows = { ...binary, is: numbers((row) => row % 3), classes: ["x", "y", "<z>"] };
const plot = async (name: string, rows: ColumnRows) => {
  const drawn = (await columnPlot(name, rows))!;
  expect(drawn.picture.text).not.toMatch(/NaN|undefined|<b>|<z>/);
  const [, label] = /aria-label="([^"]*)"/.exec(drawn.picture.text)!;
  return { label, text: drawn.text };
};

describe("a column against the target", () => {
  test("of numbers has the means of groups of rows, and of the predictions", async () => {
    const { label, text } = await plot("size", number);
    expect(label).toMatch(/^price by size: 5: 50, predicted 51; /);
    expect(text).toBe("Means of 12 groups of rows, over the rows. 12 rows without a value are left out.");
    expect((await plot("flag", number)).label).toBe("price by flag: 0: 590, predicted 591; 1: 600, predicted 601");
    expect((await plot("flag", binary)).label).toBe("price by flag: 0: 0, predicted 0.5; 1: 1, predicted 0.5");
  });

  test("of dates has the means of groups of rows in the order of time", async () => {
    const dates = new Map([["day", "day-month-year" as const]]);
    const { label, text } = await plot("day", { ...number, dates });
    const days = [...label.matchAll(/(\d{4}-\d\d-\d\d): /g)].map(([, day]) => day);
    expect(days).toHaveLength(12);
    expect(days).toEqual(days.toSorted());
    expect([days[0], days[11]]).toEqual(["2021-01-06", "2021-05-03"]);
    expect(text).toMatch(/^Means of 12 groups of rows, over the rows\. 10 rows without a value/);
    expect((await plot("day", { ...classes, dates })).label).toMatch(/^day for each price: /);
  });

  test("of categories has the mean of each, missing ones too, and of many the most frequent", async () => {
    expect((await plot("kind", number)).label).toMatch(
      /^price by kind: \(missing\) \(40\) 585, predicted 586; &lt;b&gt; \(40\) 595/,
    );
    expect((await plot("many", binary)).text).toBe(
      "A bar for each value, with its number of rows. The 10 most frequent of 40 values.",
    );
  });

  test("of several classes has a line for each row, or the share of each class", async () => {
    expect((await plot("size", classes)).label).toMatch(/^size for each price: /);
    const { label, text } = await plot("kind", classes);
    expect(label).toBe("Shares of price by kind: (missing) (40), &lt;b&gt; (40), c (40)");
    expect(text).toBe("For each value the share of every price, in percent.");
  });

  test("without a value has no plot", async () => {
    expect(await columnPlot("none", number)).toBeUndefined();
  });
});
