/** The nodes of dense layers. */
import { expect, test } from "vitest";
import { conv2d, dense, flatten } from "../../../src/index.ts";
import { list, numbersOf, operatorsOf } from "../written.ts";

test("the rows of a weight behind an image follow its channels", () => {
  const network = list([1, 2, 2], conv2d(2, 1), flatten(), dense(1));
  network.parameters.find(({ name }) => name === "dense1.weight")!.values.set([1, 2, 3, 4]);
  expect(numbersOf(network, "dense1.weight")).toEqual([1, 3, 2, 4]);
});

test("a row has one node, several positions a product and a sum", () => {
  expect(operatorsOf(list(3, dense(2, { activation: "relu" })))).toEqual(["Gemm", "Relu"]);
  expect(operatorsOf(list([2, 3], dense(2)))).toEqual(["MatMul", "Add"]);
  expect(operatorsOf(list([2, 3], dense(2, { bias: false })))).toEqual(["MatMul"]);
});
