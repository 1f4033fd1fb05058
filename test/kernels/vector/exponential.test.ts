import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { erf } from "../../reference/vector/erf.ts";
import * as twins from "../../reference/vector/exponential.ts";
import { dtypes, random, Scratch, sizes } from "../scratch.ts";
import { ulpsBetween } from "../ulp.ts";

const fixture = new URL("../../fixtures/exponential.json", import.meta.url);
const goldens: Record<string, [string, string][]> = JSON.parse(readFileSync(fixture, "utf8")).values;

/** How to reach each vector function: by the kernel or the operation that does nothing else. */
const kernelOf = {
  exp: "expMap",
  expm1: "expm1Map",
  log: "logMap",
  log1p: "log1pMap",
  erf: "erfMap",
  tanh: "tanhForward",
  sigmoid: "sigmoidForward",
  softplus: "softplusForward",
} as const;
type Name = keyof typeof kernelOf;
type Kernel = (typeof kernelOf)[Name];

const isOperation = (kernel: Kernel): kernel is Extract<Kernel, `${string}Forward`> => kernel.endsWith("Forward");

function evaluate(dtype: Dtype, name: Name, values: readonly number[], inPlace = false): number[] {
  const scratch = new Scratch(dtype);
  const output = scratch.output(inPlace ? values : values.length);
  const input = inPlace ? output.address : scratch.input(values);
  const kernel = kernelOf[name];
  if (isOperation(kernel)) {
    scratch.run(kernel, { input, output: output.address, columns: values.length, parameter: 0 }, 1);
  } else {
    scratch.kernels[kernel](input, output.address, values.length);
  }
  const result = Array.from(scratch.read(output));
  scratch.expectIntact();
  return result;
}

/** The worst distance from `exact`, and where. */
function worst(dtype: Dtype, actual: number[], exact: number[], inputs: number[]) {
  let [ulps, input] = [0, 0];
  for (const [index, value] of actual.entries()) {
    const distance = ulpsBetween(value, exact[index], dtype);
    if (distance > ulps) [ulps, input] = [distance, inputs[index]];
  }
  return { ulps, input };
}

describe("float32, at 30000 points against Math in float64", () => {
  const twin = { ...twins, erf };
  test.each<[Name, number, number, number]>([
    ["exp", 1, -104, 89],
    ["expm1", 2, -40, 89],
    ["log", 1, 0, 1e38],
    ["log1p", 1, -1, 1e38],
    ["tanh", 2.5, -10, 10],
    ["sigmoid", 2.5, -87, 20],
    ["erf", 1.5, -4.5, 4.5],
    ["softplus", 2, -87, 88],
  ])("%s stays within %d ulp on [%d, %d]", (name, bound, low, high) => {
    const spread = random(10000).map((u) => low + ((u + 1) / 2) * (high - low));
    const near = random(10000, 2).map((u) => (name === "log" ? 1 + u : Math.max(low, u)));
    const small = random(10000, 3).map((u) => (name === "log" ? 50 * (1 + u) : u * 1e-3));
    const inputs = [...spread, ...near, ...small].map(Math.fround);
    const exact = inputs.map(twin[name]);
    const { ulps, input } = worst("float32", evaluate("float32", name, inputs), exact, inputs);
    expect(ulps, `at ${input}`).toBeLessThanOrEqual(bound);
  });
});

describe("float64, against correctly rounded values of mpmath", () => {
  test.each<[Name, number]>([
    ["exp", 1],
    ["expm1", 1],
    ["log", 1],
    ["log1p", 1],
    ["tanh", 2],
    ["sigmoid", 2],
    ["erf", 1],
    ["softplus", 1],
  ])("%s stays within %d ulp of the rounded result", (name, bound) => {
    const inputs = goldens[name].map(([input]) => Number(input));
    const exact = goldens[name].map(([, output]) => Number(output));
    const { ulps, input } = worst("float64", evaluate("float64", name, inputs), exact, inputs);
    expect(ulps, `at ${input}`).toBeLessThanOrEqual(bound);
  });

  test("exp gives the bits of V8's Math.exp at 100000 points of [-746, 710]", () => {
    const inputs = random(100000).map((u) => -18 + 728 * u);
    expect(evaluate("float64", "exp", inputs)).toEqual(inputs.map(Math.exp));
  });
});

