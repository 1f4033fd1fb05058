/** What the programs of the projects share of a training that was stopped. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";

const url = new URL("../../examples/projects/shared/training.mjs", import.meta.url).href;
/** The build that the programs train with. */
const { dense, Network, Trainer } = await import(new URL("../../dist/index.js", import.meta.url).href);

test.each([
  ["the same command", ["folder", "--epochs", "2"], 2],
  ["another one, of other data,", ["other", "--epochs", "2"], 3],
])("a training that was stopped goes on by %s or begins anew", async (_, command, firstSeed) => {
  const { trainWithCheckpoint } = await import(url);
  const folder = mkdtempSync(join(tmpdir(), "training-"));
  const file = join(folder, "a.checkpoint");
  const newTrainer = (seed: number) =>
    new Trainer(new Network({ inputs: 1, layers: [dense(1)], seed }), { loss: "meanSquaredError", seed });
  writeFileSync(file, newTrainer(2).toBytes());
  writeFileSync(`${file}.json`, JSON.stringify({ command: ["folder", "--epochs", "2"], records: [], seconds: 5 }));
  vi.spyOn(console, "log").mockImplementation(() => {});
  const { argv } = process;
  process.argv = [argv[0], "train.mjs", ...command];
  let begun: number[] = [];
  try {
    const { seconds } = await trainWithCheckpoint(
      file,
      () => newTrainer(3),
      (trainer: InstanceType<typeof Trainer>, options: object) => {
        begun = [...trainer.network.parameters[0].values];
        return trainer.fit([[1]], [[1]], { epochs: 1, ...options });
      },
    );
    expect(seconds >= 5).toBe(firstSeed === 2);
  } finally {
    process.argv = argv;
  }
  expect(begun).toEqual([...newTrainer(firstSeed).network.parameters[0].values]);
  expect([file, `${file}.json`].map((path) => existsSync(path))).toEqual([false, false]);
  rmSync(folder, { recursive: true });
});
