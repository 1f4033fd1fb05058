/** Scores, thresholds, scales and what was never seen, through the executable, the module, the Worker and the library. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { Pipeline, pcg32 } from "../../src/index.ts";
import { simdnet, temporaryFolder, trained } from "./command.ts";

const folder = temporaryFolder();
const random = pcg32(2);
const write = (name: string, head: string, rows: readonly (readonly (string | number)[])[]) =>
  writeFileSync(join(folder, name), `${[head, ...rows.map((row) => row.join())].join("\n")}\n`);
const modelOf = (name: string) => Pipeline.fromBytes(readFileSync(join(folder, name)));

/** One row of twelve is bad, the more so the greater x is. */
const rare = Array.from({ length: 600 }, () => {
  const x = random.normal();
  const isBad = x + 0.7 * random.normal() > 1.7;
  return [x.toFixed(4), ["red", "blue", "green"][random.integer(3)], isBad ? "bad" : "good"];
});
write("rare.csv", "x,colour,state", rare);

/** Prices over two powers of ten. */
const prices = Array.from({ length: 500 }, () => {
  const size = random.normal();
  return [size.toFixed(4), random.normal().toFixed(4), Math.exp(5 + 1.2 * size + 0.2 * random.normal()).toFixed(2)];
});
write("prices.csv", "size,noise,price", prices);

