/** The products of a dense layer, in shapes of real work, as a share of the machine's peak. */
import type { Dtype } from "#dist/kernels/dtype.js";
import { type Arithmetic, supportedArithmetic } from "#dist/kernels/instance.js";
import { none } from "#dist/kernels/operations.js";
import * as reference from "../test/reference/products/dense.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";
import { dtypes, Scratch } from "./scratch.ts";

type Product = "forward" | "input gradient" | "weight gradient";

const shapes: readonly [Product, rows: number, fanIn: number, fanOut: number][] = [
  ["forward", 32, 32, 32],
  ["forward", 64, 64, 64],
  ["forward", 128, 128, 128],
  ["forward", 256, 256, 256],
  ["forward", 512, 512, 512],
  ["forward", 1024, 1024, 1024],
  ["forward", 1, 784, 128],
  ["forward", 1, 784, 1024],
  ["forward", 32, 784, 128],
  ["forward", 32, 128, 10],
  ["weight gradient", 32, 784, 128],
  ["weight gradient", 128, 512, 512],
  ["input gradient", 32, 784, 128],
];

export function matmul(rounds: number): Bench[] {
  return dtypes.map((dtype) => products(dtype, "strict", rounds));
}

/** The same with fused multiply-add. Returns none if the runtime has no relaxed SIMD, such as Node 20. */
export function relaxed(rounds: number): Bench[] {
  return supportedArithmetic("relaxed") === "relaxed" ? dtypes.map((dtype) => products(dtype, "relaxed", rounds)) : [];
}

function products(dtype: Dtype, arithmetic: Arithmetic, rounds: number): Bench {
  return {
    title: `products, ${dtype}${arithmetic === "strict" ? "" : `, ${arithmetic}`}`,
    unit: "GFLOP/s",
    versus: "peak",
    *rows() {
      const peak = peakWork(dtype);
      for (const [product, rows, fanIn, fanOut] of shapes) {
        yield measure(productWork(new Scratch(dtype, arithmetic), product, { rows, fanIn, fanOut }), peak, rounds);
      }
    },
  };
}

function productWork(scratch: Scratch, product: Product, sizes: reference.Sizes): Work {
  const { rows, fanIn, fanOut } = sizes;
  const name = `${product} ${rows} × ${fanIn} × ${fanOut}`;
  const [input, weight, output] = [rows * fanIn, fanIn * fanOut, rows * fanOut].map((count) => scratch.random(count));
  const [x, w, y] = [input, weight, output].map(({ address }) => address);
  const result = scratch.zeros(Math.max(rows * fanIn, fanIn * fanOut, rows * fanOut));
  const r = result.address;
  const widths = { fanIn, fanOut };
  const call = {
    forward: () => scratch.call("denseForward", { input: x, weight: w, bias: none, output: r, ...widths }, rows),
    "input gradient": () =>
      scratch.call("denseBackwardInput", { outputGrad: y, weight: w, inputGrad: r, ...widths }, rows),
    "weight gradient": () => {
      const fields = { positions: 1, input: x, outputGrad: y, weightGrad: r, ...widths };
      return scratch.call("denseBackwardWeight", fields, fanIn, rows);
    },
  }[product];
  const expected = {
    forward: () => reference.denseForward(input.view(), weight.view(), undefined, sizes),
    "input gradient": () => reference.denseBackwardInput(output.view(), weight.view(), sizes),
    "weight gradient": () => reference.denseBackwardWeight(input.view(), output.view(), sizes),
  }[product];
  const check = () => compare(name, result.view(), expected(), scratch.tolerance);
  return { name, run: call(), check, count: 2 * rows * fanIn * fanOut };
}
