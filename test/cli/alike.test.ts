import { expect, test } from "vitest";
import { alikeTexts } from "../../src/cli/alike.ts";

const alike = (...texts: string[]) => alikeTexts(new Map(texts.map((text, index) => [text, index + 1])), 2);

test("texts that differ only by case or spaces are named, and so are those of one number", () => {
  expect(alike("Yes", "no", "yes", "YES ")).toEqual([
    'differ only by case or spaces: "Yes" (1 row) and "yes" (3 rows) and "YES " (4 rows)',
  ]);
  expect(alike("a", "A", "b", "B", "c", "C")).toEqual([
    'differ only by case or spaces: "a" (1 row) and "A" (2 rows); "b" (3 rows) and "B" (4 rows); … 3 such groups in all',
  ]);
  expect(alike("New York", "new  york")).toHaveLength(1);
  expect(alike("1.1", "1.10", "2")).toEqual(['are the same number: "1.1" (1 row) and "1.10" (2 rows)']);
});

test("others are not: long identifiers that one double holds, and different words", () => {
  expect(alike("4611686018427387905", "4611686018427387906")).toEqual([]);
  expect(alike("a", "b", "1", "2", "")).toEqual([]);
});