const infinity = Number.POSITIVE_INFINITY;

describe.each(dtypes)("%s", (dtype) => {
  test.each<[Name, number[], number[]]>([
    ["exp", [0, -0, infinity, -infinity, -1e38], [1, 1, infinity, 0, 0]],
    ["expm1", [0, -0, infinity, -infinity, -1e38], [0, -0, infinity, -1, -1]],
    ["log", [1, 0, -0, infinity, -infinity, -1], [0, -infinity, -infinity, infinity, Number.NaN, Number.NaN]],
    ["log1p", [0, -0, -1, infinity, -2, -infinity], [0, -0, -infinity, infinity, Number.NaN, Number.NaN]],
    ["tanh", [0, -0, infinity, -infinity, 1e38, -1e38], [0, -0, 1, -1, 1, -1]],
    ["sigmoid", [0, -0, infinity, -infinity, 1e38, -1e38], [0.5, 0.5, 1, 0, 1, 0]],
    ["erf", [0, -0, infinity, -infinity, 1e38, -1e38], [0, -0, 1, -1, 1, -1]],
    ["softplus", [infinity, -infinity, 1e30, -1e30], [infinity, 0, dtype === "float32" ? Math.fround(1e30) : 1e30, 0]],
  ])("%s is exact at its limits, %j", (name, inputs, outputs) => {
    expect(evaluate(dtype, name, [...inputs, Number.NaN])).toEqual([...outputs, Number.NaN]);
  });

  test("exp overflows and vanishes exactly where the rounded result does", () => {
    // Neighbours of ln(largest finite number) and of ln(half the least positive number).
    const [over, under] =
      dtype === "float32"
        ? [
            [88.72283172607422, 88.72283935546875],
            [-103.27892303466797, -103.97208404541016],
          ]
        : [
            [709.782712893384, 709.7827128933841],
            [-745.1332191019411, -745.1332191019412],
          ];
    const [below, above, least, zero] = evaluate(dtype, "exp", [...over, ...under]);
    expect(below).toBeLessThan(infinity);
    expect(above).toBe(infinity);
    expect(least).toBe(dtype === "float32" ? 2 ** -149 : Number.MIN_VALUE);
    expect(zero).toBe(0);
  });

  test("a subnormal number passes through expm1, log1p, tanh and keeps its sign", () => {
    const least = dtype === "float32" ? 2 ** -149 : Number.MIN_VALUE;
    for (const name of ["expm1", "log1p", "tanh"] as const) {
      expect(evaluate(dtype, name, [least, -least])).toEqual([least, -least]);
    }
    expect(evaluate(dtype, "erf", [-least, least])).toEqual([-least, least]);
  });
});

describe.each(dtypes)("%s", (dtype) => {
  test.each(Object.keys(kernelOf) as Name[])(
    "%s gives an element the same bits at every position and count",
    (name) => {
      const special = [0, -0, 1e-40, infinity, -infinity, -100, 88, Number.NaN];
      const values = random(sizes.length, 5).map((u, index) => (index % 5 < 4 ? 1 + 4 * u : special[index % 8]));
      const alone = values.map((value) => evaluate(dtype, name, [value])[0]);
      for (const count of sizes) {
        expect(evaluate(dtype, name, values.slice(0, count)), `the first ${count}`).toEqual(alone.slice(0, count));
        const last = evaluate(dtype, name, values.slice(-count), true);
        expect(last, `the last ${count}, in place`).toEqual(alone.slice(-count));
      }
    },
  );
});

test("the distance in ulps says no: 1 for neighbours, infinite for a wrong infinity or NaN", () => {
  expect(ulpsBetween(1 + 2 ** -23, 1, "float32")).toBe(1);
  expect(ulpsBetween(1 + 2 ** -52, 1, "float64")).toBe(1);
  expect(ulpsBetween(2 ** -149, 0, "float32")).toBe(1);
  expect(ulpsBetween(1, infinity, "float32")).toBe(infinity);
  expect(ulpsBetween(Number.NaN, 1, "float64")).toBe(infinity);
});
