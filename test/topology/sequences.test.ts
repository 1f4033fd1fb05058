import { expect, test } from "vitest";
import { batchIntegers } from "../../src/kernels/operations.ts";
import { Arena } from "../../src/memory/arena.ts";
import { rowsOf, Sequences, stepsIn } from "../../src/topology/sequences.ts";

test("sequences know where each begins, and the batch of their steps", () => {
  const arena = new Arena("float32");
  const sequences = new Sequences(arena, 4);
  const lengths = Uint32Array.of(9, 2, 1, 3);
  sequences.set(lengths, 1, 3);
  expect([...arena.integers(sequences.offsets, 4)]).toEqual([0, 2, 3, 6]);
  expect([0, 1, 2, 3].map((index) => sequences.first(index))).toEqual([0, 2, 3, 6]);
  expect(sequences.steps).toBe(6);
  sequences.begin({ seed: 5, step: 7 });
  expect([...arena.integers(sequences.batch, batchIntegers)]).toEqual([6, 5, 7]);
  expect([rowsOf(sequences, 3), rowsOf(undefined, 3)]).toEqual([6, 3]);
  expect([stepsIn(lengths), stepsIn(lengths, 1, 3)]).toEqual([15, 3]);
});
