import { setFlagsFromString } from "node:v8";
import { describe, expect, test, vi } from "vitest";
import { core } from "../../build/core.js";
import { elementary } from "../../build/elementary.js";
import { normalization } from "../../build/normalization.js";
import { training } from "../../build/training.js";
import type { Dtype } from "../../src/kernels/dtype.ts";
import {
  dataEnd,
  type Environment,
  instantiate,
  type Kernels,
  panelBytes,
  supported,
  tableSize,
} from "../../src/kernels/instance.ts";
import { matmulBackwardInput, matmulBackwardWeight, matmulForward, type Sizes } from "../reference/products/dense.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { random, roundTo } from "./scratch.ts";

const families = [core, training, normalization, elementary];

/** A memory of four megabytes behind the families' data and the panels. */
function environment(): Environment {
  const table = new WebAssembly.Table({ initial: tableSize, element: "anyfunc" });
  return { memory: new WebAssembly.Memory({ initial: 66 }), table, panels: dataEnd };
}

// Node 20 has relaxed SIMD only behind a flag.
const isBehindFlag = process.versions.node.startsWith("20.");
const supportedWithoutFlag = supported("relaxed");
if (isBehindFlag) setFlagsFromString("--experimental-wasm-relaxed-simd");
vi.resetModules();
const fresh = await import("../../src/kernels/instance.ts");

test("relaxed is what is supported where the runtime has relaxed SIMD, else strict", () => {
  expect(supportedWithoutFlag).toBe(isBehindFlag ? "strict" : "relaxed");
  expect(fresh.supported("relaxed")).toBe("relaxed");
  expect(fresh.supported("strict")).toBe("strict");
});

test.each<Dtype>(["float32", "float64"])("each family of %s has data and operations where no other has", (dtype) => {
  const shared = environment();
  const operations = families.map(({ operations: groups }) => groups.flatMap(([, names]) => names.split(" ")).length);
  const bytes = new Uint8Array(shared.memory.buffer);
  const slotBytes = dataEnd / (families.length + 1);
  families.forEach((family, index) => {
    bytes.fill(0);
    instantiate(family, dtype, "strict", shared);
    const start = (index + 1) * slotBytes;
    expect(bytes.findIndex((byte, at) => byte !== 0 && (at < start || at >= start + slotBytes))).toBe(-1);
  });
  const taken = Array.from({ length: tableSize }, (_, place) => place).filter((place) => shared.table.get(place));
  const expected = families.flatMap(({ firstPlace }, index) =>
    Array.from({ length: operations[index] }, (_, place) => firstPlace + place),
  );
  expect(taken).toEqual(expected);
});

describe("the relaxed products", () => {
  // As wide as one lane, a vector, a tile; one row, narrow and wide; with what is packed of A and of B.
  const shapes: Sizes[] = [
    { rows: 5, fanIn: 9, fanOut: 1 },
    { rows: 5, fanIn: 9, fanOut: 3 },
    { rows: 7, fanIn: 67, fanOut: 45 },
    { rows: 1, fanIn: 67, fanOut: 77 },
    { rows: 1, fanIn: 67, fanOut: 600 },
    { rows: 300, fanIn: 384, fanOut: 131 },
  ];

  describe.each<Dtype>(["float32", "float64"])("in %s", (dtype) => {
    const shared = environment();
    const kernels = fresh.instantiate(core, dtype, "relaxed", shared) as Kernels;
    const { matmulForward: forward } = kernels;
    const TypedArray = dtype === "float32" ? Float32Array : Float64Array;
    const start = dataEnd + panelBytes;
    /** Three blocks of a megabyte each. */
    const view = (index: number, values: ArrayLike<number>) => {
      const block = new TypedArray(shared.memory.buffer, start + index * 2 ** 20, values.length);
      block.set(values);
      return block;
    };

    test.each(shapes)("have the twin's values for %j", (sizes) => {
      const { rows, fanIn, fanOut } = sizes;
      const input = view(0, roundTo(dtype, random(rows * fanIn, 1)));
      const weight = view(1, roundTo(dtype, random(fanIn * fanOut, 2)));
      const result = view(2, new Array(Math.max(rows, fanIn) * Math.max(fanIn, fanOut)).fill(1));
      const [x, w, y] = [input, weight, result].map(({ byteOffset }) => byteOffset);
      const expectResult = (expected: number[]) =>
        expectClose(result.subarray(0, expected.length), expected, tolerances.sum[dtype]);
      forward(x, w, 0, y, y, rows, fanIn, fanOut, 0, 0);
      expectResult(matmulForward(input, weight, undefined, sizes));

      const outputGrad = view(1, roundTo(dtype, random(rows * fanOut, 3)));
      kernels.matmulBackwardWeight(x, w, y, 0, rows, fanIn, fanOut);
      expectResult(matmulBackwardWeight(input, outputGrad, sizes));

      const weights = view(0, roundTo(dtype, random(fanIn * fanOut, 2)));
      kernels.matmulBackwardInput(w, x, y, rows, fanIn, fanOut);
      expectResult(matmulBackwardInput(outputGrad, weights, sizes));
    });

    test("have the same bits for a row alone and among others", () => {
      for (const fanIn of [65, 66, 67]) {
        const [rows, fanOut] = [6, 600];
        const input = view(0, roundTo(dtype, random(rows * fanIn, 1)));
        const weight = view(1, roundTo(dtype, random(fanIn * fanOut, 2)));
        const result = view(2, new Array(rows * fanOut).fill(1));
        const [x, w, y] = [input, weight, result].map(({ byteOffset }) => byteOffset);
        forward(x, w, 0, y, y, rows, fanIn, fanOut, 0, 0);
        const together = result.slice(0, fanOut);
        forward(x, w, 0, y, y, 1, fanIn, fanOut, 0, 0);
        expect(result.slice(0, fanOut)).toEqual(together);
      }
    });

    // The processors these run on have the instruction: x64 since 2013, arm64 always.
    test("round a product and its addition once", () => {
      const epsilon = dtype === "float32" ? 2 ** -13 : 2 ** -27;
      const input = view(0, [1, 1 + epsilon]);
      const weight = view(1, [-1, -1, 1 + epsilon, 1 + epsilon]);
      const result = view(2, [0, 0]);
      forward(input.byteOffset, weight.byteOffset, 0, result.byteOffset, result.byteOffset, 1, 2, 2, 0, 0);
      // (1 + ε)² - 1 = 2ε + ε², of which a rounded product has lost ε².
      expect(result[0]).toBe(2 * epsilon + epsilon ** 2);
    });

    test("call activations through the table", () => {
      const index = shared.table.grow(1);
      shared.table.set(index, kernels.reluForward);
      const [input, weight] = [view(0, [1, -1]), view(1, [2, -3])];
      const result = view(2, [9, 9, 9, 9]);
      forward(input.byteOffset, weight.byteOffset, 0, result.byteOffset, result.byteOffset, 2, 1, 2, index, 0);
      expect(Array.from(result)).toEqual([2, 0, 0, 3]);
    });
  });
});
