/** Convolutions and their gradients, in shapes of real networks, as a share of the machine's peak. */
import { type Dtype, elementBytes } from "#dist/kernels/dtype.js";
import { type Arithmetic, supportedArithmetic } from "#dist/kernels/instance.js";
import { none } from "#dist/kernels/operations.js";
import {
  type ConvolutionShape,
  convolve,
  convolveBackward,
  convolveBackwardBytes,
  convolveBytes,
} from "#dist/topology/layers/convolution.js";
import { weightGradient, weightGradientBytes } from "#dist/topology/layers/convolutionWeights.js";
import { geometryOf } from "#dist/topology/layers/window.js";
import * as reference from "../test/reference/convolution/convolution.ts";
import { convolutionBackwardWeight } from "../test/reference/convolution/weights.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";
import { Scratch } from "./scratch.ts";

const passes = ["forward", "input gradient", "weight gradient"] as const;
type Pass = (typeof passes)[number];

/** The shares of the peak that the passes must reach, in the order of the passes. */
type Goals = readonly (number | undefined)[];

interface Shape {
  /** The number of images or sequences in a batch. */
  readonly rows: number;
  /** The pixels across and down, or the steps. */
  readonly side: number;
  readonly channels: number;
  readonly filters: number;
  readonly size: number;
  readonly stride?: number;
  readonly isSequence?: boolean;
  /** True if each channel has its own filter. */
  readonly isDepthwise?: boolean;
  /** The goals in float32. A first layer's input has no gradient. */
  readonly strict?: Goals;
  readonly relaxed?: Goals;
  /** True if it is also measured in float64. */
  readonly isMain?: boolean;
}

const image = { size: 3 };
const sequence = { size: 3, isSequence: true };
const firstLayer = { strict: [0.63, undefined, 0.65], relaxed: [0.85, undefined, 0.7] };
const winograd = { strict: [1.55, 1.55, 1.4], relaxed: [1.85, 1.85, 1.6] };
const depthwise = { ...image, isDepthwise: true, strict: [0.5, 0.5, 0.47] };
const direct = { strict: [0.75, 0.75, 0.7], relaxed: [0.9, 0.9, 0.9] };

/** Padding is "same". Winograd's algorithm (`suitsWinograd`) computes most of the 3 × 3, and may exceed the peak. */
const shapes: readonly Shape[] = [
  { ...image, rows: 32, side: 28, channels: 1, filters: 8, ...firstLayer, isMain: true },
  { ...image, rows: 32, side: 14, channels: 8, filters: 16, strict: [0.9, 0.9, 0.9], isMain: true },
  { ...image, rows: 8, side: 32, channels: 3, filters: 32, ...firstLayer },
  { ...image, rows: 8, side: 32, channels: 32, filters: 32, strict: [1.35, 1.35, 1.3], isMain: true },
  { ...image, rows: 16, side: 16, channels: 32, filters: 64, strict: [1.45, 1.45, 1.35] },
  { ...image, rows: 16, side: 16, channels: 64, filters: 64, ...winograd, isMain: true },
  { ...image, rows: 32, side: 8, channels: 64, filters: 128, strict: [1.55, 1.55, 1.25] },
  { ...image, rows: 32, side: 7, channels: 64, filters: 64, ...direct, isMain: true },
  { rows: 16, side: 16, channels: 32, filters: 32, size: 5, ...direct },
  { ...image, rows: 8, side: 32, channels: 32, filters: 64, stride: 2, ...direct },
  { rows: 16, side: 16, channels: 64, filters: 64, size: 1, ...direct },
  { ...depthwise, rows: 8, side: 32, channels: 32, filters: 32, isMain: true },
  { ...depthwise, rows: 16, side: 16, channels: 64, filters: 64 },
  { ...depthwise, rows: 8, side: 14, channels: 256, filters: 256 },
  { ...depthwise, rows: 8, side: 32, channels: 64, filters: 64, size: 5, stride: 2 },
  { ...sequence, rows: 8, side: 128, channels: 64, filters: 64, ...direct, isMain: true },
  { ...sequence, rows: 32, side: 50, channels: 16, filters: 32, ...direct, strict: [0.72, 0.72, 0.7] },
];

export function convolution(rounds: number): Bench[] {
  return [benchOf("float32", "strict", rounds), benchOf("float64", "strict", rounds)];
}

