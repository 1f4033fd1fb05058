/**
 * SqueezeNet 1.1 without its classifier. Its features, learned from a million photos, serve other tasks.
 *
 * Source  Iandola et al. 2016, "SqueezeNet", and its version 1.1.
 */

import {
  concatenate,
  conv2d,
  fromValues,
  globalAveragePool,
  input,
  maxPool2d,
  Network,
  readSafetensors,
  type Value,
} from "../index.ts";
import { Failure } from "./failure.ts";
import { readBytes } from "./files.ts";

/** The layer whose output a head is trained on. */
export const featuresName = "features";
export const featureCount = 512;

/** The default side of images, and the least: smaller ones leave nothing after the poolings. */
export const [squeezeNetSide, leastSqueezeNetSide] = [128, 32];

/** Applies SqueezeNet to images with values from 0 to 1, in the order red, green, blue. */
export function squeezeNetFeatures(image: Value): Value {
  let value = prepare()(image);
  value = conv2d(64, 3, { stride: 2, activation: "relu", name: "conv1" })(value);
  value = maxPool2d(3, { stride: 2 })(value);
  value = fire("fire3", 16, 64)(fire("fire2", 16, 64)(value));
  value = maxPool2d(3, { stride: 2 })(value);
  value = fire("fire5", 32, 128)(fire("fire4", 32, 128)(value));
  value = maxPool2d(3, { stride: 2 })(value);
  value = fire("fire7", 48, 192)(fire("fire6", 48, 192)(value));
  value = fire("fire9", 64, 256)(fire("fire8", 64, 256)(value));
  return globalAveragePool({ name: featuresName })(value);
}

/** Converts red, green and blue from 0 to 1 to SqueezeNet's input: blue, green and red from 0 to 255, minus their means. */
function prepare() {
  const weight = [0, 0, 255, 0, 255, 0, 255, 0, 0]; // of [red, green, blue], for each of [blue, green, red]
  const weightInitializer = fromValues(weight);
  const biasInitializer = fromValues([-103.939, -116.779, -123.68]);
  return conv2d(3, 1, { weightInitializer, biasInitializer, name: "prepare" });
}

/** Makes a fire module: a few 1 × 1 filters, then many 1 × 1 filters beside many 3 × 3 filters. */
function fire(name: string, few: number, many: number): (value: Value) => Value {
  const layer = (filters: number, size: number, end: string) =>
    conv2d(filters, size, { padding: "same", activation: "relu", name: `${name}.${end}` });
  return (value) => {
    const squeezed = layer(few, 1, "squeeze1x1")(value);
    return concatenate(layer(many, 1, "expand1x1")(squeezed), layer(many, 3, "expand3x3")(squeezed));
  };
}

/**
 * Reads SqueezeNet's weights and returns the network that computes its features.
 *
 * @param path of a safetensors file with the tensors `conv1.weight` to `fire9.expand3x3.bias`, weights as [height, width, in, out]
 * @throws {Failure} if the file has other tensors
 */
export function readSqueezeNet(path: string, [height, width]: readonly [number, number], dtype: "float32" | "float64") {
  const bytes = readBytes(path);
  const image = input([height, width, 3]);
  const network = new Network({ inputs: image, outputs: squeezeNetFeatures(image), dtype });
  const known = network.part({ inputs: "prepare", outputs: featuresName });
  try {
    known.load(readSafetensors(bytes));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    const need = "SqueezeNet's weights as safetensors, conv1.weight to fire9.expand3x3.bias";
    throw new Failure(`${path}: need ${need} (${error.message})`);
  }
  network.load([...network.part({ outputs: "prepare" }).parameters, ...known.parameters]);
  return network;
}
