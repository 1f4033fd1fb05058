import { describe, expect, test } from "vitest";
import {
  checkInteger,
  checkOptions,
  DivergenceError,
  isKnown,
  isMisspelling,
  listed,
  mark,
  nearest,
  plural,
  shown,
  unknownName,
} from "../src/errors.ts";

const activations = ["linear", "sigmoid", "tanh", "relu", "leakyRelu", "elu", "selu", "logSoftmax"];

describe("isMisspelling", () => {
  test.each([
    ["islands", "island"],
    ["Body-mass", "body mass (g)"],
    ["colur", "colour"],
    ["flpiper lenght", "flipper length"],
  ])("%s is one of %s", (name, meant) => expect(isMisspelling(name, meant)).toBe(true));

  test.each([
    ["name", "fare"],
    ["side", "size"],
    ["q", "c"],
    ["x3", "x2"],
    ["feature12", "feature13"],
    ["feature1", "feature12"],
    ["a".repeat(10_000), "a".repeat(9_999)],
  ])("%.20s is none of %.20s", (name, meant) => expect(isMisspelling(name, meant)).toBe(false));
});

describe("nearest", () => {
  test.each([
    ["rellu", "relu"],
    ["sigmiod", "sigmoid"],
    ["tan", "tanh"],
    ["Leaky_ReLU", "leakyRelu"],
    ["log-softmax", "logSoftmax"],
    ["relu", "relu"],
    ["eluu", "elu"],
  ])("takes %s for %s", (name, meant) => expect(nearest(name, activations)).toBe(meant));

  test.each(["", "convolution", "x", "r".repeat(1000000)])("takes %.20s for nothing known", (name) =>
    expect(nearest(name, activations)).toBeUndefined(),
  );

  test("does not count the parentheses of a call", () => {
    expect(nearest("adamw", ["adam()", "adamW()"])).toBe("adamW()");
    expect(nearest("adm()", ["adam", "adamW"])).toBe("adam");
  });

  test("takes the first of equals", () => expect(nearest("ab", ["ac", "ad"])).toBe("ac"));
});

test("a number has its noun behind it, one thing alone in the singular", () => {
  expect([0, 1, 2].map((count) => plural(count, "step"))).toEqual(["0 steps", "1 step", "2 steps"]);
  expect([plural(1, "batch", "batches"), plural(3, "batch", "batches")]).toEqual(["1 batch", "3 batches"]);
});

describe("unknownName", () => {
  test("says who, what it got, what it needs and what was meant", () => {
    const error = unknownName("activation", "rellu", ["sigmoid", "tanh", "relu"]);
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('activation: got "rellu", need one of sigmoid, tanh, relu; did you mean "relu"?');
  });

  test("guesses nothing where nothing is near", () => {
    expect(unknownName("loss", "mse", ["hinge", "poisson"]).message).toBe(
      'loss: got "mse", need one of hinge, poisson',
    );
    expect(unknownName("loss", undefined, ["hinge"]).message).toBe("loss: got undefined, need hinge");
  });

  test("lists no more than 40 names, and knows the others", () => {
    const names = Array.from({ length: 50 }, (_, index) => `layer${index}`);
    expect(unknownName("part", "layer49x", names).message).toBe(
      `part: got "layer49x", need one of ${names.slice(0, 40).join(", ")}, …; did you mean "layer49"?`,
    );
    expect(listed(names.slice(0, 40))).toBe(names.slice(0, 40).join(", "));
  });
});

describe("checkOptions", () => {
  test("passes known options and none at all", () => {
    checkOptions("dense", undefined, ["bias"]);
    checkOptions("dense", {}, ["bias"]);
    checkOptions("dense", { bias: undefined }, ["bias"]);
  });

  test("refuses an unknown one with the nearest known one", () => {
    expect(() => checkOptions("dense", { activaton: "relu" }, ["activation", "bias"])).toThrow(
      new RangeError('dense option: got "activaton", need one of activation, bias; did you mean "activation"?'),
    );
    expect(() => checkOptions("dense", JSON.parse('{"__proto__":1}'), ["bias"])).toThrow(RangeError);
  });

  test.each([null, 3, "relu", [1], () => 0])("refuses %s as options", (options) =>
    expect(() => checkOptions("dense", options, ["bias"])).toThrow(TypeError),
  );
});

test("isKnown takes texts only: a list of a name would be read as the name", () => {
  const known = { relu: 1, __proto__: { tanh: 1 } };
  expect(isKnown(known, "relu")).toBe(true);
  const odd = { toString: 1, valueOf: 1 };
  for (const name of ["tanh", "toString", ["relu"], [["relu"]], odd, null, undefined])
    expect(isKnown(known, name)).toBe(false);
});

test("checkInteger takes whole numbers of its range only", () => {
  checkInteger("seed", 0, 0, 3);
  checkInteger("seed", 3, 0, 3);
  for (const value of [-1, 4, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined]) {
    expect(() => checkInteger("seed", value, 0, 3)).toThrow(RangeError);
  }
  expect(() => checkInteger("seed", 0.5, 0, 3)).toThrow("seed: got 0.5, need a whole number from 0 to 3");
});

test("shown keeps any value on one short line", () => {
  expect([1.5, -0, Number.NaN, true, null, undefined].map(shown)).toEqual([
    "1.5",
    "-0",
    "NaN",
    "true",
    "null",
    "undefined",
  ]);
  expect(shown('a"b\n')).toBe('"a\\"b\\n"');
  expect(shown("\u001b[2J\u0085\u009b\u2028\u202e")).toBe('"\\u001b[2J\\u0085\\u009b\\u2028\\u202e"');
  expect(shown("x".repeat(100))).toBe(`"${"x".repeat(60)}…"`);
  expect(shown([1, 2])).toBe("an array of 2");
  expect(shown(new Float32Array(2))).toBe("a Float32Array");
  expect(shown(new Int8Array(2))).toBe("an Int8Array");
  expect(shown(new Uint8Array(2))).toBe("a Uint8Array");
  expect(shown({})).toBe("an object");
  const marked = {};
  mark(marked, "Network");
  expect(shown(marked)).toBe("a Network");
  expect(Object.keys(marked)).toEqual([]);
  // Another copy of the package has the same symbol.
  expect(shown({ [Symbol.for("simdnet")]: { name: "Network", copy: {} } })).toBe(
    "a Network of another copy of simdnet",
  );
  expect(shown({ [Symbol.for("simdnet")]: 3 })).toBe("an object");
  expect(shown(() => 0)).toBe("a function");
  expect(shown(3n)).toBe("3n");
  expect(shown(Symbol("s"))).toBe("Symbol(s)");
});

test("a DivergenceError says what it knows, in its message and in its fields", () => {
  const known = {
    cause: "a loss that is not finite",
    epoch: 3,
    step: 41,
    learningRate: 0.5,
    operation: "denseForward of dense2",
    largestParameter: { name: "dense1.weight", value: -7e20 },
    gradientNorm: 12.5,
    hint: "try something else",
  };
  const error = new DivergenceError(known);
  const { cause: _, ...fields } = known;
  expect({ ...error }).toEqual({ ...fields, name: "DivergenceError" });
  expect(error.message).toBe(
    "training: got a loss that is not finite in epoch 3, step 41, at learning rate 0.5, need a finite one; " +
      "the first result that is not finite is that of denseForward of dense2; " +
      "the largest parameter is -700000000000000000000 in dense1.weight, the norm of the gradients 12.5; try something else",
  );
});
