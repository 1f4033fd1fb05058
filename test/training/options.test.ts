import { expect, test } from "vitest";
import { betasOf, checkBooleans, checkNumbers, checkPositive, checkShare } from "../../src/training/options.ts";

test("checkNumbers takes finite numbers from 0, checkPositive above 0", () => {
  checkNumbers("x", { a: 0, b: 1e300 });
  checkPositive("x", { a: 5e-324 });
  for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, "1", null, undefined]) {
    expect(() => checkNumbers("x", { a: 1, b: value })).toThrow(RangeError);
    expect(() => checkPositive("x", { a: 1, b: value })).toThrow(RangeError);
  }
  expect(() => checkNumbers("x", { a: 1, b: -1 })).toThrow("x: got b -1, need a number from 0");
  expect(() => checkPositive("x", { a: 0 })).toThrow("x: got a 0, need a number above 0");
});

test("checkShare takes numbers from 0 to below 1", () => {
  for (const value of [0, 0.5, 1 - 2 ** -53]) checkShare("x", value);
  for (const value of [-0.1, 1, Number.NaN, "0"]) expect(() => checkShare("x", value)).toThrow(RangeError);
});

test("checkBooleans takes true and false", () => {
  checkBooleans("x", { a: true, b: false });
  expect(() => checkBooleans("x", { a: 0 })).toThrow(new TypeError("x: got a 0, need true or false"));
});

test("betasOf copies two shares", () => {
  const betas: [number, number] = [0.5, 0.25];
  expect(betasOf("x", betas)).toEqual(betas);
  expect(betasOf("x", betas)).not.toBe(betas);
  expect(() => betasOf("x", [0.5] as never)).toThrow("x: got betas an array of 1, need an array of two numbers");
  expect(() => betasOf("x", [0.5, 1])).toThrow("x: betas: got 1, need a number from 0 to below 1");
});
