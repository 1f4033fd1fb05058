import { describe, expect, test } from "vitest";
import { knownBooleans, truthOf } from "../../src/data/booleans.ts";
import { encodeCategories } from "../../src/data/index.ts";

test("a boolean has the category of its name, or the only one that is spelled like it", () => {
  expect(knownBooleans(["False", "True", null])).toEqual([
    [true, "True"],
    [false, "False"],
  ]);
  expect(knownBooleans(["true", "True"])).toEqual([[true, "true"]]);
  expect(knownBooleans(["True", "TRUE", "no"])).toEqual([]);
});

test("a text in any spelling is a boolean, and so are 1 and 0; any other value stays", () => {
  expect(["true", " TRUE ", "False", true, "truth", "", 1, "0", 7, null].map(truthOf)).toEqual([
    true,
    true,
    false,
    true,
    "truth",
    "",
    true,
    false,
    7,
    null,
  ]);
});

describe("a category that is a boolean", () => {
  const encoding = (...categories: string[]) => encodeCategories(categories, { minimumCount: 1 });

  test.each([
    ["true", "false"],
    ["True", "False"],
    ["TRUE", "FALSE"],
  ])("%s is meant by every spelling, and by booleans", (yes, no) => {
    const known = encoding(yes, no);
    const places = (values: (string | boolean)[]) => known.apply(values).map((row) => known.features[row.indexOf(1)]);
    expect(places(["true", "True", "TRUE", " true ", true, "1"])).toEqual(Array(6).fill(yes));
    expect(places(["false", "False", "FALSE", false])).toEqual(Array(4).fill(no));
    expect(known.apply(["truth", "f", "2"])).toEqual(Array(3).fill([0, 0]));
  });

  test("keeps its own spelling where there are two", () => {
    const known = encoding("true", "True");
    expect(known.apply(["True", "true", "TRUE"])).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
  });
});
