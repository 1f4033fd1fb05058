import { describe, expect, test } from "vitest";
import { checkTarget, predictionOf, type Target } from "../../src/pipeline/target.ts";

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
