/** Pictures a batch at a time, for data of which all images do not fit in memory. */

import { type AugmentOptions, augment, images, type Picture } from "../data/index.ts";
import { checkArguments, checkInteger, checkOptions, shown } from "../errors.ts";
import { pcg32 } from "../random.ts";
import { checkSizedOptions, type Form, type SizedOptions } from "./options.ts";
import { PictureReader, type SkippedPicture } from "./reading.ts";

export interface PictureBatchesOptions<File> extends SizedOptions<File> {
  /** Pictures of a batch; the last one of an epoch may have fewer. Default 32. */
  batchSize?: number | undefined;
  /** Without it the pictures of each epoch come in the order of the files. Default true. */
  shuffle?: boolean | undefined;
  /** Varies each image anew in each epoch, as `augment` of `simdnet/data` does. Default not at all. */
  augment?: Omit<AugmentOptions, "shape" | "seed"> | undefined;
  /**
   * Keeps each picture, resized and rounded to bytes, in memory, so that later epochs open no file: height · width · channels bytes a
   * picture. Default false.
   */
  keep?: boolean | undefined;
  /** Draws the order of each epoch and the variations of images. Default 0. */
  seed?: number | undefined;
}

/** Some examples of an epoch. */
export interface PictureBatch<Target> {
  inputs: Float32Array[];
  targets: Target[];
}

/** The batches of an epoch, counted from 1: a source for `fitBatches`. The same epoch has the same batches each time. */
export interface PictureBatches<File, Target> {
  (epoch: number): AsyncGenerator<PictureBatch<Target>>;
  /** The files passed over so far. */
  readonly skipped: SkippedPicture<File>[];
}

const who = "pictureBatches";
const wordRange = 2 ** 32;

/**
 * Returns a source of batches for `fitBatches`, which reads pictures while they are trained on. A batch holds the images that it is made
 * of, and the next files are read while it is made; so memory does not grow with the number of pictures, unless they are kept.
 *
 * @param files paths, or what `read` takes
 * @param targets what is known of each file, such as its class
 * @throws {TypeError} if files or targets are no arrays, or an option has the wrong type
 * @throws {RangeError} if they differ in length or are empty, or an option is unknown or out of range. In the course of an epoch: naming the
 * file that is broken, unless `broken` is "skip"; or if none is a picture
 */
export function pictureBatches<File = string, Target = number>(
  files: readonly File[],
  targets: readonly Target[],
  options: PictureBatchesOptions<File>,
): PictureBatches<File, Target> {
  checkArguments(who, arguments.length, 3);
  const names = ["batchSize", "shuffle", "augment", "keep", "seed"];
  const { form, reading: readingOptions } = checkSizedOptions(who, options, names);
  const { batchSize = 32, shuffle = true, augment: variation, keep = false, seed = 0 } = options;
  checkInteger(`${who} batchSize`, batchSize, 1, Number.MAX_SAFE_INTEGER);
  checkInteger(`${who} seed`, seed, 0, Number.MAX_SAFE_INTEGER);
  for (const [name, value] of Object.entries({ shuffle, keep })) {
    if (typeof value !== "boolean") throw new TypeError(`${who}: got ${name} ${shown(value)}, need true or false`);
  }
  const shape = [...sidesOf(form), form.channels];
  checkVariation(variation, shape);
  const reading = new PictureReader(who, files, targets, readingOptions);
  const cache = keep ? new Map<number, Picture>() : undefined;

  async function* batches(epoch: number): AsyncGenerator<PictureBatch<Target>> {
    checkInteger(`${who}: epoch`, epoch, 1, Number.MAX_SAFE_INTEGER);
    const random = pcg32(seedOf(seed, epoch));
    const order = shuffle ? random.shuffle([...files.keys()]) : [...files.keys()];
    const vary = ({ inputs, targets }: PictureBatch<Target>) =>
      variation ? { inputs: augment(inputs, { ...variation, shape, seed: random }), targets } : { inputs, targets };
    let batch: PictureBatch<Target> = { inputs: [], targets: [] };
    for await (const [place, picture] of cache
      ? resizedPictures(reading, order, form, cache)
      : reading.pictures(order)) {
      batch.inputs.push(images(picture, form));
      batch.targets.push(targets[place]);
      if (batch.inputs.length < batchSize) continue;
      yield vary(batch);
      batch = { inputs: [], targets: [] };
    }
    reading.checkAny();
    if (batch.inputs.length > 0) yield vary(batch);
  }
  return Object.defineProperty(batches, "skipped", { get: () => reading.skipped }) as PictureBatches<File, Target>;
}

/** Gives pictures of the size of their images, from memory where they have been read before. */
async function* resizedPictures<File>(
  reading: PictureReader<File>,
  order: readonly number[],
  form: Form,
  cache: Map<number, Picture>,
): AsyncGenerator<readonly [place: number, picture: Picture]> {
  const [height, width] = sidesOf(form);
  // Those that are not kept come in the order in which they are wanted.
  const others = reading.pictures(order.filter((place) => !cache.has(place)));
  let next = await others.next();
  for (const place of order) {
    let small = cache.get(place);
    // Asked first, as another epoch at the same time may have kept it since.
    if (!next.done && next.value[0] === place) {
      const data = Uint8Array.from(images(next.value[1], { ...form, scale: 1 }), Math.round);
      small = { data, width, height };
      cache.set(place, small);
      next = await others.next();
    }
    // Without one, it has been passed over.
    if (small) yield [place, small];
  }
}

const sidesOf = ({ size }: Form): readonly [height: number, width: number] =>
  typeof size === "number" ? [size, size] : size;

/** Refuses what `augment` refuses, before a file is opened. */
function checkVariation(variation: PictureBatchesOptions<unknown>["augment"], shape: readonly number[]): void {
  if (variation === undefined) return;
  checkOptions(`${who} augment`, variation, ["flip", "shift", "rotate", "zoom", "brightness"]);
  augment(new Float32Array(shape.reduce((product, side) => product * side, 1)), { ...variation, shape });
}

/** Draws the seed of an epoch from that of the batches, so that those of two seeds have no epoch in common. */
function seedOf(seed: number, epoch: number): number {
  const random = pcg32(seed);
  for (let passed = 1; passed < epoch; passed++) random.integer(wordRange);
  return random.integer(wordRange);
}
