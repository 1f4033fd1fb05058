import { afterEach, describe, expect, test, vi } from "vitest";
import { bytesOfBase64, decodeText, encodeText, now, pause, TextReader } from "../src/host.ts";

/** The host's own and, where the names are taken away, what stands in for them. */
const hosts: [name: string, without: readonly string[]][] = [
  ["a host with all of them", []],
  ["a bare host", ["TextEncoder", "TextDecoder", "performance", "MessageChannel", "setTimeout"]],
];

const texts = [
  "",
  "plain",
  "100% %41 %zz",
  "é ß ñ",
  "€ 漢字",
  "😀 🏳️‍🌈",
  "\0\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}",
  "a\ufeffb",
  "\ufeffb",
];
/** No UTF-8: cut, overlong, half a surrogate pair, beyond the last character, a byte that follows nothing. */
const invalid = [
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0x80],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x80],
  [0x41, 0xff],
  [0xc3, 0x41],
];

describe.each(hosts)("in %s", (_, without) => {
  const withoutThem = () => {
    for (const name of without) vi.stubGlobal(name, undefined);
  };
  afterEach(() => vi.unstubAllGlobals());

  test.each(texts)("%j becomes the bytes of UTF-8 and again the text", (text) => {
    const expected = new Uint8Array(Buffer.from(text));
    withoutThem();
    expect(encodeText(text)).toEqual(expected);
    expect(decodeText(expected)).toBe(text);
  });

  test.each(invalid.map((bytes) => [bytes]))("refuses %j", (bytes) => {
    withoutThem();
    expect(() => decodeText(Uint8Array.from(bytes))).toThrow();
  });

  test("reads a text in pieces of any length", () => {
    const text = "\ufeff€ 漢字 é 100% 😀 e9%";
    const bytes = new Uint8Array(Buffer.from(text));
    withoutThem();
    for (let length = 1; length <= bytes.length; length++) {
      const reader = new TextReader();
      let read = "";
      for (let from = 0; from < bytes.length; from += length) read += reader.read(bytes.subarray(from, from + length));
      expect(read + reader.end()).toBe(text.slice(1));
    }
  });

  test("reads a long text", () => {
    const text = "漢字 é 😀 %".repeat(20_000);
    const bytes = new Uint8Array(Buffer.from(text));
    withoutThem();
    expect(decodeText(bytes) === text).toBe(true);
  });

  test("has a clock", () => {
    withoutThem();
    const begin = now();
    const until = Date.now() + 50;
    while (Date.now() < until);
    expect(now() - begin).toBeGreaterThanOrEqual(49);
  });

  test("a pause ends", async () => {
    withoutThem();
    await Promise.all([pause(false), pause(true)]);
  });
});

test("a pause lets a timer that is due have its turn", async () => {
  let isPast = false;
  setTimeout(() => {
    isPast = true;
  }, 0);
  const until = Date.now() + 5;
  while (Date.now() < until);
  await pause(false);
  await pause(false);
  expect(isPast).toBe(true);
});

test.each([0, 1, 2, 3, 256])("base64 of %i bytes becomes the bytes", (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => 255 - index);
  expect(bytesOfBase64(Buffer.from(bytes).toString("base64"))).toEqual(bytes);
});
