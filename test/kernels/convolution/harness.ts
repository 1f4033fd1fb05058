/** Runs convolutions on blocks between guard words, their working space as large as it is said to be. */
import { expect } from "vitest";
import { type Dtype, elementBytes, type Values } from "../../../src/kernels/dtype.ts";
import { type Address, none, type Operation } from "../../../src/kernels/operations.ts";
import {
  type ConvolutionShape,
  convolve,
  convolveBackward,
  convolveBackwardBytes,
  convolveBytes,
} from "../../../src/topology/layers/convolution.ts";
import { weightGradient, weightGradientBytes } from "../../../src/topology/layers/convolutionWeights.ts";
import { sizeOf } from "../../../src/topology/layers/layer.ts";
import { random, roundTo, Scratch } from "../scratch.ts";

export const rows = 2;

/** Elements of a row of the input and of the output, and of the weight. */
export function sizesOf({ geometry: g, filters, groups }: ConvolutionShape) {
  return {
    input: sizeOf([g.height, g.width, g.channels]),
    output: sizeOf([g.outputHeight, g.outputWidth, filters]),
    weight: sizeOf([g.kernelHeight, g.kernelWidth, g.channels / groups, filters]),
  };
}

/** What a pass has read and written. */
export interface Pass {
  readonly operations: readonly Operation[];
  readonly result: Values;
}

export class Convolutions {
  readonly #scratch: Scratch;
  readonly #bytes: number;
  /** Rounds as the kernels do. */
  readonly round: (x: number) => number;

  constructor(readonly dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
    this.#bytes = elementBytes[dtype];
    this.round = dtype === "float32" ? Math.fround : (x) => x;
  }

  /** `count` numbers, as elements hold them. */
  numbers(count: number, seed: number): number[] {
    return roundTo(this.dtype, random(count, seed));
  }

  forward(
    shape: ConvolutionShape,
    input: readonly number[],
    weight: readonly number[],
    bias?: readonly number[],
  ): Pass {
    const room = { elementBytes: this.#bytes, space: this.#space(convolveBytes(shape, this.#bytes)) };
    return this.#pass(sizesOf(shape).output * rows, (output) => [
      convolve(shape, {
        ...room,
        input: this.#input(input),
        weight: this.#input(weight),
        bias: this.#input(bias),
        output,
      }),
    ]);
  }

  backward(
    shape: ConvolutionShape,
    grad: readonly number[],
    weight: readonly number[],
    bias?: readonly number[],
  ): Pass {
    const room = { elementBytes: this.#bytes, space: this.#space(convolveBackwardBytes(shape, this.#bytes)) };
    const blocks = { ...room, input: this.#input(grad), weight: this.#input(weight), bias: this.#input(bias) };
    return this.#pass(sizesOf(shape).input * rows, (output) => convolveBackward(shape, { ...blocks, output }));
  }

  /** @param cut the filter at which the second part of the work begins, 0 for one part */
  weights(shape: ConvolutionShape, input: readonly number[], grad: readonly number[], cut = 0): Pass {
    const room = {
      elementBytes: this.#bytes,
      space: this.#space(weightGradientBytes(shape, this.#bytes)),
      batch: none,
    };
    const blocks = { ...room, input: this.#input(input), outputGrad: this.#input(grad) };
    const operations = (weightGrad: Address) => [weightGradient(shape, { ...blocks, weightGrad })];
    return this.#pass(sizesOf(shape).weight, operations, cut);
  }

  #pass(size: number, operationsOf: (output: Address) => readonly Operation[], cut = 0): Pass {
    const output = this.#scratch.output(size);
    const operations = operationsOf(output.address as Address);
    for (const { name, work, fields } of operations) {
      const { batch: _, ...others } = fields as unknown as Record<string, number>;
      const end = work.per === "row" ? rows : work.units;
      if (cut > 0) this.#scratch.run(name, others as never, cut, { rows });
      this.#scratch.run(name, others as never, end, { begin: cut, rows });
    }
    const result = this.#scratch.read(output);
    this.#scratch.expectIntact();
    return { operations, result };
  }

  #input(values?: readonly number[]): Address {
    return values ? (this.#scratch.input(values) as Address) : none;
  }

  #space(bytes: number): Address {
    return this.#scratch.doubles(Math.ceil(bytes / 8)).address as Address;
  }
}

/** Fails unless all numbers are the same. */
export function expectSame(actual: ArrayLike<number>, expected: readonly number[], shape: ConvolutionShape): void {
  const index = expected.findIndex((value, place) => actual[place] !== value);
  if (index >= 0) expect.fail(`${JSON.stringify(shape)}: got ${actual[index]} at ${index}, need ${expected[index]}`);
  expect(actual).toHaveLength(expected.length);
}
