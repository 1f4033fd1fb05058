/** The products of a dense layer, in shapes of real work, as shares of the machine's peak. */
import { Arena } from "#dist/memory/arena.js";
import type { Dtype } from "#dist/memory/kernels.js";
import { pcg32 } from "#dist/random.js";
import * as reference from "../test/reference/matmul.ts";
import { compare, type Work } from "./harness.ts";

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

export function matmulWorks(dtype: Dtype): Work[] {
  return shapes.map(([product, rows, fanIn, fanOut]) => productWork(dtype, product, { rows, fanIn, fanOut }));
}

function productWork(dtype: Dtype, product: Product, sizes: reference.Sizes): Work {
  const { rows, fanIn, fanOut } = sizes;
  const name = `${product} ${rows} × ${fanIn} × ${fanOut}`;
  const arena = new Arena(dtype);
  const random = pcg32(1);
  const block = (count: number) => {
    const address = arena.allocate(count);
    return { address, view: () => arena.view(address, count) };
  };
  const [input, weight, output] = [block(rows * fanIn), block(fanIn * fanOut), block(rows * fanOut)];
  for (const { view } of [input, weight, output]) view().set(view().map(() => 2 * random.next() - 1));
  const { kernels } = arena;
  const [x, w, y] = [input, weight, output].map(({ address }) => address);
  const result = block(Math.max(rows * fanIn, fanIn * fanOut, rows * fanOut));
  result.view().fill(1);
  const r = result.address;
  const run = {
    forward: () => kernels.matmulForward(x, w, 0, r, r, rows, fanIn, fanOut, 0, 0),
    "input gradient": () => kernels.matmulBackwardInput(y, w, r, rows, fanIn, fanOut),
    "weight gradient": () => kernels.matmulBackwardWeight(x, y, r, 0, rows, fanIn, fanOut),
  }[product];
  const expected = {
    forward: () => reference.matmulForward(input.view(), weight.view(), undefined, sizes),
    "input gradient": () => reference.matmulBackwardInput(output.view(), weight.view(), sizes),
    "weight gradient": () => reference.matmulBackwardWeight(input.view(), output.view(), sizes),
  }[product];
  const check = () => compare(name, result.view(), expected(), dtype === "float32" ? 1e-5 : 1e-13);
  return { name, run, check, operations: 2 * rows * fanIn * fanOut };
}
