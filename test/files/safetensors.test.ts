import { describe, expect, test } from "vitest";
import { decode, encode, type NamedTensor } from "../../src/files/safetensors.ts";

/** A file of `header`, which is not padded, and `dataBytes` bytes of data; `length` is the length it claims. */
function fileOf(header: string, dataBytes = 0, length?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const one = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';

test("a file is these bytes", () => {
  const bytes = encode([{ name: "w", shape: [1, 2], values: Float32Array.of(1, -2) }], { by: "us" });
  // 0x58 = 88 bytes of header, of which 5 are padding; then 1 and -2.
  const header = '{"__metadata__":{"by":"us"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}     ';
  const expected = [0x58, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header)];
  expect(Array.from(bytes)).toEqual([...expected, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});

test("a file without tensors and metadata is a header of braces", () => {
  const bytes = encode([], {});
  expect(Array.from(bytes)).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, 32, 32, 32, 32, 32, 32]);
  expect(decode(bytes)).toEqual({ tensors: [], metadata: {} });
});

describe("a round trip", () => {
  const extremes = [0, -0, 1e-45, 3.4028234663852886e38, Number.POSITIVE_INFINITY, Number.NaN];
  const tensors: NamedTensor[] = [
    { name: "double", shape: [2, 3], values: Float64Array.from([...extremes.slice(0, 5), Math.PI]) },
    { name: "10", shape: [6], values: Float32Array.from(extremes) },
    { name: "2", shape: [], values: Float32Array.of(7) },
    { name: "empty", shape: [3, 0], values: new Float32Array(0) },
    { name: "__proto__", shape: [1], values: Float32Array.of(8) },
    { name: "constructor", shape: [1, 1], values: Float32Array.of(9) },
    { name: 'a "quoted" näme \n 🙂', shape: [2], values: Float32Array.of(1, 2) },
    { name: "", shape: [1], values: Float32Array.of(3) },
  ];
  const metadata = { ...JSON.parse('{"__proto__":"p"}'), "10": "ten", toString: "t", topology: '{"a":[1]}', empty: "" };

  test("keeps names, order, shapes, types, bits and metadata", () => {
    const decoded = decode(encode(tensors, metadata));
    expect(decoded.tensors.map(({ name, shape, values }) => ({ name, shape, values }))).toEqual(tensors);
    expect(decoded.tensors.map(({ dtype }) => dtype)).toEqual(["float64", ...new Array(7).fill("float32")]);
    expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
    expect(encode(decoded.tensors, decoded.metadata)).toEqual(encode(tensors, metadata));
  });

  test("puts float64 first, so that every tensor is aligned, and keeps the order otherwise", () => {
    const mixed: NamedTensor[] = [
      { name: "a", shape: [1], values: Float32Array.of(1) },
      { name: "b", shape: [1], values: Float64Array.of(2) },
      { name: "c", shape: [2], values: Float32Array.of(3, 4) },
      { name: "d", shape: [1], values: Float64Array.of(5) },
    ];
    expect(decode(encode(mixed)).tensors.map(({ name }) => name)).toEqual(["b", "d", "a", "c"]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])("reads bytes that begin %i bytes into their buffer", (offset) => {
    const file = encode(tensors, metadata);
    const shifted = new Uint8Array(file.length + offset + 5).subarray(offset, offset + file.length);
    shifted.set(file);
    expect(decode(shifted)).toEqual(decode(file));
    expect(decode(Buffer.from(file))).toEqual(decode(file));
  });

  test("reads an ArrayBuffer, one that has been transferred away as no bytes, and bytes of a SharedArrayBuffer", () => {
    const file = encode(tensors, metadata);
    const buffer = file.slice().buffer as ArrayBuffer;
    expect(decode(buffer)).toEqual(decode(file));
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => decode(buffer)).toThrow("safetensors: got a file of 0 bytes, need at least 8");
    const shared = new Uint8Array(new SharedArrayBuffer(file.length + 3)).subarray(3);
    shared.set(file);
    const decoded = decode(shared);
    expect(decoded).toEqual(decode(file));
    expect(decoded.tensors.every(({ values }) => values.buffer instanceof ArrayBuffer)).toBe(true);
  });

  test("copies: neither file nor tensors share memory", () => {
    const values = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const file = encode([{ name: "w", shape: [2], values }]);
    values.fill(9);
    const [tensor] = decode(file).tensors;
    file.fill(0);
    expect(tensor.values).toEqual(Float32Array.of(2, 3));
    expect(tensor.values.buffer.byteLength).toBe(8);
  });
});

