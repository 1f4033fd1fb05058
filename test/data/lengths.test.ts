import { expect, test } from "vitest";
import { cutTo } from "../../src/data/lengths.ts";

test("a length keeps the last steps and puts padding before fewer; a maximum length keeps the last steps", () => {
  const each = (options: Parameters<typeof cutTo>[0]) =>
    [[], [1], [1, 2], [1, 2, 3]].map((steps) => cutTo(options, steps, 0).join(""));
  expect(each({ length: 2 })).toEqual(["00", "01", "12", "23"]);
  expect(each({ maximumLength: 2 })).toEqual(["0", "1", "12", "23"]);
  expect(each({})).toEqual(["0", "1", "12", "123"]);
});
