/** Convolutions of past steps only, a step at a time. They keep the last steps, as many as a window has. */

import { type Address, eachRow, none, type Operation, op } from "../../kernels/operations.ts";
import { activationForward } from "../activations.ts";
import { type ConvolutionalDescription, type Convolving, windowsOf } from "./convolutional.ts";
import { perRow, type Shape, type Streaming, spaceOf } from "./layer.ts";
import { extentOf, windowRule, windowsOn } from "./window.ts";

/** Returns the streaming of such a layer. Returns undefined if a window sees later steps, or if some steps end no window. */
export function streamingOf<Description extends ConvolutionalDescription>(
  own: Pick<Convolving<Description>, "shapeOf" | "bytes" | "convolve">,
  description: Description,
): Streaming<Description> | undefined {
  const windows = windowsOf(description);
  const extent = extentOf(windows);
  const { shift, stride } = windowRule(windows);
  if (stride !== 1 || shift !== 0 || windowsOn(windows, 0, extent).before !== extent - 1) return undefined;
  /** Returns the convolution of a single window. Before the first steps it contains zeros, as padding would give. */
  const shapeOf = ([, channels]: Shape) => own.shapeOf({ ...description, padding: "valid" }, [extent, channels]);
  return {
    blocks(_, { inputs: [inputShape], output, elementBytes }) {
      return {
        preactivation: description.activation.name === "linear" ? "output" : perRow(output),
        space: spaceOf(own.bytes(shapeOf(inputShape), elementBytes)),
        window: { elements: extent * inputShape[1], per: "row" },
      };
    },

    keeps: ["window"],

    forward(_, { elementBytes, inputShapes: [inputShape], inputs: [input], blocks, output, outputShape, parameters }) {
      const [weight, bias = none] = parameters;
      const { preactivation, space, window } = blocks;
      const [, channels] = inputShape;
      const [, filters] = outputShape;
      const at = (step: number) => (window + step * channels * elementBytes) as Address;
      const moved = extent > 1 ? [copied(at(1), window, (extent - 1) * channels)] : [];
      const addresses = { elementBytes, space, input: window, weight, bias, output: preactivation };
      return [
        ...moved,
        copied(input, at(extent - 1), channels),
        ...own.convolve(shapeOf(inputShape), addresses),
        ...activationForward(description.activation, [filters], { input: preactivation, output }),
      ];
    },
  };
}

/** Returns the operation that copies `columns` numbers. The two blocks may overlap. */
const copied = (source: Address, destination: Address, columns: number): Operation =>
  op("copyColumns", eachRow(), {
    ...{ source, destination, columns, sourceStride: columns, destinationStride: columns },
  });
