import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const penguins = readFileSync(fixture("penguins.csv"), "utf8");
simdnet(folder, ["train", fixture("penguins.csv"), "-t", "Species", "--epochs", "40"]);
simdnet(folder, ["train", fixture("diabetes.csv"), "-t", "progression", "-o", "d.safetensors"]);

describe("simdnet evaluate", () => {
  test("counts what is right, beside always saying the most frequent class", () => {
    const { stdout, stderr, code } = simdnet(folder, ["evaluate", "model.safetensors", fixture("penguins.csv")]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("note: the model was trained on a table of this name")]);
    expect(stdout).toMatch(/^Table {7}\S*penguins\.csv: 344 rows$/m);
    expect(stdout).toMatch(/^ {12}always saying "Adelie": 44\.2 %$/m);
    expect(Number(/accuracy ([\d.]+) %/.exec(stdout)![1])).toBeGreaterThan(95);
  });

  test("gives JSON, whose confusion adds up to the rows that have a target", () => {
    const gaps = penguins.replaceAll(/^Gentoo,Biscoe,46\.1/gm, ",Biscoe,46.1");
    const { stdout, stderr } = simdnet(folder, ["evaluate", "model.safetensors", "-", "--json"], gaps);
    expect(stderr).not.toContain("trained on a table");
    const { rows, right, confusion, accuracy } = JSON.parse(stdout);
    expect(rows).toBe(344 - (gaps.match(/^,Biscoe/gm) ?? []).length);
    expect(confusion.flat().reduce((sum: number, count: number) => sum + count, 0)).toBe(rows);
    expect(accuracy).toBe(right / rows);
  });

  test("counts copies of rows once in the interval", () => {
    const [names, ...rows] = penguins.trimEnd().split("\n");
    const scoreOf = (lines: string[]) =>
      JSON.parse(
        simdnet(folder, ["evaluate", "model.safetensors", "-", "--json"], [names, ...lines].join("\n")).stdout,
      );
    const part = rows.filter((_, row) => row % 5 === 0);
    const [once, often] = [part, [...part, ...part, ...part]].map(scoreOf);
    const numbered = [...part, ...part].map((row, id) => `${row},${id}`);
    const { stdout } = simdnet(
      folder,
      ["evaluate", "model.safetensors", "-", "--json"],
      [`${names},id`, ...numbered].join("\n"),
    );
    expect(JSON.parse(stdout).units).toBe(part.length);
    expect([once.units, often.rows, often.units]).toEqual([undefined, 3 * part.length, part.length]);
    expect(often.accuracyInterval).toEqual(once.accuracyInterval.map((end: number) => expect.closeTo(end, 12)));
  });

  test("counts groups as train does, if the table has them", () => {
    const args = ["train", fixture("penguins.csv"), "-t", "Species", "--epochs", "2", "--group", "Island"];
    expect(simdnet(folder, [...args, "-o", "g.safetensors"]).code).toBe(0);
    const { stdout } = simdnet(folder, ["evaluate", "g.safetensors", fixture("penguins.csv"), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 344, units: 3 });
  });

  test("measures numbers in their unit", () => {
    const { stdout } = simdnet(folder, ["evaluate", "d.safetensors", fixture("diabetes.csv"), "--json"]);
    const { r2, meanAbsoluteError, baseline } = JSON.parse(stdout);
    expect(r2).toBeGreaterThan(0.3);
    expect(meanAbsoluteError).toBeLessThan(baseline.meanAbsoluteError);
  });

  test.each<[string, string, string]>([
    [
      "a class never seen",
      penguins.replace("Adelie", "Emperor"),
      'line 2, column "Species": got "Emperor", need one of "Adelie", "Chinstrap"',
    ],
    [
      "a table without the target",
      penguins.replace("Species", "Kind"),
      'there is no column "Species", need it to compare',
    ],
    ["rows without targets", penguins.replaceAll(/^(Adelie|Gentoo|Chinstrap),/gm, ","), "got no row with a Species"],
  ])("refuses %s", (_, input, message) => {
    const { code, stderr } = simdnet(folder, ["evaluate", "model.safetensors", "-"], input);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });
});
