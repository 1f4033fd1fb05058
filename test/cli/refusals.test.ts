import { expect, test } from "vitest";
import { Refusals, refusedText } from "../../src/cli/refusals.ts";

const errorOf = (refusals: Refusals) => {
  try {
    refusals.check();
  } catch (error) {
    return (error as Error).message;
  }
};

test("one error names all values that are refused, each with its rows, by column and need", () => {
  const refusals = new Refusals("t.csv");
  expect(errorOf(refusals)).toBeUndefined();
  refusals.add("age", "unknown", 3, "a number");
  expect(errorOf(refusals)).toBe('t.csv, line 3, column "age": got "unknown", need a number');
  refusals.add("day", "soon", 3, "a date");
  refusals.add("age", "old", 5, "a number");
  refusals.add("age", "unknown", 9, "a number");
  refusals.add("age", "1e30", 11, "one nearer");
  expect(refusals.count).toBe(4);
  expect(errorOf(refusals)).toBe(
    't.csv, line 3, column "age": got "unknown" (2 rows), "old", need a number; ' +
      'line 3, column "day": got "soon", need a date; line 11, column "age": got "1e30", need one nearer',
  );
});

test("of very many texts, 20 are named, and reading ends", () => {
  const refusals = new Refusals("t.csv");
  const addAll = () => {
    for (let line = 2; line < 10_000; line++) refusals.add("age", `x${line}`, line, "a number");
  };
  expect(addAll).toThrow(/^t\.csv, line 2, column "age": got "x2", .*"x21", … 1001 in all, need a number$/);
});

test("a long text is cut", () => {
  expect(refusedText("x".repeat(100), 2)).toBe(`"${"x".repeat(60)}" (2 rows)`);
});
