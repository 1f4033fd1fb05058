/** Varies images at random, so that a network sees each of them in many forms. */

import { checkArguments, checkOptions, shown, unknownName } from "../errors.ts";
import { generatorOf, type RandomGenerator } from "../random.ts";
import { cosPi } from "../scalar.ts";
import {
  batchLike,
  checkShape,
  type ImageBatch,
  type ImageShape,
  type ImagesLike,
  imageLike,
  imagesOf,
  readImage,
} from "./imageRows.ts";
import { type AffineMap, sample } from "./sample.ts";

export interface AugmentOptions {
  /** [height, width, channels] of each image. */
  shape: readonly number[];
  /**
   * Mirrors with probability 1/2: left and right for true or "horizontal", top and bottom for "vertical", each on its own for "both".
   * Default false.
   */
  flip?: boolean | "horizontal" | "vertical" | "both" | undefined;
  /** Moves by up to this share of the height down or up, and of the width right or left. 0 to 1. Default 0. */
  shift?: number | undefined;
  /** Turns about the centre by at most this many degrees either way. 0 to 180. Default 0. */
  rotate?: number | undefined;
  /** Enlarges about the centre, to between 1 - zoom and 1 + zoom times the size. 0 to below 1. Default 0. */
  zoom?: number | undefined;
  /**
   * Adds the same number, between -brightness and brightness, to all numbers of an image. The result is not clipped. 0 or more. Default 0.
   */
  brightness?: number | undefined;
  /** A number, or a generator, which continues from call to call. Default 0. */
  seed?: number | RandomGenerator | undefined;
}

const who = "augment";

/** The sides that each value of `flip` mirrors. */
const flips = {
  horizontal: { isHorizontal: true, isVertical: false },
  vertical: { isHorizontal: false, isVertical: true },
  both: { isHorizontal: true, isVertical: true },
  none: { isHorizontal: false, isVertical: false },
};

/** Checked options; an option that is not given is 0. */
interface Variation {
  readonly shape: ImageShape;
  readonly flip: keyof typeof flips;
  readonly shift: number;
  readonly rotate: number;
  readonly zoom: number;
  readonly brightness: number;
}

/**
 * Returns each image mirrored, turned, enlarged, moved and brightened, as the options ask. The numbers are drawn for each image alone.
 * The same seed gives the same bits everywhere. For new variations in each epoch, give a new seed each time, such as the epoch's number, or
 * one generator for all calls.
 *
 * A single affine map with bilinear sampling moves the pixels. Pixels beyond an edge have the value of the nearest one.
 *
 * @param batch images as a trainer takes them: rows of all numbers, images nested as `shape`, or whole images in one typed array
 * @returns new images in the same form; a typed array of whole numbers becomes a Float32Array
 * @throws {TypeError} if there is something other than images, or if an option has the wrong type
 * @throws {RangeError} if a row has another shape or a number that is not finite (the message names the row, from 0), or if an option is
 * unknown or out of range
 */
export function augment<Batch extends ImageBatch>(batch: Batch, options: AugmentOptions): ImagesLike<Batch> {
  checkArguments("augment", arguments.length, 2);
  const variation = variationOf(options);
  const { shape, brightness } = variation;
  const random = generatorOf(options.seed ?? 0);
  const list = imagesOf(who, batch, shape);
  const source = new Float64Array(shape[0] * shape[1] * shape[2]);
  const target = new Float64Array(source.length);
  const images = list.map((image) => {
    readImage(who, image, shape, source);
    sample(source, target, shape, drawMap(variation, random));
    const added = uniform(random, brightness);
    for (let index = 0; index < target.length; index++) target[index] += added;
    return imageLike(image, target);
  });
  return batchLike(batch, images) as ImagesLike<Batch>;
}

function variationOf(options: AugmentOptions): Variation {
  checkOptions(who, options, ["shape", "flip", "shift", "rotate", "zoom", "brightness", "seed"]);
  const { shape, flip = false, shift = 0, rotate = 0, zoom = 0, brightness = 0 } = Object(options) as AugmentOptions;
  checkShape(who, shape);
  if (typeof flip !== "boolean" && !["horizontal", "vertical", "both"].includes(flip)) {
    throw unknownName(`${who} flip`, flip, ["horizontal", "vertical", "both", "true", "false"]);
  }
  checkLimit("shift", shift, shift <= 1, "from 0 to 1, a share of the side");
  checkLimit("rotate", rotate, rotate <= 180, "of degrees from 0 to 180");
  checkLimit("zoom", zoom, zoom < 1, "from 0 to below 1");
  checkLimit("brightness", brightness, brightness < Number.POSITIVE_INFINITY, "of 0 or more, finite");
  const side = flip === true ? "horizontal" : flip || "none";
  return { shape, flip: side, shift, rotate, zoom, brightness };
}

function checkLimit(name: string, value: unknown, isWithin: boolean, need: string): void {
  if (typeof value === "number" && value >= 0 && isWithin) return;
  throw new RangeError(`${who} ${name}: got ${shown(value)}, need a number ${need}`);
}

/** Returns a number between -limit and limit. For a limit of 0 it draws none. */
const uniform = (random: RandomGenerator, limit: number) => (limit === 0 ? 0 : limit * (2 * random.next() - 1));

/** Draws the place in the source of each pixel of an image: mirrored, turned and enlarged about the centre, then moved. */
function drawMap({ shape, flip, shift, rotate, zoom }: Variation, random: RandomGenerator): AffineMap {
  const { isHorizontal, isVertical } = flips[flip];
  const mirrorX = isHorizontal && random.next() < 0.5 ? -1 : 1;
  const mirrorY = isVertical && random.next() < 0.5 ? -1 : 1;
  const turn = uniform(random, rotate) / 180;
  const factor = 1 + uniform(random, zoom);
  const centerX = (shape[1] - 1) / 2;
  const centerY = (shape[0] - 1) / 2;
  const movedX = centerX + uniform(random, shift) * shape[1];
  const movedY = centerY + uniform(random, shift) * shape[0];
  // This is the inverse of a pixel's way: from the moved centre, turned back, made smaller, mirrored.
  const cosine = cosPi(turn) / factor;
  const sine = cosPi(0.5 - turn) / factor;
  const [xx, xy, yx, yy] = [mirrorX * cosine, mirrorX * sine, -mirrorY * sine, mirrorY * cosine];
  const x0 = centerX - xx * movedX - xy * movedY;
  const y0 = centerY - yx * movedX - yy * movedY;
  return { xx, xy, x0, yx, yy, y0 };
}
