import { describe, expect, test } from "vitest";
import {
  confusionPlot,
  curvesPlot,
  histogramPlot,
  importancePlot,
  scatterPlot,
} from "../../../src/cli/report/plots.ts";

/** The texts in a picture. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
const labelOf = (svg: string) => /aria-label="([^"]*)"/.exec(svg)![1];
const finite = (svg: string) => expect(svg).not.toMatch(/NaN|undefined|Infinity/);

describe("curvesPlot", () => {
  const curves = {
    what: "Loss",
    epoch: [1, 2, 3, 4],
    training: [2, 1, 0.5, 0.04],
    validation: [2, 1.5, 1, 1.2],
    best: 3,
  };

  test("has a line for each set, the validation's dashed, and marks the best epoch", async () => {
    const { text } = await curvesPlot(curves);
    expect(text.match(/stroke="var\(--first\)"/g)).toHaveLength(1);
    expect(
      text.match(/stroke="var\(--second\)" stroke-width="1.75" stroke-linejoin="round" stroke-dasharray="6,3"/g),
    ).toHaveLength(1);
    expect(text.match(/fill="var\(--second\)"/g)).toHaveLength(1);
    expect(labelOf(text)).toBe(
      "Loss over 4 epochs; training from 2 to 0.04; validation from 2 to 1.2; epoch 3 was the best",
    );
    finite(text);
  });

  test("is logarithmic from a ratio of 30 on, with powers of ten at the axis", async () => {
    expect(textsOf((await curvesPlot(curves)).text)).toEqual(expect.arrayContaining(["0.01", "0.1", "1", "10"]));
  });

  test("draws one epoch as a point, and ten thousand as no more than some hundred", async () => {
    const one = await curvesPlot({ what: "Loss", epoch: [1], training: [2], validation: [3], best: 1 });
    finite(one.text);
    const epoch = Array.from({ length: 10_000 }, (_, index) => index + 1);
    const training = epoch.map((number) => 1 + 1 / number);
    const { text } = await curvesPlot({ what: "Loss", epoch, training, validation: [], best: undefined });
    expect(text.length).toBeLessThan(20_000);
  });
});

describe("confusionPlot", () => {
  const score = (classes: readonly string[]) => ({
    rows: classes.length,
    right: classes.length,
    classes,
    confusion: classes.map((_, is) => classes.map((_, said) => (is === said ? 12345 : 0))),
  });

  test("has the classes at both sides, and numbers where there are some", async () => {
    const { text } = await confusionPlot(score(["<no>", "yes"]));
    expect(textsOf(text).sort()).toEqual(["&lt;no&gt;", "&lt;no&gt;", "12,345", "12,345", "yes", "yes"]);
    finite(text);
  });

  test("keeps classes apart whose names are alike when they are cut, and takes any number of them", async () => {
    const names = Array.from(
      { length: 20 },
      (_, index) => `${"a long name ".repeat(3)}${index % 2}${" of many".repeat(3)}`,
    );
    const { text } = await confusionPlot(score(names));
    expect(textsOf(text)).toHaveLength(40);
    finite(text);
  });
});

test("scatterPlot has a point for each row and a diagonal, also where all are equal", async () => {
  const points = [
    { is: 1, said: 2 },
    { is: 5, said: 4 },
    { is: 9, said: 9 },
  ];
  const { text } = await scatterPlot(points, "price & <tax>");
  expect(text.match(/fill="var\(--first\)"/g)).toHaveLength(3);
  expect(text).toContain("predicted price &amp; &lt;tax&gt;");
  finite(text);
  finite((await scatterPlot([{ is: 3, said: 3 }], "y")).text);
});

test("histogramPlot has a bar for each bin, and a line at 0 if asked", async () => {
  const histogram = { from: -1, to: 1, counts: [3, 0, 5, 1] };
  const { text } = await histogramPlot(histogram, { what: "errors", unit: "y", zero: true });
  expect(text.match(/fill="var\(--first\)"/g)).toHaveLength(4);
  expect(text).toMatch(/stroke-dasharray="5,4"/);
  expect((await histogramPlot(histogram, { what: "weights", unit: null })).text).not.toMatch(/stroke-dasharray/);
  finite(text);
});

test("importancePlot has a bar and a line for each column, their names beside them", async () => {
  const rows = ["a<b", "c"].map((column, index) => ({ column, mean: 3 - index, least: -1, greatest: 4 }));
  const { text } = await importancePlot(rows, "accuracy lost");
  expect(textsOf(text)).toEqual(expect.arrayContaining(["a&lt;b", "c"]));
  expect(text.match(/fill="var\(--first\)"/g)).toHaveLength(2);
  expect(labelOf(text)).toBe("Importance of columns, accuracy lost: a&lt;b 3, c 2");
  finite((await importancePlot([{ column: "a", mean: 0, least: 0, greatest: 0 }], "accuracy lost")).text);
});
