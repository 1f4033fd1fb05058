/** SqueezeNet 1.1 as torchvision has it: its state_dict loads by order and shapes, and gives PyTorch's outputs. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encode } from "../src/files/safetensors.ts";
import {
  concatenate,
  conv2d,
  globalAveragePool,
  input,
  maxPool2d,
  type NamedTensor,
  Network,
  readSafetensors,
  type Value,
} from "../src/index.ts";

const { shapes, logits }: { shapes: Record<string, number[]>; logits: number[] } = JSON.parse(
  readFileSync("test/fixtures/squeezenet.json", "utf8"),
);

/** The colour gradient of test/fixtures/squeezenet.py, from 0 to 1. */
const picture = Float64Array.from({ length: 128 * 128 * 3 }, (_, at) => {
  const [x, y] = [Math.floor(at / 3) % 128, Math.floor(at / 384)];
  return [2 * x, 2 * y, (x * y) % 256][at % 3] / 255;
});

/** The state_dict of that script, by its formula, in a file as Python writes it: in alphabetical order. */
function stateDict(): NamedTensor[] {
  const tensors = Object.keys(shapes).map((name, number) => {
    const shape = shapes[name];
    const size = shape.reduce((a, b) => a * b);
    const fanIn = shape.length > 1 ? size / shape[0] : 100;
    const values = Float64Array.from({ length: size }, (_, index) => {
      const draw = ((index * 7919 + Math.floor(index / 61) * 104729 + number * 31) % 2003) / 2003 - 0.5;
      return draw * 2 * Math.sqrt(6 / fanIn);
    });
    return { name, shape, values };
  });
  return readSafetensors(encode(tensors, { format: "pt" }));
}

function fire(few: number, many: number): (value: Value) => Value {
  const layer = (filters: number, size: number) => conv2d(filters, size, { padding: "same", activation: "relu" });
  return (value) => {
    const squeezed = layer(few, 1)(value);
    return concatenate(layer(many, 1)(squeezed), layer(many, 3)(squeezed));
  };
}

function squeezeNet(dtype: "float32" | "float64") {
  const image = input([128, 128, 3]);
  const pool = maxPool2d(3, { stride: 2 });
  let value = pool(conv2d(64, 3, { stride: 2, activation: "relu" })(image));
  value = maxPool2d(3, { stride: 2 })(fire(16, 64)(fire(16, 64)(value)));
  value = maxPool2d(3, { stride: 2 })(fire(32, 128)(fire(32, 128)(value)));
  value = fire(64, 256)(fire(64, 256)(fire(48, 192)(fire(48, 192)(value))));
  return new Network({ inputs: image, outputs: globalAveragePool()(conv2d(10, 1)(value)), dtype });
}

test.each([
  ["float32", 1e-5],
  ["float64", 1e-12],
] as const)("a %s network has PyTorch's logits to %d, and writes its state_dict again", (dtype, most) => {
  const network = squeezeNet(dtype);
  network.load(stateDict(), { from: "pytorch" });
  const outputs = network.predict(picture);
  const size = Math.max(...logits.map(Math.abs));
  for (const [index, logit] of logits.entries()) expect(Math.abs(outputs[index] - logit) / size).toBeLessThan(most);

  const fires = [3, 4, 6, 7, 9, 10, 11, 12].flatMap((index) =>
    ["squeeze", "expand1x1", "expand3x3"].map((end) => `features.${index}.${end}`),
  );
  const modules = ["features.0", ...fires, "classifier.1"];
  const names = Object.fromEntries(modules.map((name, index) => [name, `conv2d${index + 1}`]));
  const written = readSafetensors(network.toBytes({ layout: "pytorch", names }));
  const sorted = written.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const theirs = stateDict().map(({ values, ...tensor }) => {
    return { ...tensor, values: dtype === "float32" ? Float32Array.from(values) : values };
  });
  expect(Buffer.compare(encode(sorted), encode(theirs))).toBe(0);
});
