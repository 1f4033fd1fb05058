/**
 * Makes the page of `simdnet inspect --pictures`: a network's filters, and its activations for an image. The build bundles this file
 * separately. The command loads it only if needed.
 */

import type { Picture } from "../data/index.ts";
import { type Network, Pipeline } from "../index.ts";
import { plural, short } from "./numbers.ts";
import { filtersOf } from "./pictures/filters.ts";
import { type ImageShape, viewNetwork } from "./pictures/look.ts";
import { type ImageView, pageOf } from "./pictures/page.ts";

export interface ImageSource {
  /** The name of its file. */
  readonly file: string;
  readonly picture: Picture;
  /** The factor for each of its bytes; null for the model's own, or 1/255 for a network. */
  readonly scale: number | null;
}

/**
 * @param file the name of the model's file
 * @returns the page; the same model and image give the same bytes
 * @throws {RangeError} if there is nothing to draw, or the network does not take the image
 */
export function picturesOf(file: string, content: Pipeline | Network, image: ImageSource | undefined): string {
  const network = content instanceof Pipeline ? content.network : content;
  const filters = filtersOf(network);
  if (filters.length === 0 && !image) {
    throw new RangeError("got a network without convolutions of images, need one whose filters can be drawn");
  }
  return pageOf({ file, network, filters, image: image && viewImage(content, image) });
}

function viewImage(content: Pipeline | Network, { file, picture, scale: asked }: ImageSource): ImageView {
  const [network, own] = content instanceof Pipeline ? [content.network, scaleOf(content)] : [content, undefined];
  if (asked !== null && own !== undefined) {
    throw new RangeError(`got --scale, need none: the model multiplies bytes by ${short(own)}`);
  }
  const scale = asked ?? own ?? 1 / 255;
  const { width, height } = picture;
  return {
    file,
    width,
    height,
    scale,
    view: viewNetwork(network, imageShapeOf(network), picture, scale),
    classes: content instanceof Pipeline ? outputNames(content) : undefined,
  };
}

/** Returns the factor by which a model of pictures multiplies bytes. */
function scaleOf({ columns: [column, ...others] }: Pipeline): number {
  if (column.kind === "picture" && others.length === 0) return column.scale;
  throw new RangeError("got a model that reads the columns of a table, need a network of images for --image");
}

/** Returns the class of each output. */
function outputNames({ target, network }: Pipeline): string[] | undefined {
  if (target.kind !== "classes") return undefined;
  return target.classes.slice(-network.outputs).map(String);
}

function imageShapeOf({ engine: { graph } }: Network): ImageShape {
  const shapes = graph.inputs.map(({ shape }) => shape);
  const shown = shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ");
  const [[height, width, channels, ...more]] = shapes;
  if (shapes.length > 1 || channels === undefined || more.length > 0) {
    throw new RangeError(`got a network that takes ${shown}, need one of [height, width, channels] for --image`);
  }
  if (![1, 3, 4].includes(channels)) {
    const need = "1 (grey), 3 (red, green, blue) or 4 (with alpha) for --image";
    throw new RangeError(`got a network of images of ${plural(channels, "channel")}, ${shown}, need ${need}`);
  }
  return { height, width, channels };
}
