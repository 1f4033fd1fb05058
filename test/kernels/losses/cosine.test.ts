import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cosineSimilarity, cosineSimilarityGrad } from "../../reference/losses/cosine.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { Loss } from "../elementLoss.ts";
import { dtypes, isDebugBuild, random, roundTo, sizes } from "../scratch.ts";

const golden: {
  rows: number;
  cases: { loss: string; output: number[]; targets: number[]; value: number; outputGrad: number[] }[];
} = JSON.parse(readFileSync("test/fixtures/loss.json", "utf8"));

/** The rows of a flat array. */
function rowsOf(values: readonly number[], rows: number): number[][] {
  const columns = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

describe.each(dtypes)("%s", (dtype) => {
  const loss = new Loss("cosineSimilarity", dtype);
  const drawn = (count: number, seed: number) => roundTo(dtype, random(count, count + seed));

  test("agrees with its twin over 1 and 3 rows of 1 to 67 columns, weighted or not", () => {
    for (const columns of sizes) {
      for (const rows of [1, 3]) {
        const [output, targets] = [drawn(rows * columns, 0), drawn(rows * columns, 50)];
        const targetRows = rowsOf(targets, rows);
        for (const weights of [undefined, [0.5, 0, 2].slice(0, rows)]) {
          const weightOf = (row: number) => weights?.[row] ?? 1;
          const terms = rowsOf(output, rows).map(
            (row, index) => weightOf(index) * cosineSimilarity(row, targetRows[index]),
          );
          const sum = terms.reduce((total, term) => total + term, 0);
          const blocks = { output, targets, weights, rows };
          expectClose([loss.value(blocks)], [sum], tolerances.sum[dtype], `value at ${rows} × ${columns}`);
          const grad = rowsOf(output, rows).flatMap((row, index) =>
            cosineSimilarityGrad(row, targetRows[index]).map((x) => (weightOf(index) * x) / rows),
          );
          const actual = loss.gradient({ ...blocks, scale: 1 / rows });
          expectClose(actual, grad, tolerances.sum[dtype], `gradient at ${rows} × ${columns}`);
        }
      }
    }
  });

  test("the gradient is the central differences of the float64 value", () => {
    const h = 1e-6;
    const [output, targets] = [drawn(21, 1), drawn(21, 2)];
    const float64 = new Loss("cosineSimilarity", "float64");
    const at = (values: number[]) => float64.value({ output: values, targets, rows: 3 });
    const differences = output.map(
      (x, index) => (at(output.with(index, x + h)) - at(output.with(index, x - h))) / (2 * h),
    );
    expectClose(loss.gradient({ output, targets, rows: 3 }), differences, tolerances.derivative[dtype]);
  });

  test("agrees with PyTorch's value and gradient", () => {
    const found = golden.cases.filter((each) => each.loss === "cosineSimilarity");
    expect(found).toHaveLength(1);
    for (const { output, targets, value, outputGrad } of found) {
      const blocks = { output, targets, rows: golden.rows };
      expectClose([loss.value(blocks)], [value], tolerances.golden[dtype], "value");
      expectClose(loss.gradient(blocks), outputGrad, tolerances.golden[dtype], "gradient");
    }
  });

  test("is 0 for a row of the target's direction, 1 across it, 2 against it, whatever the lengths", () => {
    const at = (output: number[], targets: number[]) => loss.value({ output, targets });
    expectClose([at([3, 4], [6, 8])], [0], tolerances.formula[dtype]);
    expect(at([0, 2], [5, -0])).toBe(1);
    expectClose([at([3, 4], [-30, -40])], [2], tolerances.formula[dtype]);
  });

  test("a row of zeros costs 1 and is pulled by target / (1e-8 |target|); targets of zeros pull nothing", () => {
    const zeros = { output: [0, -0], targets: [3, 4] };
    expect(loss.value(zeros)).toBe(1);
    expectClose(loss.gradient(zeros), [-6e7, -8e7], tolerances.formula[dtype]);
    const blank = { output: [3, 4], targets: [0, 0] };
    expect(loss.value(blank)).toBe(1);
    for (const x of loss.gradient(blank)) expect(Math.abs(x)).toBe(0);
  });

  test("a row with NaN or an infinity at any place of 7 has value and gradient NaN, and no other row has", () => {
    const [row, targets] = [drawn(7, 3), drawn(14, 4)];
    for (let at = 0; at < 7; at++) {
      for (const bad of [Infinity, Number.NaN]) {
        const blocks = { output: [...row.with(at, bad), ...row], targets, rows: 2 };
        expect(loss.value(blocks)).toBeNaN();
        const gradient = loss.gradient(blocks);
        expect(gradient[at]).toBeNaN();
        expect(gradient.slice(7)).toEqual(loss.gradient({ output: row, targets: targets.slice(7) }));
      }
    }
  });

  test.runIf(isDebugBuild)("traps on a block that does not start on 16 bytes, or has no elements", () => {
    loss.expectTraps();
  });
});
