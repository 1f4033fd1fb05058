/** Files of other formats: each is named, and what to do with it. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { dense, Network } from "../../src/index.ts";
import { isSafetensors, refusalOf } from "../../src/onnx/formats.ts";
import { fromOnnx, toOnnx } from "../../src/onnx/index.ts";

const network = new Network({ inputs: 3, layers: [dense(2)], seed: 1 });

/** Returns the bytes of a text whose characters are bytes. */
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Returns the first file of a zip archive: a header of 30 bytes, then its name. */
const zipOf = (name: string) => bytesOf(`PK\u0003\u0004${"\0".repeat(26)}${name}\u0080\u0002`);

describe("fromOnnx names the format of", () => {
  test.each([
    ["an empty file", new Uint8Array()],
    ["a safetensors file", network.toBytes(), ": Network.fromBytes and simdnet inspect read"],
    ["a safetensors file", network.toBytes({ layout: "pytorch" }), ", network.load takes weights"],
    ["a file of PyTorch", zipOf("archive/data.pkl"), ": torch.onnx.export writes one"],
    ["a file of PyTorch", zipOf("script/data/0"), "a state_dict that is saved as safetensors"],
    ["a pickle of Python", bytesOf("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019."), ": torch.onnx.export"],
    ["a file of Keras", zipOf("metadata.json"), ": tf2onnx makes one of it"],
    ["a file of Keras", zipOf("config.json"), "weights that are saved as safetensors"],
    ["a zip archive", zipOf("model.onnx"), ": unpack it first"],
    ["a gzip archive", new Uint8Array(gzipSync(toOnnx(network))), ": unpack it first"],
    ["an HDF5 file", bytesOf("\u0089HDF\r\n\u001a\n"), ": tf2onnx makes one of it"],
    ["a file of TensorFlow Lite", bytesOf("\u001c\0\0\0TFL3"), ": tf2onnx makes one of it"],
    // The version of the format, then the first graph, which begins with its description.
    ["a SavedModel of TensorFlow", bytesOf("\b\u0001\u0012\u0004\n\u0002*\0"), ": tf2onnx makes one of it"],
    ["a graph of TensorFlow", bytesOf("\n\u0010\n\u0001x\u0012\u000bPlaceholder"), ": tf2onnx makes one of it"],
    ["a PNG picture", bytesOf("\u0089PNG\r\n\u001a\n")],
    ["a JPEG picture", bytesOf("\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF")],
    [
      "a pointer of Git LFS",
      bytesOf("version https://git-lfs.github.com/spec/v1\noid sha256:0"),
      ": git lfs pull fetches",
    ],
    ["a web page or XML", bytesOf("\n<!DOCTYPE html><html>")],
    ["JSON", bytesOf('{"format": "layers-model"}')],
    ["a text", bytesOf("species,mass\r\nAd\u00c3\u00a9lie,3750\r\n")],
  ] as [string, Uint8Array, string?][])("%s", (name, bytes, advice = "") => {
    const read = () => fromOnnx(bytes);
    expect(read).toThrow(RangeError);
    expect(read).toThrow(`fromOnnx: got ${name}, need an ONNX file`);
    if (advice !== "") expect(read).toThrow(advice);
  });
});

test("other bytes, and ONNX files, have no other format", () => {
  expect(refusalOf(Uint8Array.of(1, 2, 3))).toBeUndefined();
  expect(refusalOf(toOnnx(network))).toBeUndefined();
  expect(refusalOf(new Uint8Array(64))).toBeUndefined();
});

test("a refusal says what the caller needs", () => {
  expect(refusalOf(bytesOf("{}"), "a model")).toBe("got JSON, need a model");
});

test("safetensors files are told from ONNX files by their first bytes", () => {
  expect([network.toBytes(), toOnnx(network)].map(isSafetensors)).toEqual([true, false]);
});
