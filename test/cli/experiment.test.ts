import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExperiment } from "../../src/cli/experiment.ts";
import { prepare } from "../../src/cli/prepare.ts";
import type { Settings } from "../../src/cli/settings.ts";
import { Pipeline, pcg32 } from "../../src/index.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const count = 100;
const random = pcg32(1);
const x = Float64Array.from({ length: count }, () => random.normal());
const settings: Settings = {
  ...{ hidden: [8], activation: "relu", dropout: 0, batchNorm: false, optimizer: "adamw", learningRate: 0.02 },
  ...{ schedule: "constant", weightDecay: null, batchSize: 16, epochs: 10, patience: 10, seed: 1, dtype: "float32" },
  ...{ testFraction: 0.2, validationFraction: 0.2, balance: false, threshold: null, logarithm: null },
};
const question = {
  ...{ target: "y", task: null, ignore: [], missing: [], categories: [], sample: null },
  ...{ group: null, time: null, folds: null },
};
const run = async (y: Float64Array, isJSON: boolean) => {
  const columns = [
    { name: "x", kind: "number", values: x, missing: 0 },
    { name: "y", kind: "number", values: y, missing: 0 },
  ] as const;
  const prepared = prepare("t.csv", { rows: count, lines: count, columns }, question, settings);
  const modelPath = join(folder, "m.safetensors");
  const display = { allColumns: false, checkpointMinutes: 5 };
  let text = "";
  const output = { isJSON, columns: 100, hasColors: false, write: (piece: string) => (text += piece) };
  const given = { path: "t.csv", question, settings, prepared, modelPath, reportPath: null, display };
  expect(await runExperiment(given, output)).toBe(0);
  return { text, model: Pipeline.fromBytes(readFileSync(modelPath)) };
};

test("an experiment decides the scale, trains, measures and writes the model", async () => {
  const { text, model } = await run(
    x.map((value) => Math.exp(2 * value)),
    false,
  );
  expect(text).toMatch(/^Scale {7}the network learns the logarithm of y: on the validation rows/m);
  expect(text).toMatch(/^Test {8}mean absolute error/m);
  expect(text).toMatch(/^Importance {2}x /m);
  expect(model.target).toMatchObject({ logarithm: true, errors: { share: expect.any(Number) } });
  expect(model.notes).toMatchObject({ tested: "test", settings: { logarithm: true }, importance: [{ column: "x" }] });
  expect(existsSync(join(folder, "m.safetensors"))).toBe(true);
});

test("an experiment writes one object for programs", async () => {
  const { text } = await run(
    x.map((value) => 10 + value),
    true,
  );
  const json = JSON.parse(text);
  expect(json).toMatchObject({
    ...{ tested: "test", folds: null, warnings: expect.any(Array), split: "", settings: { logarithm: false } },
    test: { kind: "number", interval: { share: expect.any(Number) }, linear: expect.any(Object) },
    target: { kind: "number", errors: expect.any(Object) },
  });
});
