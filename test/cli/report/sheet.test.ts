import { expect, test } from "vitest";
import { filtersOf } from "../../../src/cli/pictures/filters.ts";
import { sheetOf, sheetSections } from "../../../src/cli/report/sheet.ts";
import type { Picture } from "../../../src/data/index.ts";
import type { Pipeline } from "../../../src/index.ts";
import { photoPipeline } from "../exported/networks.ts";

const { network } = photoPipeline();
const target = { kind: "classes", name: "class", classes: ["<cat>", "dog"] } as const;
const count = 60;
const picture: readonly Picture[] = Array(count).fill({ data: new Uint8Array(4), width: 2, height: 2 });
const names = Array.from({ length: count }, (_, row) => `${row}&.png`);
const sample = Int32Array.from({ length: count }, (_, row) => count - 1 - row);
/** Of each row, by its place before the sample: every second one is said to be a dog, the surer the later. */
const outputs = names.flatMap((_, row) => (row % 2 === 0 ? [0.9, 0.1] : [0.4 - row / 200, 0.6 + row / 200]));
const sheet = (model: Pick<Pipeline, "target" | "network">, isCat: (row: number) => boolean) =>
  sheetOf(
    model,
    { picture },
    {
      ...{ sample, names, outputs, filters: filtersOf(network)[0] },
      targets: sample.map((row) => (isCat(row) ? 0 : 1)),
    },
  );

test("the sheet has the surest mistakes first, and the first of the sample", () => {
  const { rows, mistakes, mistakeCount, some } = sheet({ target, network }, (row) => row !== 4);
  expect([rows, mistakeCount, mistakes.length, some.length]).toEqual([60, 31, 24, 40]);
  expect(mistakes.slice(0, 2)).toEqual([
    { name: "4&.png", image: picture[0], is: "dog", said: "<cat>", probability: 0.9 },
    { name: "59&.png", image: picture[0], is: "<cat>", said: "dog", probability: expect.closeTo(0.895) },
  ]);
  expect(some[0].name).toBe("59&.png");
});

test("its sections are HTML in which names are escaped", () => {
  const { text } = sheetSections(sheet({ target, network }, () => true));
  for (const part of [
    "<b>dog</b>, is &lt;cat&gt;, 89.5 %<br>59&amp;.png",
    "The 24 surest of 30 mistakes.",
    "40 of 60, drawn at random.",
    "Filters of the first layer",
  ]) {
    expect(text).toContain(part);
  }
  const right = sheetSections({ ...sheet({ target, network }, (row) => row % 2 === 0), filters: undefined });
  expect(right.text).toContain("No picture is taken for another class.");
  expect(right.text).not.toContain("Filters");
});

test("a model of numbers has none", () => {
  const numbers = { kind: "number", name: "age", offset: 0, divisor: 1 } as const;
  expect(() => sheet({ target: numbers, network }, () => true)).toThrow("got a model of numbers, need one of classes");
});
