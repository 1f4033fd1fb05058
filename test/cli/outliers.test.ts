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
  ["above ages from 1", [...ages.slice(1), 999], [[[999, 1]], 1, 89]],
  ["above adults and one child", [1, ...ages.slice(18), 1000], [[[1000, 1]], 1, 89]],
  ["above ages, with many digits", [...ages.slice(18), 99_999, 99_999], [[[99_999, 2]], 18, 89]],
  ["beside equal steps", [1, 2, 3, 9, 1], [[[9, 1]], 1, 3]],
  ["nines beside powers of ten", [0, 1, 10, 100, 999], [[[999, 1]], 0, 100]],
  ["far beyond doubling numbers", [4, 8, 16, 32, 64, 100_000], [[[100_000, 1]], 4, 64]],
  ["below doubling numbers", [-1000, 1, 2, 4, 8, 16], [[[-1000, 1]], 1, 16]],
  ["nines below incomes that reach farther", [-9999, 100, 250_000, 3000], [[[-9999, 1]], 100, 250_000]],
])("a number far from all others is found: %s", (_, values, expected) => expect(found(...values)).toEqual(expected));

test.each<[string, number[]]>([
  ["none", ages],
  ["a long tail", ages.map((age) => age ** 4)],
  ["doubling numbers", [4, 8, 16, 32, 64, 128]],
  ["doubling numbers and 0", [0, 1, 2, 4, 8, 16, 32]],
  ["few doubling numbers", [8, 16, 32, 64]],
  ["doubling numbers with some between", [4, 6, 8, 12, 16, 24, 32, 48, 64, 128]],
  ["powers of ten", [0.001, 0.01, 0.1, 1, 10]],
  ["doses", [0, 10, 100, 1000]],
  ["resistors", [220, 330, 4700, 10_000, 1e6, 2.2e6]],
  ["two groups", [...ages, ...ages.map((age) => age + 5000)]],
  ["two values", [0, 1, 0, 1]],
  ["one value", [5, 5]],
  ["no value", [Number.NaN]],
  ["nines among negative numbers", [-99, -50, -10, 3]],
])("no number is found where it may be one of them: %s", (_, values) => expect(found(...values)).toBeUndefined());

test("numbers that are no multiples of each other, such as dates, are judged by their distances only", () => {
  const days = Float64Array.of(10, 20, 40, 80);
  expect(outliersIn(days)).toBeUndefined();
  expect([...outliersIn(days, false)!.numbers]).toEqual([[80, 1]]);
});
