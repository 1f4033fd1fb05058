import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { dense, Network, Trainer } from "../../../src/index.ts";
import { simdnet, temporaryFolder } from "../command.ts";
import { digitImages, imageNetwork, twoInputs } from "./networks.ts";

const folder = temporaryFolder();

function exported(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, `${name}.safetensors`), bytes);
  const { code, stderr } = simdnet(folder, ["export", `${name}.safetensors`, "--module", `${name}.mjs`]);
  expect([code, stderr]).toEqual([0, ""]);
  return join(folder, `${name}.mjs`);
}

const load = (path: string) => import(/* @vite-ignore */ pathToFileURL(path).href);
const textOf = (path: string) => readFileSync(path, "utf8");
/** The names of the kernels that a module carries. */
const kernelsOf = (path: string) => Array.from(textOf(path).matchAll(/^ {2}"(\w+)\.wasm":$/gm), ([, name]) => name);

describe("an exported module of a network", () => {
  let path: string;
  beforeAll(() => {
    path = exported("image", imageNetwork().toBytes());
  });

  test.each(["float32", "float64"] as const)(
    "answers images as predict does, to the bit: %s, one or many, flat, nested or in a typed array",
    async (dtype) => {
      const network = imageNetwork(dtype);
      const { predict } = await load(exported(dtype, network.toBytes()));
      const { flat, nested } = digitImages(300);
      const typed = Float64Array.from(flat.flat());
      for (const examples of [flat, nested, flat[3], nested[3], typed, Float32Array.from(typed)]) {
        const answers = predict(examples);
        expect(answers).toEqual(network.predict(examples as number[][]));
        expect(answers.length).toBeGreaterThan(2);
      }
    },
  );

  test("of several inputs and outputs takes and gives an array with those of each", async () => {
    const network = twoInputs();
    const { predict, inputs, outputs } = await load(exported("two", network.toBytes()));
    expect({ inputs, outputs }).toEqual({ inputs: [[6, 4, 3], [2]], outputs: [[2], [1]] });
    const examples = [Array.from({ length: 72 }, (_, index) => index / 72), [0.5, -1]];
    expect(predict(examples)).toEqual(network.predict(examples));
    expect(predict(examples)).toHaveLength(2);
  });

  test("says the shapes it takes, and refuses what has another", async () => {
    const { predict, inputs, outputs } = await load(path);
    expect({ inputs, outputs }).toEqual({ inputs: [[8, 8, 1]], outputs: [[3]] });
    expect(() => predict([1, 2])).toThrow(RangeError);
    expect(() => predict("image")).toThrow("predict: got");
  });

  test("carries the kernels of its layers alone, and has less than 80 kB compressed, apart from the model", () => {
    expect(kernelsOf(path)).toEqual(["core32", "convolution32", "normalization32"]);
    expect(kernelsOf(exported("dense", new Network({ inputs: 2, layers: [dense(1)] }).toBytes()))).toEqual(["core32"]);
    expect(kernelsOf(exported("double", imageNetwork("float64").toBytes()))[0]).toBe("core64");
    const text = textOf(path);
    expect(text).not.toMatch(/\bimport\b(?! \{ predict \})|\brequire\(|\bBuffer\b|\bprocess\b/);
    expect(text).not.toMatch(/\badam|crossEntropy|batchSize|patience|trainingModule|parseCsv|encodeRecords/i);
    const [, model] = /simdnetModel =\s+"([^"]+)"/.exec(text)!;
    expect(gzipSync(text.replace(model, ""), { level: 9 }).length).toBeLessThan(80_000);
    expect(text).toContain("MIT License");
  });

  test("begins with an example that it answers as it says", async () => {
    const { predict } = await load(path);
    const [, size, answer] = /predict\(Array\((\d+)\)\.fill\(0\)\)\n\/\/ {3}\/\/ (.*)/.exec(textOf(path))!;
    expect(predict(Array(Number(size)).fill(0))).toEqual(JSON.parse(answer));
  });

  test("of a trainer's checkpoint has the network alone", async () => {
    const network = new Network({ inputs: 2, layers: [dense(1)], seed: 3 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.step([[1, 2]], [[3]]);
    const file = exported("checkpoint", trainer.toBytes());
    expect((await load(file)).predict([1, 2])).toEqual(network.predict([1, 2]));
    const [, model] = /simdnetModel =\s+"([^"]+)"/.exec(textOf(file))!;
    expect(Buffer.from(model, "base64").length).toBe(network.toBytes().length);
  });
});
