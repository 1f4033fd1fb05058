import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { triplet, tripletGrad } from "../../reference/losses/triplet.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { resultOf } from "../lossCalls.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const golden: {
  triplets: {
    rows: number;
    columns: number;
    margin: number;
    weights: number[] | null;
    outputs: number[][];
    value: number;
    gradients: number[][];
  }[];
} = JSON.parse(readFileSync("test/fixtures/comparison.json", "utf8"));

/** Three outputs of some rows. */
interface Batch {
  readonly outputs: readonly (readonly number[])[];
  readonly rows: number;
  readonly margin: number;
  readonly weights?: readonly number[] | null;
}

/** Calls both kernels. */
class Triplet {
  readonly scratch: Scratch;

  constructor(dtype: Dtype) {
    this.scratch = new Scratch(dtype);
  }

  /** Calls the forward pass on blocks: the outputs, and the weights. */
  forward([anchor, same, other, weights]: readonly number[], rows = 1, columns = 4, margin = 1): number {
    const { scratch } = this;
    const result = resultOf(scratch);
    const grads = { anchorGrad: 0, sameGrad: 0, otherGrad: 0 };
    const fields = { anchor, same, other, weights, ...grads, positions: 1, columns, result, margin };
    scratch.run("tripletForward", fields, 1, { rows });
    return scratch.arena.doubles(result, 1)[0];
  }

  /** Calls the backward pass on blocks: the outputs, the weights and the gradients. */
  backward(blocks: readonly number[], rows = 1, columns = 4, scale = 1, margin = 1): void {
    const { scratch } = this;
    const [anchor, same, other, weights, anchorGrad, sameGrad, otherGrad] = blocks;
    const result = resultOf(scratch, scale);
    const fields = { anchor, same, other, weights, anchorGrad, sameGrad, otherGrad, positions: 1, columns };
    scratch.run("tripletBackward", { ...fields, result, margin }, rows, { rows });
  }

  value({ outputs, rows, margin, weights }: Batch): number {
    const { scratch } = this;
    const blocks = [...outputs.map((values) => scratch.input(values)), weights ? scratch.input(weights) : 0];
    const value = this.forward(blocks, rows, outputs[0].length / rows, margin);
    scratch.expectIntact();
    return value;
  }

