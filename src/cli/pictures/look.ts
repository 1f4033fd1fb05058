/** Computes how a network sees one image: the maps of its layers, its answer, and the pixels that the answer depends on. */

import { images, type Picture } from "../../data/index.ts";
import { inputGradients, type Network } from "../../index.ts";
import { type Grid, greatestMagnitude, shrinkGrid } from "./raster.ts";

/** The sides of an image that a network takes. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface LayerMaps {
  readonly name: string;
  readonly title: string;
  /** [height, width, channels] of its output. */
  readonly shape: readonly number[];
  /** A map per channel, the first ones. Large maps are reduced to means of blocks that are `block` pixels wide. */
  readonly maps: readonly Grid[];
  readonly block: number;
  /** The number of maps that are 0 everywhere. */
  readonly silent: number;
  /** The greatest absolute value. */
  readonly limit: number;
}

export interface Answer {
  /** The places of the output with the greatest numbers, the greatest first. */
  readonly best: readonly { readonly output: number; readonly value: number }[];
  /** The influence of each pixel on the best output: the greatest |∂output/∂input| over the channels. */
  readonly gradient: Grid;
}

export interface NetworkView {
  readonly shape: ImageShape;
  /** The input of the network: [height, width, channels]. */
  readonly input: Float32Array;
  readonly layers: readonly LayerMaps[];
  /** Undefined if the output is not one row of numbers. */
  readonly answer: Answer | undefined;
}

/** The most maps of a layer that are drawn, and their longest side. */
const [mostMaps, mostSide] = [64, 96];
const mostAnswers = 5;

/** The layers that do not change values in prediction. */
const unchanged = ["dropout"];

/** @param scale the factor for each byte of the picture */
export function viewNetwork(network: Network, shape: ImageShape, picture: Picture, scale: number): NetworkView {
  const { height, width, channels } = shape;
  const input = images(picture, { size: [height, width], channels: channels as 1 | 3 | 4, scale });
  const outputs = network.predict(input);
  const layers = network.layers
    .filter(({ outputShape, description }) => outputShape.length === 3 && !unchanged.includes(description.kind))
    .map(({ name, title, outputShape, activation }) => mapsOf({ name, title, shape: outputShape }, activation));
  const ends = network.engine.graph.outputs;
  const isRow = ends.length === 1 && ends[0].shape.length === 1;
  return { shape, input, layers, answer: isRow ? answerOf(network, shape, input, outputs) : undefined };
}

function mapsOf(layer: Pick<LayerMaps, "name" | "title" | "shape">, values: ArrayLike<number>): LayerMaps {
  const [height, width, channels] = layer.shape;
  const all = Array.from({ length: channels }, (_, channel) => ({
    width,
    height,
    values: Float64Array.from({ length: height * width }, (_, place) => values[place * channels + channel]),
  }));
  const small = all.slice(0, mostMaps).map((map) => shrinkGrid(map, mostSide));
  const silent = all.filter((map) => greatestMagnitude(map.values) === 0).length;
  const maps = small.map(({ grid }) => grid);
  const limit = maps.reduce((most, { values }) => Math.max(most, greatestMagnitude(values)), 0);
  return { ...layer, maps, block: small[0].block, silent, limit };
}

function answerOf(
  network: Network,
  { height, width, channels }: ImageShape,
  input: Float32Array,
  outputs: ArrayLike<number>,
): Answer {
  const best = Array.from(outputs, (value, output) => ({ output, value }))
    .sort((one, other) => other.value - one.value)
    .slice(0, mostAnswers);
  const gradients = inputGradients(network, input, { output: best[0].output });
  const values = Float64Array.from({ length: height * width }, (_, place) =>
    greatestMagnitude(gradients.subarray(place * channels, (place + 1) * channels)),
  );
  return { best, gradient: { width, height, values } };
}
