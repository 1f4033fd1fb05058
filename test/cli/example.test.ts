import { expect, test } from "vitest";
import { exampleFor } from "../../src/cli/example.ts";
import { dense, Network } from "../../src/index.ts";
import { imageNetwork, imagePipeline, twoInputs } from "./exported/networks.ts";

test("the example of a pipeline is a record, as JSON, with its prediction", () => {
  const { code, answer } = exampleFor(imagePipeline());
  expect(Object.keys(JSON.parse(code))).toHaveLength(64);
  expect(JSON.parse(answer)).toEqual(imagePipeline().predict(JSON.parse(code)));
});

test("that of a network is zeros for each input, with the answer if it is short", () => {
  const network = imageNetwork();
  const answer = JSON.stringify(network.predict(Array<number>(64).fill(0)));
  expect(exampleFor(network)).toEqual({ code: "Array(64).fill(0)", answer });
  expect(exampleFor(twoInputs()).code).toBe("[Array(72).fill(0), Array(2).fill(0)]");
  expect(JSON.parse(exampleFor(twoInputs()).answer)).toHaveLength(2);
  expect(exampleFor(new Network({ inputs: 2, layers: [dense(21)] })).answer).toBe("21 numbers");
  const ragged = exampleFor(new Network({ inputs: [2, 3], variableLength: true, layers: [dense(1)] }));
  expect(ragged).toEqual({ code: "Array(2).fill(Array(3).fill(0))", answer: "[[0],[0]]" });
});
