import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fitNetwork } from "../../src/cli/fit.ts";
import { testedBy } from "../../src/cli/learn.ts";
import { ModelFile } from "../../src/cli/modelFile.ts";
import { prepare } from "../../src/cli/prepare.ts";
import { scoreOfAll } from "../../src/cli/score.ts";
import { headOf, type Settings } from "../../src/cli/settings.ts";
import { Pipeline } from "../../src/index.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const count = 60;
const settings: Settings = {
  ...{ hidden: [4], activation: "relu", dropout: 0, batchNorm: false, optimizer: "adamw", learningRate: 0.01 },
  ...{ schedule: "constant", weightDecay: null, batchSize: 16, epochs: 3, patience: 3, seed: 1, dtype: "float32" },
  ...{ testFraction: 0.2, validationFraction: 0.2, balance: false, threshold: null, logarithm: false },
};
const question = {
  ...{ target: "y", task: null, ignore: [], missing: [], categories: [], sample: null },
  ...{ group: null, time: null, folds: null },
};
const x = Float64Array.from({ length: count }, (_, row) => Math.sin(row));
const columns = [
  { name: "x", kind: "number", values: x, missing: 0 },
  { name: "y", kind: "category", values: Array.from(x, (value) => (value > 0 ? "up" : "down")), missing: 0 },
] as const;
const prepared = prepare("t.csv", { rows: count, lines: count, columns }, question, settings);

test("a model's file has its notes, and one checkpoint beside it until the training is complete", async () => {
  const modelPath = join(folder, "m.safetensors");
  const file = new ModelFile({ path: "somewhere/t.csv", modelPath, question, settings, prepared });
  const fit = await fitNetwork(prepared, {
    settings,
    head: headOf(prepared.asked),
    signal: new AbortController().signal,
  });
  const tested = testedBy(fit, prepared, settings);
  const results = { tested: "test", test: scoreOfAll([tested], 0), folds: null, importance: [] } as const;
  const files = () => readdirSync(folder).sort();
  for (const byte of [1, 2]) {
    const { notes } = file.write({ ...fit, checkpoint: Uint8Array.of(byte) }, tested.target, results);
    expect(files()).toEqual([notes.checkpoint, "m.safetensors"].sort());
    expect([...readFileSync(join(folder, notes.checkpoint!))]).toEqual([byte]);
  }
  // A second training of the same file knows the checkpoint, too.
  const again = new ModelFile({ path: "somewhere/t.csv", modelPath, question, settings, prepared });
  const { model, notes, size } = again.write({ ...fit, checkpoint: undefined }, tested.target, results);
  expect(files()).toEqual(["m.safetensors"]);
  const bytes = readFileSync(modelPath);
  expect([bytes.length, notes.file, notes.checkpoint]).toEqual([size, "t.csv", null]);
  const read = Pipeline.fromBytes(bytes);
  expect(read.notes).toEqual(JSON.parse(JSON.stringify(notes)));
  expect(read.seen).toEqual(model.seen);
  expect(read.predict({ x: 0.5 })).toEqual(model.predict({ x: 0.5 }));
  writeFileSync(modelPath, "something else");
  expect(() => new ModelFile({ path: "t.csv", modelPath, question, settings, prepared })).not.toThrow();
});
