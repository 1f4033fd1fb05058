import { describe, expect, test } from "vitest";
import { sparseAdamStep } from "../../reference/optimizers/sparseAdam.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const [learningRate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-8];

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const rows = 5;

  /** Runs the operation on these blocks. */
  function updated([p, g, firstMoment, secondMoment, marks]: number[], rows: number, columns: number, step: number) {
    const blocks = { parameters: p, gradients: g, firstMoment, secondMoment, marks };
    const fields = { ...blocks, columns, beta1, beta2, epsilon };
    return scratch.update("sparseAdamStep", fields, rows, { step, learningRate });
  }

  /** Parameters and moments of a table after steps, each with the marks of its rows. */
  function trained(columns: number, parameters: readonly number[], steps: { gradients: number[]; marks: number[] }[]) {
    const blocks = [scratch.output(parameters), ...[0, 1].map(() => scratch.output(parameters.map(() => 0)))];
    const [p, m, v] = blocks.map(({ address }) => address);
    const results = steps.map(({ gradients, marks }, index) => {
      const [g, marked] = [scratch.input(gradients), scratch.bytes(marks)];
      return updated([p, g, m, v, marked], rows, columns, index + 1);
    });
    const values = blocks.map((block) => Array.from(scratch.read(block)));
    scratch.expectIntact();
    return { values, results };
  }

  const marksOf = (step: number) => Array.from({ length: rows }, (_, row) => Number((row + step) % 3 !== 0));

  test("has the twin's parameters and moments after 20 steps at 1 to 67 columns, and reads marked rows alone", () => {
    for (const columns of sizes) {
      const count = rows * columns;
      const parameters = roundTo(dtype, random(count, columns));
      const steps = Array.from({ length: 20 }, (_, step) => {
        const marks = marksOf(step);
        const gradients = roundTo(dtype, random(count, step + 1));
        // What no mark leads to may be anything.
        return { marks, gradients: gradients.map((x, index) => (marks[Math.floor(index / columns)] ? x : Number.NaN)) };
      });
      const zeros = () => rowsOf(new Array(count).fill(0), columns);
      const twin = [rowsOf(parameters, columns), zeros(), zeros()];
      steps.forEach(({ gradients, marks }, index) => {
        const [p, m, v] = twin;
        const options = [index + 1, learningRate, beta1, beta2, epsilon] as const;
        sparseAdamStep(p, rowsOf(gradients, columns), m, v, marks, ...options);
      });
      const { values, results } = trained(columns, parameters, steps);
      expect(results).toEqual(steps.map(() => 1));
      values.forEach((block, index) => {
        expectClose(block, twin[index].flat(), tolerances.hundredSteps[dtype], `${columns}: ${index}`);
      });
    }
  });

  test("a gradient of NaN or infinity leaves its vector as it was, changes the others, and is told by 0", () => {
    const lanes = dtype === "float32" ? 4 : 2;
    for (const columns of [4, 7]) {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const [parameters, good] = [1, 2].map((seed) => roundTo(dtype, random(rows * columns, seed)));
        const marks = marksOf(0);
        const [row, column] = [1, columns - 1];
        const gradients = good.with(row * columns + column, bad);
        const { values, results } = trained(columns, parameters, [{ gradients, marks }]);
        const whole = trained(columns, parameters, [{ gradients: good, marks }]).values;
        expect(results).toEqual([0]);
        const isLeft = (index: number) =>
          Math.floor(index / columns) === row && Math.floor((index % columns) / lanes) === Math.floor(column / lanes);
        const before = [parameters, ...[0, 1].map(() => parameters.map(() => 0))];
        expect(values).toEqual(
          whole.map((block, at) => block.map((value, index) => (isLeft(index) ? before[at][index] : value))),
        );
      }
    }
  });

  test("finite gradients of whatever size leave finite numbers in every block", () => {
    const most = dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
    const scales = [1, 2 ** -70, 2 ** -140].flatMap((factor) => [most * factor, -most * factor]);
    const steps = Array.from({ length: 20 }, (_, step) => {
      const gradients = random(rows * 7, step + 1).map((u, index) => (u > 0 ? 1 : u) * scales[index % 6]);
      return { gradients, marks: marksOf(step) };
    });
    const { values } = trained(7, random(rows * 7), steps);
    expect(values.flat().every(Number.isFinite)).toBe(true);
  });

  test.runIf(isDebugBuild)("traps on a block that does not start on 16 bytes, and on no elements", () => {
    const { address: a } = scratch.output(64);
    const call = (places: number[], count = 2, columns = 2) => updated(places, count, columns, 1);
    const places = [a, a, a, a, a];
    for (const at of places.keys()) expect(() => call(places.with(at, a + 8))).toThrow("blocks start on 16 bytes");
    expect(() => call(places, 0)).toThrow("must be positive");
    expect(() => call(places, 2, 0)).toThrow("must be positive");
  });
});
