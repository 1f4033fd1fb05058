import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { core, relaxed, training } from "../../build/module.js";
import { decode } from "../../src/memory/decode.ts";

test("the text of a module stands for the bytes of its file, printable, and is less than a third longer", () => {
  for (const [name, text] of Object.entries({ core, training, relaxed })) {
    const bytes = readFileSync(`build/${name}.wasm`);
    expect(Buffer.compare(decode(text), bytes)).toBe(0);
    expect(text).toMatch(/^[ !#-;=-[\]-_a-~]+$/);
    expect(text.length).toBeLessThan((bytes.length * 4) / 3);
  }
});
