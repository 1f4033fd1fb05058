import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSqueezeNet, squeezeNetFeatures } from "../../src/cli/squeezenet.ts";
import { dense, input, Network } from "../../src/index.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const weightsPath = "examples/projects/data/squeezenet-f16.safetensors";

const golden: { features: number[] } = JSON.parse(readFileSync("test/fixtures/squeezenet.json", "utf8"));
/** The colour gradient of test/fixtures/squeezenet.py, from 0 to 1. */
const gradient = Float32Array.from({ length: 128 * 128 * 3 }, (_, at) => {
  const [x, y] = [Math.floor(at / 3) % 128, Math.floor(at / 384)];
  return [2 * x, 2 * y, (x * y) % 256][at % 3] / 255;
});

test("reads the weights, and makes PyTorch's features of a picture, to 1e-5 of the largest", () => {
  const features = readSqueezeNet(weightsPath, [128, 128], "float32").predict(gradient);
  const errors = golden.features.map((value, at) => Math.abs(features[at] - value));
  expect(features.length).toBe(512);
  expect(Math.max(...errors) / Math.max(...golden.features)).toBeLessThan(1e-5);
});

test("refuses other files", () => {
  const path = join(folder, "other.safetensors");
  writeFileSync(path, new Network({ inputs: 2, layers: [dense(1)] }).toBytes());
  expect(() => readSqueezeNet(path, [32, 32], "float32")).toThrow(
    "other.safetensors: need SqueezeNet's weights as safetensors, conv1.weight to fire9.expand3x3.bias (",
  );
  writeFileSync(path, "text");
  expect(() => readSqueezeNet(path, [32, 32], "float32")).toThrow("need SqueezeNet's weights");
});

test("its layers have the names of the file's tensors, 722,496 numbers", () => {
  const image = input([32, 32, 3]);
  const network = new Network({ inputs: image, outputs: squeezeNetFeatures(image) });
  expect(network.part({ inputs: "prepare", outputs: "features" }).parameterCount).toBe(722_496);
});
