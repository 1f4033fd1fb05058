import { describe, expect, test } from "vitest";
import { prepare, type Question, targetValuesOf } from "../../src/cli/prepare.ts";
import type { ColumnTable } from "../../src/cli/table.ts";

const count = 100;
const numbers = (of: (row: number) => number) => Float64Array.from({ length: count }, (_, row) => of(row));
const table = (shift = 0): ColumnTable => ({
  rows: count,
  lines: count,
  columns: [
    {
      name: "x",
      kind: "number",
      values: numbers((row) => (row % 10 === 3 ? Number.NaN : row ** 2 + shift)),
      missing: 10,
    },
    { name: "kind", kind: "category", values: Array.from({ length: count }, (_, row) => "ab"[row % 2]), missing: 0 },
    { name: "y", kind: "number", values: numbers((row) => 3 * row + 0.5), missing: 0 },
    {
      name: "class",
      kind: "category",
      values: Array.from({ length: count }, (_, row) => (row < 70 ? "p" : "q")),
      missing: 0,
    },
  ],
});
const question = (target: string): Question => ({
  target,
  task: null,
  ignore: [],
  missing: [],
  categories: [],
  sample: null,
  group: null,
  time: null,
  folds: null,
});
const shares = { testFraction: 0.2, validationFraction: 0.2, seed: 0 };

describe("what is prepared of texts", () => {
  const words = "a the film plot cast is was good bad long short funny sad new old".split(" ");
  const long = Array.from({ length: 150 }, (_, place) => words[place % words.length]).join(" ");
  const texts = (change = ""): ColumnTable => {
    const values = Array.from({ length: count }, (_, row) => {
      if (row === 7) return null;
      return `${row % 5 === 0 ? long : ""} ${words[row % 15]} ${words[(7 * row) % 15]} the plot of ${row}${change}`;
    });
    const { columns, ...rest } = table();
    return { ...rest, columns: [...columns, { name: "text", kind: "category", values, missing: 1 }] };
  };
  const alone = { ...question("class"), ignore: ["x", "kind", "y"] };

  test("has the last words of each, of as many as the longest has, and no more than the layer reads", () => {
    for (const [text, most] of [
      ["mean", 156],
      ["lstm", 100],
    ] as const) {
      const { train, test, encoding } = prepare("t.csv", texts(), alone, { ...shares, text });
      expect(encoding.inputs).toEqual([{ columns: ["text"], shape: [most], variableLength: true }]);
      const lengths = (train.inputs as number[][]).map(({ length }) => length);
      expect([Math.max(...lengths), lengths.includes(6)]).toEqual([most, true]);
      expect(test.inputs).toHaveLength(20);
    }
  });

  test("stands beside the rows of numbers and categories", () => {
    const { train, encoding } = prepare("t.csv", texts(), question("class"), shares);
    const [rows, words] = train.inputs as [Float64Array, number[][]];
    expect(rows).toBeInstanceOf(Float64Array);
    expect([rows.length / encoding.features.length, words.length]).toEqual([60, 60]);
    expect(encoding.vocabularies.text.size).toBeLessThan(30);
  });

  test("has a fingerprint that another word changes", () => {
    const of = (change?: string) => prepare("t.csv", texts(change), alone, shares).fingerprint;
    expect(of()).toBe(of(""));
    expect(of(" film")).not.toBe(of());
  });
});

