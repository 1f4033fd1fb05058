import { describe, expect, it } from "vitest";
import { training } from "../../build/training.js";
import { Arena } from "../../src/memory/arena.ts";
import { type Accumulator, Mean, type MeasuredBlocks, Ranking, Tally } from "../../src/training/accumulators.ts";

/** Blocks for four rows of one output each, in an arena of their own. */
function blocksOf(arena: Arena): MeasuredBlocks & { set: (outputs: number[], targets: number[]) => void } {
  const [outputAddress, targetAddress] = [arena.allocate(4), arena.allocate(4)];
  const tallyAddress = arena.allocateDoubles(8);
  return {
    outputAddress,
    targetAddress,
    tallyAddress,
    sequences: undefined,
    tally: arena.doubles(tallyAddress, 8),
    set(outputs, targets) {
      arena.view(outputAddress, 4).set(outputs);
      arena.view(targetAddress, 4).set(targets);
    },
  };
}

/** A sum of outputs in `tally[0]`, and the largest number of rows seen in `tally[1]`. */
function sums(arena: Arena): Tally {
  const count = (output: number, _: number, tally: number, rows: number, seen: number) => {
    const values = arena.doubles(tally, 2);
    for (const value of arena.view(output, rows)) values[0] += value;
    values[1] = seen;
  };
  return new Tally(2, count, ([sum, seen], rows) => [[sum, seen, rows]]);
}

const kinds: [string, (arena: Arena) => Accumulator, unknown, unknown][] = [
  ["Mean", (arena) => new Mean((output, _, rows) => arena.kernels.sum(output, rows), 1), 2.5, 1.5],
  ["Tally", sums, [[10, 3, 4]], [[3, 0, 2]]],
  [
    "Ranking",
    (arena) => new Ranking({ arena, outputs: 1, targetColumns: 1, isOfProbabilities: false }),
    0.75,
    1, //
  ],
];

describe.each(kinds)("%s", (_, make, ofFour, ofTwo) => {
  const arena = new Arena("float64");
  arena.add(training);
  const blocks = blocksOf(arena);

  it("adds batches up, and begins anew", () => {
    const accumulator = make(arena);
    for (let round = 0; round < 2; round++) {
      accumulator.begin();
      blocks.set([1, 2, 3], [0, 1, 0]);
      accumulator.add(blocks, 3);
      blocks.set([4], [1]);
      accumulator.add(blocks, 1);
      expect(accumulator.value()).toEqual(ofFour);
      expect(accumulator.value()).toEqual(ofFour);
    }
    accumulator.begin();
    blocks.set([1, 2], [0, 1]);
    accumulator.add(blocks, 2);
    expect(accumulator.value()).toEqual(ofTwo);
  });

  it("keeps what it has when the blocks lie elsewhere, and others use the tally between two batches", () => {
    const accumulator = make(arena);
    accumulator.begin();
    blocks.set([1, 2, 3], [0, 1, 0]);
    accumulator.add(blocks, 3);
    blocks.tally.fill(99);
    const moved = blocksOf(arena);
    moved.set([4], [1]);
    accumulator.add(moved, 1);
    expect(accumulator.value()).toEqual(ofFour);
  });
});

describe("Ranking", () => {
  const arena = new Arena("float64");
  arena.add(training);
  const blocks = blocksOf(arena);
  const ranking = new Ranking({ arena, outputs: 1, targetColumns: 1, isOfProbabilities: false });

  it("counts 4000 scores, more than its list begins with: all pairs but those of equal scores in order is 1", () => {
    ranking.begin();
    for (let row = 0; row < 4000; row += 4) {
      blocks.set([row, row + 1, row + 2, row + 3], row < 2000 ? [0, 0, 0, 0] : [1, 1, 1, 1]);
      ranking.add(blocks, 4);
    }
    expect(ranking.value()).toBe(1);
  });

  it("is NaN if a score is, whatever its class", () => {
    for (const targets of [
      [0, 1],
      [1, 0],
    ]) {
      ranking.begin();
      blocks.set([1, Number.NaN], targets);
      ranking.add(blocks, 2);
      expect(ranking.value()).toBeNaN();
    }
  });
});
