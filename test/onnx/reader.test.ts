/** What handlers share: layers with the same parameters are one, and networks stay as small as their files may be. */
import { expect, test } from "vitest";
import { dense, input } from "../../src/index.ts";
import { Budget, Constant } from "../../src/onnx/constants.ts";
import { Operator } from "../../src/onnx/nodes.ts";
import { type CallableLayer, constantAt, dataAt, integersAt, isData, Reader } from "../../src/onnx/reader.ts";
import { node } from "./models.ts";

const gemm = new Operator(node("Gemm", "x w -> y"), 17);
const readers = new Map([["x", [gemm]]]);
const reader = (inputs = 2) => new Reader(new Budget(0), 5, new Map([["x", 1]]), readers, { weights: 0, inputs });
const weight = new Constant([2, 3], { fill: 1 });
const data = { value: input(2), axes: [[-1], [0]] };

function layerOf(reader: Reader, units: number, key: Constant, operator = gemm): CallableLayer {
  const make = ({ units, ...options }: { units: number }) => dense(units, options) as CallableLayer;
  return reader.weighted({
    node: operator,
    key: ["dense", key],
    options: { units },
    make,
    parameters: () => ({ weight: key }),
  });
}

test("layers of the same constants and options are one, with the name of their node", () => {
  const own = reader();
  const first = layerOf(own, 3, weight);
  expect(layerOf(own, 3, weight)).toBe(first);
  const others = [
    layerOf(own, 4, weight),
    layerOf(own, 3, new Constant([2, 3], { fill: 1 }), new Operator(node("Gemm", "x w -> y"), 17)),
  ];
  expect(others).not.toContain(first);
  expect(others.map((layer) => own.titles.get(layer))).toEqual(["y", "y"]);
  expect(own.parameters.get(first)).toEqual({ weight });
});

test("values are counted against the weights and inputs", () => {
  const own = reader(1);
  const layer = dense(2 ** 21) as CallableLayer;
  const make = () => own.apply(layer, input(1));
  make();
  make();
  expect(make).toThrow("got a graph whose values are too large for its weights and inputs, need fewer");
});

test("a name is used, or only by an operator", () => {
  const own = reader();
  expect([own.isUsed("x"), own.isUsed("y")]).toEqual([true, false]);
  expect([own.isOnlyFor("x", "Gemm"), own.isOnlyFor("x", "Conv")]).toEqual([true, false]);
  expect(own.examples).toBe(5);
});

test("inputs are values, constants or whole numbers", () => {
  const list = new Constant([2], { values: Float64Array.of(1, 2), isInteger: true });
  expect([isData(data), isData(list), isData(undefined)]).toEqual([true, false, false]);
  expect([dataAt([data], 0), constantAt(gemm, [list], 0), constantAt(gemm, [], 3)]).toEqual([data, list, undefined]);
  expect(integersAt(gemm, [list], 0)).toEqual([1, 2]);
  expect(() => dataAt([list], 0)).toThrow(`got a constant as input 0, need a value`);
  expect(() => constantAt(gemm, [data, data], 1)).toThrow(
    `got "w", which is computed from the network's inputs, need a constant`,
  );
  expect(() =>
    integersAt(gemm, [new Constant([1], { values: Float64Array.of(0), batch: Float64Array.of(1) })], 0),
  ).toThrow(`got a number of examples as input 0`);
});
