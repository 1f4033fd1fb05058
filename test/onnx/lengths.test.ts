/** Lengths of sequences in graphs that are read. */
import { expect, test } from "vitest";
import { input } from "../../src/index.ts";
import { Constant } from "../../src/onnx/constants.ts";
import { areAligned, isRange, Lengths, type Surroundings, sequencesOf } from "../../src/onnx/lengths.ts";
import { Operator } from "../../src/onnx/nodes.ts";
import { node } from "./models.ts";

const around = (...nodes: ReturnType<typeof node>[]): Surroundings => {
  const all = nodes.map((each) => new Operator(each, 17));
  return {
    readersOf: (name) => all.filter(({ inputs }) => inputs.includes(name)),
    makerOf: (name) => all.find(({ outputs }) => outputs.includes(name)),
    isConstant: (name) => name.startsWith("w"),
    isInput: (name) => ["x", "q", "n"].includes(name),
  };
};

test("the sequences of lengths are those of a recurrent layer or of a mask", () => {
  expect(sequencesOf("n", around(node("LSTM", "x w w w n -> y")))).toBe("x");
  const masked = [node("Unsqueeze", "n w -> u"), node("Less", "w u -> m"), node("Where", "m a w -> b")];
  expect(sequencesOf("n", around(node("Relu", "x -> a"), ...masked))).toBe("x");
  const scores = node("MatMul", "q x -> a");
  expect(sequencesOf("n", around(scores, ...masked))).toBe("x");
});

test("a name that something else reads, or nothing, is not lengths", () => {
  expect(sequencesOf("n", around(node("LSTM", "x w w w n -> y"), node("Gather", "w n -> z")))).toBeUndefined();
  expect(sequencesOf("n", around(node("Cast", "n -> z")))).toBeUndefined();
  expect(sequencesOf("x", around(node("LSTM", "x w w w n -> y")))).toBeUndefined();
});

test("lengths are of one value's sequences", () => {
  const value = input([3, 1], { variableLength: true });
  const own = { origin: value.lengths!, shift: 0, stride: 1, form: "numbers" as const, axes: ["batch"] as const };
  expect(new Lengths(own).isOf(value)).toBe(true);
  expect(new Lengths({ ...own, stride: 2 }).isOf(value)).toBe(false);
  expect(new Lengths(own).isOf(input([3, 1], { variableLength: true }))).toBe(false);
});

test("axes are those of a value if examples and steps are at the same places", () => {
  const { lengths } = input([3, 1], { variableLength: true });
  const mask = { origin: lengths!, shift: 0, stride: 1, form: "mask" as const };
  const fits = (...axes: readonly ("batch" | "steps" | "one")[]) =>
    areAligned(new Lengths({ ...mask, axes }), [[-1], [0], [1]]);
  expect(fits("batch", "steps", "one")).toBe(true);
  expect(fits("batch", "one", "steps")).toBe(false);
  expect(fits("batch", "steps")).toBe(false);
});

test("a range is 0, 1, 2, …", () => {
  const constant = (...values: number[]) => new Constant([values.length], { values: Float64Array.from(values) });
  expect([isRange(constant(0, 1, 2)), isRange(constant(1, 2))]).toEqual([true, false]);
});
