/**
 * Networks on square images in hand-written JavaScript, as the work of a peer and the twin of some benches. Blocks are [rows, height,
 * width, channels]. A convolution of 3 × 3 gathers each window and multiplies it, as a dense layer does.
 *
 * Layers are `conv` with relu after it, `pool` (the maximum of 2 × 2), and at the end `dense`, linear.
 */
import { adam, backward, forward, relu, softmaxCrossEntropy } from "./loops.mjs";

/** Returns the pixels across a layer's output. */
export const outputSide = ({ kind, side, padding }) =>
  kind === "pool" ? Math.floor(side / 2) : side + 2 * padding - 2;

/**
 * Returns the layers of a network of ten classes, without their parameters.
 *
 * @param blocks the filters of the convolutions before each pool
 * @param padding around the input of a convolution: 0, or 1 for "same"
 */
export function imageLayers({ side, channels, blocks, padding }) {
  const layers = [];
  const features = { side, channels };
  const push = (layer) => {
    layers.push({ ...layer, ...features });
    features.side = outputSide(layers.at(-1));
    features.channels = layer.filters ?? features.channels;
  };
  for (const block of blocks) {
    for (const filters of block) push({ kind: "conv", filters, padding });
    push({ kind: "pool" });
  }
  return [...layers, { kind: "dense", ...features, fanIn: features.side ** 2 * features.channels, fanOut: 10 }];
}

/** Returns the layers with parameters: weight, bias, weight, bias, … */
export function withParameters(layers, parameters) {
  const rest = [...parameters];
  return layers.map((layer) => {
    if (layer.kind === "pool") return layer;
    const [weight, bias] = rest.splice(0, 2);
    return { ...layer, weight, bias };
  });
}

/** Converts weights for peers whose images are [rows, channels, height, width]. */
export const channelsFirst = {
  /** [3, 3, channels, filters] → [filters, channels, 3, 3] */
  conv: ({ channels, filters }, weight) =>
    Float32Array.from(weight, (_, index) => {
      const [filter, rest] = [Math.floor(index / (9 * channels)), index % (9 * channels)];
      return weight[((rest % 9) * channels + Math.floor(rest / 9)) * filters + filter];
    }),
  /** Reorders the rows of a dense layer after the image, which are its pixels, to channels first. */
  dense: ({ side, channels, fanOut }, weight) =>
    Float32Array.from(weight, (_, index) => {
      const [row, output] = [Math.floor(index / fanOut), index % fanOut];
      const [channel, pixel] = [Math.floor(row / side ** 2), row % side ** 2];
      return weight[(pixel * channels + channel) * fanOut + output];
    }),
};

/** Converts an image block, [rows, height, width, channels], to [rows, channels, height, width]. */
export function toChannelsFirst(inputs, { side, channels }) {
  const pixels = side ** 2;
  return Float32Array.from(inputs, (_, index) => {
    const [row, rest] = [Math.floor(index / (pixels * channels)), index % (pixels * channels)];
    return inputs[(row * pixels + (rest % pixels)) * channels + Math.floor(rest / pixels)];
  });
}

/**
 * Counts the multiplications and additions of the products for one example, padding included: of a forward pass, and of a training step.
 */
export function operationsOf(layers) {
  const counts = layers.map((layer) => {
    const { kind, channels, filters, fanIn, fanOut } = layer;
    if (kind === "conv") return 2 * outputSide(layer) ** 2 * 9 * channels * filters;
    return kind === "dense" ? 2 * fanIn * fanOut : 0;
  });
  const forward = counts.reduce((a, b) => a + b);
  // The first layer's input has no gradient.
  return { forward, training: 3 * forward - counts[0] };
}

/** Calls `visit` for each pixel of each window of 3 × 3, with its index in the image, or a negative number in the padding. */
function visitWindows({ side, padding }, rows, visit) {
  const across = side + 2 * padding - 2;
  for (let row = 0; row < rows; row++)
    for (let y = 0; y < across; y++)
      for (let x = 0; x < across; x++)
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++) {
            const [line, column] = [y + i - padding, x + j - padding];
            const isInside = line >= 0 && column >= 0 && line < side && column < side;
            visit(isInside ? (row * side + line) * side + column : -1);
          }
}

