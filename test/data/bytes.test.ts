import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { checkBytes } from "../../src/data/bytes.ts";

test("bytes pass: none, Node's Buffer, those of another realm", () => {
  for (const bytes of [new Uint8Array(0), Buffer.from("P5"), runInNewContext("new Uint8Array(2)")]) {
    expect(() => checkBytes("reader", bytes)).not.toThrow();
  }
});

test.each([[[0]], ["P5"], [new ArrayBuffer(4)], [new Uint8ClampedArray(4)], [undefined]])("%o is refused", (bytes) => {
  expect(() => checkBytes("reader", bytes)).toThrow(TypeError);
  expect(() => checkBytes("reader", bytes)).toThrow(/^reader: got .*, need the bytes of a file as a Uint8Array$/);
});

test("a gzip file is named, with what to do", () => {
  expect(() => checkBytes("reader", gzipSync("P5"))).toThrow(
    new RangeError(
      "reader: got a gzip file, need unpacked bytes: gunzipSync(bytes) of node:zlib, " +
        'or new DecompressionStream("gzip")',
    ),
  );
});