  gradients({ outputs, rows, margin, weights }: Batch, scale = 1): number[][] {
    const { scratch } = this;
    const inputs = [...outputs.map((values) => scratch.input(values)), weights ? scratch.input(weights) : 0];
    const blocks = outputs.map(({ length }) => scratch.output(length));
    const addresses = [...inputs, ...blocks.map(({ address }) => address)];
    this.backward(addresses, rows, outputs[0].length / rows, scale, margin);
    const result = blocks.map((block) => Array.from(scratch.read(block)));
    scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Triplet(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  test("agrees with its twin over 1 and 4 rows of 1 to 67 columns, weighted or not", () => {
    for (const columns of sizes) {
      for (const rows of [1, 4]) {
        const outputs = [0, 1, 2].map((each) => draw(rows * columns, 3 * columns + each));
        const [anchor, same, other] = outputs.map((values) => rowsOf(values, columns));
        const triplets = anchor.map((row, index) => [row, same[index], other[index]] as const);
        for (const weights of [undefined, [0.5, 0, 2, 1].slice(0, rows)]) {
          // Some of the rows are farther apart than the margin.
          const batch = { outputs, rows, margin: 0.25, weights };
          const weightOf = (row: number) => weights?.[row] ?? 1;
          const terms = triplets.map((each, index) => weightOf(index) * triplet(each, 0.25));
          const sum = terms.reduce((total, term) => total + term, 0);
          expectClose([kernels.value(batch)], [sum], tolerances.sum.float64, `value at ${rows} × ${columns}`);
          const grads = triplets.map((each) => tripletGrad(each, 0.25));
          kernels.gradients(batch, 0.5).forEach((gradient, place) => {
            const expected = grads.flatMap((grad, index) => grad[place].map((x) => 0.5 * weightOf(index) * x));
            const tolerance = place === 0 ? tolerances.formula[dtype] : tolerances.rounded[dtype];
            expectClose(gradient, expected, { ...tolerance, absolute: Math.max(tolerance.absolute, 1e-12) });
          });
        }
      }
    }
  });

  test("costs nothing and pulls nothing from the margin on", () => {
    const outputs = [
      [0, 0],
      [0, 1],
      [3, 4],
    ];
    expectClose([kernels.value({ outputs, rows: 1, margin: 5 })], [1], tolerances.formula.float32);
    for (const margin of [1, 3.9]) {
      expect(kernels.value({ outputs, rows: 1, margin })).toBe(0);
      expect(kernels.gradients({ outputs, rows: 1, margin }).flat().map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
    }
  });

  test("is 0 with gradient 0 at the kink itself", () => {
    const outputs = [[1], [2], [2]];
    // Both distances are equal, so only a margin of 0 is the kink.
    expect(kernels.value({ outputs, rows: 1, margin: 0 })).toBe(0);
    expect(kernels.gradients({ outputs, rows: 1, margin: 0 }).flat().map(Math.abs)).toEqual([0, 0, 0]);
  });

  test("three equal rows cost the margin; where a difference is -1e-6, its distance 0 has gradient 0", () => {
    const row = [0.5, -0.25];
    expect(kernels.value({ outputs: [row, row, row], rows: 1, margin: 0.75 })).toBe(0.75);
    const outputs = [[0], [1e-6], [1]].map((values) => roundTo("float64", values));
    for (const x of new Triplet("float64").gradients({ outputs, rows: 1, margin: 2 }).flat()) {
      expect(Number.isFinite(x)).toBe(true);
    }
    expect(new Triplet("float64").gradients({ outputs, rows: 1, margin: 2 })[1].map(Math.abs)).toEqual([0]);
  });

  test("NaN in any output makes the value NaN, and the gradients of that row alone", () => {
    for (let place = 0; place < 3; place++) {
      const outputs = [0, 1, 2].map((each) => draw(14, each));
      const plain = kernels.gradients({ outputs, rows: 2, margin: 1 });
      const spoilt = outputs.with(place, outputs[place].with(3, Number.NaN));
      expect(kernels.value({ outputs: spoilt, rows: 2, margin: 1 })).toBeNaN();
      const gradients = kernels.gradients({ outputs: spoilt, rows: 2, margin: 1 });
      expect(gradients[0].slice(0, 7)).toEqual(new Array(7).fill(Number.NaN));
      for (const [each, gradient] of gradients.entries()) expect(gradient.slice(7)).toEqual(plain[each].slice(7));
    }
  });

  test.runIf(isDebugBuild)("traps on a block that does not start on 16 bytes, or has no elements", () => {
    const { address: a } = kernels.scratch.output(64);
    for (let place = 0; place < 7; place++) {
      const blocks = new Array(7).fill(a).with(place, a + 8);
      if (place < 4) expect(() => kernels.forward(blocks)).toThrow("blocks start on 16 bytes");
      expect(() => kernels.backward(blocks)).toThrow("blocks start on 16 bytes");
    }
    const blocks = new Array(7).fill(a);
    for (const [rows, columns] of [
      [0, 4],
      [4, 0],
    ]) {
      expect(() => kernels.forward(blocks, rows, columns)).toThrow("must be positive");
      expect(() => kernels.backward(blocks, rows, columns)).toThrow("must be positive");
    }
  });
});

describe("float64", () => {
  const kernels = new Triplet("float64");

  test.each(golden.triplets)(
    "$rows × $columns is PyTorch's triplet_margin_loss to 1e-12",
    ({ value, gradients, ...batch }) => {
      expectClose([kernels.value(batch)], [value], tolerances.golden.float64, "value");
      kernels.gradients(batch).forEach((gradient, place) => {
        expectClose(gradient, gradients[place], tolerances.golden.float64, `gradient ${place}`);
      });
    },
  );

  test("the gradients are the central differences of the value", () => {
    const h = 1e-6;
    const outputs = [0, 1, 2].map((each) => random(21, each + 1));
    const at = (changed: number[][]) => kernels.value({ outputs: changed, rows: 3, margin: 1 });
    kernels.gradients({ outputs, rows: 3, margin: 1 }).forEach((gradient, place) => {
      const differences = outputs[place].map((x, index) => {
        const [above, below] = [h, -h].map((step) => at(outputs.with(place, outputs[place].with(index, x + step))));
        return (above - below) / (2 * h);
      });
      expectClose(gradient, differences, tolerances.derivative.float64);
    });
  });
});
