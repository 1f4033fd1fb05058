import { setFlagsFromString } from "node:v8";
import { describe, expect, test, vi } from "vitest";
import { attention } from "../../build/attention.js";
import { attentionTraining } from "../../build/attentionTraining.js";
import { convolution } from "../../build/convolution.js";
import { convolutionTraining } from "../../build/convolutionTraining.js";
import { core } from "../../build/core.js";
import { elementary } from "../../build/elementary.js";
import { embedding } from "../../build/embedding.js";
import { normalization } from "../../build/normalization.js";
import { recurrent } from "../../build/recurrent.js";
import { training } from "../../build/training.js";
import type { Dtype } from "../../src/kernels/dtype.ts";
import { dataEnd, type Environment, instantiate, supportedArithmetic, tableSize } from "../../src/kernels/instance.ts";
import {
  type Address,
  batchIntegers,
  inAll,
  none,
  type OperationName,
  type Operations,
  op,
} from "../../src/kernels/operations.ts";
import { Program } from "../../src/topology/program.ts";
import {
  denseBackwardBias,
  denseBackwardInput,
  denseBackwardWeight,
  denseForward,
  type Sizes,
} from "../reference/products/dense.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { random, roundTo } from "./scratch.ts";

const families = [
  core,
  training,
  normalization,
  convolution,
  convolutionTraining,
  recurrent,
  embedding,
  attention,
  attentionTraining,
  elementary,
];

/** A memory of four megabytes behind the families' data and the panels. */
function environment(): Environment {
  const table = new WebAssembly.Table({ initial: tableSize, element: "anyfunc" });
  return { memory: new WebAssembly.Memory({ initial: 66, maximum: 65536 }), table, panels: dataEnd };
}

// Node 20 has relaxed SIMD only behind a flag.
const isBehindFlag = process.versions.node.startsWith("20.");
const supportedWithoutFlag = supportedArithmetic("relaxed");
if (isBehindFlag) setFlagsFromString("--experimental-wasm-relaxed-simd");
vi.resetModules();
const fresh = await import("../../src/kernels/instance.ts");
const { Arena: FreshArena } = await import("../../src/memory/arena.ts");

test("relaxed is what is supported where the runtime has relaxed SIMD, else strict", () => {
  expect(supportedWithoutFlag).toBe(isBehindFlag ? "strict" : "relaxed");
  expect(fresh.supportedArithmetic("relaxed")).toBe("relaxed");
  expect(fresh.supportedArithmetic("strict")).toBe("strict");
});

test.each<Dtype>(["float32", "float64"])("each family of %s has data and operations where no other has", (dtype) => {
  const shared = environment();
  const operations = families.map(({ operations: groups }) => groups.flatMap(([, names]) => names.split(" ")).length);
  const bytes = new Uint8Array(shared.memory.buffer);
  const slotBytes = dataEnd / (families.length + 1);
  const kernels = {};
  families.forEach((family, index) => {
    bytes.fill(0);
    Object.assign(kernels, instantiate(family, dtype, "strict", shared, kernels));
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
    const arena = new FreshArena(dtype, "relaxed");
    arena.add(training);
    const batch = arena.allocateIntegers(batchIntegers);
    const block = (values: ArrayLike<number>) => {
      const address = arena.allocate(values.length);
      arena.view(address, values.length).set(values);
      return address;
    };
    const run = <Name extends OperationName>(name: Name, units: number, fields: Operations[Name], rows = 1) => {
      const operation = op<OperationName>(name, inAll(units), fields);
      Program.of(arena, batch, [operation]).run(rows, { seed: 0, step: 0 });
    };
    /** output of `rows` rows, without bias. */
    const forward = (input: Address, weight: Address, { rows, fanIn, fanOut }: Sizes) => {
      const output = arena.allocate(rows * fanOut);
      run("denseForward", rows, { input, weight, bias: none, output, fanIn, fanOut });
      return arena.view(output, rows * fanOut);
    };

    test.each(shapes)("have the twin's values for %j", (sizes) => {
      const { rows, ...widths } = sizes;
      const { fanIn, fanOut } = widths;
      const values = (count: number, seed: number) => roundTo(dtype, random(count, seed));
      const [x, w, grad] = [values(rows * fanIn, 1), values(fanIn * fanOut, 2), values(rows * fanOut, 3)];
      const [input, weight, outputGrad] = [x, w, grad].map(block);
      const tolerance = tolerances.sum[dtype];
      expectClose(forward(input, weight, sizes), denseForward(x, w, undefined, sizes), tolerance);

      const weightGrad = arena.allocate(fanIn * fanOut);
      run("denseBackwardWeight", fanIn, { batch, positions: 1, input, outputGrad, weightGrad, ...widths }, rows);
      expectClose(arena.view(weightGrad, fanIn * fanOut), denseBackwardWeight(x, grad, sizes), tolerance);

      const biasGrad = arena.allocate(fanOut);
      run("denseBackwardBias", fanOut, { batch, positions: 1, outputGrad, biasGrad, fanOut }, rows);
      expectClose(arena.view(biasGrad, fanOut), denseBackwardBias(grad, sizes), tolerance);

      const inputGrad = arena.allocate(rows * fanIn);
      run("denseBackwardInput", rows, { outputGrad, weight, inputGrad, ...widths });
      expectClose(arena.view(inputGrad, rows * fanIn), denseBackwardInput(grad, w, sizes), tolerance);
    });

    test("have the same bits for a row alone and among others", () => {
      for (const fanIn of [65, 66, 67]) {
        const [rows, fanOut] = [6, 600];
        const input = block(roundTo(dtype, random(rows * fanIn, 1)));
        const weight = block(roundTo(dtype, random(fanIn * fanOut, 2)));
        const together = forward(input, weight, { rows, fanIn, fanOut }).slice(0, fanOut);
        expect(forward(input, weight, { rows: 1, fanIn, fanOut })).toEqual(together);
      }
    });

    // The processors these run on have the instruction: x64 since 2013, arm64 always.
    test("round a product and its addition once", () => {
      const epsilon = dtype === "float32" ? 2 ** -13 : 2 ** -27;
      const weight = block([-1, -1, 1 + epsilon, 1 + epsilon]);
      const [result] = forward(block([1, 1 + epsilon]), weight, { rows: 1, fanIn: 2, fanOut: 2 });
      // (1 + ε)² - 1 = 2ε + ε², of which a rounded product has lost ε².
      expect(result).toBe(2 * epsilon + epsilon ** 2);
    });
  });
});
