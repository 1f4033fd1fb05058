import { expect, test } from "vitest";
import { isRecorded } from "../../src/training/record.ts";

const recorded = (epochs: number, every: number) =>
  Array.from({ length: 10 }, (_, index) => index + 1).filter((epoch) => isRecorded(epoch, { epochs, every }));

test("a record is made of the first epoch, of every `every`-th from there, and of the last", () => {
  expect(recorded(10, 1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(recorded(10, 3)).toEqual([1, 4, 7, 10]);
  expect(recorded(9, 4)).toEqual([1, 5, 9]);
  expect(recorded(8, 4)).toEqual([1, 5, 8, 9]);
  expect(recorded(3, 100)).toEqual([1, 3]);
});

test("none is made if `every` is 0", () => expect(recorded(Number.POSITIVE_INFINITY, 0)).toEqual([]));
