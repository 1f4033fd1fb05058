import { describe, expect, test } from "vitest";
import { tableIndex } from "../../src/memory/kernels.ts";
import { instantiate, withTraining } from "../../src/memory/module.ts";

describe("tableIndex", () => {
  test("gives the place of a kernel in the function table, one place a call", () => {
    const exports = withTraining(instantiate("float64"), "float64");
    const before = exports.table.length;
    const indices = [tableIndex(exports, "tanhForward"), tableIndex(exports, "reluForward")];
    expect(indices).toEqual([before, before + 1]);
    expect(indices.map((index) => exports.table.get(index))).toEqual([exports.tanhForward, exports.reluForward]);
  });

  test("refuses a kernel that is not there with a TypeError", () => {
    const exports = withTraining(instantiate("float32"), "float32");
    expect(() => tableIndex(exports, "cubeForward" as "tanhForward")).toThrow(TypeError);
  });
});
