import { expect, test } from "vitest";
import { categoriesText, clipName, listText } from "../../src/cli/listed.ts";

test("so many names are listed, and how many there are", () => {
  const names = ["a", "b", "c"];
  expect([listText([], 2), listText(names, 3), listText(names, 2)]).toEqual(["", "a, b, c", "a, b, … 3 in all"]);
});

test("a long name is clipped, between its characters", () => {
  expect([clipName("short"), clipName("x".repeat(40))]).toEqual(["short", "x".repeat(40)]);
  expect(clipName("x".repeat(41))).toBe(`${"x".repeat(39)}…`);
  expect(clipName(`${"x".repeat(39)}😀${"x".repeat(9)}`)).toBe(`${"x".repeat(39)}…`);
});

test("categories are shown with what stands for missing ones and for others", () => {
  const encoding = {
    name: "c",
    kind: "encodeCategories",
    categories: ["a", null],
    fill: null,
    others: "column",
  } as const;
  expect(categoriesText({ ...encoding, categories: [...encoding.categories] })).toBe("a, (missing), (other)");
  expect(categoriesText({ ...encoding, categories: [..."abcdef"], others: "zeros" })).toBe("a, b, c, d, e, … 6 in all");
});
