import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { core, training } from "../../build/module.js";
import { decode } from "../../src/memory/decode.ts";

test("the texts of a module stand for the bytes of its files, printable, and are less than a third longer", () => {
  for (const [name, parts] of Object.entries({ core, training })) {
    for (const dtype of ["float32", "float64"] as const) {
      const bytes = readFileSync(`build/${name}${dtype.slice(-2)}.wasm`);
      expect(Buffer.compare(decode(parts, dtype), bytes)).toBe(0);
    }
    const text = parts.map((read) => read()).join("");
    expect(text).toMatch(/^[ !#-;=-[\]-_a-~]+$/);
    const length = ["32", "64"].reduce((sum, type) => sum + readFileSync(`build/${name}${type}.wasm`).length, 0);
    expect(text.length).toBeLessThan((length * 4) / 3);
  }
});
