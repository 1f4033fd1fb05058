/** Pooling of images, forward and back, compared with plain loops; float32. An element is one of the image. */

import { none } from "#dist/kernels/operations.js";
import type { Geometry } from "../src/topology/layers/window.ts";
import { maxPoolBackward, maxPoolForward } from "../test/reference/pooling/max.ts";
import { spreadWindows, sumWindows } from "../test/reference/pooling/sum.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { Scratch } from "./scratch.ts";

/** The images in a batch. */
const rows = 16;

interface Shape {
  readonly side: number;
  readonly channels: number;
  readonly size: number;
  readonly stride: number;
  /** The goals of max pooling, forward and back, in nanoseconds an element. */
  readonly goals?: readonly [number, number];
}

const shapes: readonly Shape[] = [
  { side: 28, channels: 8, size: 2, stride: 2, goals: [0.12, 0.25] },
  { side: 14, channels: 16, size: 2, stride: 2, goals: [0.12, 0.25] },
  { side: 28, channels: 6, size: 2, stride: 2 },
  { side: 28, channels: 1, size: 2, stride: 2 },
  { side: 28, channels: 8, size: 3, stride: 2 },
];

export function pooling(rounds: number): Bench[] {
  return [
    {
      title: "pooling, float32",
      unit: "ns/element",
      versus: "JavaScript",
      *rows() {
        for (const shape of shapes) for (const works of worksOf(shape)) yield measure(...works, rounds);
      },
    },
  ];
}

function geometryOf({ side, channels, size, stride }: Shape): Geometry {
  const windows = Math.floor((side - size) / stride) + 1;
  return {
    ...{ height: side, width: side, channels, kernelHeight: size, kernelWidth: size },
    ...{ strideHeight: stride, strideWidth: stride, dilationHeight: 1, dilationWidth: 1, padTop: 0, padLeft: 0 },
    ...{ outputHeight: windows, outputWidth: windows, sequences: none },
  };
}

/** The arrays of a loop: x image, y result of its windows, g gradient of y, out gradient of x. */
type Arrays = Readonly<Record<"x" | "y" | "g" | "out", Float32Array>>;

/**
 * Returns a loop over the windows of images. It is made from text, like those of javascript.ts.
 *
 * @param before the statements at the start of window o
 * @param body the statements for each element i of it
 * @param after the statements at its end
 */
function windowLoop(geometry: Geometry, before: string, body: string, after: string): (arrays: Arrays) => void {
  const { height, width, channels, kernelHeight, strideHeight, outputHeight, outputWidth } = geometry;
  const run = new Function(
    ...["x", "y", "g", "out"],
    `out.fill(0);
    for (let row = 0, o = 0; row < ${rows}; row++)
      for (let line = 0; line < ${outputHeight}; line++)
        for (let column = 0; column < ${outputWidth}; column++)
          for (let channel = 0; channel < ${channels}; channel++, o++) {
            ${before}
            for (let down = 0; down < ${kernelHeight}; down++)
              for (let across = 0; across < ${kernelHeight}; across++) {
                const y0 = row * ${height} + line * ${strideHeight} + down;
                const i = (y0 * ${width} + column * ${strideHeight} + across) * ${channels} + channel;
                ${body}
              }
            ${after}
          }`,
  );
  return ({ x, y, g, out }) => run(x, y, g, out);
}

/** Returns the kernels, each with a loop in JavaScript. */
function worksOf(shape: Shape): [Work, Work][] {
  const scratch = new Scratch("float32");
  const geometry = geometryOf(shape);
  const { height, width, channels, outputHeight, outputWidth } = geometry;
  const count = rows * height * width * channels;
  const windows = rows * outputHeight * outputWidth * channels;
  const [image, gradients, out] = [scratch.random(count), scratch.random(windows), scratch.zeros(count)];
  const [maxima, sums] = [scratch.zeros(windows), scratch.zeros(windows)];
  const [pixels, grads] = [image, gradients].map(({ view }) => Array.from(view()));
  const largest = maxPoolForward(pixels, geometry);
  maxima.view().set(largest);

  /** @param written the block that the kernel writes; the loop writes `ofLoop`. @param javascript the three parts of the loop */
  const pair = (
    what: string,
    call: () => void,
    written: typeof out,
    ofLoop: "y" | "out",
    javascript: readonly [string, string, string],
    expected: readonly number[],
    goal?: number,
  ): [Work, Work] => {
    const name = `${what} ${shape.size} × ${shape.size} by ${shape.stride} of ${height} × ${width} × ${channels}`;
    const [x, y, g] = [pixels, largest, grads].map((values) => Float32Array.from(values));
    const arrays: Arrays = { x, y, g, out: new Float32Array(count) };
    const run = windowLoop(geometry, ...javascript);
    const check = (values: () => ArrayLike<number>) => () => compare(name, values(), expected, scratch.tolerance);
    return [
      { name, count, goal, run: call, check: check(written.view) },
      { name: `${name} in JavaScript`, count, run: () => run(arrays), check: check(() => arrays[ofLoop]) },
    ];
  };

  const [x, y, g] = [image, maxima, gradients].map(({ address }) => address);
  const backward = { input: x, output: y, outputGrad: g, inputGrad: out.address };
  const means = { ...geometry, isMean: 1 };
  const kernels = {
    max: scratch.call("maxPoolForward", { ...geometry, input: x, output: sums.address }, rows),
    maxBackward: scratch.call("maxPoolBackward", { ...geometry, ...backward }, rows),
    mean: scratch.call("sumWindows", { ...means, image: x, sums: sums.address }, rows),
    meanBackward: scratch.call("spreadWindows", { ...means, image: out.address, sums: g }, rows),
  };
  const loops = {
    max: ["let best = -Infinity;", "if (x[i] > best) best = x[i];", "y[o] = best;"],
    maxBackward: ["let rest = g[o];", "if (x[i] === y[o]) { out[i] += rest; rest = 0; }", ""],
    mean: ["let sum = 0;", "sum += x[i];", `y[o] = sum / ${shape.size ** 2};`],
    meanBackward: [`const part = g[o] / ${shape.size ** 2};`, "out[i] += part;", ""],
  } as const;
  const [forward, back] = shape.goals ?? [];
  return [
    pair("max", kernels.max, sums, "y", loops.max, largest, forward),
    pair(
      "max backward",
      kernels.maxBackward,
      out,
      "out",
      loops.maxBackward,
      maxPoolBackward(pixels, grads, geometry),
      back,
    ),
    pair("mean", kernels.mean, sums, "y", loops.mean, sumWindows(pixels, geometry, true)),
    pair("mean backward", kernels.meanBackward, out, "out", loops.meanBackward, spreadWindows(grads, geometry, true)),
  ];
}
