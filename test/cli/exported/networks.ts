/** Networks of images, and one of two inputs, whose weights and running statistics are none that a new network has. */

import { digits, encodeRecords, type Picture } from "../../../src/data/index.ts";
import {
  averagePool2d,
  batchNorm,
  concatenate,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  groupNorm,
  input,
  maxPool2d,
  Network,
  Pipeline,
  pcg32,
  upsample2d,
} from "../../../src/index.ts";

function varied(network: Network): Network {
  const random = pcg32(7);
  for (const { values } of [...network.parameters, ...network.statistics]) {
    values.forEach((value, index) => {
      values[index] = value + 0.1 + 0.2 * random.next();
    });
  }
  return network;
}

const filters = { padding: "same", activation: "relu" } as const;
const layers = [
  conv2d(8, 3, filters),
  groupNorm(4),
  maxPool2d(),
  dropout(0.2, { wholeChannels: true }),
  conv2d(8, 3, { stride: 2, padding: 1, groups: 2 }),
  batchNorm(),
  upsample2d(2, { interpolation: "bilinear" }),
  averagePool2d(2),
  globalAveragePool(),
  dense(3, { activation: "softmax" }),
];

/** With kernels of every family that predicts. */
export const imageNetwork = (dtype: "float32" | "float64" = "float32"): Network =>
  varied(new Network({ inputs: [8, 8, 1], layers, dtype }));

/** An image and a row beside it. */
export function twoInputs(): Network {
  const [image, row] = [input([6, 4, 3]), input(2)];
  const joined = concatenate(flatten()(conv2d(2, 3)(image)), row);
  return varied(new Network({ inputs: [image, row], outputs: [dense(2)(joined), dense(1)(joined)] }));
}

/** The digits as a table of 64 columns, predicted by a convolutional network. */
export function imagePipeline(): Pipeline {
  const records = digitRecords();
  const classifier = [...layers.slice(0, -1), dense(10, { activation: "softmax" })];
  const network = varied(new Network({ inputs: [8, 8, 1], layers: classifier }));
  const target = { kind: "classes", name: "digit", classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } as const;
  return new Pipeline({ network, encoding: encodeRecords(records), target });
}

export const digitRecords = () =>
  digits().inputs.map((pixels) => Object.fromEntries(pixels.map((pixel, index) => [`p${index}`, pixel])));

/** The first rows of the digits, flat and nested, with numbers from 0 to 1. */
export function digitImages(count: number): { flat: number[][]; nested: number[][][][] } {
  const flat = digits()
    .inputs.slice(0, count)
    .map((pixels) => pixels.map((pixel) => pixel / 16));
  const nested = flat.map((pixels) =>
    Array.from({ length: 8 }, (_, y) => pixels.slice(8 * y, 8 * y + 8).map((pixel) => [pixel])),
  );
  return { flat, nested };
}

export const photos: readonly Picture[] = [
  { data: Uint8Array.from({ length: 9 * 7 * 3 }, (_, at) => (7 * at) % 256), width: 9, height: 7 },
  { data: Uint8Array.from({ length: 3 * 8 }, (_, at) => (90 + 11 * at) % 256), width: 3, height: 8 },
];

/** A model of pictures. */
export function photoPipeline(): Pipeline {
  const size = [6, 5] as const;
  const network = new Network({
    inputs: [...size, 3],
    layers: [conv2d(4, 3, { activation: "relu" }), flatten(), dense(2, { activation: "softmax" })],
  });
  const encoding = encodeRecords({ picture: photos }, { pictures: { picture: { size } } });
  const target = { kind: "classes", name: "class", classes: ["cat", "dog"] } as const;
  return new Pipeline({ network: varied(network), encoding, target });
}
