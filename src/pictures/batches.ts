/** Reads pictures a batch at a time, for data whose images do not all fit in memory. */

import { type AugmentOptions, augment, images, type Picture } from "../data/index.ts";
import { checkArguments, checkInteger, checkOptions, shown } from "../errors.ts";
import { pcg32 } from "../random.ts";
import { checkSizedOptions, type Form, type SizedOptions } from "./options.ts";
import { PictureReader, type SkippedPicture } from "./reading.ts";

export interface PictureBatchesOptions<File> extends SizedOptions<File> {
  /** The pictures of a batch; the last one of an epoch may have fewer. Default 32. */
  batchSize?: number | undefined;
  /** If false, the pictures of each epoch come in the order of the files. Default true. */
  shuffle?: boolean | undefined;
  /** Varies each image anew in each epoch, as `augment` of `simdnet/data` does. Default no variation. */
  augment?: Omit<AugmentOptions, "shape" | "seed"> | undefined;
  /**
   * If true, each picture stays in memory, resized and rounded to bytes, so that later epochs open no file. That takes height · width ·
   * channels bytes a picture. Default false.
   */
  keep?: boolean | undefined;
  /** The seed for the order of each epoch and the variations of images. Default 0. */
  seed?: number | undefined;
}

/** Some examples of an epoch. */
export interface PictureBatch<Target> {
  inputs: Float32Array[];
  targets: Target[];
}

/** A source for `fitBatches`: returns the batches of an epoch, counted from 1. The same epoch has the same batches each time. */
export interface PictureBatches<File, Target> {
  (epoch: number): AsyncGenerator<PictureBatch<Target>>;
  /** The files that have been skipped so far. */
  readonly skipped: SkippedPicture<File>[];
}

const who = "pictureBatches";
const wordRange = 2 ** 32;

/**
 * Returns a source of batches for `fitBatches`, which reads pictures during training. Only the images of a batch are in memory, and the
 * next files are read ahead. So the need for memory does not grow with the number of pictures, unless they are kept.
 *
 * @param files paths, or what `read` takes
 * @param targets the target of each file, such as its class
 * @throws {TypeError} if files or targets are not arrays, or if an option has the wrong type
 * @throws {RangeError} if files and targets differ in length or are empty, or if an option is unknown or out of range. During an epoch: if
 * a file is broken and `broken` is not "skip" (the message names it), or if no file is a picture
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

/** Yields pictures in the size of their images, from memory if they have been read before. */
async function* resizedPictures<File>(
  reading: PictureReader<File>,
  order: readonly number[],
  form: Form,
  cache: Map<number, Picture>,
): AsyncGenerator<readonly [place: number, picture: Picture]> {
  const [height, width] = sidesOf(form);
  // The reader returns the pictures that are not kept in the order of `order`.
  const others = reading.pictures(order.filter((place) => !cache.has(place)));
  let next = await others.next();
  for (const place of order) {
    let small = cache.get(place);
    // The reader is asked first: another epoch at the same time may have kept this picture in the meantime.
    if (!next.done && next.value[0] === place) {
      const data = Uint8Array.from(images(next.value[1], { ...form, scale: 1 }), Math.round);
      small = { data, width, height };
      cache.set(place, small);
      next = await others.next();
    }
    // If there is none, the file has been skipped.
    if (small) yield [place, small];
  }
}

const sidesOf = ({ size }: Form): readonly [height: number, width: number] =>
  typeof size === "number" ? [size, size] : size;

/** Refuses the options that `augment` refuses, before a file is opened. */
function checkVariation(variation: PictureBatchesOptions<unknown>["augment"], shape: readonly number[]): void {
  if (variation === undefined) return;
  checkOptions(`${who} augment`, variation, ["flip", "shift", "rotate", "zoom", "brightness"]);
  augment(new Float32Array(shape.reduce((product, side) => product * side, 1)), { ...variation, shape });
}

/** Derives the seed of an epoch from that of the batches. The epochs of two seeds differ. */
function seedOf(seed: number, epoch: number): number {
  const random = pcg32(seed);
  for (let passed = 1; passed < epoch; passed++) random.integer(wordRange);
  return random.integer(wordRange);
}
