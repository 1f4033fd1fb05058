import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  escapeHtml,
  escapeJSON,
  jsonText,
  markdownCode,
  sanitize,
  sanitizeLines,
  tableCell,
} from "../../src/cli/display.ts";
import { encodeRecords } from "../../src/data/index.ts";
import { dense, Network, Pipeline } from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";

/** What does not show, a colour, a cleared screen, an end of a line, a line separator, and marks and overrides of direction. */
const attacks = [
  "\u200b",
  "\ufeff",
  "\u{e0041}",
  "\u00ad",
  "\ue000",
  "\u001b[31m",
  "\u009b2J",
  "\0",
  "\u007f",
  "\u2028",
  "\u061c",
  "\u200e",
  "\u200f",
  "\u202e",
  "\u2066",
];

test.each(attacks)("%j reaches no terminal, page, README or JSON", (attack) => {
  const text = `é${attack}👩‍👩‍👧`;
  const control = Array.from(attack)[0];
  for (const shown of [sanitize(text), sanitizeLines(text), escapeHtml(text), markdownCode(text), jsonText(text)]) {
    expect(shown).not.toContain(control);
    expect(shown).toContain("👩‍👩‍👧");
  }
  expect(JSON.parse(jsonText({ [text]: [text] }, 2))).toEqual({ [text]: [text] });
});

test("lines stay lines where there may be some", () => {
  expect([sanitize("a\nb"), sanitizeLines("a\nb"), escapeHtml("a\n\tb")]).toEqual(["a\ufffdb", "a\nb", "a\n\tb"]);
  expect(jsonText(["a\nb"], 1)).toBe('[\n "a\\nb"\n]');
  expect(escapeJSON('"\u202e"')).toBe('"\\u202e"');
});

test("Markdown ends no code before its end", () => {
  expect(markdownCode("a`b\n# c | <img>")).toBe("`a b # c | <img>`");
});

test.each<[string | number, string | number]>([
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["@SUM(1)", "'@SUM(1)"],
  ["+1+cmd", "'+1+cmd"],
  ["-1-1", "'-1-1"],
  ["\t=1", "'\t=1"],
  ["\ufeff=1", "'\ufeff=1"],
  ["\u200b\u{e0041}@SUM(1)", "'\u200b\u{e0041}@SUM(1)"],
  ["＝1+1", "'＝1+1"],
  ["-", "'-"],
  ["-1.5e-3", "-1.5e-3"],
  ["+7", "+7"],
  ["-0,5", "-0,5"],
  [-1, -1],
  ["a=b", "a=b"],
  ["", ""],
])("a cell %j is written as %j", (value, written) => {
  expect(tableCell(value)).toBe(written);
});

test("a table of predictions has no formula, whether of the model or of the table", () => {
  const folder = temporaryFolder();
  const encoding = encodeRecords([{ "=a": 1 }, { "=a": 2 }]);
  const network = new Network({ inputs: 1, layers: [dense(1, { activation: "sigmoid" })], seed: 1 });
  const target = { kind: "classes", name: "t", classes: ["=x", "+y"] } as const;
  writeFileSync(join(folder, "m.safetensors"), new Pipeline({ network, encoding, target }).toBytes());
  writeFileSync(join(folder, "t.csv"), "=a,note\n-1,@z\n2,=1+1\n");
  const { code, stderr } = simdnet(folder, ["predict", "m.safetensors", "t.csv", "-o", "out.csv"]);
  expect([code, stderr]).toEqual([0, ""]);
  const cells = readFileSync(join(folder, "out.csv"), "utf8").trim().split("\n");
  expect(cells[0]).toBe("'=a,note,predicted_t,probability_=x,probability_+y");
  expect(cells[1]).toMatch(/^-1,'@z,'[=+][xy],0\.\d+,0\.\d+$/);
  expect(cells[2]).toMatch(/^2,'=1\+1,'[=+][xy],0\.\d+,0\.\d+$/);
});
