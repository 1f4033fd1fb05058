/** Messages of ONNX: what is written is read, and files that are cut or have too much are refused. */
import { describe, expect, test } from "vitest";
import { decodeModel, decodeTensor, encodeModel } from "../../src/onnx/protobuf.ts";
import { WireWriter } from "../../src/onnx/wire.ts";
import { integers, modelOf, node, tensor } from "./models.ts";

const model = {
  irVersion: 8,
  producer: "someone",
  opsets: [{ domain: "", version: 17 }],
  graph: {
    name: "g",
    nodes: [node("Conv", "x w -> y", { pads: [1, -1], alpha: { float: 0.5 }, group: 2, auto_pad: "VALID" })],
    initializers: [tensor("w", [2], [1, 2]), integers("k", 3, -4)],
    inputs: [{ name: "x", type: { tensor: { type: 1, shape: { dims: [{ parameter: "batch" }, { value: 3 }] } } } }],
    outputs: [{ name: "y" }],
  },
};

test("a model is read as it was written", () => {
  expect(decodeModel("test", encodeModel(model))).toEqual(model);
});

test("lists of numbers may be packed or not, and unknown fields are skipped", () => {
  const wire = new WireWriter();
  for (const dim of [2, 3]) {
    wire.field(1, 0);
    wire.int(dim);
  }
  wire.field(999, 2);
  wire.text("unknown");
  wire.field(4, 2);
  wire.bytes(new Uint8Array(Float32Array.of(1, 2).buffer));
  wire.field(4, 5);
  wire.float(3);
  wire.field(10, 2);
  wire.bytes(new Uint8Array(Float64Array.of(0.5).buffer));
  expect(decodeTensor("test", wire.finish())).toEqual({ dims: [2, 3], floats: [1, 2, 3], doubles: [0.5] });
});

describe("refused is", () => {
  const refused = (bytes: Uint8Array) => expect(() => decodeModel("test", bytes));

  test("a file that is cut anywhere within a field", () => {
    const bytes = modelOf({ nodes: [node("Relu", "x -> y")], inputs: { x: ["batch", 2] } });
    // What ends before the graph is a model without one.
    const within = Array.from({ length: bytes.length - 20 }, (_, index) => index + 12);
    expect(within.length).toBeGreaterThan(10);
    for (const length of within)
      refused(bytes.slice(0, length)).toThrow(/^test: got \d+ bytes that are not an ONNX file: .*need a/);
  });

  test("a field of another type", () => {
    refused(Uint8Array.of(0x0a, 0)).toThrow("a field stored in way 2, need another");
  });

  test("a file of more messages than 2¹⁸", () => {
    const wire = new WireWriter();
    for (let index = 0; index < 2 ** 18; index++) wire.bytes(new Uint8Array());
    const bytes = wire.finish();
    const fields = new Uint8Array(2 * bytes.length);
    for (let index = 0; index < bytes.length; index++) fields[2 * index] = 0x42;
    refused(fields).toThrow("more than 262144 messages, need fewer");
  });
});
