/** Kernels on sequences that differ in length: each sequence has the bits that it has alone, and nothing else is written. */
import { describe, expect, test } from "vitest";
import { type Dtype, elementBytes } from "../../../src/kernels/dtype.ts";
import { type Address, none, type Operation, op } from "../../../src/kernels/operations.ts";
import {
  convolve,
  convolveBackward,
  convolveBackwardBytes,
  convolveBytes,
  phaseTables,
  someTable,
} from "../../../src/topology/layers/convolution.ts";
import { weightGradient, weightGradientBytes } from "../../../src/topology/layers/convolutionWeights.ts";
import type { WindowTable } from "../../../src/topology/layers/layer.ts";
import { stepsBy } from "../../../src/topology/layers/lengths.ts";
import {
  type Geometry,
  geometryOf,
  type Windows,
  windowBlocks,
  windowRule,
} from "../../../src/topology/layers/window.ts";
import { Sequences } from "../../../src/topology/sequences.ts";
import { BlockSum } from "../../reference/products/product.ts";
import { type Block, dtypes, isDebugBuild, random, roundTo, Scratch } from "../scratch.ts";

/** Longest first and last, so that each shorter one follows one whose steps must not be seen. */
const lengths = [11, 4, 5, 8, 6, 11];
const longest = 11;

const windowsOf = (size: number, stride = 1, dilation = 1, padding: Windows["padding"] = "valid"): Windows => ({
  ...{ size: [size], stride: [stride], dilation: [dilation], padding },
});

const pads: readonly Windows["padding"][] = ["valid", "same", "causal", [[2, 1]], [[0, 3]]];
const kinds = pads.flatMap((padding) => [
  windowsOf(1, 3, 1, padding),
  windowsOf(2, 2, 3, padding),
  windowsOf(3, 1, 1, padding),
  windowsOf(3, 2, 1, padding),
  windowsOf(4, 3, 1, padding),
  windowsOf(2, 4, 2, padding),
  windowsOf(4, 13, 1, padding),
]);

/** Channels, filters and groups: products of one filter, of less than a vector, of several bands; depthwise ones of all forms. */
const features: readonly (readonly [channels: number, filters: number, groups: number])[] = [
  [1, 1, 1],
  [3, 2, 1],
  [4, 21, 1],
  [4, 6, 2],
  [5, 10, 5],
  [8, 8, 8],
  [16, 8, 8],
];

const shown = (windows: Windows, more: unknown) => JSON.stringify([windows, more]);

/** Sequences of some windows in a memory, one after the other or each alone. */
class Kernels {
  readonly scratch: Scratch;

  constructor(readonly dtype: Dtype) {
    this.scratch = new Scratch(dtype);
  }

  get elementBytes(): number {
    return elementBytes[this.dtype];
  }

  numbers(count: number, seed: number): number[] {
    return roundTo(this.dtype, random(count, seed));
  }

  space(bytes: number): Address {
    return this.scratch.doubles(Math.ceil(bytes / 8)).address as Address;
  }

  /** Returns tables of windows on sequences so long. */
  tables(windows: Windows, given: readonly WindowTable[]): Address[] {
    const sequences = new Sequences(this.scratch.arena, lengths.length);
    const outputs = sequences.by(windowRule(windows));
    const tables = given.map((table) => sequences.addTable(table, sequences, outputs));
    sequences.set(Uint32Array.from(lengths));
    return tables;
  }

  /** Runs operations in two parts, as two threads would. @returns what they write */
  run(output: Block, operations: readonly Operation[], rows: number): number[] {
    for (const { name, work, fields } of operations) {
      const { batch: _, ...others } = fields as unknown as Record<string, number>;
      const end = work.per === "row" ? rows : work.units;
      // A part begins at a multiple of 4 units.
      const cut = work.per === "row" ? Math.floor(rows / 2) : 4 * Math.floor(end / 8);
      if (cut > 0) this.scratch.run(name, others as never, cut, { rows });
      this.scratch.run(name, others as never, end, { begin: cut, rows });
    }
    const result = Array.from(this.scratch.read(output));
    this.scratch.expectIntact();
    return result;
  }
}

const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);

