import { expect, test } from "vitest";
import { outliersIn } from "../../src/cli/outliers.ts";

const found = (...values: number[]) => {
  const outliers = outliersIn(Float64Array.from(values));
  return outliers && [[...outliers.numbers], outliers.least, outliers.greatest];
};
const ages = Array.from({ length: 90 }, (_, age) => age);

test.each<[string, number[], unknown]>([
  ["below", [-999, ...ages, -999, Number.NaN], [[[-999, 2]], 0, 89]],
  ["above", [...ages, 999], [[[999, 1]], 0, 89]],
  [
    "two of them",
    [-999, -998, ...ages],
    [
      [
        [-999, 1],
        [-998, 1],
      ],
      0,
      89,
    ],
  ],
  ["among ratings", [1, 2, 3, 4, 5, 99, 5], [[[99, 1]], 1, 5]],
  ["nines below incomes that reach farther", [-9999, 100, 250_000, 3000], [[[-9999, 1]], 100, 250_000]],
])("a number far from all others is found: %s", (_, values, expected) => expect(found(...values)).toEqual(expected));

test.each<[string, number[]]>([
  ["none", ages],
  ["a long tail", ages.map((age) => age ** 4)],
  ["two groups", [...ages, ...ages.map((age) => age + 5000)]],
  ["two values", [0, 1, 0, 1]],
  ["one value", [5, 5]],
  ["no value", [Number.NaN]],
  ["nines among negative numbers", [-99, -50, -10, 3]],
])("no number is found where it may be one of them: %s", (_, values) => expect(found(...values)).toBeUndefined());
