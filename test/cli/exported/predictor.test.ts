import { expect, test } from "vitest";
import { predictorOf } from "../../../src/cli/exported/predictor.ts";
import { flatten, Network } from "../../../src/index.ts";
import { digitImages, digitRecords, imageNetwork, imagePipeline, twoInputs } from "./networks.ts";

test("a pipeline's predicts records, at most 1000", () => {
  const pipeline = imagePipeline();
  const predictor = predictorOf(pipeline.toBytes());
  const records = digitRecords().slice(0, 3);
  expect(predictor.predict(records)).toEqual(pipeline.predict(records));
  expect(predictor.need).toBe("a record or an array of records");
  expect(predictor.description).toMatchObject({ target: { name: "digit" }, example: { path: "/predict" } });
  expect(() => predictor.predict(Array(1001).fill({}))).toThrow("body: got 1001 records, need at most 1000");
});

test("a network's answers examples, and names the shapes of several inputs", () => {
  const { flat, nested } = digitImages(2);
  const network = imageNetwork();
  const predictor = predictorOf(network.toBytes());
  for (const examples of [flat, nested[1]]) expect(predictor.predict(examples)).toEqual(network.predict(examples));
  expect(() => predictor.predict(7)).toThrow(TypeError);
  const { description } = predictorOf(twoInputs().toBytes());
  expect(description).toMatchObject({
    request: {
      body: "an example of each of [6, 4, 3], [2] in an array, flat or nested, or an array of such examples",
    },
  });
});

test("a network does not answer what JSON cannot have", () => {
  const { predict } = predictorOf(imageNetwork().toBytes());
  const { flat } = digitImages(2);
  const examples = [flat[0], flat[1].map(() => 3e38)];
  expect(() => predict(examples)).toThrow("predict: got an example whose result is not finite, need smaller numbers");
});

test("there is room for a megabyte, and for one example of the longest numbers", () => {
  expect(predictorOf(imageNetwork().toBytes()).mostBytes).toBe(1 << 20);
  const large = new Network({ inputs: [300, 300, 1], layers: [flatten()] });
  const body = JSON.stringify(Array(90_000).fill(-1.2345678901234568e-300));
  expect(body.length).toBeGreaterThan(1 << 20);
  expect(predictorOf(large.toBytes()).mostBytes).toBeGreaterThan(body.length);
});