test("files of other writers are read: keys in any order, spaces, tensors in another order than their data", () => {
  const header =
    ' {"b" : {"shape":[1], "data_offsets":[4,8], "dtype":"F32"}, "a":{"dtype":"F32","data_offsets":[0,4],"shape":[]},' +
    '"none":{"dtype":"F64","shape":[0],"data_offsets":[4,4]}, "__metadata__":{"format":"pt"}}\n\t ';
  const { tensors, metadata } = decode(fileOf(header.trimStart(), 8));
  expect(tensors.map(({ name }) => name)).toEqual(["a", "none", "b"]);
  expect(metadata).toEqual({ format: "pt" });
});

describe("decode refuses", () => {
  const tensor = (fields: string) => `{"w":{${fields}}}`;
  const w = (dtype: string, shape: string, offsets: string) =>
    tensor(`"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}`);

  test.each<[string, Uint8Array, RegExp]>([
    ["no bytes", new Uint8Array(0), /got a file of 0 bytes, need at least 8/],
    ["a header beyond the file", fileOf("{}", 0, 3), /got a header of 3 bytes, need at most 2/],
    ["a header of 2^53 bytes", fileOf("{}", 0, 2 ** 53), /header of 9007199254740992 bytes, need at most 2/],
    ["an empty header", fileOf(""), /does not begin with \{/],
    ["a header that begins with a space", fileOf(" {}"), /does not begin with \{/],
    ["a list", fileOf("[]"), /does not begin with \{/],
    ["half a header", fileOf('{"w":'), /got a header "\{\\"w\\":", need JSON/],
    ["text after the header's object", fileOf("{} x"), /got a header "\{\} x", need JSON/],
    ["a header that is not UTF-8", fileOf("{}").with(9, 0xff), /got a header that is not UTF-8/],
    ["deep nesting", fileOf(`{"w":${"[".repeat(100000)}`), /got a header of more than 64 levels, need fewer/],
    ["a tensor that is null", fileOf('{"w":null}'), /got dtype undefined in tensor "w", need F32 or F64/],
    ["another dtype", fileOf(w('"F16"', "[1]", "[0,2]"), 2), /got dtype "F16" in tensor "w"/],
    ["a dtype that is a method's name", fileOf(w('"toString"', "[1]", "[0,4]"), 4), /got dtype "toString"/],
    ["a dtype that is a list", fileOf(w('["F32"]', "[1]", "[0,4]"), 4), /got dtype an array of 1/],
    ["no shape", fileOf(tensor('"dtype":"F32","data_offsets":[0,4]'), 4), /got shape undefined in tensor "w"/],
    ["a shape that is a number", fileOf(w('"F32"', "1", "[0,4]"), 4), /got shape 1 in/],
    ["a negative size", fileOf(w('"F32"', "[-1]", "[0,4]"), 4), /got -1 in the shape/],
    ["two negative sizes", fileOf(w('"F32"', "[-1,-1]", "[0,4]"), 4), /got -1 in the shape/],
    ["half a size", fileOf(w('"F32"', "[0.5,2]", "[0,4]"), 4), /got 0.5 in the shape/],
    ["a size that is text", fileOf(w('"F32"', '["1"]', "[0,4]"), 4), /got "1" in the shape/],
    ["a size that is null", fileOf(w('"F32"', "[null]", "[0,0]")), /got null in the shape/],
    [
      "a size that is an object",
      fileOf(w('"F32"', '[{"valueOf":1,"toString":1}]', "[0,4]"), 4),
      /got an object in the shape/,
    ],
    ["a product beyond 2^53", fileOf(w('"F32"', "[4294967296,4294967296]", "[0,0]")), /product is below 2\^53/],
    ["such a product times 0", fileOf(w('"F32"', "[4294967296,4294967296,0]", "[0,0]")), /product is below 2\^53/],
    ["a size beyond 2^53", fileOf(w('"F32"', "[1e300]", "[0,0]")), /got 1e\+300 in the shape/],
    ["no offsets", fileOf(tensor('"dtype":"F32","shape":[1]'), 4), /got data_offsets undefined/],
    ["one offset", fileOf(w('"F32"', "[1]", "[0]"), 4), /got data_offsets an array of 1/],
    ["a broken offset", fileOf(w('"F32"', "[1]", "[0.5,4.5]"), 4), /need two whole numbers/],
    ["an offset that is text", fileOf(w('"F32"', "[1]", '["0","4"]'), 4), /need two whole numbers/],
    ["a negative offset", fileOf(w('"F32"', "[1]", "[-4,0]"), 4), /got data_offsets \[-4, 0\]/],
    ["an end before the beginning", fileOf(w('"F32"', "[1]", "[4,0]"), 4), /got data_offsets \[4, 0\]/],
    ["offsets of another size", fileOf(w('"F32"', "[2]", "[0,4]"), 4), /need 8 bytes, for shape \[2\]/],
    ["offsets of the other type", fileOf(w('"F64"', "[1]", "[0,4]"), 4), /need 8 bytes/],
    ["a hole before the first", fileOf(w('"F32"', "[1]", "[4,8]"), 8), /at byte 4 of the data, need it at byte 0/],
    ["data that are missing", fileOf(w('"F32"', "[1]", "[0,4]"), 3), /got 3 bytes of data, need 4/],
    ["data beyond the last", fileOf(w('"F32"', "[1]", "[0,4]"), 5), /got 5 bytes of data, need 4/],
    ["data without a tensor", fileOf("{}", 1), /got 1 byte of data, need 0/],
    ["a claim of 2^50 bytes", fileOf(w('"F32"', "[281474976710656]", "[0,1125899906842624]")), /got 0 bytes of data/],
    ["overlap", fileOf(`{"a":${one},"b":${one}}`, 4), /tensor "b" at byte 0 of the data, need it at byte 4/],
    ["a hole between two", fileOf(`{"a":${one},"b":${one.replace("[0,4]", "[8,12]")}}`, 12), /need it at byte 4/],
    ["metadata that are null", fileOf('{"__metadata__":null}'), /got metadata null, need an object of strings/],
    ["metadata that are a list", fileOf('{"__metadata__":["a"]}'), /got metadata an array of 1/],
    ["metadata of numbers", fileOf('{"__metadata__":{"a":1}}'), /got 1 in the metadata under "a"/],
  ])("%s", (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(RangeError);
    expect(() => decode(bytes)).toThrow(message);
    expect(() => decode(bytes)).toThrow(/^safetensors: got .+, need .+/);
  });

  test("a header above 100 MB, though the file has it", () => {
    const bytes = new Uint8Array(100_000_010);
    new DataView(bytes.buffer).setUint32(0, 100_000_001, true);
    expect(() => decode(bytes)).toThrow("got a header of 100000001 bytes, need at most 100000000");
  });

  test("a small file cut at any byte, or with any one more", () => {
    const file = encode(
      [
        { name: "a", shape: [2], values: Float64Array.of(1, 2) },
        { name: "b", shape: [3], values: Float32Array.of(3, 4, 5) },
      ],
      { topology: "{}" },
    );
    for (let length = 0; length < file.length; length++) {
      expect(() => decode(file.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
    }
    expect(() => decode(Uint8Array.of(...file, 0))).toThrow(RangeError);
    expect(decode(file).tensors.length).toBe(2);
  });

  test("a small file with any bit changed, or reads it, but never fails otherwise", () => {
    const file = encode([{ name: "a", shape: [2], values: Float32Array.of(1, 2) }], { b: "c" });
    for (let bit = 0; bit < file.length * 8; bit++) {
      const changed = file.with(bit >> 3, file[bit >> 3] ^ (1 << (bit & 7)));
      try {
        decode(changed);
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(RangeError);
      }
    }
  });

  test.each([
    undefined,
    null,
    "text",
    [1],
    new SharedArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Float32Array(8),
  ])("%s as a file", (bytes) => expect(() => decode(bytes as unknown as Uint8Array)).toThrow(TypeError));
});

describe("encode refuses", () => {
  const values = Float32Array.of(1, 2);

  test.each<[string, NamedTensor[], Record<string, string>, RegExp]>([
    ["a shape that does not fit", [{ name: "w", shape: [3], values }], {}, /got 2 values in tensor "w"/],
    ["a negative shape", [{ name: "w", shape: [-1, -2], values }], {}, /got -1 in the shape of tensor "w"/],
    ["a name twice", Array(2).fill({ name: "w", shape: [2], values }), {}, /got tensor name "w"/],
    ["the metadata's name", [{ name: "__metadata__", shape: [2], values }], {}, /got tensor name "__metadata__"/],
    ["metadata of numbers", [], { a: 1 as unknown as string }, /got 1 in the metadata under "a"/],
  ])("%s", (_, tensors, metadata, message) => {
    expect(() => encode(tensors, metadata)).toThrow(RangeError);
    expect(() => encode(tensors, metadata)).toThrow(message);
  });
});
