/** The two networks: the book's convolutional one, and SqueezeNet 1.1 with a new last layer. */
import {
  adam,
  adamW,
  batchNorm,
  concatenate,
  conv2d,
  dense,
  dropout,
  earlyStopping,
  flatten,
  fromValues,
  globalAveragePool,
  glorotUniform,
  input,
  maxPool2d,
  Network,
  Pipeline,
  readSafetensors,
  Trainer,
} from "simdnet";
import { encodeRecords } from "simdnet/data";

const weightInitializer = glorotUniform();
const relu = { activation: "relu", weightInitializer };

/** The side of each network's images, in pixels. Values are from 0 to 1, in the order red, green, blue. */
export const sizes = { basic: 32, transfer: 128 };

/** Returns the last layer, which gives the probability of the second class. */
const answer = () => dense(1, { activation: "sigmoid", weightInitializer });

/**
 * Returns a pipeline that predicts from `{ data, width, height }`: the network with the conversion of pictures to its images, and the names
 * of its classes.
 *
 * @param network takes square images
 * @param classes two names
 */
export function pipelineOf(network, classes) {
  const [size] = network.engine.graph.inputs[0].shape;
  const onePixel = { data: new Uint8Array(3), width: 1, height: 1 };
  const encoding = encodeRecords({ picture: [onePixel] }, { pictures: { picture: { size } } });
  return new Pipeline({ network, encoding, target: { kind: "classes", name: "class", classes } });
}

export function basicNetwork(seed) {
  return new Network({
    inputs: [sizes.basic, sizes.basic, 3],
    layers: [
      conv2d(32, 3, relu), // [30, 30, 32]
      maxPool2d(), // [15, 15, 32]
      conv2d(32, 3, relu), // [13, 13, 32]
      maxPool2d(), // [6, 6, 32]
      flatten(), // [1152]
      dense(128, relu),
      dropout(0.5),
      answer(),
    ],
    seed,
  });
}

export const basicTraining = { epochs: 10, batchSize: 16 };

export const basicTrainer = (seed) =>
  new Trainer(basicNetwork(seed), {
    loss: "binaryCrossEntropy",
    optimizer: adam({ learningRate: 0.001 }),
    metrics: ["accuracy"],
    batchSize: basicTraining.batchSize,
    seed,
  });

/**
 * The honest baseline: one weight for each value of the image. Train it until images that are set aside stop improving (`pixelTraining`).
 */
export const pixelTrainer = (seed) =>
  new Trainer(new Network({ inputs: [sizes.basic, sizes.basic, 3], layers: [flatten(), answer()], seed }), {
    loss: "binaryCrossEntropy",
    optimizer: adam({ learningRate: 0.0003 }),
    batchSize: basicTraining.batchSize,
    seed,
  });

export const pixelTraining = () => ({ epochs: 60, callbacks: [earlyStopping({ patience: 6 })] });

/**
 * Returns SqueezeNet 1.1 without its last layer, then the part that is trained here: 512 features, standardized, and one weight for each.
 */
export function transferNetwork(seed) {
  const image = input([sizes.transfer, sizes.transfer, 3]);
  let value = prepare()(image);
  value = conv2d(64, 3, { stride: 2, activation: "relu", name: "conv1" })(value); // [63, 63, 64]
  value = maxPool2d(3, { stride: 2 })(value); // [31, 31, 64]
  value = fire("fire2", 16, 64)(value);
  value = fire("fire3", 16, 64)(value);
  value = maxPool2d(3, { stride: 2 })(value); // [15, 15, 128]
  value = fire("fire4", 32, 128)(value);
  value = fire("fire5", 32, 128)(value);
  value = maxPool2d(3, { stride: 2 })(value); // [7, 7, 256]
  value = fire("fire6", 48, 192)(value);
  value = fire("fire7", 48, 192)(value);
  value = fire("fire8", 64, 256)(value);
  value = fire("fire9", 64, 256)(value);
  value = globalAveragePool({ name: "features" })(value); // [512]
  value = batchNorm({ trainable: false, name: "standardize" })(value);
  return new Network({ inputs: image, outputs: answer()(value), seed });
}

/** Converts red, green and blue from 0 to 1 to SqueezeNet's input: blue, green and red from 0 to 255, minus their means. */
function prepare() {
  const weight = [0, 0, 255, 0, 255, 0, 255, 0, 0]; // rows for red, green, blue; columns for blue, green, red
  const weightInitializer = fromValues(weight);
  const biasInitializer = fromValues([-103.939, -116.779, -123.68]);
  return conv2d(3, 1, { weightInitializer, biasInitializer, name: "prepare" });
}

/** A few filters of one pixel, followed by many of one pixel and, in parallel, many of three by three. */
function fire(name, few, many) {
  const layer = (filters, size, end) =>
    conv2d(filters, size, { padding: "same", activation: "relu", name: `${name}.${end}` });
  return (value) => {
    const squeezed = layer(few, 1, "squeeze1x1")(value);
    return concatenate(layer(many, 1, "expand1x1")(squeezed), layer(many, 3, "expand3x3")(squeezed));
  };
}

/**
 * Loads SqueezeNet's weights into a network.
 *
 * @param bytes a safetensors file with the tensors `conv1.weight` to `fire9.expand3x3.bias`, weights as [height, width, in, out]
 * @throws {RangeError} if it has other tensors
 */
export function loadSqueezeNet(network, bytes) {
  const own = network.part({ inputs: "prepare", outputs: "features" });
  own.load(readSafetensors(bytes));
  join(network, [network.part({ outputs: "prepare" }), own, network.part({ inputs: "features" })]);
}

/** Copies the weights of its parts into a network. */
export function join(network, parts) {
  network.load(
    parts.flatMap(({ parameters, statistics }) =>
      [...parameters, ...statistics].map(({ name, shape, values }) => ({ name, shape, values })),
    ),
  );
}

export const headTraining = { epochs: 30, batchSize: 16 };

/**
 * Returns the trainer of the layers after the features. It knows their means and deviations, and starts with the last layer.
 *
 * @param head the part of the network after the features
 * @param scale the result of `standardize` of simdnet/data for the training features
 */
export function headTrainer(head, scale, seed) {
  const { offsets, divisors } = scale.toJSON();
  const values = {
    "standardize.runningMean": offsets,
    "standardize.runningVariance": divisors.map((each) => each ** 2),
  };
  for (const { name, values: statistic } of head.statistics) statistic.set(values[name]);
  return new Trainer(head, {
    loss: "binaryCrossEntropy",
    optimizer: adamW({ learningRate: 0.001, weightDecay: 0.1 }),
    metrics: ["accuracy"],
    batchSize: headTraining.batchSize,
    seed,
  });
}