describe("what is prepared", () => {
  test("has rows of features and a target for each row of each part", () => {
    const { train, validation, test, encoding, goal } = prepare("t.csv", table(), question("y"), shares);
    expect(encoding.features).toEqual(["x", "x=(missing)", "kind=a", "kind=b", "class=p", "class=q"]);
    for (const [part, rows] of [
      [train, 60],
      [validation, 20],
      [test, 20],
    ] as const) {
      expect([part.inputs.length, part.targets.length]).toEqual([rows * 6, rows]);
      expect((part.inputs as Float64Array).every(Number.isFinite)).toBe(true);
    }
    expect(goal).toMatchObject({ kind: "number", name: "y" });
    expect(Math.abs(train.targets.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9);
  });

  test("learns its scales from the training rows alone", () => {
    const { encoding, parts } = prepare("t.csv", table(), question("y"), shares);
    const [x] = encoding.toJSON().columns;
    const seen = Array.from(parts.train, (row) => row ** 2).filter((_, index) => parts.train[index] % 10 !== 3);
    expect("fill" in x && x.fill).toBe(seen.sort((a, b) => a - b)[seen.length >> 1]);
  });

  test("says what anybody would say, and gives targets back in their unit", () => {
    const number = prepare("t.csv", table(), question("y"), shares);
    const mean = number.parts.train.reduce((sum, row) => sum + 3 * row + 0.5, 0) / number.parts.train.length;
    expect(number.naive).toBeCloseTo(mean, 9);
    targetValuesOf(number, number.test).forEach((value, index) => {
      expect(value).toBeCloseTo(3 * number.parts.test[index] + 0.5, 9);
    });
    const classes = prepare("t.csv", table(), question("class"), shares);
    expect(classes.naive).toBe(0);
    expect(targetValuesOf(classes, classes.test)).toBe(classes.test.targets);
  });

  test("are refused where a value is far from all others", () => {
    const [x, ...others] = table().columns;
    const far = { ...table(), columns: [{ ...x, values: numbers((row) => (row === 7 ? 1e60 : row)) }, ...others] };
    for (const seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const given = () => prepare("t.csv", far, question("y"), { ...shares, seed });
      const { train } = prepare("t.csv", table(), question("y"), { ...shares, seed }).parts;
      // Among the training rows it stretches their scale.
      if (train.includes(7)) expect(given().parts.train).toContain(7);
      else expect(given).toThrow(/^t\.csv, column "x": got a value that is \d\.\d+e\+5\d times as far from the mean/);
    }
  });

  test("are refused if their features do not fit into memory", () => {
    const given = () => prepare("t.csv", table(), question("y"), shares, 100 * 5 * 16 - 1);
    expect(given).toThrow("t.csv: got 100 rows that become 6 features each, which do not fit into the memory");
    expect(given).toThrow("--sample 50 trains on that many of them, drawn at random");
  });

  test("knows the same examples again, and others apart", () => {
    const print = (of: ColumnTable, seed = 0) => prepare("t.csv", of, question("y"), { ...shares, seed }).fingerprint;
    expect(print(table())).toBe(print(table()));
    const [x, ...others] = table().columns;
    const changed = { rows: count, lines: count, columns: [{ ...x, values: numbers((row) => row ** 3) }, ...others] };
    expect(print(changed)).not.toBe(print(table()));
    expect(print(table(), 1)).not.toBe(print(table()));
  });
});

test("rows of different times are no copies, as rows with different names are", () => {
  const half = (of: (row: number) => string) => Array.from({ length: count }, (_, row) => of(row));
  const x = { name: "x", kind: "number", values: numbers((row) => Math.floor(row / 2) + 0.5), missing: 0 } as const;
  const z = { ...x, name: "z", values: x.values.map((value) => Math.sin(value)) };
  const y = { name: "y", kind: "category", values: half((row) => (row < 50 ? "p" : "q")), missing: 0 } as const;
  const dates = { order: "year-month-day", isAmbiguous: false } as const;
  const day = half(
    (row) => `2021-${String(1 + (row % 9)).padStart(2, "0")}-${String(1 + Math.floor(row / 9)).padStart(2, "0")}`,
  );
  const named = half((row) => `name${row}`);
  const warningsOf = (column: ColumnTable["columns"][number]) =>
    prepare("t.csv", { rows: count, lines: count, columns: [x, z, column, y] }, question("y"), shares).warnings.filter(
      (warning) => warning.includes("copies"),
    );
  expect(warningsOf({ name: "who", kind: "category", values: named, missing: 0 })).toEqual([
    "50 of 100 rows are copies of others; the same rows are on one side of the split",
  ]);
  expect(warningsOf({ name: "day", kind: "date", values: day, missing: 0, dates })).toEqual([]);
});

describe("copies of rows count as one where they cannot stay together:", () => {
  /** Returns the parts of a table of which only so many rows differ. */
  const partsOf = (different: number, asked: Partial<Question> = {}) => {
    const x = { name: "x", kind: "number", values: numbers((row) => (row % different) + 0.5), missing: 0 } as const;
    const columns = [x, { ...x, name: "z", values: x.values.map(Math.sin) }, { ...x, name: "y" }];
    return prepare("t.csv", { rows: count, lines: count, columns }, { ...question("y"), ...asked }, shares);
  };

  test("with a split by time", () => {
    const { parts, warnings } = partsOf(50, { time: "x" });
    expect(warnings).toContain(
      "50 of 100 rows are copies of others; the split is by time, so that they may lie on both sides",
    );
    expect([parts.test.length, parts.units?.length, new Set(parts.units).size]).toEqual([20, 20, 10]);
  });

  test("with too few rows that differ, also in different folds", () => {
    const { parts, warnings } = partsOf(8);
    expect(warnings).toContainEqual(expect.stringContaining("and too few rows differ to keep these apart"));
    expect([parts.units?.length, new Set(parts.units).size <= 8]).toEqual([20, true]);
    const folds = [...partsOf(8, { folds: 3 }).folds()];
    expect(new Set(folds.flatMap(({ parts: { units } }) => [...units!])).size).toBe(8);
  });
});
