/**
 * Cases of ONNX's backend tests (Apache-2.0, https://github.com/onnx/onnx), two of each operator: test/fixtures/onnx.json, which backend.mjs writes. It
 * also writes test/fixtures/onnx-backend.json, the list of all cases.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeTensor } from "../../src/onnx/protobuf.ts";
import { readModel } from "../../src/onnx/read.ts";
import { readTensor } from "../../src/onnx/tensors.ts";
import { placesOf } from "./places.mjs";

interface Golden {
  readonly name: string;
  readonly constants?: readonly string[];
  readonly outputs?: readonly string[];
  /** The names of the graph's inputs. */
  readonly names: readonly string[];
  /** Files in base64: the graph, and a tensor for each input and result. */
  readonly model: string;
  readonly inputs: readonly string[];
  readonly results: readonly string[];
}

const json = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures", name), "utf8"));
const goldens: readonly Golden[] = json("onnx.json");
const backend: Record<string, Record<"agree" | "refused" | "wrong", object>> = json("onnx-backend.json");

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const tensorOf = (base64: string) => {
  return readTensor(decodeTensor("golden", bytesOf(base64)));
};

describe("ONNX's own answers", () => {
  test.each(goldens)("$name", ({ model, names, inputs: given, results: wanted, constants = [], outputs }) => {
    const tensors = new Map(given.map((each, index) => [names[index], tensorOf(each)]));
    const known = Object.fromEntries(
      constants.map((name) => [name, { shape: tensors.get(name)!.dims, values: tensors.get(name)!.values }]),
    );
    const read = readModel(bytesOf(model), { constants: known, ...(outputs && { outputs }) });
    const rows = read.inputs.map((port) => {
      const { values } = tensors.get(port.name)!;
      return Float64Array.from(placesOf(port, values.length), (place) => values[place]);
    });
    const answers = [
      read.network.predict(rows.length === 1 ? rows[0] : rows, { validate: false }),
    ].flat() as Float32Array[];
    for (const [index, port] of read.outputs.entries()) {
      const { values } = tensorOf(wanted[index]);
      expect(answers[index].length).toBe(values.length);
      placesOf(port, values.length).forEach((place, at) => {
        const [got, need] = [answers[index][at], values[place]];
        if (Number.isNaN(need) || !Number.isFinite(need)) expect(got).toBe(need);
        else expect(Math.abs(got - need)).toBeLessThanOrEqual(1e-7 + 1e-3 * Math.abs(need));
      });
    }
  });
});

describe("the list of ONNX's backend tests", () => {
  const count = (suite: string, kind: "agree" | "refused" | "wrong") => Object.keys(backend[suite][kind]).length;

  test("no case is read and gives another answer", () => {
    expect(Object.keys(backend).map((suite) => count(suite, "wrong"))).toEqual([0, 0, 0, 0]);
  });

  test("368 of the node cases agree or more, and all of those converted from PyTorch", () => {
    expect(count("node", "agree")).toBeGreaterThanOrEqual(368);
    expect(count("pytorch-converted", "agree")).toBe(82);
    expect(count("pytorch-converted", "refused")).toBe(0);
  });

  test("each refusal names an operator and a node, or what the file lacks", () => {
    const reasons = Object.values(backend).flatMap(({ refused }) => Object.values(refused) as string[]);
    for (const reason of reasons)
      expect(reason).toMatch(/^(\w+ "[^"]*"|"[^"]*" ".*"|input ".*"|tensor ".*"): got |^got /);
  });
});
