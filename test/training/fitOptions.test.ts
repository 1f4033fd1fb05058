import { expect, test } from "vitest";
import { checkCallbackOptions, checkEpochs } from "../../src/training/fitOptions.ts";

test("the options' own functions are a callback behind the others; none are none", () => {
  const callback = { onEpoch: () => 0 };
  const [onEpoch, onBatch] = [() => 1, () => 2];
  expect(checkCallbackOptions("who", { callbacks: [callback], onEpoch, onBatch }).callbacks).toEqual([
    callback,
    { onEpoch, onBatch },
  ]);
  expect(checkCallbackOptions("who", { callbacks: [callback] }).callbacks).toEqual([callback]);
  expect(() => checkCallbackOptions("who", { onEpoch: 3 as never })).toThrow("who: got onEpoch 3, need a function");
  expect(() => checkCallbackOptions("who", { signal: {} as never })).toThrow(
    "who: got signal an object, need an AbortSignal",
  );
});

test("epochs and every are whole numbers from 1", () => {
  expect(checkEpochs("who", 1, 1)).toBeUndefined();
  expect(() => checkEpochs("who", 0, 1)).toThrow("who: epochs: got 0, need a whole number from 1");
  expect(() => checkEpochs("who", 1, 1.5)).toThrow("who: every: got 1.5, need a whole number from 1");
});
