import { describe, expect, test } from "vitest";
import {
  checkTarget,
  isTooLarge,
  type NumberTarget,
  numberFrom,
  outputFor,
  predictionOf,
  readOutputs,
  type Target,
} from "../../src/pipeline/target.ts";

describe("what outputs stand for", () => {
  test("a number is the output times the divisor, plus the offset", () => {
    expect(predictionOf({ kind: "number", name: "y", offset: 10, divisor: 4 }, [0.5])).toEqual({ prediction: 12 });
  });

  test("of classes, it is the likeliest, the first of equals, and the probability of each", () => {
    const target: Target = { kind: "classes", name: "y", classes: ["a", "b", 3] };
    expect(predictionOf(target, [0.25, 0.5, 0.25])).toEqual({
      prediction: "b",
      probabilities: { a: 0.25, b: 0.5, 3: 0.25 },
    });
    expect(predictionOf(target, [0.25, 0.375, 0.375]).prediction).toBe("b");
  });

  test("one output is the probability of the second of two classes", () => {
    const target: Target = { kind: "classes", name: "y", classes: ["no", "yes"] };
    expect(predictionOf(target, [0.75])).toEqual({ prediction: "yes", probabilities: { no: 0.25, yes: 0.75 } });
    expect(predictionOf(target, [0.5]).prediction).toBe("no");
  });

  test("a class may be called __proto__", () => {
    const { probabilities } = predictionOf({ kind: "classes", name: "y", classes: ["__proto__", "b"] }, [0.25]);
    expect(Object.entries(probabilities!)).toEqual([
      ["__proto__", 0.75],
      ["b", 0.25],
    ]);
  });
});

describe("a threshold", () => {
  const target: Target = { kind: "classes", name: "y", classes: ["no", "yes"], threshold: 0.25 };

  test("predicts the second class from its probability on, of one output or two", () => {
    const said = [[0.25], [0.2], [0.75, 0.25], [0.8, 0.2]].map((outputs) => predictionOf(target, outputs).prediction);
    expect(said).toEqual(["yes", "no", "yes", "no"]);
    expect(checkTarget("me", target, 1)).toEqual(target);
  });

  test("is refused where it is no share, or there are more classes", () => {
    for (const [threshold, message] of [
      [0, "me, target: got threshold 0, need a number above 0 and below 1"],
      ["0.5", 'me, target: got threshold "0.5", need a number above 0 and below 1'],
    ] as const) {
      expect(() => checkTarget("me", { ...target, threshold } as Target, 1)).toThrow(new RangeError(message));
    }
    const three: Target = { kind: "classes", name: "y", classes: ["a", "b", "c"], threshold: 0.5 };
    expect(() => checkTarget("me", three, 3)).toThrow("me, target: got a threshold for 3 classes, need two");
  });
});

describe("a number", () => {
  const target: NumberTarget = { kind: "number", name: "y", offset: 1, divisor: 2 };
  const errors = { share: 0.9, least: -0.5, greatest: 1 };

  test("that the network predicts as its logarithm is e to the power of it, and back", () => {
    const logarithmic = { ...target, logarithm: true };
    expect(predictionOf(logarithmic, [0.5]).prediction).toBeCloseTo(Math.exp(2), 12);
    expect(outputFor(logarithmic, Math.exp(2))).toBeCloseTo(0.5, 12);
    expect([numberFrom(target, 3), outputFor(target, 7)]).toEqual([7, 3]);
    expect(checkTarget("me", logarithmic, 1)).toEqual(logarithmic);
  });

  test("has an interval by the errors of the output, in order whatever the divisor", () => {
    expect(predictionOf({ ...target, errors }, [0])).toEqual({ prediction: 1, interval: [0, 3] });
    expect(predictionOf({ ...target, errors, divisor: -2 }, [0])).toEqual({ prediction: 1, interval: [-1, 2] });
    const [from, to] = predictionOf({ ...target, errors, logarithm: true }, [0]).interval!;
    expect([from, to]).toEqual([1, expect.closeTo(Math.exp(3), 12)]);
    expect(checkTarget("me", { ...target, errors }, 1)).toEqual({ ...target, errors });
  });

  test("is refused with errors or a logarithm that are none", () => {
    const checked = (change: object) => () => checkTarget("me", { ...target, ...change } as Target, 1);
    expect(checked({ logarithm: "yes" })).toThrow('me, target: got logarithm "yes", need true or false');
    expect(checked({ errors: { ...errors, share: 1 } })).toThrow(
      "errors: got share 1, need a number above 0 and below 1",
    );
    expect(checked({ errors: { ...errors, least: 2 } })).toThrow(
      "errors: got 2 as least and 1 as greatest, need them in order",
    );
    expect(checked({ errors: 5 })).toThrow("errors: least");
  });
});

