/** A convolution as a layer, which an activation or a bias behind it makes anew. */

import {
  type Activation,
  type ActivationName,
  conv1d,
  conv2d,
  convTranspose2d,
  depthwiseConv2d,
  type Value,
} from "../../index.ts";
import type { Constant } from "../constants.ts";
import type { Data } from "../layout.ts";
import type { Operator } from "../nodes.ts";
import type { CallableLayer, Reader } from "../reader.ts";

/** A convolution with its options as layers have them. */
export interface ConvolutionUse {
  readonly node: Operator;
  readonly kind: keyof typeof makers;
  readonly input: Value;
  /** The options besides activation and bias. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly weight: Constant;
  /** The key of the weight, if it is a part of a constant. Default the weight itself. */
  readonly key?: readonly (Constant | string)[];
  readonly bias?: Constant | undefined;
  readonly activation?: ActivationName | Activation;
  /** Returns the output's data. */
  readonly finish: (value: Value) => Data;
}

interface Given {
  readonly filters: number;
  readonly size: never;
  /** The other options of the layer. */
  readonly stride: never;
}

/** Each makes a layer of its options. */
const makers = {
  conv1d: ({ filters, size, ...options }: Given) => conv1d(filters, size, options),
  conv2d: ({ filters, size, ...options }: Given) => conv2d(filters, size, options),
  depthwiseConv2d: ({ filters: _, size, ...options }: Given) => depthwiseConv2d(size, options),
  convTranspose2d: ({ filters, size, ...options }: Given) => convTranspose2d(filters, size, options),
};

/** Applies a convolution. An activation or a bias behind it makes it anew. */
export function convolve(use: ConvolutionUse, reader: Reader): Data {
  const { node, kind, input, options, weight, key = [weight], bias, activation = "linear", finish } = use;
  const sequence = kind === "conv1d";
  // Ours: [height, width, channels, filters].
  const order = sequence ? [2, 1, 0] : [2, 3, 1, 0];
  const [first, second, height, width = 1] = weight.dims;
  const layer = reader.weighted({
    node,
    key: [kind, ...key, bias],
    options: { ...options, bias: bias !== undefined, activation },
    make: (given) => makers[kind](given as unknown as Given) as CallableLayer,
    parameters: () => ({
      weight:
        kind === "depthwiseConv2d"
          ? weight.reshaped([first * second, height, width]).transposed([1, 2, 0])
          : weight.transposed(order),
      ...(bias && { bias }),
    }),
  });
  const made = finish(reader.apply(layer, input));
  const isLinear = activation === "linear";
  return {
    ...made,
    again: {
      activated: isLinear ? (other: never) => convolve({ ...use, activation: other }, reader) : undefined,
      biased: isLinear && !bias ? (row: never) => convolve({ ...use, bias: row }, reader) : undefined,
    },
  };
}
