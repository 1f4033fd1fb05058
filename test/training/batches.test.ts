import { describe, expect, it } from "vitest";
import { mt19937, pcg32 } from "../../src/index.ts";
import type { RandomGenerator } from "../../src/random.ts";
import type { Sequences } from "../../src/topology/sequences.ts";
import { Batches, type BatchesOptions, type LastBatch } from "../../src/training/batches.ts";
import type { FlatExamples } from "../../src/training/examples.ts";
import type { Heads } from "../../src/training/heads.ts";

const oneLength = { inputLengths: [undefined], targetLengths: [undefined] };

/** Row r has the features 10r and 10r + 1, the target r, and the weight r / 4. */
function numbered(rows: number): FlatExamples {
  const inputs = Float64Array.from({ length: 2 * rows }, (_, index) => 10 * Math.floor(index / 2) + (index % 2));
  const exampleWeights = Float64Array.from({ length: rows }, (_, index) => index / 4);
  const targets = Float64Array.from({ length: rows }, (_, index) => index);
  return { inputs: [inputs], targets: [targets], exampleWeights, rows, loss: {} as Heads, ...oneLength };
}

/** The rows of each batch of one epoch. */
function epoch(batches: Batches): number[][] {
  const [inputs, targets, exampleWeights] = [new Float64Array(40), new Float64Array(20), new Float64Array(20)];
  const taken: number[][] = [];
  batches.start();
  while (!batches.isDone) {
    const count = batches.take({ inputs: [inputs], targets: [targets], exampleWeights, sequences: [] });
    const rows = [...targets.subarray(0, count)];
    expect([...exampleWeights.subarray(0, count)]).toEqual(rows.map((row) => row / 4));
    expect([...inputs.subarray(0, 2 * count)]).toEqual(rows.flatMap((row) => [10 * row, 10 * row + 1]));
    taken.push(rows);
    batches.pass();
  }
  return taken;
}

function batchesOf(
  examples: FlatExamples,
  batchSize: number,
  generator?: RandomGenerator,
  lastBatch: LastBatch = "use",
  isTooSmall: BatchesOptions["isTooSmall"] = () => false,
) {
  return new Batches({ examples, batchSize, generator, lastBatch, isTooSmall });
}

const make = (rows: number, batchSize: number, generator?: RandomGenerator, lastBatch?: LastBatch) =>
  batchesOf(numbered(rows), batchSize, generator, lastBatch);