describe("a prediction that is no number or class", () => {
  test("is refused where the number, or an end of its interval, is not finite in its unit", () => {
    const target: NumberTarget = { kind: "number", name: "y", offset: 1.7e308, divisor: 1e308 };
    const refusal = 'predict, row 3: "y" would be too large for a number, need inputs nearer to those of the training';
    expect(() => predictionOf(target, [30], 3)).toThrow(new RangeError(refusal));
    expect(predictionOf(target, [-1]).prediction).toBeCloseTo(0.7e308, -300);
    const errors = { share: 0.9, least: -0.5, greatest: 1 };
    expect([-1.2, 0, 1].map((output) => isTooLarge({ ...target, errors }, output))).toEqual([false, true, true]);
    expect(() => predictionOf({ ...target, errors }, [0], 3)).toThrow(new RangeError(refusal));
  });

  const classes: Target = { kind: "classes", name: "y", classes: ["a", "b"] };
  const number: Target = { kind: "number", name: "y", offset: 0, divisor: 1 };

  test.each<[string, Target, number[], number, boolean, string]>([
    [
      "a number",
      number,
      [1, Number.NaN],
      1,
      true,
      "me, row 1: got an output of NaN from the network, need finite numbers",
    ],
    ["a probability", classes, [0.5, 0.5, 0, Number.NaN], 2, false, "me, row 1: got an output of NaN"],
    ["a logit", classes, [Number.POSITIVE_INFINITY], 1, true, "me, row 0: got an output of Infinity"],
    [
      "above 1",
      classes,
      [1.5],
      1,
      false,
      "got an output of 1.5 from the network, need a probability, which a network has that ends with",
    ],
    [
      "below 0",
      classes,
      [0.5, -0.5],
      1,
      false,
      "me, row 1: got an output of -0.5 from the network, need a probability",
    ],
  ])("is refused where the network gives %s that is none", (_, target, outputs, width, areLogits, message) => {
    const values = Float64Array.from(outputs);
    expect(() => readOutputs("me", target, values, width, areLogits)).toThrow(message);
  });

  test("probabilities and numbers stay as they are, of any size", () => {
    const probabilities = Float32Array.of(0, 1, 0.25, 0.75);
    readOutputs("me", classes, probabilities, 2, false);
    expect([...probabilities]).toEqual([0, 1, 0.25, 0.75]);
    const numbers = Float32Array.of(-1e30, 7);
    readOutputs("me", number, numbers, 1, true);
    expect([...numbers]).toEqual([Math.fround(-1e30), 7]);
  });
});

describe("logits become probabilities", () => {
  const target: Target = { kind: "classes", name: "y", classes: ["a", "b"] };

  test("of several by softmax, however large they are", () => {
    const values = Float64Array.of(0, Math.log(3), 1e30, -1e30);
    readOutputs("me", target, values, 2, true);
    [0.25, 0.75, 1, 0].forEach((value, index) => void expect(values[index]).toBeCloseTo(value, 15));
  });

  test("of one by the sigmoid", () => {
    const values = Float64Array.of(Math.log(3), 0, -1e9, 1e9);
    readOutputs("me", target, values, 1, true);
    [0.75, 0.5, 0, 1].forEach((value, index) => void expect(values[index]).toBeCloseTo(value, 15));
  });
});

describe("a target is refused", () => {
  test.each<[unknown, number, string]>([
    [undefined, 1, "p, target: got name undefined, need the name of a column"],
    [{ kind: "number", name: "" }, 1, 'p, target: got name "", need the name of a column'],
    [{ kind: "text", name: "y" }, 1, 'p, target: kind: got "text", need one of classes, number'],
    [{ kind: "number", name: "y", offset: Number.NaN, divisor: 1 }, 1, "p, target: offset: got NaN"],
    [{ kind: "number", name: "y", offset: 0, divisor: 0 }, 1, "p, target: got divisor 0, need another number"],
    [{ kind: "number", name: "y", offset: 0, divisor: 1 }, 2, "p: got a network of 2 outputs, need 1 for a number"],
    [{ kind: "classes", name: "y", classes: ["a"] }, 1, "p, target: got classes an array of 1, need an array of at"],
    [
      { kind: "classes", name: "y", classes: ["a", null] },
      2,
      "p, target: got class null, need strings or finite numbers",
    ],
    [{ kind: "classes", name: "y", classes: ["1", 1] }, 2, 'p, target: got class "1" twice, need it once'],
    [
      { kind: "classes", name: "y", classes: ["a", "b"] },
      3,
      "p: got a network of 3 outputs, need 1 or 2 for 2 classes",
    ],
    [{ kind: "classes", name: "y", classes: ["a", "b", "c"] }, 1, "p: got a network of 1 output, need 3 for 3 classes"],
  ])("if it is %j and there are %i outputs", (target, outputs, message) => {
    expect(() => checkTarget("p", target as Target, outputs)).toThrow(message);
  });
});