describe("scores of classes", () => {
  const asked = ["rare.csv", "-t", "state", "-o", "rare.safetensors"];

  test("have areas, precision, recall and F1 of each class, in text and JSON, beside a linear model", () => {
    const { test: score, importance } = trained(folder, asked);
    const { stdout } = simdnet(folder, ["train", ...asked]);
    expect(score.rocAuc).toBeGreaterThan(0.85);
    expect(score.byClass).toHaveLength(2);
    expect(score.linear.rocAuc).toBeGreaterThan(0.85);
    expect(importance.map(({ column }: { column: string }) => column)).toEqual(["x", "colour"]);
    expect(stdout).toMatch(/ROC AUC 0\.\d+, average precision 0\.\d+, F1 0\.\d+, calibration error 0\.\d+/);
    expect(stdout).toMatch(/^ {12}a linear model: \d+\.\d %, cross-entropy/m);
    expect(stdout).toMatch(/^Importance {2}x \d+.*\(ROC AUC lost, in percentage points\)$/m);
    expect(stdout).toMatch(/^ {2}class +rows +precision +recall +F1 +ROC AUC +average precision$/m);
    expect(stdout).toMatch(/accuracy \d+\.\d % \(\d+ of \d+; 95.% interval/);
  });

  test("find more of a rare class with --balance or --threshold", () => {
    const recall = (...options: string[]) => trained(folder, [...asked, ...options]).test.byClass[0].recall;
    const plain = recall();
    expect(recall("--balance")).toBeGreaterThan(plain);
    expect(recall("--threshold", "balanced")).toBeGreaterThan(plain);
  });

  test("obey the threshold by every way: predict, Pipeline, module and Worker", async () => {
    trained(folder, [...asked, "--threshold", "0.8"]);
    const model = modelOf("rare.safetensors");
    expect(model.target).toMatchObject({ classes: ["bad", "good"], threshold: 0.8 });
    simdnet(folder, ["export", "rare.safetensors", "--module", "rare.mjs"]);
    const { predict } = await import(pathToFileURL(join(folder, "rare.mjs")).href);
    const worker = predictorOf(readFileSync(join(folder, "rare.safetensors")));
    const records = rare.slice(0, 200).map(([x, colour]) => ({ x: Number(x), colour }));
    const wanted = model.predict(records);
    for (const { prediction, probabilities } of wanted) {
      expect(prediction).toBe(probabilities!.good >= 0.8 ? "good" : "bad");
    }
    expect(wanted.some(({ probabilities }) => probabilities!.good > 0.5 && probabilities!.good < 0.8)).toBe(true);
    expect(predict(records)).toEqual(wanted);
    expect(worker.predict(records)).toEqual(wanted);
    const lines = simdnet(folder, ["predict", "rare.safetensors", "rare.csv"])
      .stdout.trimEnd()
      .split("\n")
      .slice(1, 201);
    expect(lines.map((line) => line.split(",")[3])).toEqual(wanted.map(({ prediction }) => prediction));
  });

  test.each([
    [["prices.csv", "-t", "price", "--balance"], "--balance: price is a number, need classes; leave it out"],
    [
      ["prices.csv", "-t", "price", "--threshold", "f1"],
      "--threshold: price is a number, need two classes; leave it out",
    ],
    [["rare.csv", "-t", "colour", "--threshold", "f1"], "--threshold: colour is one of 3 classes, need two classes"],
  ])("refuse %j", (options, message) => {
    const { code, stderr } = simdnet(folder, ["train", ...options, "-o", "no.safetensors"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

describe("scores of numbers", () => {
  const asked = ["prices.csv", "-t", "price", "-o", "prices.safetensors"];

  test("are those of the logarithm where it is better, with intervals that hold nine of ten", () => {
    const { test: score, settings, target } = trained(folder, asked);
    expect([settings.logarithm, target.logarithm, target.errors.share]).toEqual([true, true, 0.9]);
    expect(score.interval.held).toBeGreaterThan(0.8);
    expect(score.medianAbsoluteError).toBeLessThan(score.meanAbsoluteError);
    expect(score.linear.meanAbsoluteError).toBeGreaterThan(0);
    const { stdout } = simdnet(folder, ["train", ...asked]);
    expect(stdout).toMatch(/^Scale {7}the network learns the logarithm of price: on the validation rows .* is then/m);
    expect(stdout).toMatch(/^Intervals {3}of 90\.0 % hold \d+\.\d % of the actual numbers$/m);
  });

  test("come with an interval for each row, by every way", async () => {
    const model = modelOf("prices.safetensors");
    simdnet(folder, ["export", "prices.safetensors", "--module", "prices.mjs"]);
    const { predict } = await import(pathToFileURL(join(folder, "prices.mjs")).href);
    const records = prices.slice(0, 50).map(([size, noise]) => ({ size: Number(size), noise: Number(noise) }));
    const wanted = model.predict(records);
    expect(predict(records)).toEqual(wanted);
    const [head, ...lines] = simdnet(folder, ["predict", "prices.safetensors", "prices.csv"])
      .stdout.trimEnd()
      .split("\n");
    expect(head).toBe("size,noise,price,predicted_price,predicted_price_from,predicted_price_to");
    lines.slice(0, 50).forEach((line, row) => {
      const { prediction, interval } = wanted[row];
      expect(line.split(",").slice(3).map(Number)).toEqual([prediction, ...interval!]);
    });
    const [first] = simdnet(folder, ["predict", "prices.safetensors", "prices.csv", "--json"]).stdout.split("\n");
    const { predicted_price: prediction, interval } = JSON.parse(first);
    expect({ prediction, interval }).toEqual(wanted[0]);
    const evaluated = simdnet(folder, ["evaluate", "prices.safetensors", "prices.csv", "--json"]);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ rows: 500, interval: { share: 0.9 } });
  });
});

describe("what was never seen in training", () => {
  test("is noted by predict and evaluate, and flagged in JSON, the module and the Worker", async () => {
    trained(folder, ["rare.csv", "-t", "state", "-o", "seen.safetensors", "--epochs", "3"]);
    write("odd.csv", "x,colour,state", [
      [0.5, "red", "good"],
      [99, "pink", "good"],
      ["", "red", "bad"],
      [98, "", "bad"],
    ]);
    const { stdout, stderr } = simdnet(folder, ["predict", "seen.safetensors", "odd.csv", "--json"]);
    const flags = [
      undefined,
      { x: "outside", colour: "unknown" },
      { x: "missing" },
      { x: "outside", colour: "missing" },
    ];
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ unseen }) => unseen)).toEqual(flags);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^note: x: 2 numbers far outside those of the training rows, -\d.* to \d.*, first in line 3 99$/,
      ),
      "note: x: 1 missing value, in line 4; no training row lacked one",
      'note: colour: 1 value that no training row had, in line 3 "pink"',
      "note: colour: 1 missing value, in line 5; no training row lacked one",
    ]);
    expect(simdnet(folder, ["evaluate", "seen.safetensors", "odd.csv"]).stderr).toContain("2 numbers far outside");
    simdnet(folder, ["export", "seen.safetensors", "--module", "seen.mjs"]);
    const { predict } = await import(pathToFileURL(join(folder, "seen.mjs")).href);
    const worker = predictorOf(readFileSync(join(folder, "seen.safetensors")));
    const records = [{ x: 0.5, colour: "red" }, { x: 99, colour: "pink" }, { colour: "red" }, { x: 98, colour: null }];
    for (const predictions of [predict(records), worker.predict(records)] as { unseen?: object }[][]) {
      expect(predictions.map(({ unseen }) => unseen)).toEqual(flags);
    }
  });
});