/** Cuts numbers into those of each sequence. */
function cut(values: readonly number[], sizes: readonly number[], width: number): number[][] {
  return sizes.map((size, row) => {
    const start = total(sizes.slice(0, row)) * width;
    return values.slice(start, start + size * width);
  });
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new Kernels(dtype);
  const { scratch, elementBytes } = kernels;
  const table = (windows: Windows) => windowBlocks(windows, true).windows!;

  describe.each(features)("convolutions of %i channels to %i, in %i groups", (channels, filters, groups) => {
    const weights = kernels.numbers(4 * (channels / groups) * filters, 1);
    const biases = kernels.numbers(filters, 2);
    const shapeOf = (windows: Windows, steps: number, sequences = none) => ({
      ...{ geometry: geometryOf("test", windows, [steps, channels], sequences), filters, groups },
    });

    test("forward", () => {
      for (const windows of kinds) {
        const outputs = lengths.map((steps) => stepsBy(windowRule(windows), steps));
        const weight = weights.slice(0, windows.size[0] * (channels / groups) * filters);
        const run = (values: readonly number[], count: number, rows: number, steps: number, sequences: Address) => {
          const shape = shapeOf(windows, steps, sequences);
          const output = scratch.output(count * filters);
          const addresses = {
            ...{ elementBytes, space: kernels.space(convolveBytes(shape, elementBytes)) },
            ...{ input: scratch.input(values) as Address, weight: scratch.input(weight) as Address },
            ...{ bias: scratch.input(biases) as Address, output: output.address as Address },
          };
          return kernels.run(output, [convolve(shape, addresses)], rows);
        };
        const values = kernels.numbers(total(lengths) * channels, 3);
        const [sequences] = kernels.tables(windows, [table(windows)]);
        const together = run(values, total(outputs), lengths.length, longest, sequences);
        const alone = cut(values, lengths, channels).map((each, row) => run(each, outputs[row], 1, lengths[row], none));
        expect(together, shown(windows, "forward")).toEqual(alone.flat());
      }
    });

    test("backward", () => {
      for (const windows of kinds) {
        const outputs = lengths.map((steps) => stepsBy(windowRule(windows), steps));
        const weight = weights.slice(0, windows.size[0] * (channels / groups) * filters);
        const run = (grads: readonly number[], count: number, rows: number, steps: number, tables?: Address[]) => {
          const shape = shapeOf(windows, steps, tables ? someTable : none);
          const output = scratch.output(count * channels);
          const addresses = {
            ...{ elementBytes, space: kernels.space(convolveBackwardBytes(shape, elementBytes, tables)) },
            ...{ input: scratch.input(grads) as Address, weight: scratch.input(weight) as Address },
            ...{ bias: none, output: output.address as Address },
          };
          return kernels.run(output, convolveBackward(shape, addresses, tables), rows);
        };
        const grads = kernels.numbers(total(outputs) * filters, 3);
        const tables = kernels.tables(windows, phaseTables(windows, longest));
        const together = run(grads, total(lengths), lengths.length, longest, tables);
        const alone = cut(grads, outputs, filters).map((each, row) => run(each, lengths[row], 1, lengths[row]));
        expect(together, shown(windows, "backward")).toEqual(alone.flat());
      }
    });

    test("weights: the sum over the steps of one sequence after the other", () => {
      const round = dtype === "float32" ? Math.fround : (x: number) => x;
      const [inGroup, ofGroup] = [channels / groups, filters / groups];
      for (const windows of kinds) {
        const outputs = lengths.map((steps) => stepsBy(windowRule(windows), steps));
        const [input, grads] = [total(lengths) * channels, total(outputs) * filters].map((count, seed) =>
          kernels.numbers(count, seed + 5),
        );
        const [sequences] = kernels.tables(windows, [table(windows)]);
        const shape = shapeOf(windows, longest, sequences);
        const output = scratch.output(windows.size[0] * inGroup * filters);
        const addresses = {
          ...{ elementBytes, space: kernels.space(weightGradientBytes(shape, elementBytes)), batch: none },
          ...{ input: scratch.input(input) as Address, outputGrad: scratch.input(grads) as Address },
        };
        const operation = weightGradient(shape, { ...addresses, weightGrad: output.address as Address });
        const result = kernels.run(output, [operation], lengths.length);
        const steps = cut(input, lengths, channels);
        const gradients = cut(grads, outputs, filters);
        const expected = result.map((_, index) => {
          const filter = index % filters;
          const [tap, channel] = [Math.floor(index / filters / inGroup), Math.floor(index / filters) % inGroup];
          const from = Math.floor(filter / ofGroup) * inGroup + channel;
          const sum = new BlockSum(round);
          lengths.forEach((length, row) => {
            const { padLeft } = table(windows).windowsOn(length);
            for (let x = 0; x < outputs[row]; x++) {
              const at = x * windows.stride[0] + tap * windows.dilation[0] - padLeft;
              const seen = at >= 0 && at < length ? steps[row][at * channels + from] : 0;
              sum.add(row, round(seen * gradients[row][x * filters + filter]));
            }
          });
          return sum.value;
        });
        expect(result, shown(windows, "weights")).toEqual(expected);
      }
    });
  });

  test.each([1, 3, 4, 9])("pooling of %i channels, forward and backward", (channels) => {
    // No window has nothing but padding.
    const pooling = kinds.filter(({ size: [size], dilation: [dilation], padding }) => {
      return dilation === 1 && (typeof padding === "string" || padding[0].every((zeros) => zeros < size));
    });
    expect(pooling.length).toBeGreaterThan(10);
    for (const windows of pooling) {
      const outputs = lengths.map((steps) => stepsBy(windowRule(windows), steps));
      const [inputs, grads] = [lengths, outputs].map((sizes, seed) =>
        kernels.numbers(total(sizes) * channels, seed + 2),
      );
      // Each pass makes its blocks anew, the table among them.
      const run = (geometry: () => Geometry, values: readonly number[], gradients: readonly number[], rows: number) => {
        const count = gradients.length;
        const pass = (name: "sumWindows" | "maxPoolForward", to: "sums" | "output", from: "image" | "input") => {
          const output = scratch.output(count);
          const fields = { ...geometry(), isMean: 1, [from]: scratch.input(values), [to]: output.address };
          return kernels.run(output, [op(name, { per: "row", units: 1 }, fields as never)], rows);
        };
        const maxima = pass("maxPoolForward", "output", "input");
        const sums = pass("sumWindows", "sums", "image");
        const back = (name: "spreadWindows" | "maxPoolBackward", fields: object, to: "image" | "inputGrad") => {
          const output = scratch.output(values.length);
          const all = { ...geometry(), isMean: 1, ...fields, [to]: output.address };
          return kernels.run(output, [op(name, { per: "row", units: 1 }, all as never)], rows);
        };
        const spread = back("spreadWindows", { sums: scratch.input(gradients) }, "image");
        const ofMaxima = {
          ...{ input: scratch.input(values), output: scratch.input(maxima), outputGrad: scratch.input(gradients) },
        };
        return [maxima, sums, spread, back("maxPoolBackward", ofMaxima, "inputGrad")];
      };
      const ofAll = () =>
        geometryOf("test", windows, [longest, channels], kernels.tables(windows, [table(windows)])[0]);
      const together = run(ofAll, inputs, grads, lengths.length);
      const parts = [cut(inputs, lengths, channels), cut(grads, outputs, channels)];
      const alone = lengths.map((steps, row) =>
        run(() => geometryOf("test", windows, [steps, channels]), parts[0][row], parts[1][row], 1),
      );
      together.forEach((values, pass) => {
        expect(values, shown(windows, pass)).toEqual(alone.flatMap((passes) => passes[pass]));
      });
    }
  });

  test.runIf(isDebugBuild)("traps at sequences of images that are higher than 1", () => {
    const windows = { size: [2, 2], stride: [1, 1], dilation: [1, 1], padding: "valid" } as const;
    const geometry = geometryOf("test", windows, [3, 3, 2], someTable);
    for (const groups of [1, 2]) {
      const shape = { geometry, filters: 2, groups };
      const output = scratch.output(64).address as Address;
      const blocks = { elementBytes, space: output, input: output, output, weight: output, bias: none };
      const gradient = { elementBytes, space: output, input: output, batch: none, outputGrad: output };
      for (const { name, fields } of [
        convolve(shape, blocks),
        weightGradient(shape, { ...gradient, weightGrad: output }),
      ]) {
        const { batch: _, ...others } = fields as unknown as Record<string, number>;
        expect(() => scratch.run(name, others as never, 1, { rows: 1 })).toThrow("sequences are images of height 1");
      }
    }
  });
});