const countUp = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("batches without a generator", () => {
  it.each([
    ["use", [[0, 1, 2], [3, 4, 5], [6]]],
    [
      "drop",
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [
      "join",
      [
        [0, 1, 2],
        [3, 4, 5, 6],
      ],
    ],
  ] as const)("whose last one says %s: 7 rows in threes", (lastBatch, expected) => {
    const batches = make(7, 3, undefined, lastBatch);
    for (let time = 0; time < 2; time++) expect(epoch(batches)).toEqual(expected);
    expect(batches.count).toBe(expected.length);
    expect(batches.mostRows).toBe(Math.max(...expected.map((rows) => rows.length)));
    expect(batches.least.rows).toBe(Math.min(...expected.map((rows) => rows.length)));
    // Nothing is left of whole batches, and fewer rows than one are all there is.
    expect(epoch(make(6, 3, undefined, lastBatch))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(epoch(make(2, 3, undefined, lastBatch))).toEqual([[0, 1]]);
    expect(epoch(make(5, 3, undefined, lastBatch))).toEqual(
      {
        use: [
          [0, 1, 2],
          [3, 4],
        ],
        drop: [[0, 1, 2]],
        join: [[0, 1, 2, 3, 4]],
      }[lastBatch],
    );
  });

  it("join by themselves what is too small, from the epoch on in which it is", () => {
    let need = 1;
    const batches = batchesOf(numbered(7), 3, undefined, "use", ({ rows }) => rows < need);
    expect(epoch(batches)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    need = 2;
    batches.prepare();
    expect(epoch(batches)).toEqual([
      [0, 1, 2],
      [3, 4, 5, 6],
    ]);
  });

  it("are drawn like that, too, each row once", () => {
    const taken = epoch(make(7, 3, pcg32(2), "join"));
    expect(taken.map((rows) => rows.length)).toEqual([3, 4]);
    expect(taken.flat().toSorted()).toEqual(countUp(7));
    expect(epoch(make(7, 3, pcg32(2), "drop")).flat()).toEqual(taken.flat().slice(0, 6));
  });

  it("keep the order: 7 rows in threes are 0 1 2, 3 4 5 and 6", () => {
    const batches = make(7, 3);
    for (let time = 0; time < 2; time++) expect(epoch(batches)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it("of more rows than there are hold all 5", () => {
    for (const batchSize of [5, 6, Number.POSITIVE_INFINITY]) {
      const batches = make(5, batchSize);
      expect(epoch(batches)).toEqual([countUp(5)]);
    }
  });

  it("are done before the first epoch has been started and behind its last batch, not in between", () => {
    const batches = make(3, 2);
    const [inputs, targets, exampleWeights] = [new Float64Array(4), new Float64Array(2), new Float64Array(2)];
    const take = () => batches.take({ inputs: [inputs], targets: [targets], exampleWeights, sequences: [] });
    expect(batches.isDone).toBe(true);
    batches.start();
    expect(batches.isDone).toBe(false);
    expect(take()).toBe(2);
    batches.pass();
    expect(batches.isDone).toBe(false);
    expect(take()).toBe(1);
    expect(batches.isDone).toBe(false);
    batches.pass();
    expect(batches.isDone).toBe(true);
  });

  it("give the same batch again until they pass it", () => {
    const batches = make(5, 2);
    const [inputs, targets, exampleWeights] = [new Float64Array(4), new Float64Array(2), new Float64Array(2)];
    batches.start();
    for (const expected of [
      [0, 1],
      [2, 3],
    ]) {
      for (let time = 0; time < 2; time++) {
        batches.take({ inputs: [inputs], targets: [targets], exampleWeights, sequences: [] });
        expect([...targets]).toEqual(expected);
      }
      batches.pass();
    }
  });

  it("of one example are one batch", () => expect(epoch(make(1, 32))).toEqual([[0]]));
});

describe("batches with a generator", () => {
  it("take each of 20 rows once an epoch, in another order each time, and never in their own", () => {
    const batches = make(20, 6, pcg32(1));
    const epochs = countUp(5).map(() => epoch(batches));
    for (const taken of epochs) {
      expect(taken.map(({ length }) => length)).toEqual([6, 6, 6, 2]);
      expect(taken.flat().toSorted((a, b) => a - b)).toEqual(countUp(20));
      expect(taken.flat()).not.toEqual(countUp(20));
    }
    expect(new Set(epochs.map((taken) => taken.flat().join())).size).toBe(5);
  });

  it("take the order that the generator shuffles the row numbers into, each epoch anew", () => {
    const batches = make(20, 6, mt19937(4));
    const generator = mt19937(4);
    for (let time = 0; time < 3; time++) {
      expect(epoch(batches).flat()).toEqual([...generator.shuffle(Uint32Array.from(countUp(20)))]);
    }
  });

  it("have the same order for the same seed and another for another", () => {
    const order = (seed: number) => epoch(make(20, 6, pcg32(seed))).flat();
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it("go on at a place of an epoch in the order that it had", () => {
    const [batches, twin] = [make(20, 6, pcg32(1)), make(20, 6, pcg32(9))];
    epoch(batches);
    batches.start();
    batches.take({
      inputs: [new Float64Array(12)],
      targets: [new Float64Array(6)],
      sequences: [],
      exampleWeights: new Float64Array(6),
    });
    batches.pass();
    const place = batches.state!;
    expect(place).toMatchObject({ position: 6, order: { rows: 20, batchSize: 6 } });
    twin.goTo(place);
    const rest = (each: Batches) => {
      const blocks = { inputs: [new Float64Array(40)], targets: [new Float64Array(20)], sequences: [] };
      const rows: number[] = [];
      for (; !each.isDone; each.pass()) {
        const count = each.take({ ...blocks, exampleWeights: new Float64Array(20) });
        rows.push(...blocks.targets[0].subarray(0, count));
      }
      return rows;
    };
    const left = rest(batches);
    expect(left).toHaveLength(14);
    expect(rest(twin)).toEqual(left);
    expect(epoch(twin)).toEqual(epoch(batches));
  });

  it("draw nothing when one batch takes all rows, which keep their order", () => {
    const generator = pcg32(1);
    const { state } = generator;
    expect(epoch(make(9, 9, generator))).toEqual([countUp(9)]);
    expect(epoch(make(1, 1, generator))).toEqual([[0]]);
    expect(generator.state).toEqual(state);
  });
});

describe("batches of sequences that differ in length", () => {
  /** Row r has r % 3 + 1 steps of the features 10r + step and −r, its steps the targets r, and the weight r / 4. */
  function ragged(rows: number): FlatExamples {
    const lengths = Uint32Array.from({ length: rows }, (_, row) => (row % 3) + 1);
    const each = <Part>(of: (row: number, step: number) => Part[]) =>
      Array.from(lengths, (steps, row) => Array.from({ length: steps }, (_, step) => of(row, step))).flat(2);
    return {
      inputs: [
        Float64Array.from(each((row, step) => [10 * row + step, -row])),
        Float64Array.from(lengths, (_, row) => row),
      ],
      targets: [Float64Array.from(each((row) => [row]))],
      exampleWeights: Float64Array.from(lengths, (_, row) => row / 4),
      rows,
      loss: {} as Heads,
      inputLengths: [lengths, undefined],
      targetLengths: [lengths],
    };
  }

  /** The rows of each batch of one epoch; everything else in them must be theirs. */
  function epoch(batches: Batches): number[][] {
    const told: number[][] = [];
    const sequences = {
      set: (lengths: Uint32Array, from = 0, count = 0) => told.push([...lengths.subarray(from, from + count)]),
    };
    const blocks = {
      ...{ inputs: [new Float64Array(40), new Float64Array(20)], targets: [new Float64Array(20)] },
      ...{ exampleWeights: new Float64Array(20), sequences: [sequences as unknown as Sequences, undefined] },
    };
    const taken: number[][] = [];
    batches.start();
    while (!batches.isDone) {
      const rows = [...blocks.inputs[1].subarray(0, batches.take(blocks))];
      const steps = rows.flatMap((row) => Array.from({ length: (row % 3) + 1 }, (_, step) => [row, step]));
      expect(told.at(-1)).toEqual(rows.map((row) => (row % 3) + 1));
      expect([...blocks.inputs[0].subarray(0, 2 * steps.length)]).toEqual(
        steps.flatMap(([row, step]) => [10 * row + step, -row]),
      );
      expect([...blocks.targets[0].subarray(0, steps.length)]).toEqual(steps.map(([row]) => row));
      expect([...blocks.exampleWeights.subarray(0, rows.length)]).toEqual(rows.map((row) => row / 4));
      taken.push(rows);
      batches.pass();
    }
    return taken;
  }

  it("come in order, or shuffled with all that is theirs, and go on where they were", () => {
    expect(epoch(batchesOf(ragged(7), 3, undefined))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    const batches = batchesOf(ragged(7), 3, pcg32(5));
    const [first, second] = [epoch(batches), epoch(batches)];
    expect(first).not.toEqual(second);
    for (const rows of [first, second]) expect(rows.flat().toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe("the smallest batch", () => {
  const least = (lengths: number[], batchSize: number, generator?: ReturnType<typeof pcg32>, stride = 1) => {
    const rows = lengths.length;
    const [inputs, targets] = [[new Float64Array(lengths.reduce((a, b) => a + b))], [new Float64Array(rows)]];
    const all = { inputLengths: [Uint32Array.from(lengths)], targetLengths: [undefined], exampleWeights: undefined };
    const examples = { inputs, targets, rows, loss: {} as Heads, ...all };
    const { rows: ofRows, stepsOf } = batchesOf(examples, batchSize, generator).least;
    return [ofRows, stepsOf({ input: 0, shift: 0, stride })];
  };

  it("is the last, or has the fewest steps: in their order, or in the worst that may be drawn", () => {
    expect(least([1, 5, 2, 2, 7], 2)).toEqual([1, 4]);
    expect(least([1, 5, 2, 2, 1], 2)).toEqual([1, 1]);
    expect(least([1, 5, 2, 2, 7], 2, pcg32(1))).toEqual([1, 1]);
    expect(least([3, 5, 2, 2, 7, 4], 2, pcg32(1))).toEqual([2, 4]);
    // One batch of all.
    expect(least([3, 1, 2], 3, pcg32(1))).toEqual([3, 6]);
    // Of a value behind windows of two steps.
    expect(least([3, 5, 2, 2, 7, 4], 2, undefined, 2)).toEqual([2, 2]);
    expect(least([3, 5, 2, 3, 7, 3], 2, pcg32(1), 2)).toEqual([2, 2]);
  });
});

describe("batches of rows of any width", () => {
  it("copy whole rows, from 1 to 67 numbers wide", () => {
    for (let width = 1; width <= 67; width++) {
      const inputs = Float32Array.from({ length: 5 * width }, (_, index) => index);
      const targets = Float32Array.from({ length: 5 * width }, (_, index) => -index);
      const loss = {} as Heads;
      const batches = batchesOf({ inputs: [inputs], targets: [targets], rows: 5, loss, ...oneLength }, 2, pcg32(1));
      const [inputBlock, targetBlock] = [new Float32Array(2 * width), new Float32Array(2 * width)];
      batches.start();
      while (!batches.isDone) {
        const count = batches.take({ inputs: [inputBlock], targets: [targetBlock], sequences: [] });
        for (let row = 0; row < count; row++) {
          const taken = inputBlock.slice(row * width, (row + 1) * width);
          expect(taken).toEqual(inputs.slice(taken[0], taken[0] + width));
          expect(targetBlock.slice(row * width, (row + 1) * width)).toEqual(taken.map((value) => -value));
        }
        batches.pass();
      }
    }
  });
});
