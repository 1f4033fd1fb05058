import { expect, test } from "vitest";
import { batchIntegers } from "../../src/kernels/operations.ts";
import { Arena } from "../../src/memory/arena.ts";
import { graphBetween } from "../../src/topology/graph.ts";
import { conv1d } from "../../src/topology/layers/conv.ts";
import { maxPool1d } from "../../src/topology/layers/maxPool.ts";
import { input } from "../../src/topology/layers/value.ts";
import { lengthsBy, lengthsSource, rowsOf, Sequences, stepsIn } from "../../src/topology/sequences.ts";

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

test("sequences that are made of others follow them, and so do tables of windows on both", () => {
  const arena = new Arena("float32");
  const sequences = new Sequences(arena, 4);
  const rule = { shift: 1, stride: 2 };
  const halves = sequences.by(rule);
  const windowsOn = (steps: number) => ({ padLeft: 10 * steps, outputWidth: steps, firstOutput: steps % 2 });
  const tables = [
    sequences.addTable({ per: "sequence", windowsOn }, sequences, halves),
    sequences.addTable({ per: "sequence", windowsOn, isBackward: true }, sequences, halves),
    sequences.addTable({ per: "sequence", windowsOn }, halves, undefined),
  ];
  const rowsIn = (table: number) => [0, 1].map((row) => [...arena.integers(table, 10).slice(5 * row, 5 * row + 5)]);
  sequences.set(Uint32Array.of(9, 4, 3), 1, 2);
  expect(halves.steps).toBe(4);
  expect(tables.map(rowsIn)).toEqual([
    [
      [0, 4, 40, 0, 4],
      [4, 3, 30, 2 + 1, 3],
    ],
    [
      [0, 2, 40, 0, 4],
      [2, 2, 30, 4 + 1, 3],
    ],
    [
      [0, 2, 20, 0, 2],
      [2, 2, 20, 1, 2],
    ],
  ]);
});

test("a graph knows where an output's lengths come from, and the fewest steps that layers need", () => {
  const [first, second] = [input([20, 2], { variableLength: true }), input([9, 2], { variableLength: true })];
  const shorter = conv1d(2, 5, { name: "wide" })(second);
  const wider = conv1d(2, 1, { padding: 2 })(shorter);
  const graph = graphBetween([first, second], [maxPool1d(3)(first), wider, conv1d(1, 1)(maxPool1d(2)(wider))]);
  expect(graph.leastSteps(first)).toEqual({ steps: 3, layer: "maxPool1d1" });
  // What is made longer again was short before.
  expect(graph.leastSteps(second)).toEqual({ steps: 5, layer: "wide" });
  expect(graph.leastSteps(input([3, 2]))).toEqual({ steps: 1 });
  const sources = graph.outputs.map((output) => lengthsSource(graph, output)!);
  expect(sources).toEqual([
    { input: 0, shift: 0, stride: 3 },
    { input: 1, shift: 0, stride: 1 },
    { input: 1, shift: 0, stride: 2 },
  ]);
  expect([...lengthsBy(sources[0], Uint32Array.of(3, 8, 9))]).toEqual([1, 2, 3]);
});
