import { expect, test } from "vitest";
import { clipMiddle, draw, first, widthOf } from "../../../src/cli/report/draw.ts";

const margins = { left: 10, right: 10, top: 10, bottom: 10 };
const plot = {
  data: { values: [{ name: '<b> & "c"' }] },
  mark: { type: "text", fill: first },
  encoding: { text: { field: "name" } },
};

test("a picture scales with the page, has its colours, and says to everybody what it shows", async () => {
  const { text } = await draw(plot, { height: 80, margins, label: 'a "label" & more' });
  expect(text).toMatch(/^<svg viewBox="0 0 360 80" role="img" aria-label="a &quot;label&quot; &amp; more"><g/);
  expect(text).toMatch(/<\/svg>$/);
  expect(text).toContain('fill="var(--first)"');
});

test("texts in a picture are escaped", async () => {
  const { text } = await draw(plot, { height: 80, margins, label: "" });
  expect(text).toContain('>&lt;b&gt; &amp; "c"</text>');
});

test("a name that is too long keeps its beginning and its end", () => {
  expect(clipMiddle("short", 100)).toBe("short");
  const long = clipMiddle("a column with a long name 17", 100);
  expect(long).toMatch(/^a colum.*….*e 17$/);
  expect(widthOf(long)).toBeLessThanOrEqual(100);
  expect(Array.from(clipMiddle("非常に長い列の名前です本当に長い", 100)).length).toBeLessThan(9);
  expect(clipMiddle("😀😀😀😀", 40)).toBe("😀…😀");
  expect(clipMiddle("wide", 1)).toBe("w…");
});
