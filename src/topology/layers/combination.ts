/** Layers that make one value of several: their sum, their product, or one beside the other. */

import type { Kernels } from "../../kernels/instance.ts";
import { copyCall } from "./copy.ts";
import { type BackwardSite, type Call, type LayerKind, type Shape, sizeOf } from "./layer.ts";
import { nameOption } from "./options.ts";
import { commonShape, matrixOf } from "./shape.ts";
import { apply, type Value } from "./value.ts";

/** Two values or more, as many arguments or as one list. */
type Values = readonly (Value | readonly Value[])[];

/**
 * The sum of two values or more.
 *
 * @throws {RangeError | TypeError} if they are fewer, or not of one shape
 */
export function add(...values: Values): Value {
  return apply(addKind, { kind: "add" }, values.flat());
}

/**
 * The product, element by element, of two values or more.
 *
 * @throws {RangeError | TypeError} if they are fewer, or not of one shape
 */
export function multiply(...values: Values): Value {
  return apply(multiplyKind, { kind: "multiply" }, values.flat());
}

/**
 * Two values or more, one behind the other along the last side of their shapes.
 *
 * @throws {RangeError | TypeError} if they are fewer, or their other sides differ
 */
export function concatenate(...values: Values): Value {
  return apply(concatenateKind, { kind: "concatenate" }, values.flat());
}

type Combine = Kernels["add"];

/** first ∘ second ∘ …, in this order. */
function fold(combine: Combine, [first, ...others]: readonly number[], output: number, shape: Shape): Call[] {
  const size = sizeOf(shape);
  return others.map((other, index) => {
    const left = index === 0 ? first : output;
    return (rows) => combine(left, other, output, rows * size);
  });
}

/** The inputs whose gradient is wanted: where each is to be written, and which it is. */
function wanted({ inputGrads }: BackwardSite): { inputGrad: number; index: number }[] {
  return inputGrads.flatMap((inputGrad, index) => (inputGrad === undefined ? [] : [{ inputGrad, index }]));
}

export const addKind: LayerKind = {
  outputShape: (_, inputShapes) => commonShape("add", inputShapes),

  forward: (_, { kernels, inputs, output, outputShape }) => fold(kernels.add, inputs, output, outputShape),

  backward: (_, site) =>
    wanted(site).map(({ inputGrad }) => copyCall(site.kernels, site.outputGrad, inputGrad, site.outputShape)),

  title: () => "sum",
  toJSON: () => ({}),
  fromJSON: (options) => ({ kind: "add", ...nameOption("add", options) }),
};

export const multiplyKind: LayerKind = {
  outputShape: (_, inputShapes) => commonShape("multiply", inputShapes),

  forward: (_, { kernels, inputs, output, outputShape }) => fold(kernels.multiply, inputs, output, outputShape),

  /** Each gradient is the product of the inputs before it, of the inputs behind it, and of the output's gradient. */
  backward(_, site) {
    const { kernels, inputs, outputGrad, outputShape } = site;
    const product = (factors: readonly number[], to: number) => fold(kernels.multiply, factors, to, outputShape);
    const gradients = wanted(site);
    const calls: Call[][] = [];
    // Where the product of the first inputs lies, and how many they are: that of the next gradient goes on from there.
    let [before, count] = [inputs[0], 1];
    const befores = gradients.map(({ inputGrad, index }) => {
      if (index <= count) return before;
      calls.push(product([before, ...inputs.slice(count, index)], inputGrad));
      [before, count] = [inputGrad, index];
      return before;
    });
    // From the last on, the output's gradient takes in the inputs that have been passed.
    let behind = inputs.length;
    for (let place = gradients.length - 1; place >= 0; place--) {
      const { inputGrad, index } = gradients[place];
      const passed = inputs.slice(index + 1, behind);
      behind = index + 1;
      if (index === 0) {
        calls.push(product([outputGrad, ...passed], inputGrad));
      } else {
        calls.push(product([outputGrad, ...passed], outputGrad), product([outputGrad, befores[place]], inputGrad));
      }
    }
    return calls.flat();
  },

  title: () => "product",
  toJSON: () => ({}),
  fromJSON: (options) => ({ kind: "multiply", ...nameOption("multiply", options) }),
};

/** The columns of each input, and where they begin among those of the output. */
function columnsOf(inputShapes: readonly Shape[]): { columns: number; from: number }[] {
  let from = 0;
  return inputShapes.map((shape) => {
    const [, columns] = matrixOf(shape);
    from += columns;
    return { columns, from: from - columns };
  });
}

export const concatenateKind: LayerKind = {
  outputShape(_, inputShapes) {
    const outer = commonShape(
      "concatenate",
      inputShapes.map((shape) => shape.slice(0, -1)),
    );
    return [...outer, inputShapes.reduce((columns, shape) => columns + matrixOf(shape)[1], 0)];
  },

  forward(_, { kernels, inputs, inputShapes, output, outputShape, elementBytes }) {
    const [positions, width] = matrixOf(outputShape);
    return columnsOf(inputShapes).map(({ columns, from }, index) => {
      const place = output + from * elementBytes;
      return (rows) => kernels.copyColumns(inputs[index], place, rows * positions, columns, columns, width);
    });
  },

  backward(_, site) {
    const { kernels, inputShapes, outputGrad, outputShape, elementBytes } = site;
    const [positions, width] = matrixOf(outputShape);
    const parts = columnsOf(inputShapes);
    return wanted(site).map(({ inputGrad, index }) => {
      const { columns, from } = parts[index];
      const place = outputGrad + from * elementBytes;
      return (rows) => kernels.copyColumns(place, inputGrad, rows * positions, columns, width, columns);
    });
  },

  title: () => "concatenation",
  toJSON: () => ({}),
  fromJSON: (options) => ({ kind: "concatenate", ...nameOption("concatenate", options) }),
};
