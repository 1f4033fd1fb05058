import { describe, expect, test } from "vitest";
import { html } from "../../../src/cli/report/markup.ts";
import { mistakesSection, mostMistakes, worstOf } from "../../../src/cli/report/mistakes.ts";

const classes = { kind: "classes", name: "y", classes: ["a", "b"] } as const;
const number = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
const columns = { x: Float64Array.of(1.23456, Number.NaN), kind: ["<b>", null] };
const worst = [
  { place: 1, is: "a", said: "b", sure: "90.0 %" },
  { place: 0, is: "b", said: "a", sure: "60.0 %" },
];
const shown = { columns, names: ["kind", "x"], numbers: Int32Array.of(7, 1234) };
const sectionOf = (options: Parameters<typeof mistakesSection>[0]) => html`${mistakesSection(options)}`.text;

describe("the worst mistakes", () => {
  test("are the worst first, and only mistakes", () => {
    const found = worstOf(50, {
      badness: (place) => (place % 2 === 0 ? 0 : place),
      show: (place) => ({ is: String(place), said: "", sure: "" }),
    });
    expect(found).toHaveLength(mostMistakes);
    expect(found.slice(0, 2).map(({ place, is }) => [place, is])).toEqual([
      [49, "49"],
      [47, "47"],
    ]);
  });

  test("stand as rows of the table, with their numbers there and the values of the columns", () => {
    const text = sectionOf({ ...shown, target: classes, worst, mistakes: 2 });
    expect(text).toContain("All 2 mistakes, the surest first. Rows count from 1");
    expect(text).toContain(
      '<tr><th scope="row">1,234</th><td>a</td><td>b</td><td>90.0 %</td><td>–</td><td>–</td></tr>',
    );
    expect(text).toContain('<th scope="row">7</th><td>b</td><td>a</td><td>60.0 %</td><td>&lt;b&gt;</td><td>1.235</td>');
    expect(sectionOf({ ...shown, target: classes, worst, mistakes: 30 })).toContain("The 2 surest of 30 mistakes.");
    expect(sectionOf({ ...shown, target: classes, worst: worst.slice(1), mistakes: 1 })).toContain("The one mistake.");
    expect(sectionOf({ ...shown, target: number, worst, mistakes: 90 })).toContain(
      "The 2 of 90 tested rows that are farthest off.",
    );
  });

  test("are said to be none where every row is right", () => {
    expect(sectionOf({ ...shown, target: classes, worst: [], mistakes: 0 })).toContain(
      "No tested row is taken for another",
    );
    expect(sectionOf({ ...shown, target: number, worst: [], mistakes: 9 })).toBe("");
  });
});
