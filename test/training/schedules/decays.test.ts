import { describe, expect, it } from "vitest";
import { exponentialDecay, inverseTimeDecay, polynomialDecay, type Schedule, stepDecay } from "../../../src/index.ts";

// PyTorch's values are in kinds.test.ts.
describe("the rates of", () => {
  const rates: [string, Schedule, number[]][] = [
    ["stepDecay", stepDecay({ initial: 8, factor: 0.5, every: 2 }), [8, 8, 4, 4, 2]],
    ["exponentialDecay", exponentialDecay({ initial: 8, factor: 0.5 }), [8, 4, 2, 1, 0.5]],
    ["exponentialDecay that rises", exponentialDecay({ initial: 1, factor: 2 }), [1, 2, 4, 8, 16]],
    ["polynomialDecay", polynomialDecay({ initial: 8, final: 4, steps: 4 }), [8, 7, 6, 5, 4, 4, 4]],
    ["polynomialDecay of power 2", polynomialDecay({ initial: 16, steps: 4, power: 2 }), [16, 9, 4, 1, 0, 0]],
    ["polynomialDecay that rises", polynomialDecay({ initial: 1, final: 3, steps: 2 }), [1, 2, 3, 3]],
    ["polynomialDecay of power 0", polynomialDecay({ initial: 1, steps: 2, power: 0 }), [1, 1, 0]],
    ["inverseTimeDecay", inverseTimeDecay({ initial: 6, rate: 1 }), [6, 3, 2, 1.5]],
  ];
  it.each(rates)("%s", (_, schedule, expected) => expect(expected.map((_rate, t) => schedule.at(t))).toEqual(expected));
});

describe("refused is", () => {
  const refused: [string, () => unknown, string][] = [
    [
      "no options",
      () => exponentialDecay(undefined as never),
      "exponentialDecay: got initial undefined, need a number",
    ],
    ["a number", () => stepDecay(0.1 as never), "stepDecay: got 0.1, need an object of options"],
    [
      "a negative rate",
      () => stepDecay({ initial: -1, factor: 1, every: 1 }),
      "stepDecay: got initial -1, need a number",
    ],
    [
      "a negative factor",
      () => exponentialDecay({ initial: 1, factor: -1 }),
      "exponentialDecay: got factor -1, need a",
    ],
    [
      "every 0",
      () => stepDecay({ initial: 1, factor: 1, every: 0 }),
      "stepDecay: every: got 0, need a whole number from 1",
    ],
    ["half a step", () => polynomialDecay({ initial: 1, steps: 0.5 }), "polynomialDecay: steps: got 0.5, need a whole"],
    [
      "a negative end",
      () => polynomialDecay({ initial: 1, steps: 1, final: -1 }),
      "polynomialDecay: got final -1, need",
    ],
    ["a rate of NaN", () => inverseTimeDecay({ initial: 1, rate: Number.NaN }), "inverseTimeDecay: got rate NaN, need"],
    [
      "a misspelt option",
      () => exponentialDecay({ initial: 1, faktor: 1 } as never),
      'exponentialDecay option: got "faktor", need one of initial, factor, per; did you mean "factor"?',
    ],
  ];
  it.each(refused)("%s", (_, act, message) => expect(act).toThrow(message));
});
