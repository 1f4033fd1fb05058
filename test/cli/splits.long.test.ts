/** Splits that do not flatter, through the executable. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Pipeline, pcg32 } from "../../src/index.ts";
import { fixture, simdnet, temporaryFolder, trained } from "./command.ts";

const folder = temporaryFolder();
const random = pcg32(1);
const write = (name: string, head: string, rows: readonly (readonly (string | number)[])[]) =>
  writeFileSync(join(folder, name), `${[head, ...rows.map((row) => row.join())].join("\n")}\n`);

/** Noise that says nothing about its class. */
const noise = Array.from({ length: 40 }, () => [
  ...Array.from({ length: 5 }, () => random.normal().toFixed(3)),
  random.integer(2) === 0 ? "yes" : "no",
]);
write("copies.csv", "a,b,c,d,e,y", [...noise, ...noise, ...noise, ...noise]);

/** Visits of patients, whose illness is that of the patient, and goes on. */
const visits = Array.from({ length: 100 }, (_, patient) => {
  const isIll = random.integer(2) === 0;
  const blood = random.normal();
  return Array.from({ length: 5 }, (_, visit) => {
    const date = `20${20 + Math.floor(patient / 25)}-0${1 + visit}-1${patient % 10}`;
    return [patient, date, (blood + 0.001 * random.normal()).toFixed(4), isIll ? "ill" : "well"];
  });
}).flat();
write("visits.csv", "patient,date,blood,state", visits);

describe("simdnet train", () => {
  test("counts copies of rows, and keeps them on one side: noise stays noise", () => {
    const { warnings, test: score } = trained(folder, ["copies.csv", "-t", "y"]);
    expect(warnings).toEqual(["120 of 160 rows are copies of others; the same rows are on one side of the split"]);
    // The interval is that of eight rows, four copies each.
    expect(score).toMatchObject({ rows: 32, units: 8 });
    expect(score.accuracy).toBeLessThan(0.85);
    expect(score.rocAuc).toBeLessThan(0.9);
  });

  test("keeps the rows of a group on one side: what only names a patient is no knowledge", () => {
    const asked = ["visits.csv", "-t", "state", "--ignore", "date"];
    const options = ["--hidden", "200", "--learning-rate", "0.01", "--weight-decay", "0"];
    const random = trained(folder, [...asked, "--ignore", "date,patient", ...options]);
    const grouped = trained(folder, [...asked, "--group", "patient", ...options]);
    expect(grouped.notUsed.patient).toBe("--group splits by it");
    expect(grouped.test.rocAuc).toBeLessThan(0.7);
    expect(random.test.rocAuc).toBeGreaterThan(grouped.test.rocAuc + 0.1);
  });

  test("tests on the last rows by time, and says what is wrong with a column that is none", () => {
    const asked = ["visits.csv", "-t", "state", "--ignore", "patient", "--time"];
    const { stdout } = simdnet(folder, ["train", ...asked, "date"]);
    expect(stdout).toMatch(/^Split {7}.*, by date, the last to test$/m);
    const { stderr, code } = simdnet(folder, ["train", ...asked, "state"]);
    expect([code, stderr]).toEqual([1, 'simdnet: visits.csv: --time names "state", which is the target\n']);
    write(
      "times.csv",
      "when,x,y",
      Array.from({ length: 60 }, (_, row) => [`day ${row % 3}`, row % 7, row % 2 ? "a" : "b"]),
    );
    expect(simdnet(folder, ["train", "times.csv", "-t", "y", "--time", "when"]).stderr).toBe(
      'simdnet: times.csv, column "when": got "day 0" (20 rows), "day 1" (20 rows), "day 2" (20 rows), ' +
        "need numbers or dates such as 2012-04-21 04:30 for --time\n",
    );
  });

  test("tests in folds, then trains a network on all rows", () => {
    const penguins = [fixture("penguins.csv"), "-t", "Species", "--epochs", "40"];
    const { folds, tested, test: score, rows } = trained(folder, [...penguins, "--folds", "4"]);
    expect([tested, score.rows, rows]).toEqual([
      "folds",
      344,
      { train: 275, validation: 69, test: 0, withoutTarget: 0 },
    ]);
    const { each, mean, interval } = folds.scores.accuracy;
    expect(each).toHaveLength(4);
    expect(mean).toBeCloseTo(score.accuracy, 2);
    expect(interval[0]).toBeLessThan(mean);
    expect(score.accuracy).toBeGreaterThan(0.95);
    const { notes } = Pipeline.fromBytes(readFileSync(join(folder, "model.safetensors")));
    expect(notes).toMatchObject({ tested: "folds", folds: { interrupted: false } });
    const { stdout } = simdnet(folder, ["inspect", "model.safetensors"]);
    expect(stdout).toMatch(/^Folds {7}accuracy 0\.\d+ on average, 95 % interval/m);
  });

  test("keeps no rows to test on if it is told so, and says which rows the score is of", () => {
    const { stdout } = simdnet(folder, [
      "train",
      fixture("penguins.csv"),
      "-t",
      "Species",
      "--epochs",
      "9",
      "--test",
      "0",
    ]);
    expect(stdout).toMatch(/^Split {7}275 rows to train, 69 to say when to stop, none to test/m);
    expect(stdout).toMatch(/^Validation {2}accuracy/m);
    expect(stdout).toContain("these rows said when to stop");
  });

  test("names what may mislead: a column that tells the target, numbers of customers, dates as numbers", () => {
    const rows = Array.from({ length: 200 }, (_, row) => {
      const isLate = random.integer(2) === 0;
      return [
        ...[100_000 + ((row * 7919) % 900_000), 20_240_101 + 100 * (row % 12) + (row % 28), random.normal().toFixed(3)],
        ...[isLate ? "reminder sent" : "none", isLate ? "late" : "paid"],
      ];
    });
    write("bills.csv", "customer,day,amount,letter,state", rows);
    const { warnings } = trained(folder, ["bills.csv", "-t", "state", "--epochs", "2"]);
    expect(warnings).toEqual([
      expect.stringMatching(/^every value of customer is a whole number of its own/),
      expect.stringMatching(/^the numbers of day look like dates/),
      expect.stringMatching(/^letter alone tells 100\.0 % of state .* is it known when you predict\?/),
    ]);
  });

  test.each([
    [["--folds", "3", "--test", "0.1"], "error: got --folds and --test, need one of them: folds test every row"],
    [["--folds", "3", "--time", "date"], "error: got --folds and --time, need one of them"],
    [["--folds", "1"], "Need a whole number from 2 to 100"],
    [["--test", "0.001"], "Need a number from 0.01 to 0.9"],
    [["--threshold", "2"], "Need a number above 0 and below 1, or one of f1, balanced"],
  ])("refuses %j", (options, message) => {
    const { code, stderr } = simdnet(folder, ["train", "visits.csv", "-t", "state", ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
