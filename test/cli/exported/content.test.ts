import { expect, test } from "vitest";
import { contentOf } from "../../../src/cli/exported/content.ts";
import { dense, Network, Pipeline, Trainer } from "../../../src/index.ts";
import { imagePipeline } from "./networks.ts";

const network = new Network({ inputs: 2, layers: [dense(1)], seed: 1 });

test("a file holds a pipeline, or a network alone, as a checkpoint does", () => {
  expect(contentOf(imagePipeline().toBytes())).toBeInstanceOf(Pipeline);
  for (const bytes of [network.toBytes(), new Trainer(network, { loss: "meanSquaredError" }).toBytes()]) {
    const content = contentOf(bytes);
    expect(content).toBeInstanceOf(Network);
    expect((content as Network).predict([1, 2])).toEqual(network.predict([1, 2]));
  }
});

test("its bytes may be an ArrayBuffer, or a part of one", () => {
  const bytes = imagePipeline().toBytes();
  expect(contentOf(bytes.slice().buffer)).toBeInstanceOf(Pipeline);
  const larger = new Uint8Array(bytes.length + 8);
  larger.set(bytes, 8);
  expect(contentOf(larger.subarray(8))).toBeInstanceOf(Pipeline);
});

test.each([0, 7, 100])("%i bytes of something else are refused", (length) => {
  expect(() => contentOf(new Uint8Array(length))).toThrow(RangeError);
});
