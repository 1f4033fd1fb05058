import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { checkOptions, idleNotes } from "../../src/cli/optionChecks.ts";
import { simdnet, temporaryFolder } from "./command.ts";

const numbers = (name: string, values: number[]): TableColumn => ({
  ...{ name, kind: "number", values: Float64Array.from(values) },
  missing: values.filter(Number.isNaN).length,
});
const categories = (name: string, values: (string | null)[], gaps = new Map<string, number>()): TableColumn => ({
  ...{ name, kind: "category", values, gaps },
  missing: values.filter((value) => value === null).length,
});
const columns = [
  numbers("age", [5, -999, 7]),
  categories("kind", ["a", null, "Unknown"], new Map([["none", 1]])),
  categories("y", ["NA", "yes", "no"]),
];
const table = { columns, rows: 3, lines: 3 };
const asked = {
  ...{ target: "y", task: null, ignore: [], missing: [], categories: [], time: null, dates: "columns" as const },
};

describe("options that contradict each other about a column are refused", () => {
  const checked = (change: object) => () => checkOptions("t.csv", table, { ...asked, ...change });

  test("one that is of categories and left out", () => {
    expect(checked({ categories: ["age"], ignore: ["Age"] })).toThrow(
      't.csv: --categories and --ignore both name "age", need it in one of them',
    );
    expect(checked({ categories: ["age"], ignore: ["kind"] })).not.toThrow();
  });

  test("one that is of categories and of times", () => {
    expect(checked({ categories: ["age"], time: "AGE" })).toThrow(
      't.csv: --categories and --time both name "AGE"; times are in order, categories are not',
    );
    expect(checked({ categories: ["age"], time: "kind" })).not.toThrow();
  });

  test("a target that is of categories and a number", () => {
    expect(checked({ categories: ["y"], task: "number" })).toThrow(
      't.csv: --categories names "y", which --task regression takes as a number',
    );
    expect(checked({ categories: ["y"], task: "classes" })).not.toThrow();
  });
});

describe("options that find nothing to do are noted", () => {
  const notes = (change: object, given = table) => idleNotes(given, { ...asked, ...change });

  test("a text that means a missing value and occurs nowhere, with another spelling of it", () => {
    expect(notes({ missing: ["NA", "", "none"] })).toEqual([]);
    expect(notes({ missing: ["gone", "kind=none", "age=none"] })).toEqual([
      '--missing gone: no value of the table is "gone"',
      '--missing age=none: no value of age is "none"',
    ]);
    expect(notes({ missing: ["unknown"] })).toEqual([
      '--missing unknown: no value of the table is "unknown"; there is "Unknown"',
    ]);
    const sample = { ...table, places: [4, 7, 8] };
    expect(notes({ missing: ["gone"] }, sample)).toEqual(['--missing gone: no value of the rows drawn is "gone"']);
  });

  test("a number that is written in another way does occur", () => {
    expect(notes({ missing: ["age=-999.0", "-999"] })).toEqual([]);
    expect(notes({ missing: ["age=-998"] })).toHaveLength(1);
  });

  test("a missing value of a column that is left out", () => {
    expect(notes({ missing: ["kind=gone"], ignore: ["kind"] })).toEqual([
      "--missing kind=gone: kind is not used, as --ignore says",
    ]);
  });

  test("a text that means no missing value and occurs nowhere", () => {
    expect(notes({ notMissing: ["NA"] })).toEqual([]);
    expect(notes({ notMissing: ["None"] })).toEqual(['--not-missing None: no value of the table is "None"']);
  });

  test("dates to drop where there are none", () => {
    expect(notes({ dates: "drop" })).toEqual(["--dates drop: no column holds dates"]);
    const dated = { ...columns[1], name: "day", kind: "date" as const };
    expect(notes({ dates: "drop" }, { ...table, columns: [...columns, dated] })).toEqual([]);
  });
});

test("the command notes options without effect, and refuses those that want opposite things", () => {
  const folder = temporaryFolder();
  const lines = Array.from({ length: 40 }, (_, row) => `${(row * 7) % 9},${row % 2 ? "yes" : "no"}`);
  writeFileSync(join(folder, "t.csv"), `x,y\n${lines.join("\n")}\n`);
  const train = (...args: string[]) => simdnet(folder, ["train", "t.csv", "-t", "y", "--epochs", "1", ...args]);
  expect(train("--missing", "x=-1").stdout).toContain('--missing x=-1: no value of x is "-1"');
  expect(train("--missing", "NA", "--not-missing", "NA")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('got --missing and --not-missing of "NA", need one of them'),
  });
  expect(train("--no-header", "--header")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("got --header and --no-header, need one of them"),
  });
  expect(train("--categories", "x", "--ignore", "x")).toMatchObject({ code: 1 });
  expect(train("--no-header").stderr).toContain("column1");
  expect(simdnet(folder, ["predict", "model.safetensors", "--text", "a", "--header"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("got --header, which is for tables; the texts of --text have no names"),
  });
  expect(simdnet(folder, ["compare", "model.safetensors", "model.safetensors", "--no-header"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("got --no-header, which is for tables; without a table there are no names"),
  });
  expect(simdnet(folder, ["evaluate", "model.safetensors", ".", "--header"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("got --header, which is for tables; a folder of pictures has no names"),
  });
});
