import { describe, expect, test } from "vitest";
import { clearFirstSteps, recurrentBackwardWeight } from "../../reference/recurrent/weight.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch } from "../scratch.ts";
import { sequenceFields, shapes, stepsOf } from "./harness.ts";

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const round = dtype === "float32" ? Math.fround : (x: number) => x;
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("clearFirstSteps clears the first steps alone, in reverse the last ones, at 1 to 20, 33 and 70 columns", () => {
    for (const shape of shapes) {
      const { units: columns, lengths } = shape;
      const values = draw(stepsOf(shape) * columns, 1);
      const output = scratch.output(values);
      const fields = { output: output.address, ...sequenceFields(scratch, shape), columns };
      scratch.run("clearFirstSteps", fields, lengths.length);
      expect(Array.from(scratch.read(output))).toEqual(clearFirstSteps(rowsOf(values, columns), shape).flat());
      scratch.expectIntact();
    }
  });

  test("recurrentBackwardWeight behind clearFirstSteps has the bits of a sum over the steps of each sequence", () => {
    for (const shape of shapes) {
      const { units, isReverse } = shape;
      const steps = stepsOf(shape);
      const columns = 2 * units + 1;
      const hidden = draw(steps * units, 1);
      const gatesGrad = clearFirstSteps(rowsOf(draw(steps * columns, 2), columns), shape);
      const weightGrad = scratch.output(units * columns);
      const blocks = { hidden: scratch.input(hidden), gatesGrad: scratch.input(gatesGrad.flat()) };
      const fields = { positions: 1, ...blocks, weightGrad: weightGrad.address, units, columns };
      scratch.run("recurrentBackwardWeight", { ...fields, isReverse: Number(isReverse) }, units, { rows: steps });
      const expected = recurrentBackwardWeight(round, rowsOf(hidden, units), gatesGrad, shape);
      expect(Array.from(scratch.read(weightGrad)), JSON.stringify(shape)).toEqual(expected.flat());
      scratch.expectIntact();
    }
  });

  test("the gradient of 4 rows of 3 positions has the bits of 12 rows", () => {
    const [hidden, gatesGrad] = [scratch.input(draw(60, 1)), scratch.input(draw(84, 2))];
    const gradientOf = (positions: number) => {
      const weightGrad = scratch.output(35);
      const fields = { positions, hidden, gatesGrad, weightGrad: weightGrad.address, units: 5, columns: 7 };
      scratch.run("recurrentBackwardWeight", { ...fields, isReverse: 0 }, 5, { rows: 12 / positions });
      return scratch.read(weightGrad);
    };
    expect(gradientOf(3)).toEqual(gradientOf(1));
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild)("a block that does not start on 16 bytes, or a size of 0, stops the debug build", () => {
    const { address: a } = scratch.output(64);
    const clear = { output: a, offsets: 0, steps: 1, columns: 1, isReverse: 0 };
    for (const wrong of [{ steps: 0 }, { columns: 0 }]) {
      expect(() => scratch.run("clearFirstSteps", { ...clear, ...wrong }, 1)).toThrow("sizes must be positive");
    }
    const blocks = { hidden: a, gatesGrad: a, weightGrad: a };
    const gradient = { positions: 2, ...blocks, units: 1, columns: 1, isReverse: 0 };
    expect(() => scratch.run("recurrentBackwardWeight", { ...gradient, columns: 0 }, 1)).toThrow("must be positive");
    for (const name of Object.keys(blocks)) {
      const fields = { ...gradient, [name]: a + 8 };
      expect(() => scratch.run("recurrentBackwardWeight", fields, 1, { rows: 1 })).toThrow("blocks start on 16 bytes");
    }
  });
});
