import { describe, expect, test } from "vitest";
import { attentionBackward } from "../../reference/attention/gradients.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, Scratch } from "../scratch.ts";
import { Attention, draw, type Examples, factorOf, type Shape, shapesUpTo } from "./harness.ts";

const shapes = shapesUpTo(isDebugBuild ? 20 : 67);
const names = ["queryGrad", "keyGrad", "valueGrad"] as const;
const square: Shape = { querySteps: 70, keySteps: 70, heads: 2, keyUnits: 6, isCausal: true };
/** One example of several. */
const only = (examples: Examples, row: number): Examples => ({
  query: [examples.query[row]],
  key: [examples.key[row]],
  value: [examples.value[row]],
  outputGrad: [examples.outputGrad[row]],
});

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Attention(dtype);
  const twin = ({ query, key, value, outputGrad }: Examples, shape: Shape, row = 0) =>
    attentionBackward(
      query[row],
      key[row],
      value[row],
      outputGrad[row],
      { ...shape, isCausal: shape.isCausal ?? false },
      factorOf(row, shape),
    );

  test("equals its twin at 1 to 67 queries, keys and columns of a head, every other with causal, in place or not", () => {
    for (const [index, sizes] of shapes.entries()) {
      const shape = { ...sizes, isCausal: index % 2 === 1 };
      const examples = draw(dtype, shape);
      const expected = twin(examples, shape);
      const actual = kernels.backward(examples, shape);
      for (const name of names) {
        expectClose(actual[name], expected[name].flat(), tolerances.sum[dtype], `${name}, ${JSON.stringify(shape)}`);
      }
      expect(kernels.backward(examples, shape, { inPlace: true })).toEqual(actual);
    }
  });

  test("drops what the forward pass dropped, whatever the example", () => {
    for (const isCausal of [false, true]) {
      const shape = { ...square, isCausal, rate: 0.4 };
      const examples = draw(dtype, shape, [
        [70, 70],
        [70, 70],
      ]);
      const actual = kernels.backward(examples, shape);
      const expected = [0, 1].map((row) => twin(examples, shape, row));
      for (const name of names) {
        const both = expected.flatMap((each) => each[name].flat());
        expectClose(actual[name], both, tolerances.sum[dtype], name);
      }
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
      const packed = kernels.backward(examples, shape, { isPacked: true });
      const alone = lengths.map(([querySteps, keySteps], row) =>
        kernels.backward(only(examples, row), { ...shape, querySteps, keySteps }),
      );
      for (const name of names) expect(packed[name]).toEqual(alone.flatMap((each) => each[name]));
    }
  });

  test("with causal, a key that no query with a gradient sees has the gradient 0", () => {
    const { outputGrad, ...examples } = draw(dtype, square);
    const ofFirst = outputGrad.map((matrix) => matrix.map((row, step) => (step < 34 ? row : row.map(() => 0))));
    const { keyGrad, valueGrad } = kernels.backward({ ...examples, outputGrad: ofFirst }, square);
    for (const gradient of [keyGrad, valueGrad]) {
      expect(gradient.slice(34 * 12).every((x) => x === 0)).toBe(true);
      expect(gradient.slice(33 * 12, 34 * 12).every((x) => x !== 0)).toBe(true);
    }
  });

  test("NaN reaches no other head or example", () => {
    const shape = { querySteps: 5, keySteps: 6, heads: 2, keyUnits: 3 };
    const examples = draw(dtype, shape, [
      [5, 6],
      [5, 6],
    ]);
    const clean = kernels.backward(examples, shape);
    for (const name of ["query", "key", "value", "outputGrad"] as const) {
      const changed = examples[name].map((matrix, row) =>
        matrix.map((columns, step) => (row === 0 && step === 2 ? columns.with(4, Number.NaN) : columns)),
      );
      const actual = kernels.backward({ ...examples, [name]: changed }, shape);
      for (const each of names) {
        const steps = each === "queryGrad" ? 5 : 6;
        actual[each].forEach((x, index) => {
          const isHead = index < 6 * steps && index % 6 > 2;
          if (!isHead) expect(x).toBe(clean[each][index]);
        });
      }
      expect(actual.queryGrad.some(Number.isNaN)).toBe(true);
    }
  });

  test.runIf(isDebugBuild)("unaligned blocks, sizes of 0 and a rate of 1 trap", () => {
    const scratch = new Scratch(dtype);
    const { address: a } = scratch.output(4096);
    const blocks = { query: a, key: a, value: a, outputGrad: a, queryGrad: a, keyGrad: a, valueGrad: a, space: a };
    const sizes = { querySteps: 2, keySteps: 2, heads: 1, keyUnits: 2, isCausal: 0, stream: 0, rate: 0 };
    const fields = { ...blocks, statistics: a, queryOffsets: 0, keyOffsets: 0, ...sizes };
    const run = (wrong: object, end = 1) => scratch.run("attentionBackward", { ...fields, ...wrong }, end);
    for (const name of Object.keys(blocks)) expect(() => run({ [name]: a + 8 })).toThrow("blocks start on 16 bytes");
    for (const name of ["querySteps", "keySteps", "heads", "keyUnits"]) {
      expect(() => run({ [name]: 0 })).toThrow("must be positive");
    }
    expect(() => run({}, 0)).toThrow("must be positive");
    for (const rate of [-0.1, 1, Number.NaN]) expect(() => run({ rate })).toThrow("rate must be");
  });
});

describe("float64", () => {
  const kernels = new Attention("float64");

  test.each([
    { querySteps: 3, keySteps: 4, heads: 2, keyUnits: 3 },
    { querySteps: 5, keySteps: 5, heads: 1, keyUnits: 2, isCausal: true, rate: 0.3 },
  ])("the gradients of $querySteps queries are the central differences of the forward pass to 1e-8", (shape) => {
    const examples = draw("float64", shape);
    const outputGrad = examples.outputGrad.flat(2);
    const loss = (changed: Examples) =>
      kernels.output(changed, shape).reduce((sum, y, index) => sum + y * outputGrad[index], 0);
    const gradients = kernels.backward(examples, shape);
    for (const name of ["query", "key", "value"] as const) {
      const [matrix] = examples[name];
      const differences = matrix.flatMap((row, step) =>
        row.map((x, column) => {
          const [above, below] = [1e-5, -1e-5].map((h) =>
            loss({ ...examples, [name]: [matrix.with(step, row.with(column, x + h))] }),
          );
          return (above - below) / 2e-5;
        }),
      );
      expectClose(gradients[`${name}Grad`], differences, tolerances.difference.float64, name);
    }
  });
});
