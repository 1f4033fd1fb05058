import { expect, test } from "vitest";
import { listWord, listWords, shellWord } from "../../src/cli/shell.ts";

test("words stand in quotes where a shell needs them", () => {
  expect([shellWord("a/b.csv"), shellWord("my x"), shellWord("it's")]).toEqual(["a/b.csv", "'my x'", "'it'\\''s'"]);
});

test("names of a list stand in quotes of CSV where they have a comma", () => {
  expect(listWord("a,b")).toBe(`'"a,b"'`);
  expect(listWords(["a", "b c", 'd"e'])).toBe(`'a,b c,"d""e"'`);
});
