/** Which characters are hidden, and that no error of the library has one: it shows the escape. */
import { describe, expect, test } from "vitest";
import { encodeCategories, encodeRecords, parseCsv } from "../src/data/index.ts";
import { shown } from "../src/errors.ts";
import { encode } from "../src/files/safetensors.ts";
import { escapeHidden, hasHidden, replaceHidden } from "../src/hidden.ts";
import { customLoss, dense, earlyStopping, Network, Pipeline, readSafetensors, Trainer } from "../src/index.ts";
import { pictureRows } from "../src/pictures/index.ts";
import { reasonOf } from "../src/systemErrors.ts";

/** From and to, of each range of Unicode's controls, formats, separators, private characters and ignorable ones. */
const ranges = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xe000, 0xf8ff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
];
const hidden = ranges.flatMap(([from, to]) =>
  Array.from({ length: Math.min(to - from, 300) + 1 }, (_, index) => String.fromCodePoint(from + index)),
);

test("every control, format, separator, tag, private and ignorable character is hidden", () => {
  expect(hidden.filter((character) => !hasHidden(`a${character}b`)).map(shown)).toEqual([]);
  // Halves of characters.
  for (const half of ["\ud800", "\udfff"]) expect(hasHidden(`a${half}b`)).toBe(true);
});

test.each([
  ["letters of any script", "größe 層 1 الطبقة Ελλάδα ไทย"],
  ["joiners between letters of Arabic and Indic scripts", "می\u200cخواهم مُ\u200cد क्\u200dष ශ්\u200dරී க்\u200cஷ క్\u200cష"],
  [
    "emoji, also joined, in a form of theirs and on a key",
    "👩\u200d🔬 👩🏽\u200d🔬 ❤\ufe0f 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3 ☎\ufe0e",
  ],
  ["a Han in the form of a name", "葛\u{e0100}城"],
  ["signs and spaces", "\u00a0½ € … → ﬁ \u3000"],
])("%s stay", (_, text) => {
  expect(hasHidden(text)).toBe(false);
  expect(escapeHidden(text)).toBe(text);
});

test("a joiner between Latin letters is hidden, and so is a selector behind a digit or a second one of either", () => {
  const texts = ["a\u200db", "a\u200c", "1\ufe0f", "क\u200da", "क\u200d\u200dष", "葛\u{e0100}\u{e0101}", "a\u{e0100}"];
  for (const text of texts) expect(hasHidden(text)).toBe(true);
});

test("escapes are those of JSON, a tag's by its two units", () => {
  expect(escapeHidden("a\u202eb\u{e0041}\n")).toBe("a\\u202eb\\udb40\\udc41\\u000a");
  expect(replaceHidden("a\u200bb", () => "?")).toBe("a?b");
});

describe("an error of the library shows the escapes of", () => {
  const attack = "é\u200b\ufeff\u{e0041}\u202e\u001b\u2028\u00ad\u3164\ufe0f\ue000z";
  const encoding = encodeRecords([
    { [attack]: "a", n: 1 },
    { [attack]: attack, n: 2 },
  ]);
  const network = new Network({ inputs: encoding.features.length, layers: [dense(2, { activation: "softmax" })] });
  const target = { kind: "classes", name: attack, classes: ["a", attack] } as const;
  const pipeline = new Pipeline({ network, encoding, target });
  const train = (options: object) => new Trainer(network, { loss: "categoricalCrossEntropy", ...options } as never);

  test.each<[string, () => unknown]>([
    ["a category", () => pipeline.predict({ [attack]: `${attack}b`, n: 1 })],
    ["a column", () => pipeline.predict({ [attack]: 1, n: 1 } as never)],
    ["a text that is no number", () => pipeline.predict({ [attack]: "a", n: attack } as never)],
    ["a name that is nearly a column's", () => pipeline.predict({ [`${attack}b`]: "a", n: 1 })],
    ["a column that is asked for", () => encodeRecords([{ [attack]: 1 }], { ignore: ["q"] })],
    ["a column by the columns", () => encodeRecords({ n: [1, 2], [attack]: [1] } as never)],
    ["categories", () => encodeCategories(["a", attack]).apply(["q"])],
    ["a class", () => new Pipeline({ network, encoding, target: { ...target, classes: [attack, attack] } })],
    ["a name in a table", () => parseCsv(`"${attack}","${attack}"\n1,2`)],
    ["an option", () => dense(1, { [attack]: 1 } as never)],
    ["a layer", () => dense(1, { name: attack })],
    ["a symbol", () => dense(Symbol(attack) as never)],
    ["a function", () => dense(1, { activation: { [attack]: () => 1 }[attack] } as never)],
    ["a loss of one's own", () => customLoss(attack, () => 0)],
    ["a loss", () => train({ loss: attack })],
    ["a metric", () => train({ metrics: [attack] })],
    [
      "what is watched",
      () =>
        train({}).fit([[1, 2, 3]], [[1, 0]], { epochs: 1, callbacks: [earlyStopping({ monitor: attack })] } as never),
    ],
    [
      "a tensor",
      () => network.load(readSafetensors(encode([{ name: attack, shape: [1], values: Float32Array.of(1) }], {}))),
    ],
    ["metadata", () => Network.fromBytes(encode([], { network: attack }))],
    ["a mark of the package", () => new Trainer({ [Symbol.for("simdnet")]: { name: attack } } as never, {} as never)],
    ["a file", () => pictureRows([attack], [0], { size: 8, read: async () => new Uint8Array(3) })],
    ["a reason of the system", () => Promise.reject(new Error(reasonOf(new Error(attack))))],
  ])("%s", async (_, act) => {
    const { message } = (await (async () => act())().then(
      () => new Error("nothing was refused"),
      (error) => error,
    )) as Error;
    expect(message).not.toBe("nothing was refused");
    expect(hasHidden(message), shown(message)).toBe(false);
    // The message has the text, so that the test is not one of a message that leaves it out.
    expect(message).toContain("\\u200b");
  });
});