/** Makes a layer for `rows` rows: `forward`, `backward`, the blocks that they write, and its parameters. */
const kinds = {
  conv(layer, rows, Numbers) {
    const { side, channels, filters } = layer;
    const positions = outputSide(layer) ** 2;
    const product = productOf(layer, 9 * channels, filters, Numbers);
    const patches = new Numbers(rows * positions * 9 * channels);
    const patchGrads = new Numbers(patches.length);
    const output = new Numbers(rows * positions * filters);
    const inputGrad = new Numbers(rows * side * side * channels);
    return {
      ...{ output, inputGrad, parameters: parametersOf(product) },
      forward(input, count) {
        let at = 0;
        visitWindows(layer, count, (pixel) => {
          for (let c = 0; c < channels; c++) patches[at++] = pixel < 0 ? 0 : input[pixel * channels + c];
        });
        forward(patches, product, output, count * positions);
        relu(output, count * positions * filters);
      },
      backward(_, outGrad, count, hasInputGrad) {
        for (let index = 0; index < count * positions * filters; index++) if (output[index] <= 0) outGrad[index] = 0;
        backward(patches, product, outGrad, count * positions, hasInputGrad ? patchGrads : undefined);
        if (!hasInputGrad) return;
        inputGrad.fill(0);
        let at = 0;
        visitWindows(layer, count, (pixel) => {
          if (pixel >= 0) for (let c = 0; c < channels; c++) inputGrad[pixel * channels + c] += patchGrads[at + c];
          at += channels;
        });
      },
    };
  },

  pool(layer, rows, Numbers) {
    const { side, channels } = layer;
    const across = outputSide(layer);
    const output = new Numbers(rows * across * across * channels);
    const places = new Int32Array(output.length);
    const inputGrad = new Numbers(rows * side * side * channels);
    return {
      ...{ output, inputGrad, parameters: [] },
      forward(input, count) {
        let at = 0;
        for (let row = 0; row < count; row++)
          for (let y = 0; y < across; y++)
            for (let x = 0; x < across; x++)
              for (let c = 0; c < channels; c++, at++) {
                const first = ((row * side + 2 * y) * side + 2 * x) * channels + c;
                let place = first;
                for (const next of [first + channels, first + side * channels, first + (side + 1) * channels]) {
                  if (input[next] > input[place]) place = next;
                }
                places[at] = place;
                output[at] = input[place];
              }
      },
      backward(_, outGrad, count) {
        inputGrad.fill(0);
        for (let at = 0; at < count * across * across * channels; at++) inputGrad[places[at]] += outGrad[at];
      },
    };
  },

  dense(layer, rows, Numbers) {
    const product = productOf(layer, layer.fanIn, layer.fanOut, Numbers);
    const output = new Numbers(rows * layer.fanOut);
    const inputGrad = new Numbers(rows * layer.fanIn);
    return {
      ...{ output, inputGrad, parameters: parametersOf(product) },
      forward: (input, count) => forward(input, product, output, count),
      backward: (input, outGrad, count, hasInputGrad) =>
        backward(input, product, outGrad, count, hasInputGrad ? inputGrad : undefined),
    };
  },
};

function productOf({ weight, bias }, fanIn, fanOut, Numbers) {
  const [weightGrad, biasGrad] = [new Numbers(weight.length), new Numbers(fanOut)];
  return { weight: Numbers.from(weight), bias: Numbers.from(bias), fanIn, fanOut, weightGrad, biasGrad };
}

const parametersOf = ({ weight, bias, weightGrad, biasGrad }) => [
  { values: weight, grad: weightGrad },
  { values: bias, grad: biasGrad },
];

/**
 * Returns a network for batches of up to `rows`: its parameters with their gradients, and
 *   forward(input, count) → output
 *   backward(input, outGrad, count): writes the gradients of the last forward pass, and overwrites outGrad
 *
 * @param {Float32ArrayConstructor | Float64ArrayConstructor} Numbers float64 for a twin
 */
export function imageNetwork(layers, rows, Numbers = Float32Array) {
  const parts = layers.map((layer) => kinds[layer.kind](layer, rows, Numbers));
  const inputOf = (index, input) => (index === 0 ? input : parts[index - 1].output);
  return {
    parameters: parts.flatMap(({ parameters }) => parameters),
    forward(input, count) {
      parts.forEach((part, index) => {
        part.forward(inputOf(index, input), count);
      });
      return parts.at(-1).output;
    },
    backward(input, outGrad, count) {
      for (let index = parts.length - 1; index >= 0; index--) {
        const grad = index === parts.length - 1 ? outGrad : parts[index + 1].inputGrad;
        parts[index].backward(inputOf(index, input), grad, count, index > 0);
      }
    },
  };
}

export function trainImages({ rows, inputs, classes, layers, batchSize, ...options }) {
  const { parameters, forward, backward } = imageNetwork(layers, batchSize);
  const update = adam(parameters, options);
  const size = inputs.length / rows;
  const logitsGrad = new Float32Array(batchSize * 10);
  return () => {
    let loss = 0;
    for (let from = 0; from < rows; from += batchSize) {
      const count = Math.min(batchSize, rows - from);
      const input = inputs.subarray(from * size, (from + count) * size);
      loss += softmaxCrossEntropy(forward(input, count), classes, from, count, logitsGrad);
      backward(input, logitsGrad, count);
      update();
    }
    return loss / rows;
  };
}

export function inferImages({ layers }) {
  const { forward } = imageNetwork(layers, 256);
  return (inputs, rows) => forward(inputs, rows).slice(0, rows * layers.at(-1).fanOut);
}
