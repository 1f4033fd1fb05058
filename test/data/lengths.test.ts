import { expect, test } from "vitest";
import { checkLengthOptions, cutTo } from "../../src/data/lengths.ts";

test("a length keeps the last steps and puts padding before fewer; a maximum length keeps the last steps", () => {
  const each = (options: Parameters<typeof cutTo>[0]) =>
    [[], [1], [1, 2], [1, 2, 3]].map((steps) => cutTo(options, steps, 0).join(""));
  expect(each({ length: 2 })).toEqual(["00", "01", "12", "23"]);
  expect(each({ maximumLength: 2 })).toEqual(["0", "1", "12", "23"]);
  expect(each({})).toEqual(["0", "1", "12", "123"]);
});

test("more steps than memory has room for are refused", () => {
  checkLengthOptions("who", { length: 2 ** 24 });
  for (const name of ["length", "maximumLength"]) {
    expect(() => checkLengthOptions("who", { [name]: 2 ** 31 - 1 })).toThrow(
      `who: ${name}: got 2147483647, need a whole number from 1 to 16777216`,
    );
  }
});
