import { expect, test } from "vitest";
import { keepAdvice, marksByColumn, missingMarks } from "../../src/cli/marks.ts";

const marks = (missing: string[], ...names: string[]) => marksByColumn({ missing }, names, "t.csv");

test("a text means a missing value in all columns, or in one", () => {
  const of = marks([...missingMarks, "age=-999", "age= -1", "none", "a=b=x", "="], "age", "kind", "a=b");
  expect(of("kind")).toEqual(new Set([...missingMarks, "none", "="]));
  expect(of("age")).toEqual(new Set([...missingMarks, "none", "=", "-999", "-1"]));
  expect(of("a=b").has("x")).toBe(true);
});

test("a column that is not there is refused", () => {
  expect(() => marks(["agee=-999"], "age")).toThrow('t.csv: there is no column "agee", which --missing names');
});

test("texts that may be values can be kept, but not a blank or what the user has named", () => {
  const gaps = new Map([
    ["", 3],
    ["NA", 2],
    ["None", 1],
    ["gone", 4],
  ]);
  expect(keepAdvice(gaps)).toBe("; --not-missing NA,None takes them as values");
  expect(keepAdvice(new Map([["", 3]]))).toBe("");
  expect(keepAdvice()).toBe("");
});
