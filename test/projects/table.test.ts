/** The figures of the projects: the table is made from results.json, and each score is at its bar or within its tolerance. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const urlOf = (name: string) => new URL(`../../examples/projects/${name}`, import.meta.url);
const textOf = (name: string) => readFileSync(urlOf(name), "utf8");
/** JavaScript, without types. */
const { tableOf, withTable } = await import(urlOf("shared/table.mjs").href);
const results = JSON.parse(textOf("results.json"));

test("the table of README.md is the one that results.json gives", () => {
  const readme = textOf("README.md");
  const cells = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");
  expect(cells(readme)).toBe(cells(withTable(readme, tableOf(results))));
});

describe("scores on whole data", () => {
  const names = ["diabetes", "taxi", "cats-and-dogs", "denoising", "sentiment", "faces"];
  test("are there of all projects, from three seeds or ten splits", () => {
    expect(Object.keys(results.projects).sort()).toEqual(names.sort());
    for (const { rows } of Object.values<{ rows: { perSeed: number[] }[] }>(results.projects)) {
      for (const { perSeed } of rows) expect([3, 10]).toContain(perSeed.length);
    }
  });

  test.each(names)("the program that measures %s is there with all it imports", async (name) => {
    const { measure } = await import(urlOf(`${name}/measure.mjs`).href);
    expect(measure).toBeTypeOf("function");
  });

  const rows = Object.entries<{ rows: Row[] }>(results.projects).flatMap(([project, { rows }]) =>
    rows.map((row) => ({ name: `${project}: ${row.what}, ${row.unit}`, ...row })),
  );
  test.each(rows)("$name", ({ unit, score, bar, tolerance }) => {
    // Of errors, less is better.
    if (/error/.test(unit)) expect(score).toBeLessThanOrEqual(bar + tolerance);
    else expect(score).toBeGreaterThanOrEqual(bar - tolerance);
  });
});

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly score: number;
  readonly bar: number;
  readonly tolerance: number;
}
