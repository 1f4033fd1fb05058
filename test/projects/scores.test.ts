/** The scores that all projects have, how they are written, and the rows of results.json. */
import { expect, test } from "vitest";

const imported = (name: string) => import(new URL(`../../examples/projects/shared/${name}.mjs`, import.meta.url).href);
const scores = await imported("scores");
const { resultRow } = await imported("measured");

test("the area under the ROC curve is the share of pairs in the right order, equal ones by half", () => {
  const area = (values: number[], isPositive: boolean[]) => scores.areaUnder(scores.rocOf(values, isPositive));
  expect(area([4, 3, 2, 1], [true, true, false, false])).toBe(1);
  expect(area([1, 2, 3, 4], [true, true, false, false])).toBe(0);
  expect(area([4, 2, 3, 1], [true, true, false, false])).toBe(0.75);
  expect(area([4, 3, 3, 1], [true, true, false, false])).toBe(0.875);
  expect(area([1, 1, 1], [true, false, false])).toBe(0.5);
});

test("answers of two classes: how many are right, which are wrong, and what always saying one class reaches", () => {
  const [probabilities, targets] = [
    [0.9, 0.4, 0.6, 0.5, 0.2],
    [0, 1, 1, 1, 0],
  ];
  expect(scores.scoreOf(probabilities, targets)).toEqual({
    confusion: [
      [1, 1],
      [2, 1],
    ],
    right: 2,
    rows: 5,
    accuracy: 0.4,
  });
  expect(scores.surestMistakes(probabilities, targets)).toEqual([0, 1, 3]);
  expect([scores.alwaysOne([1, 1, 0], [1, 0, 0, 0]), scores.alwaysOne([0, 0, 1], [1, 0, 0, 0])]).toEqual([0.25, 0.75]);
});

test("are written below each other", () => {
  expect(scores.percent(0.12345)).toBe("12.3 %");
  expect(
    scores.textTable([
      ["a", "1.5"],
      ["longer", "10.25"],
    ]),
  ).toBe("  a          1.5\n  longer   10.25");
});

test("a row of results.json has the means of all seeds", () => {
  const row = { what: "a", unit: "accuracy", bar: 0.5, tolerance: 0.1, baseline: { what: "b", score: 0.1 } };
  const runs = [
    { score: 1, seconds: 10, secondsPerEpoch: 2 },
    { score: 2, seconds: 30, secondsPerEpoch: 4 },
  ];
  const wanted = { ...row, score: 1.5, perSeed: [1, 2], seconds: 20, secondsPerEpoch: 3 };
  expect(resultRow(row, runs)).toEqual(wanted);
});
