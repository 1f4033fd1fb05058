import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { convolution } from "../../build/convolution.js";
import { convolutionTraining } from "../../build/convolutionTraining.js";
import { core } from "../../build/core.js";
import { normalization } from "../../build/normalization.js";
import { training } from "../../build/training.js";
import { decode } from "../../src/kernels/decode.ts";

test("the texts of a module stand for the bytes of its files, printable, and are less than a third longer", () => {
  for (const { name, text } of [core, training, normalization, convolution, convolutionTraining]) {
    for (const dtype of ["float32", "float64"] as const) {
      const bytes = readFileSync(`build/${name}${dtype.slice(-2)}.wasm`);
      expect(Buffer.compare(decode(text!, dtype), bytes)).toBe(0);
    }
    const whole = text!.map((read) => read()).join("");
    expect(whole).toMatch(/^[ !#-;=-[\]-_a-~]+$/);
    const length = ["32", "64"].reduce((sum, type) => sum + readFileSync(`build/${name}${type}.wasm`).length, 0);
    expect(whole.length).toBeLessThan((length * 4) / 3);
  }
});
