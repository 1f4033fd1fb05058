/** Models of penguins, and what the command says they predict: what is exported must say the same. */

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { TableRecord } from "../../../src/data/index.ts";
import { Pipeline, type Prediction } from "../../../src/index.ts";
import { fixture, simdnet } from "../command.ts";

/** What is predicted, and what makes the network small. */
export const trainings: Readonly<Record<string, readonly string[]>> = {
  "three classes": ["Species", "--hidden", "8", "--epochs", "20"],
  "two classes, float64": ["Sex", "--hidden", "none", "--dtype", "float64", "--epochs", "3"],
  "a number": ["Body Mass (g)", "--hidden", "8,4", "--activation", "tanh", "--batch-norm", "--epochs", "3"],
};

/** Trains in a folder. @returns the model's file there */
export function trained(folder: string, name: string): string {
  const model = `${name.replaceAll(/\W+/g, "-")}.safetensors`;
  const { code, stderr } = simdnet(folder, ["train", table, "--output", model, "--target", ...trainings[name]]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return model;
}

const table = fixture("penguins.csv");

/** Every penguin as a record, and one from an island that no training knows, with what `simdnet predict --json` says. */
export function predicted(folder: string, model: string): { records: TableRecord[]; predictions: Prediction[] } {
  copyFileSync(table, join(folder, "table.csv"));
  writeFileSync(join(folder, "table.csv"), "Adelie,Atlantis,39.1,,181,3750,\n", { flag: "a" });
  const { code, stdout } = simdnet(folder, ["predict", model, "table.csv", "--json"]);
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.length).toBe(345);
  const { target } = Pipeline.fromBytes(readFileSync(join(folder, model)));
  return {
    // An object for each line is a record, too.
    records: lines,
    predictions: lines.map(({ probabilities, interval, unseen, [`predicted_${target.name}`]: prediction }) => ({
      prediction,
      ...(probabilities && { probabilities }),
      ...(interval && { interval }),
      ...(unseen && { unseen }),
    })),
  };
}
