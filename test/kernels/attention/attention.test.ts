import { describe, expect, test } from "vitest";
import { attentionForward, headOf, weightsOf } from "../../reference/attention/attention.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, rowsOf, Scratch } from "../scratch.ts";
import { Attention, draw, factorOf, type Shape, shapesUpTo } from "./harness.ts";

const shapes = shapesUpTo(isDebugBuild ? 20 : 67);
const square: Shape = { querySteps: 70, keySteps: 70, heads: 2, keyUnits: 6, isCausal: true };
const titleOf = ({ querySteps, keySteps, heads, keyUnits, isCausal }: Shape) =>
  `${querySteps} queries, ${keySteps} keys, ${heads} × ${keyUnits}${isCausal ? ", causal" : ""}`;

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Attention(dtype);

  test("equals its twin at 1 to 67 queries, keys and columns of a head, with causal and without", () => {
    for (const shape of shapes) {
      for (const isCausal of [false, true]) {
        const examples = draw(dtype, shape);
        const [query, key, value] = [examples.query[0], examples.key[0], examples.value[0]];
        const expected = attentionForward(query, key, value, { ...shape, isCausal }).flat();
        const { output, statistics } = kernels.forward(examples, { ...shape, isCausal });
        expectClose(output, expected, tolerances.sum[dtype], titleOf({ ...shape, isCausal }));
        expect(kernels.output(examples, { ...shape, isCausal }, { keeps: false })).toEqual(output);
        expect(statistics.every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("keeps the greatest score and 1 / Σ exp of each query and head, of which the greatest weight is the second", () => {
    const examples = draw(dtype, square);
    const { statistics } = kernels.forward(examples, square);
    const kept = rowsOf(statistics, 2);
    for (const head of [0, 1]) {
      const [q, k] = [examples.query[0], examples.key[0]].map((matrix) => headOf(matrix, head, 6));
      const greatest = weightsOf(q, k, true).map((weights) => Math.max(...weights));
      const actual = greatest.map((_, step) => kept[2 * step + head][1]);
      expectClose(actual, greatest, tolerances.golden[dtype]);
      const scores = q.map((row, step) =>
        Math.max(
          ...k.slice(0, step + 1).map((each) => row.reduce((sum, x, at) => sum + x * each[at], 0) / Math.sqrt(6)),
        ),
      );
      const found = scores.map((_, step) => kept[2 * step + head][0]);
      expectClose(found, scores, tolerances.golden[dtype]);
    }
  });

  test("drops weights behind softmax where the twin's mask does, whatever the example", () => {
    for (const isCausal of [false, true]) {
      const shape = { ...square, isCausal, rate: 0.4 };
      const examples = draw(dtype, shape, [
        [70, 70],
        [70, 70],
      ]);
      const expected = [0, 1].flatMap((row) => {
        const { query, key, value } = examples;
        return attentionForward(query[row], key[row], value[row], shape, factorOf(row, shape)).flat();
      });
      expectClose(kernels.output(examples, shape), expected, tolerances.sum[dtype]);
    }
  });

  test("an example has the same bits alone, among others, and packed behind shorter and longer ones", () => {
    const lengths = [
      [3, 5],
      [40, 1],
      [1, 37],
      [33, 33],
    ] as const;
    for (const isCausal of [false, true]) {
      const shape = { querySteps: 40, keySteps: 37, heads: 2, keyUnits: 5, isCausal };
      const examples = draw(dtype, shape, lengths);
      const packed = kernels.output(examples, shape, { isPacked: true });
      const alone = lengths.flatMap(([querySteps, keySteps], row) => {
        const [query, key, value] = [examples.query[row], examples.key[row], examples.value[row]];
        const one = { query: [query], key: [key], value: [value] };
        return kernels.output(one, { ...shape, querySteps, keySteps });
      });
      expect(packed).toEqual(alone);
    }
  });

  test("a query has the same bits whatever queries are beside it", () => {
    const shape = { ...square, isCausal: false };
    const examples = draw(dtype, shape);
    const whole = rowsOf(kernels.output(examples, shape), 12);
    for (const [from, to] of [
      [0, 1],
      [31, 34],
      [69, 70],
    ]) {
      const some = { ...examples, query: [examples.query[0].slice(from, to)] };
      expect(rowsOf(kernels.output(some, { ...shape, querySteps: to - from }), 12)).toEqual(whole.slice(from, to));
    }
  });

  test("with causal, no bit of a step depends on later steps, on how many there are, or on NaN there", () => {
    const examples = draw(dtype, square);
    const whole = rowsOf(kernels.output(examples, square), 12);
    for (const count of [1, 2, 16, 31, 32, 33, 63, 69]) {
      const first = (matrix: (typeof examples.query)[0]) => [matrix.slice(0, count)];
      const [query, key, value] = [examples.query, examples.key, examples.value].map(([matrix]) => first(matrix));
      const shorter = kernels.output({ query, key, value }, { ...square, querySteps: count, keySteps: count });
      expect(rowsOf(shorter, 12)).toEqual(whole.slice(0, count));
      for (const bad of [Number.NaN, Infinity, 9]) {
        const changed = [examples.query, examples.key, examples.value].map(([matrix]) => [
          matrix.map((row, step) => (step < count ? row : row.map(() => bad))),
        ]);
        const [q, k, v] = changed;
        expect(rowsOf(kernels.output({ query: q, key: k, value: v }, square), 12).slice(0, count)).toEqual(
          whole.slice(0, count),
        );
      }
    }
  });

  test("scores of ±1000 choose a value without overflow; equal scores give the mean", () => {
    const shape = { querySteps: 1, keySteps: 3, heads: 1, keyUnits: 1 };
    const value = [[[1], [5], [9]]];
    const choose = (key: number[]) => kernels.output({ query: [[[1000]]], key: [key.map((x) => [x])], value }, shape);
    expect(choose([-1, 1, -1])).toEqual([5]);
    expect(choose([0, 0, 0])).toEqual([5]);
    expect(choose([1, 0, 1])).toEqual([5]);
    expect(choose([-1, -1, -1])).toEqual([5]);
  });

  test("a weight is 0 below e^-64 of the greatest, in float64 below e^-600, so that none is subnormal", () => {
    const shape = { querySteps: 1, keySteps: 2, heads: 1, keyUnits: 1 };
    const limit = dtype === "float32" ? 64 : 600;
    const weightAt = (score: number) =>
      kernels.output({ query: [[[1]]], key: [[[0], [score]]], value: [[[0], [1e30]]] }, shape)[0] / 1e30;
    for (const below of [limit + 1, 2 * limit, 1e30]) expect(weightAt(-below)).toBe(0);
    for (const above of [1, limit / 2, limit]) {
      expect(weightAt(-above) / (Math.exp(-above) / (1 + Math.exp(-above)))).toBeCloseTo(1, 5);
    }
  });

  test("NaN and infinity make NaN of the queries that see them, and of no other head or example", () => {
    const shape = { querySteps: 5, keySteps: 6, heads: 2, keyUnits: 3 };
    const lengths = [
      [5, 6],
      [5, 6],
    ] as const;
    const clean = kernels.output(draw(dtype, shape, lengths), shape);
    for (const bad of [Number.NaN, Infinity]) {
      const { query, key, value } = draw(dtype, shape, lengths);
      const at = (matrices: typeof query, step: number) =>
        matrices.map((matrix, row) =>
          matrix.map((columns, index) => (row === 0 && index === step ? columns.with(4, bad) : columns)),
        );
      const ofKey = kernels.output({ query, key: at(key, 2), value }, shape);
      const ofQuery = kernels.output({ query: at(query, 2), key, value }, shape);
      const isHead = (index: number) => index < 30 && index % 6 > 2;
      ofQuery.forEach((x, index) => {
        if (isHead(index) && Math.floor(index / 6) === 2) expect(x).toBeNaN();
        else expect(x).toBe(clean[index]);
      });
      ofKey.forEach((x, index) => {
        if (!isHead(index)) expect(x).toBe(clean[index]);
        else if (Number.isNaN(bad)) expect(x).toBeNaN();
      });
    }
  });

  test.runIf(isDebugBuild)("unaligned blocks, sizes of 0 and a rate of 1 trap", () => {
    const scratch = new Scratch(dtype);
    const { address: a } = scratch.output(4096);
    const blocks = { query: a, key: a, value: a, output: a, statistics: 0, space: a };
    const sizes = { querySteps: 2, keySteps: 2, heads: 1, keyUnits: 2, isCausal: 0, stream: 0, rate: 0 };
    const run = (wrong: object, end = 1) =>
      scratch.run("attentionForward", { ...blocks, queryOffsets: 0, keyOffsets: 0, ...sizes, ...wrong }, end);
    for (const name of ["query", "key", "value", "output", "space"]) {
      expect(() => run({ [name]: a + 8 })).toThrow("blocks start on 16 bytes");
    }
    for (const name of ["querySteps", "keySteps", "heads", "keyUnits"]) {
      expect(() => run({ [name]: 0 })).toThrow("must be positive");
    }
    expect(() => run({}, 0)).toThrow("must be positive");
    for (const rate of [-0.1, 1, Number.NaN]) expect(() => run({ rate })).toThrow("rate must be");
  });
});
