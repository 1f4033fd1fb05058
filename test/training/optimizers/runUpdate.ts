import type { Updates } from "../../../src/training/optimizers/updates.ts";

/** Runs an update. @returns whether everything in it is finite */
export function runUpdate(updates: Updates, step: number, learningRate: number): boolean {
  const record = updates.record();
  record.begin(step, learningRate);
  updates.program.run(1, { seed: 0, step });
  return record.isFinite;
}
