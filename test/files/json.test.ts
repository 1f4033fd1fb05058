import { describe, expect, test } from "vitest";
import { parseJSON } from "../../src/files/json.ts";

const parse = (text: string) => parseJSON("who", "a text", text);
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("names that differ, or that stand in several objects, are read", () => {
  for (const text of ['{"a":{"a":{"a":1}},"A":[{"a":1},{"a":1}]}', '{"__proto__":{"__proto__":1},"":":{\\":"}']) {
    expect(JSON.stringify(parse(text))).toBe(text);
  }
});

test("what JSON says is what it stands for, brackets in strings included", () => {
  const data = { 'a\\"[{': ["[".repeat(100), "\\", '"', 1e300, null], __proto__: [] };
  expect(parse(JSON.stringify(data))).toEqual(data);
  expect(parse(nested(64))).toEqual(JSON.parse(nested(64)));
  expect(parse(` ${JSON.stringify("{".repeat(100))} `)).toBe("{".repeat(100));
});

describe("refused is", () => {
  test.each<[string, string, string]>([
    ["what is not JSON", '{"a":1', 'who: got a text "{\\"a\\":1", need JSON'],
    ["65 levels", nested(65), "who: got a text of more than 64 levels, need fewer"],
    ["65 levels of both", '{"a":['.repeat(33), "who: got a text of more than 64 levels, need fewer"],
    ["levels behind a string that ends in a backslash", `["\\\\",${nested(64)}]`, "of more than 64 levels"],
    ["a string that does not end", '["\\"[', 'got a text "[\\"\\\\\\"[", need JSON'],
    [
      "2^20 arrays in one",
      `[${"[],".repeat(2 ** 20 - 1)}[]]`,
      "who: got a text of 1048577 arrays and objects, need at",
    ],
    [
      "3 · 2^20 + 1 members in one",
      `{${'"":0,'.repeat(3 * 2 ** 20)}"":0}`,
      "who: got a text of 6291457 commas and colons, need at most 6291456",
    ],
    [
      "a name twice",
      '{"a":1,"b":[{"a":2}],"a":1}',
      'who: got a text with "a" twice in one object, need each name once',
    ],
    [
      "a name twice in an inner object, once with an escape",
      '[{"x":{"a":1,"\\u0061":2}}]',
      'got a text with "a" twice',
    ],
    ["__proto__ twice", '{"__proto__":1,"__proto__":{"b":1}}', 'got a text with "__proto__" twice'],
    ["a name twice whose first value has names", '{"a:\\"":{"b":1,"c":1},"a:\\"":1}', 'got a text with "a:\\"" twice'],
  ])("%s", (_, text, message) => {
    expect(() => parse(text)).toThrow(RangeError);
    expect(() => parse(text)).toThrow(message);
  });
});

test("a topology of 300 000 layers, each with the options that most have, is read, and 6 · 2^20 numbers are", () => {
  const layer = { kind: "dense", units: 1, activation: { name: "relu", parameter: 0 }, bias: true, name: "dense:1,{" };
  const options = { ...layer, trainable: false, learningRateFactor: 0.5 };
  const layers = `[${`${JSON.stringify(options)},`.repeat(300_000).slice(0, -1)}]`;
  const uses = `[${"[1,1],".repeat(300_000).slice(0, -1)}]`;
  const topology = parse(`{"version":1,"dtype":"float32","inputs":[[1]],"layers":${layers},"uses":${uses}}`);
  expect(topology).toMatchObject({ layers: { length: 300_000 }, uses: { length: 300_000 } });
  expect(parse(`[${"1,".repeat(6 * 2 ** 20)}1]`)).toHaveLength(6 * 2 ** 20 + 1);
});

test("a text of ten million brackets is refused in less than 20 MB", () => {
  const text = `[${"{},".repeat(5e6)}{}]`;
  const before = process.memoryUsage().heapUsed;
  expect(() => parse(text)).toThrow("got a text of 5000002 arrays and objects");
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
});

test("a text of four million names is refused in less than 20 MB", () => {
  const text = `{${Array.from({ length: 4e6 }, (_, index) => `"${index}x":0`).join(",")}}`;
  expect(text.at(-1)).toBe("}");
  const before = process.memoryUsage().heapUsed;
  expect(() => parse(text)).toThrow("got a text of 7999999 commas and colons");
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
});
