/** Layers that combine several values into one: sum, difference, product, or side by side. */

import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import { copyOf, putColumns, rangesOf, takeColumns } from "./copy.ts";
import {
  type BackwardSite,
  type DescriptionBase,
  type LayerKind,
  type LayerTraining,
  type Shape,
  sizeOf,
} from "./layer.ts";
import { nameOption } from "./options.ts";
import { commonShape, matrixOf, pairShape } from "./shape.ts";
import { apply, type Value } from "./value.ts";

/** The description of a layer made by `add`, `subtract`, `multiply` or `concatenate`. */
export interface CombinationDescription extends DescriptionBase {
  readonly kind: "add" | "subtract" | "multiply" | "concatenate";
}

/** Two values or more, as separate arguments or as one list. */
export type ValueList = readonly (Value | readonly Value[])[];

/**
 * Returns the sum of two values or more.
 *
 * @throws {RangeError | TypeError} if there are fewer, or if their shapes differ
 */
export function add(...values: ValueList): Value {
  return apply(addKind, { kind: "add" }, values.flat());
}

/**
 * Returns the first value minus the second.
 *
 * @throws {RangeError | TypeError} if there are not two, or if their shapes differ
 */
export function subtract(...values: ValueList): Value {
  return apply(subtractKind, { kind: "subtract" }, values.flat());
}

/**
 * Returns the product, element by element, of two values or more.
 *
 * @throws {RangeError | TypeError} if there are fewer, or if their shapes differ
 */
export function multiply(...values: ValueList): Value {
  return apply(multiplyKind, { kind: "multiply" }, values.flat());
}

/**
 * Joins two values or more along the last side of their shapes.
 *
 * @throws {RangeError | TypeError} if there are fewer, or if their other sides differ
 */
export function concatenate(...values: ValueList): Value {
  return apply(concatenateKind, { kind: "concatenate" }, values.flat());
}

/** Returns the operations of first ∘ second ∘ …, in this order. */
function fold(name: "add" | "multiply", [first, ...others]: readonly Address[], output: Address, shape: Shape) {
  const work = eachRow(sizeOf(shape));
  return others.map((other, index) => op(name, work, { a: index === 0 ? first : output, b: other, output }));
}

/** Returns the addresses of the wanted gradients, with the index of each input. */
function wantedGradients({ inputGrads }: BackwardSite): { inputGrad: Address; index: number }[] {
  return inputGrads.flatMap((inputGrad, index) => (inputGrad === undefined ? [] : [{ inputGrad, index }]));
}

export const addKind: LayerKind = {
  sequences: () => "steps",

  outputShape: (_, inputShapes) => commonShape("add", inputShapes),

  forward: (_, { inputs, output, outputShape }) => fold("add", inputs, output, outputShape),

  title: () => "sum",
  fromJSON: (options) => ({ kind: "add", ...nameOption("add", options) }),
};

export const addTraining: LayerTraining = {
  backward: (_, site) =>
    wantedGradients(site).map(({ inputGrad }) => copyOf(site.outputGrad, inputGrad, site.outputShape)),
};

export const subtractKind: LayerKind = {
  outputShape: (_, inputShapes) => pairShape("subtract", inputShapes),

  sequences: () => "steps",

  forward: (_, { inputs: [a, b], output, outputShape }) => [
    op("subtract", eachRow(sizeOf(outputShape)), { a, b, output }),
  ],

  title: () => "difference",
  fromJSON: (options) => ({ kind: "subtract", ...nameOption("subtract", options) }),
};

export const subtractTraining: LayerTraining = {
  backward(_, { inputGrads: [aGrad, bGrad], outputGrad, outputShape }) {
    const work = eachRow(sizeOf(outputShape));
    const operations: Operation[] = [];
    if (aGrad !== undefined) operations.push(copyOf(outputGrad, aGrad, outputShape));
    if (bGrad !== undefined) {
      operations.push(op("clear", work, { output: bGrad }));
      operations.push(op("subtract", work, { a: bGrad, b: outputGrad, output: bGrad }));
    }
    return operations;
  },
};

export const multiplyKind: LayerKind = {
  sequences: () => "steps",

  outputShape: (_, inputShapes) => commonShape("multiply", inputShapes),

  forward: (_, { inputs, output, outputShape }) => fold("multiply", inputs, output, outputShape),

  title: () => "product",
  fromJSON: (options) => ({ kind: "multiply", ...nameOption("multiply", options) }),
};

export const multiplyTraining: LayerTraining = {
  /** Each gradient is the product of the inputs before it, of the inputs after it, and of the output's gradient. */
  backward(_, site) {
    const { inputs, outputGrad, outputShape } = site;
    const product = (factors: readonly Address[], to: Address) => fold("multiply", factors, to, outputShape);
    const gradients = wantedGradients(site);
    const operations: Operation[][] = [];
    // `before` holds the product of the first `count` inputs; the next gradient starts from it.
    let [before, count] = [inputs[0], 1];
    const befores = gradients.map(({ inputGrad, index }) => {
      if (index <= count) return before;
      operations.push(product([before, ...inputs.slice(count, index)], inputGrad));
      [before, count] = [inputGrad, index];
      return before;
    });
    // From the last input on, the output's gradient is multiplied by each input that has been handled.
    let behind = inputs.length;
    for (let place = gradients.length - 1; place >= 0; place--) {
      const { inputGrad, index } = gradients[place];
      const passed = inputs.slice(index + 1, behind);
      behind = index + 1;
      if (index === 0) {
        operations.push(product([outputGrad, ...passed], inputGrad));
      } else {
        operations.push(product([outputGrad, ...passed], outputGrad), product([outputGrad, befores[place]], inputGrad));
      }
    }
    return operations.flat();
  },
};

export const concatenateKind: LayerKind = {
  keepsRange: true,

  sequences: () => "steps",

  outputShape(_, inputShapes) {
    const first = commonShape(
      "concatenate",
      inputShapes,
      (shape) => shape.slice(0, -1),
      "one shape but for the last side",
    );
    return first.with(
      -1,
      inputShapes.reduce((columns, shape) => columns + matrixOf(shape)[1], 0),
    );
  },

  forward: (_, { inputs, inputShapes, output, elementBytes }) =>
    rangesOf(inputShapes).map((range, index) => putColumns(inputs[index], output, range, elementBytes)),

  title: () => "concatenation",
  fromJSON: (options) => ({ kind: "concatenate", ...nameOption("concatenate", options) }),
};

export const concatenateTraining: LayerTraining = {
  backward(_, site) {
    const { inputShapes, outputGrad, elementBytes } = site;
    const ranges = rangesOf(inputShapes);
    return wantedGradients(site).map(({ inputGrad, index }) =>
      takeColumns(outputGrad, ranges[index], inputGrad, elementBytes),
    );
  },
};
