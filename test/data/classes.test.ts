import { describe, expect, test } from "vitest";
import { classNumbers, digits, iris, oneHot } from "../../src/data/index.ts";

describe("oneHot", () => {
  test("puts a 1 in the column of each class", () => {
    expect(oneHot([2, 0, 1])).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(oneHot(Uint8Array.of(0, 1), 4)).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(oneHot([])).toEqual([]);
  });

  test("is undone by classNumbers", () => {
    for (const { targets } of [digits(), iris()]) expect(classNumbers(oneHot(targets))).toEqual(targets);
  });

  test.each<[unknown, number | undefined, string]>([
    [[0, -1], undefined, "oneHot, row 1: got -1, need a whole number from 0 to 65535"],
    [[0.5], undefined, "oneHot, row 0: got 0.5, need a whole number"],
    [["1"], undefined, 'oneHot, row 0: got "1", need a whole number'],
    [[0, 3], 3, "oneHot, row 1: got 3, need a whole number from 0 to 2"],
    [[1e9], undefined, "oneHot, row 0: got 1000000000, need a whole number from 0 to 65535"],
    [[0], 0, "oneHot count: got 0, need a whole number from 1 to 65536"],
    [new Array(1), undefined, "oneHot, row 0: got undefined, need a whole number"],
  ])("refuses %o with count %s", (classes, count, message) => {
    expect(() => oneHot(classes as number[], count)).toThrow(RangeError);
    expect(() => oneHot(classes as number[], count)).toThrow(message);
  });

  test("refuses what is no array", () => {
    expect(() => oneHot("012" as unknown as number[])).toThrow(
      new TypeError('oneHot: got "012", need an array of class numbers'),
    );
  });
});

describe("classNumbers", () => {
  test("of rows is the column of the largest number, the first of equals", () => {
    expect(classNumbers([[0.1, 0.7, 0.2], [-3, -2, -1], Float32Array.of(2, 2, 1)])).toEqual([1, 2, 0]);
  });

  test("of labels is their place among those that occur, sorted", () => {
    expect(classNumbers(["oak", "ash", "oak", "elm"])).toEqual([2, 0, 2, 1]);
    expect(classNumbers([10, 9, 10, -1])).toEqual([2, 1, 2, 0]);
  });

  test("of labels is their place in the classes given", () => {
    expect(classNumbers(["oak", "ash"], ["oak", "elm", "ash"])).toEqual([0, 2]);
  });

  test.each<[unknown, string[] | undefined, string]>([
    [["oack"], ["ash", "oak"], 'got "oack" at row 0, need one of the classes given; did you mean "oak"?'],
    [["oak", "x"], ["oak"], 'got "x" at row 1, need one of the classes given'],
    [[[1, Number.NaN]], undefined, "classNumbers: got NaN at row 0, column 1, need a finite number"],
    [[[1, 2], [1]], undefined, "classNumbers: got 1 number at row 1, need 2"],
    [[], undefined, "classNumbers: got no rows, need at least one"],
  ])("refuses %o with classes %o", (labels, classes, message) => {
    expect(() => classNumbers(labels as string[], classes)).toThrow(RangeError);
    expect(() => classNumbers(labels as string[], classes)).toThrow(message);
  });

  test.each<[unknown, string]>([
    [["oak", 3], "got 3 at row 1, need a string, as at row 0"],
    [[3, Number.NaN], "got NaN at row 1, need a number, as at row 0"],
    [["oak", ["ash"]], "got an array of 1 at row 1, need a string, as at row 0"],
    ["oak", 'got "oak", need an array of rows'],
    [[true, "true"], 'got "true" at row 1, need a boolean, as at row 0'],
    [[{}], "got an object at row 0, need an array of numbers"],
  ])("refuses %o by type", (labels, message) => {
    expect(() => classNumbers(labels as string[])).toThrow(TypeError);
    expect(() => classNumbers(labels as string[])).toThrow(message);
  });
});
