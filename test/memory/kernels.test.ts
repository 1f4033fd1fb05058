import { describe, expect, test } from "vitest";
import { kernelsFor, tableIndex, valuesOf } from "../../src/memory/kernels.ts";
import { instantiate, withTraining } from "../../src/memory/module.ts";

describe("kernelsFor", () => {
  const exports = withTraining(instantiate());
  const names = Object.keys(exports).filter((name) => typeof exports[name as keyof typeof exports] === "function");

  test.each([
    ["float32", "F32"],
    ["float64", "F64"],
  ] as const)("%s: every kernel of that type under its plain name, and those of one type", (dtype, suffix) => {
    const kernels: Record<string, unknown> = { ...kernelsFor(exports, dtype) };
    const typed = names.filter((name) => name.endsWith(suffix));
    const untyped = names.filter((name) => !/F(32|64)$/.test(name));
    expect(typed.length).toBeGreaterThan(50);
    expect(untyped).toContain("orthonormalize");
    expect(Object.keys(kernels).sort()).toEqual([...typed.map((name) => name.slice(0, -3)), ...untyped].sort());
    for (const name of typed) expect(kernels[name.slice(0, -3)]).toBe(exports[name as keyof typeof exports]);
  });

  test("both types have the same kernels", () => {
    expect(Object.keys(kernelsFor(exports, "float32")).sort()).toEqual(
      Object.keys(kernelsFor(exports, "float64")).sort(),
    );
  });
});

describe("tableIndex", () => {
  test("gives the place of a kernel in the function table, one place a call", () => {
    const exports = withTraining(instantiate());
    const kernels = kernelsFor(exports, "float64");
    const before = exports.table.length;
    const indices = [tableIndex(exports, kernels, "tanhForward"), tableIndex(exports, kernels, "reluForward")];
    expect(indices).toEqual([before, before + 1]);
    expect(indices.map((index) => exports.table.get(index))).toEqual([kernels.tanhForward, kernels.reluForward]);
  });

  test("refuses a kernel that is not there with a TypeError", () => {
    const exports = withTraining(instantiate());
    const kernels = kernelsFor(exports, "float32");
    expect(() => tableIndex(exports, kernels, "cubeForward" as "tanhForward")).toThrow(TypeError);
  });
});

test("valuesOf makes zeros of the type", () => {
  expect(valuesOf("float32", 3)).toEqual(new Float32Array(3));
  expect(valuesOf("float64", 2)).toEqual(new Float64Array(2));
});
