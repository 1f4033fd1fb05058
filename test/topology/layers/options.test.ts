import { expect, test } from "vitest";
import { shown } from "../../../src/errors.ts";
import { checkName, nameOption, trainableOptions } from "../../../src/topology/layers/options.ts";

test("only what is given comes out", () => {
  expect(trainableOptions("who", {})).toEqual({});
  const all = { name: "a", trainable: false, learningRateFactor: 0.5 };
  expect(trainableOptions("who", all)).toEqual(all);
  expect([nameOption("who", {}), nameOption("who", { name: "a" })]).toEqual([{}, { name: "a" }]);
});

test.each<[() => unknown, string]>([
  [() => trainableOptions("who", { trainable: 1 as never }), "who: got trainable 1, need true or false"],
  [
    () => trainableOptions("who", { learningRateFactor: Number.NaN }),
    "who: learningRateFactor: got NaN, need a finite",
  ],
  [
    () => trainableOptions("who", { learningRateFactor: -0.1 }),
    "who: got learningRateFactor -0.1, need a number from 0",
  ],
  [() => checkName("who", ""), 'who: got name "", need a text of at least one character'],
  [
    () => checkName("who", "a\nb"),
    'who: got name "a\\nb", need a text of at least one character and at most 1000, without line breaks and other characters that do not show',
  ],
  [() => checkName("who", "\u001b[2J"), 'who: got name "\\u001b[2J", need a text'],
  [() => checkName("who", "\u009b2J"), 'who: got name "\\u009b2J", need a text'],
  [() => checkName("who", "a\u202eb"), 'who: got name "a\\u202eb", need a text'],
  [() => checkName("who", "a".repeat(1001)), "need a text of at least one character and at most 1000"],
  [() => nameOption("who", { nam: "a" } as never), 'who option: got "nam", need name; did you mean "name"?'],
])("refused, %#", (act, message) => expect(act).toThrow(message));

test("a name has letters of any script, and no character that does not show", () => {
  for (const name of ["größe", "層 1", "الطبقة", "می\u200cخواهم", "🧠", "👩\u200d🔬", "❤\ufe0f", 'a "b"'])
    expect(checkName("who", name)).toBe(name);
  for (const hidden of "\t\n\u007f\u0085\u009b\u2028\u2029\u202a\u202e\u2066\u2069\u200b\u{e0041}")
    expect(() => checkName("who", `a${hidden}b`), shown(hidden)).toThrow(TypeError);
});
