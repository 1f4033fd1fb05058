/** Nodes and their attributes. */
import { expect, test } from "vitest";
import { Operator, shortest } from "../../src/onnx/nodes.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const operator = new Operator(
  {
    operator: "Conv",
    name: "first",
    inputs: ["x"],
    outputs: ["y"],
    domain: "ai.onnx",
    attributes: [
      { name: "group", type: 2, int: 2 },
      { name: "axis", type: 2 },
      { name: "alpha", type: 1, float: Math.fround(0.2) },
      { name: "pads", type: 7, ints: [1, 2] },
      { name: "auto_pad", type: 3, bytes: bytes("VALID") },
      { name: "activations", type: 8, texts: [bytes("Tanh"), bytes("Relu")] },
      { name: "old", int: 3 },
    ],
  },
  17,
);

test("attributes by name, with a default for those that are absent", () => {
  expect([operator.int("group", 1), operator.int("none", 7), operator.int("old", 0)]).toEqual([2, 7, 3]);
  expect([operator.ints("pads"), operator.ints("none")]).toEqual([[1, 2], undefined]);
  expect([operator.text("auto_pad", ""), operator.text("none", "NOTSET")]).toEqual(["VALID", "NOTSET"]);
  expect(operator.texts("activations")).toEqual(["Tanh", "Relu"]);
  expect([operator.has("pads"), operator.has("none")]).toEqual([true, false]);
});

test("an attribute of the right type without a value is 0", () => expect(operator.int("axis", 1)).toBe(0));

test("real attributes are the decimal numbers that they were made of", () => {
  expect(operator.float("alpha", 1)).toBe(0.2);
  expect(shortest(Math.fround(1 / 3))).toBeCloseTo(1 / 3, 7);
  expect(Math.fround(shortest(Math.fround(1 / 3)))).toBe(Math.fround(1 / 3));
  expect(shortest(Math.fround(1e-5))).toBe(1e-5);
});

test("ONNX's own domain has two names", () => expect(operator.domain).toBe(""));

test("refusals name the operator and the node", () => {
  expect(() => operator.ints("group")).toThrow(
    'fromOnnx, Conv "first": got attribute "group" of type 2 of ONNX, need type 7',
  );
  expect(new Operator({ operator: "Bad\u202e", outputs: ["o"] }, 17).who).toBe('fromOnnx, "Bad\\u202e" "o"');
});
