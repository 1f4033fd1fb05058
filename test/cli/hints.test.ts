import { describe, expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { type InputDecision, type TargetDecision, whyAsked } from "../../src/cli/decide.ts";
import { columnHints, isDateNumber } from "../../src/cli/hints.ts";
import { pcg32 } from "../../src/index.ts";

const count = 400;
const random = pcg32(1);
const numbers = (of: (row: number) => number) => Float64Array.from({ length: count }, (_, row) => of(row));
const all = Int32Array.from({ length: count }, (_, row) => row);
const parts = { train: all.slice(0, 240), validation: all.slice(240, 320), test: all.slice(320), stratified: "" };
const column = (name: string, values: TableColumn["values"]): TableColumn => ({
  ...{ name, values, missing: 0 },
  kind: values instanceof Float64Array ? "number" : "category",
});
const x = numbers(() => random.normal());
const labels = Array.from(x, (value) => (value > 0 ? "up" : "down"));
const classes: TargetDecision = {
  column: column("y", labels),
  goal: { kind: "classes", classes: ["down", "up"], counts: [200, 200] },
  ...{ why: "", rows: all, remarks: [] },
};
const number: TargetDecision = { column: column("y", x), goal: { kind: "number" }, why: "", rows: all, remarks: [] };
const hints = (name: string, values: TableColumn["values"], target = classes) => {
  const input: InputDecision = { column: column(name, values), isUsed: true, isText: false, why: "", minimumCount: 2 };
  return columnHints([input], target, parts);
};

describe("hints", () => {
  test("point out a column that alone tells the target, of classes and of numbers", () => {
    const leak = "leak alone tells 100.0 % of y on rows that are not trained on; is it known when you predict?";
    expect(
      hints(
        "leak",
        Array.from(labels, (label) => label.toUpperCase()),
      )[0],
    ).toContain(leak);
    expect(
      hints(
        "leak",
        numbers((row) => x[row] ** 3),
      ),
    ).toEqual([expect.stringContaining("alone tells")]);
    expect(
      hints(
        "euros",
        numbers((row) => 0.9 * x[row]),
        number,
      )[0],
    ).toMatch(/^euros alone tells y \(R² 0\.99/);
    expect(
      hints(
        "noise",
        numbers(() => random.normal()),
      ),
    ).toEqual([]);
    expect(
      hints(
        "near",
        numbers((row) => x[row] + 0.5 * random.normal()),
        number,
      ),
    ).toEqual([]);
  });

  test("do not take a frequent class for knowledge", () => {
    const rare = Array.from(x, (_, row) => (row % 200 === 0 ? "yes" : "no"));
    const target = {
      ...classes,
      column: column("y", rare),
      goal: { ...classes.goal, counts: [398, 2] },
    } as TargetDecision;
    expect(
      hints(
        "noise",
        Array.from(x, (_, row) => "ab"[row % 2]),
        target,
      ),
    ).toEqual([]);
  });

  test("point out numbers that only name rows, and the option that keeps their rows together", () => {
    const names = numbers((row) => 100_000 + ((row * 7919) % 900_000));
    expect(hints("customer", names)[0]).toMatch(
      /^every value of customer is a whole number of its own.*--ignore customer$/,
    );
    const repeated = numbers((row) => 100_000 + ((Math.floor(row / 4) * 7919) % 900_000));
    expect(hints("customer_id", repeated)[0]).toMatch(/--ignore customer_id, and --group customer_id keeps its rows/);
    expect(
      hints(
        "income",
        numbers((row) => Math.round(Math.exp(8 + random.normal())) * 1000 + row),
      ),
    ).toEqual([]);
    expect(
      hints(
        "rooms",
        numbers((row) => row % 7),
      ),
    ).toEqual([]);
  });

  test("point out a target, and columns, that are codes rather than quantities", () => {
    const codes = numbers((row) => 10_000 + ((row * 7919) % 89_999));
    const noise = numbers(() => random.normal());
    const asked = (name: string, why = ""): TargetDecision => ({ ...number, column: column(name, codes), why });
    const note = "looks like a code, of which numbers between two others mean nothing";
    for (const name of ["zip", "zip code", "postal_code", "app version", "customer id"])
      expect(hints("x", noise, asked(name))).toEqual([expect.stringContaining(`${name} ${note}; it is predicted as`)]);
    for (const name of ["price", "phone_calls", "version changes", "fires_number", "No"])
      expect(hints("x", noise, asked(name))).toEqual([]);
    expect(hints("x", noise, asked("zip", whyAsked))).toEqual([]);
    const halves = { ...number, column: column("customer id", noise) };
    expect(hints("x", codes, halves)).not.toContainEqual(expect.stringContaining("it is predicted"));
    expect(
      hints(
        "phone_calls",
        numbers((row) => row % 40),
      ),
    ).toEqual([]);
    expect(hints("zip code", codes)).toEqual([`zip code ${note}; --categories 'zip code' takes it so`]);
  });

  test("point out dates that are written as numbers", () => {
    const dates = numbers((row) => 20_240_000 + 100 * (1 + (row % 12)) + 1 + (row % 28));
    expect(hints("day", dates)[0]).toMatch(
      /^the numbers of day look like dates, such as 20240101: .* write them as 2024-01-01/,
    );
    expect([20240229, 20230229, 20241301, 20240100, 2024].map(isDateNumber)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

test("a target whose few texts are two of one number has a hint that they may be classes", () => {
  const versions = ["1.1", "1.10", "2.0"];
  const texts = Array.from({ length: count }, (_, row) => versions[row % 3]);
  const release = column("release", Float64Array.from(texts, Number));
  const target = { ...number, column: { ...release, texts } };
  const hint = 'release: "1.1" and "1.10" are one number here; --task classification takes texts as classes';
  expect(hints("x", x, target)).toContain(hint);
  expect(hints("x", x, { ...target, why: whyAsked })).not.toContain(hint);
  const many = Array.from({ length: count }, (_, row) => (row % 2 === 0 ? `${row}` : `${row - 1}.0`));
  expect(hints("x", x, { ...target, column: { ...release, texts: many } }).join()).not.toContain("one number");
});
