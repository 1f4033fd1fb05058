import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/files/safetensors.ts";
import { dense, Network, readSafetensors } from "../../src/index.ts";

/** A file of one tensor. */
function fileOf(dtype: string, data: Uint8Array, shape: readonly number[]): Uint8Array {
  const header = new TextEncoder().encode(
    JSON.stringify({ w: { dtype, shape, data_offsets: [0, data.length] }, __metadata__: { format: "pt" } }),
  );
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

const valuesOf = (dtype: string, data: Uint8Array, count: number) => {
  const [{ name, shape, values }] = readSafetensors(fileOf(dtype, data, [count]));
  expect([name, shape, values.length]).toEqual(["w", [count], count]);
  return values;
};

interface Typed {
  bytes: number[];
  values: string[];
}
const golden: Record<string, Typed> = JSON.parse(readFileSync("test/fixtures/loading.json", "utf8")).types;
const numberOf = (text: string) => Number(text.replace("inf", "Infinity"));

describe("a tensor of PyTorch has its numbers", () => {
  test.each(Object.entries(golden))("of type %s", (dtype, { bytes, values }) => {
    const read = valuesOf(dtype, Uint8Array.from(bytes), values.length);
    expect(Array.from(read)).toEqual(values.map(numberOf));
    const isExactInSingle = /^(F32|B?F16|[IU](8|16)|BOOL)$/.test(dtype);
    expect(read).toBeInstanceOf(isExactInSingle ? Float32Array : Float64Array);
  });

  test("as unsigned integers, too", () => {
    const bytes = Uint8Array.from({ length: 8 }, () => 255);
    expect(valuesOf("U16", bytes, 4)[0]).toBe(65535);
    expect(valuesOf("U32", bytes, 2)[0]).toBe(2 ** 32 - 1);
    // Beyond 2⁵³ they are rounded.
    expect(valuesOf("U64", bytes, 1)[0]).toBe(2 ** 64);
    expect(valuesOf("I64", bytes, 1)[0]).toBe(-1);
  });
});

describe("every one of the 65536 numbers of 16 bits", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
  const bytes = new Uint8Array(all.buffer);

  test("F16 is its sign, exponent and mantissa", () => {
    const expected = Array.from(all, (bits) => {
      const [sign, exponent, mantissa] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
      if (exponent === 31) return mantissa > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
      return sign * 2 ** Math.max(exponent - 15, -14) * ((exponent > 0 ? 1 : 0) + mantissa / 1024);
    });
    expect(Array.from(valuesOf("F16", bytes, 65536))).toEqual(expected);
  });

  test("BF16 is the upper half of a float32", () => {
    const view = new DataView(new ArrayBuffer(4));
    const expected = Array.from(all, (bits) => {
      view.setUint32(0, bits * 65536);
      return view.getFloat32(0);
    });
    expect(Array.from(valuesOf("BF16", bytes, 65536))).toEqual(expected);
  });
});

test("tensors come in the order of their data, as copies, and a network's own file can be read", () => {
  const tensors = [
    { name: "z", shape: [2], values: Float32Array.of(1, 2) },
    { name: "a", shape: [], values: Float32Array.of(3) },
  ];
  const file = encode(tensors, { by: "us" });
  const read = readSafetensors(file);
  file.fill(0);
  expect(read).toEqual(tensors);
  expect(readSafetensors(encode(tensors).slice().buffer as ArrayBuffer)).toEqual(tensors);
  const network = new Network({ inputs: 2, layers: [dense(3)] });
  expect(readSafetensors(network.toBytes()).map(({ name, shape }) => [name, shape])).toEqual([
    ["dense1.weight", [2, 3]],
    ["dense1.bias", [3]],
  ]);
});

test.each<[string, () => unknown, string]>([
  ["a type of eight bits", () => readSafetensors(fileOf("F8_E4M3", new Uint8Array(2), [2])), 'got dtype "F8_E4M3"'],
  ["a method's name", () => readSafetensors(fileOf("toString", new Uint8Array(2), [2])), 'got dtype "toString"'],
  ["fewer bytes than the shape has", () => readSafetensors(fileOf("F16", new Uint8Array(2), [2])), "need 4 bytes"],
  ["half a file", () => readSafetensors(fileOf("I8", new Uint8Array(9), [9]).subarray(0, 60)), "cut"],
  ["text", () => readSafetensors("x" as never), 'safetensors: got "x", need a Uint8Array or an ArrayBuffer'],
])("refuses %s", (_, act, message) => expect(act).toThrow(message));

describe("a tensor of several names, which Python's save_model writes once", () => {
  const values = Float32Array.of(1, 2);
  const file = (names: string[], metadata: Record<string, string>) =>
    readSafetensors(
      encode(
        names.map((name) => ({ name, shape: [2], values })),
        metadata,
      ),
    );

  test("has all its names, which share its values, in alphabetical order if the others are", () => {
    const read = file(["a.w", "c.w", "d.w"], { format: "pt", "b.w": "d.w", "e.w": "a.w" });
    expect(read.map(({ name }) => name)).toEqual(["a.w", "b.w", "c.w", "d.w", "e.w"]);
    expect(read[1]).toEqual({ name: "b.w", shape: [2], values });
    expect(read[1].values).toBe(read[3].values);
    expect(file(["c", "a"], { b: "a" }).map(({ name }) => name)).toEqual(["c", "a", "b"]);
  });

  test("is no tensor of another name if the metadata name none, or the name is a tensor's", () =>
    expect(file(["a", "b"], { c: "x", b: "a", format: "pt" }).map(({ name }) => name)).toEqual(["a", "b"]));
});
