import { describe, expect, test } from "vitest";
import { bytes, percent, plural, short } from "../../src/cli/numbers.ts";
import { scoreOf, scoreOfAll } from "../../src/cli/score.ts";
import { type Output, say, showConfusion, showCurve, showScore, table } from "../../src/cli/show.ts";
import type { History } from "../../src/index.ts";

/** What is written to a screen of 80 columns. */
function written(show: (output: Output) => void, isJSON = false): string {
  let text = "";
  show({ isJSON, columns: 80, hasColors: false, write: (piece) => (text += piece) });
  return text;
}

describe("what is shown", () => {
  test("has short numbers", () => {
    expect([0, 0.1234567, -12.34567, 9999.4, 12345.6, 1234567, 1.23456e60].map(short)).toEqual([
      ...["0", "0.1235", "-12.35", "9999", "12,346", "1,234,567", "1.235e+60"],
    ]);
    expect([0.98551, 1].map(percent)).toEqual(["98.6 %", "100.0 %"]);
    expect([plural(1, "row"), plural(1000, "row")]).toEqual(["1 row", "1,000 rows"]);
    expect([12, 19_200, 2_500_000].map(bytes)).toEqual(["12 bytes", "19.2 kB", "2.5 MB"]);
  });

  test("has the groups of a score, unless nearly every row is one", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const textOf = (units: (row: number) => number, hasGroups = true) => {
      const rows = Array.from({ length: 40 }, (_, row) => row);
      const tested = {
        target,
        outputs: rows.map(() => 0.75),
        targets: rows.map((row) => row % 2),
        units: rows.map(units),
      };
      return written((output) =>
        showScore(output, "Test", scoreOfAll([tested], 0), { target: "y", hasGroups }),
      ).replaceAll(/\s+/g, " ");
    };
    expect(textOf((row) => row % 8)).toContain("(20 of 40 in 8 groups; 95 % interval 21.5 % to 78.5 %)");
    expect(textOf((row) => row % 8, false)).toContain("(20 of 40, 8 rows without copies; 95 % interval 21.5 %");
    expect(textOf((row) => row % 38)).toContain("(20 of 40; 95 % interval");
  });

  test("stands behind labels of one width", () => {
    expect(written((output) => say(output, "Read", "a file"))).toBe("Read        a file\n");
  });

  test("has lines and tables as wide as the screen at most", () => {
    const text = "words and words ".repeat(10);
    const lines = written((output) => {
      say(output, "Read", text);
      table(output, ["name", "x".repeat(70)], [["word ".repeat(30), "no-space-".repeat(15)]]);
    }).split("\n");
    expect(lines[1]).toMatch(/^ {12}(words|and) /);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    const shown = lines.join("").replaceAll(" ", "");
    expect([shown.split("words").length, shown.split("word").length]).toEqual([21, 51]);
    expect(lines.some((line) => line.includes("…"))).toBe(true);
  });

  test("holds nothing that controls the terminal", () => {
    const name = "a\u001b[31m\u009b2J\nb\u202e";
    const text = written((output) => {
      say(output, "Target", name);
      table(output, [name], [[name]]);
    });
    for (const control of ["\u001b", "\u009b", "\u202e"]) expect(text).not.toContain(control);
    expect(text.split("\n").length).toBe(5);
  });

  test("has tables with numbers to the right", () => {
    const text = written((output) =>
      table(
        output,
        ["name", "count"],
        [
          ["a", "1"],
          ["bcd", "1,000"],
        ],
      ),
    );
    expect(text.split("\n").map((line) => line.trimEnd())).toEqual([
      "  name   count",
      " ──────────────",
      "  a          1",
      "  bcd    1,000",
      "",
    ]);
  });

  test("has curves of both losses, told apart without colours", () => {
    const epoch = Array.from({ length: 30 }, (_, index) => index + 1);
    const loss = epoch.map((number) => 1 / number);
    const validation = { loss: loss.map((value) => value + 0.5) };
    const text = written((output) =>
      showCurve(output, { epoch, loss, learningRate: [], metrics: {}, validation } as unknown as History),
    );
    expect(text).toMatch(/● loss {3}○ validation loss/);
    expect((text.match(/●/g) ?? []).length).toBeGreaterThan(10);
    expect((text.match(/○/g) ?? []).length).toBeGreaterThan(10);
    const strange = written((output) =>
      showCurve(output, {
        epoch: [1, 2, 3],
        loss: [1, 0.1, 0.001],
        validation: { loss: [Number.NaN, 0.3, Number.POSITIVE_INFINITY] },
      } as unknown as History),
    );
    expect(strange).toMatch(/○ validation loss {3}\(logarithmic\)/);
    for (const tick of ["  1┤", "  0.1┤", " 0.01┤", "0.001┤"]) expect(strange).toContain(tick);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(
      written((output) =>
        showCurve(output, { epoch: [1], loss: [1], learningRate: [], metrics: {}, validation } as unknown as History),
      ),
    ).toBe("");
  });

  test("has no confusion of more classes than fit on a screen, and nothing for programs to read", () => {
    const classes = Array.from({ length: 13 }, (_, index) => index);
    const score = (classes: (string | number)[]) =>
      scoreOf({ kind: "classes", name: "y", classes }, [1, ...classes.slice(1).map(() => 0)], [0], 0);
    expect(written((output) => showConfusion(output, score(classes)))).toBe("");
    const few = score(["a", "b"]);
    expect(written((output) => showConfusion(output, few))).toContain("is ↓  said →   a   b");
    expect(written((output) => showConfusion(output, few), true)).toBe("");
  });
});