/** The same with fused multiply-add. Returns none if the runtime has no relaxed SIMD, such as Node 20. */
export function convolutionRelaxed(rounds: number): Bench[] {
  return supportedArithmetic("relaxed") === "relaxed" ? [benchOf("float32", "relaxed", rounds)] : [];
}

function benchOf(dtype: Dtype, arithmetic: Arithmetic, rounds: number): Bench {
  return {
    title: `convolutions, ${dtype}${arithmetic === "strict" ? "" : `, ${arithmetic}`}`,
    unit: "GFLOP/s",
    versus: "peak",
    *rows() {
      const peak = peakWork(dtype);
      for (const shape of dtype === "float32" ? shapes : shapes.filter(({ isMain }) => isMain)) {
        for (const pass of shape.channels < 8 ? (["forward", "weight gradient"] as const) : passes) {
          yield measure(workOf(new Scratch(dtype, arithmetic), pass, shape, arithmetic), peak, rounds);
        }
      }
    },
  };
}

/** Returns a name: "32² × 3 → 32, 5 × 5, stride 2", for a sequence "128 × 64 → 64, 3", "32² × 32, depthwise, 3 × 3". */
function nameOf({ side, channels, filters, size, stride, isSequence, isDepthwise }: Shape): string {
  const [sides, window] = isSequence ? [side, size] : [`${side}²`, `${size} × ${size}`];
  const features = isDepthwise ? `${channels}, depthwise` : `${channels} → ${filters}`;
  return `${sides} × ${features}, ${window}${stride ? `, stride ${stride}` : ""}`;
}

function shapeOf({ side, channels, filters, size, stride = 1, isSequence, isDepthwise }: Shape): ConvolutionShape {
  const sides = (value: number) => (isSequence ? [value] : [value, value]);
  const windows = { size: sides(size), stride: sides(stride), dilation: sides(1), padding: "same" } as const;
  return {
    geometry: geometryOf("convolution", windows, [...sides(side), channels]),
    filters,
    groups: isDepthwise ? channels : 1,
  };
}

const identity = (x: number) => x;

function workOf(scratch: Scratch, pass: Pass, sizes: Shape, arithmetic: Arithmetic): Work {
  const { rows, filters, channels } = sizes;
  const name = `${nameOf(sizes)}: ${pass}`;
  const shape = shapeOf(sizes);
  const { height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } = shape.geometry;
  const fanIn = (kernelHeight * kernelWidth * channels) / shape.groups;
  const outputs = rows * outputHeight * outputWidth * filters;
  const counts = [rows * height * width * channels, fanIn * filters, filters, outputs];
  const [input, weight, bias, grads] = counts.map((count) => scratch.random(count));
  const [x, w, b, g] = [input, weight, bias, grads].map(({ address }) => address);
  const result = scratch.zeros(Math.max(...counts));
  const bytes = elementBytes[scratch.dtype];
  const ofAll = { elementBytes: bytes };
  const run = {
    forward: () => {
      const space = scratch.space(convolveBytes(shape, bytes));
      return scratch.program(
        () => [convolve(shape, { ...ofAll, space, input: x, weight: w, bias: b, output: result.address })],
        rows,
      );
    },
    "input gradient": () => {
      const space = scratch.space(convolveBackwardBytes(shape, bytes));
      const blocks = { ...ofAll, space, input: g, weight: w, bias: none, output: result.address };
      return scratch.program(() => convolveBackward(shape, blocks), rows);
    },
    "weight gradient": () => {
      const space = scratch.space(weightGradientBytes(shape, bytes));
      const blocks = { ...ofAll, space, input: x, outputGrad: g, weightGrad: result.address };
      return scratch.program((batch) => [weightGradient(shape, { ...blocks, batch })], rows);
    },
  }[pass]();
  const expected = {
    forward: () => reference.convolution(shape, rows, input.view(), weight.view(), bias.view(), identity),
    "input gradient": () =>
      reference.convolutionBackward(shape, rows, grads.view(), weight.view(), undefined, identity),
    "weight gradient": () => convolutionBackwardWeight(shape, rows, input.view(), grads.view(), identity),
  }[pass];
  const goals = scratch.dtype === "float32" ? sizes[arithmetic] : undefined;
  return {
    name,
    run,
    check: () => compare(name, result.view(), expected(), scratch.tolerance),
    // The operations of the plain definition, padding included.
    count: 2 * outputs * fanIn,
    goalRatio: goals?.[passes.indexOf(pass)],
  };
}
