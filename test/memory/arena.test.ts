import { setFlagsFromString } from "node:v8";
import { describe, expect, test, vi } from "vitest";
import { core } from "../../build/core.js";
import { normalization } from "../../build/normalization.js";
import { training } from "../../build/training.js";
import { inAll, layoutsOf, none, type OperationName, type Operations, op } from "../../src/kernels/operations.ts";
import { Arena, paddedCount } from "../../src/memory/arena.ts";
import { Program } from "../../src/topology/program.ts";
import { dtypes } from "../kernels/scratch.ts";

const page = 65536;

describe.each(dtypes)("an arena of %s", (dtype) => {
  const bytes = dtype === "float32" ? 4 : 8;

  test("gives out blocks of 1 to 67 elements, each on 16 bytes, one after the other, none in another", () => {
    const arena = new Arena(dtype);
    let end = arena.mark;
    for (let count = 1; count <= 67; count++) {
      const address = arena.allocate(count);
      expect(address % 16).toBe(0);
      expect(address).toBe(end);
      end = Math.ceil((address + count * bytes) / 16) * 16;
      expect(arena.mark).toBe(end);
    }
  });

  test("a block of doubles takes 8 bytes an element", () => {
    const arena = new Arena(dtype);
    const address = arena.allocateDoubles(6);
    expect(arena.mark - address).toBe(48);
    arena.doubles(address, 6).fill(1.1);
    expect(Array.from(arena.doubles(address, 6))).toEqual(Array(6).fill(1.1));
  });

  test("memory never used holds zeros, and a block given out again what it held", () => {
    const arena = new Arena(dtype);
    const mark = arena.mark;
    const address = arena.allocate(5 * page);
    expect(arena.view(address, 5 * page).every((value) => value === 0)).toBe(true);
    arena.view(address, 3).set([1, 2, 3]);
    arena.release(mark);
    expect(arena.allocate(4)).toBe(address);
    expect(Array.from(arena.view(address, 4))).toEqual([1, 2, 3, 0]);
  });

  test("grows by whole pages, only when a block does not fit, and keeps what lies there", () => {
    const arena = new Arena(dtype);
    const before = arena.bytes;
    const filling = arena.allocate((before - arena.mark) / bytes);
    expect(arena.bytes).toBe(before);
    arena.view(filling, 1)[0] = 42;
    arena.allocate(1);
    expect(arena.bytes).toBe(before + page);
    arena.allocate(page / bytes - 16 / bytes);
    expect(arena.bytes).toBe(before + page);
    expect(arena.view(filling, 1)[0]).toBe(42);
  });

  test("a view made before growth is detached, one made after it is not", () => {
    const arena = new Arena(dtype);
    const address = arena.allocate(2);
    const view = arena.view(address, 2);
    view.set([3, 4]);
    arena.allocate(page);
    expect(view.length).toBe(0);
    expect(Array.from(arena.view(address, 2))).toEqual([3, 4]);
  });

  test("releasing detaches the views of what is given back, so that none shows another block's numbers", () => {
    const arena = new Arena(dtype);
    const { mark } = arena;
    const view = arena.view(arena.allocate(4), 4);
    arena.release(mark);
    expect(view.length).toBe(0);
  });

  test("releasing gives back room, not memory", () => {
    const arena = new Arena(dtype);
    const mark = arena.mark;
    arena.allocate(3 * page);
    const { bytes: grown } = arena;
    for (let round = 0; round < 100; round++) {
      arena.release(mark);
      arena.allocate(3 * page);
    }
    expect(arena.bytes).toBe(grown);
  });

  test("a request beyond 4 GiB is refused in a sentence, and the arena goes on", () => {
    const arena = new Arena(dtype);
    const { mark, bytes: before } = arena;
    expect(() => arena.allocate(2 ** 32)).toThrow(
      /^memory: got a request for \d+ bytes in all, need no more than WebAssembly/,
    );
    expect(() => arena.allocate(2 ** 60)).toThrow(RangeError);
    // A block that ended at 2³² would end at 0 for the kernels.
    expect(() => arena.allocate((2 ** 32 - mark) / bytes)).toThrow(RangeError);
    expect([arena.mark, arena.bytes]).toEqual([mark, before]);
    expect(arena.allocate(1)).toBe(mark);
  });

  test("knows the places and fields of the operations of the families that have been added", () => {
    const arena = new Arena(dtype);
    expect(arena.layoutOf("add").fields).toEqual(["a", "b", "output"]);
    expect(arena.layoutOf("add").place).toBeGreaterThanOrEqual(core.firstPlace);
    expect(arena.layoutOf("dropout")).toBeUndefined();
    arena.add(training);
    const fields = ["batch", "input", "output", "offsets", "positions#", "columns#", "stream#", "rate*"];
    expect(arena.layoutOf("dropout").fields).toEqual(fields);
    expect(arena.layoutOf("dropout").place).toBeGreaterThanOrEqual(training.firstPlace);
  });

  test("writes a record: integers of 4 bytes in the order of its fields, floats of 8 on 8 bytes", () => {
    const arena = new Arena(dtype);
    arena.add(training);
    const addresses = Array.from({ length: 4 }, () => arena.allocate(1));
    const [batch, input, output, sums] = addresses;
    // The order of the fields in the object does not matter.
    const fields = { momentum: 0.1, isVariance: -1, average: output, source: input, positions: 7, batch };
    const average = arena.write(op("movingAverage", inAll(1), fields));
    expect(average % 16).toBe(0);
    expect(Array.from(arena.integers(average, 5))).toEqual([batch, 7, input, output, -1]);
    // 20 bytes, 4 of padding, then the momentum.
    expect(arena.doubles(average, 4)[3]).toBe(0.1);
    const limit = arena.write(op("limitColumns", inAll(1), { weights: input, rows: 2, columns: 3, sums, limit: 0.3 }));
    expect(limit).toBeGreaterThanOrEqual(average + 32);
    expect(Array.from(arena.integers(limit, 4))).toEqual([input, 2, 3, sums]);
    expect(arena.doubles(limit, 3)[2]).toBe(0.3);
  });

  test("writes every record within the room that it takes for it", () => {
    const arena = new Arena(dtype);
    for (const family of [training, normalization]) arena.add(family);
    for (const [name, { fields: layout }] of [core, training, normalization].flatMap(layoutsOf)) {
      const fields = Object.fromEntries(layout.map((field) => [field.replace(/[#*]/, ""), -1]));
      arena.write(op<OperationName>(name, inAll(1), fields as unknown as Operations[OperationName]));
      const after = arena.allocateIntegers(4);
      expect(Array.from(arena.integers(after, 4)), name).toEqual([0, 0, 0, 0]);
    }
  });

  test("its kernels work on its memory, those of training once they are added", () => {
    const arena = new Arena(dtype);
    const address = arena.allocate(7);
    arena.view(address, 7).set([1, 2, 3, 4, 5, 6, 7]);
    expect(arena.kernels.firstNonFinite(address, 7)).toBe(7);
    arena.add(training);
    const { kernels } = arena;
    expect(kernels.sum(address, 7)).toBe(28);
    arena.add(training);
    expect(arena.kernels).toBe(kernels);
  });
});

test("its arithmetic is strict, or relaxed where that is asked for and the runtime has it", async () => {
  // Node 20 has relaxed SIMD only behind a flag.
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
  vi.resetModules();
  const fresh = await import("../../src/memory/arena.ts");
  const arenas = [new fresh.Arena("float32"), new fresh.Arena("float32", "relaxed")];
  expect(arenas.map(({ arithmetic }) => arithmetic)).toEqual(["strict", "relaxed"]);
  // (1 + ε)² − 1 = 2ε + ε², of which a rounded product loses ε².
  const epsilon = 2 ** -13;
  const results = arenas.map((arena) => {
    const [input, weight, output] = [arena.allocate(2), arena.allocate(2), arena.allocate(1)];
    arena.view(input, 2).set([1, 1 + epsilon]);
    arena.view(weight, 2).set([-1, 1 + epsilon]);
    const fields = { input, weight, bias: none, output, fanIn: 2, fanOut: 1 };
    const program = Program.of(arena, arena.allocateIntegers(3), [op("denseForward", inAll(1), fields)]);
    program.run(1, { seed: 0, step: 0 });
    return arena.view(output, 1)[0];
  });
  expect(results).toEqual([2 * epsilon, 2 * epsilon + epsilon ** 2]);
});

test("paddedCount rounds up to whole vectors of 16 bytes", () => {
  expect([0, 1, 4, 5, 8].map((count) => paddedCount("float32", count))).toEqual([0, 4, 4, 8, 8]);
  expect([0, 1, 2, 3].map((count) => paddedCount("float64", count))).toEqual([0, 2, 2, 4]);
});
