/** Turns a folder of pictures into the examples of a network: decides on their size, splits them, reads them. */

import { createHash } from "node:crypto";
import { relative } from "node:path";
import { encodeRecords, images, type Picture, standardize } from "../data/index.ts";
import { type BatchSource, type Network, pcg32 } from "../index.ts";
import { type Goal, leastRows } from "./decide.ts";
import {
  decidePictures,
  describePicture,
  type PictureDecision,
  type PictureQuestion,
  type PictureSettings,
} from "./decidePictures.ts";
import type { EncodedExamples } from "./encodeParts.ts";
import { Failure, guard } from "./failure.ts";
import { plural } from "./numbers.ts";
import { missingClassNotes, type Parts, partsOf } from "./parts.ts";
import type { PreparedData, Shares, Trunk } from "./prepare.ts";
import { type Broken, eachPicture } from "./readPictures.ts";
import { mostFrequentClass } from "./score.ts";
import type { Settings } from "./settings.ts";
import { featuresName, leastSqueezeNetSide, readSqueezeNet } from "./squeezenet.ts";

export interface PreparedPictures extends PreparedData {
  /** The number of files, and of those that are read. */
  readonly files: number;
  readonly sampleSize: number;
  readonly broken: readonly Broken[];
  readonly pictures: PictureSettings;
  /** Undefined for a resumed training, which decides nothing. */
  readonly why: PictureDecision["why"] | undefined;
}

/** The names of the only column and of the target. */
export const [pictureColumn, classColumn] = ["picture", "class"];

/** The most pictures that are inspected before a decision. */
const mostInspected = 60;

const scale = 1 / 255;

/** Resizes a picture and keeps bytes, which take a quarter of the memory of float32. */
const smallOf = (picture: Picture, { size, channels }: PictureSettings): Picture => ({
  data: Uint8Array.from(images(picture, { size, channels, scale: 1 }), Math.round),
  width: size[1],
  height: size[0],
});

/**
 * Returns the classes of a folder, and the file and class number of each picture.
 *
 * @throws {Failure} if there are none
 */
export async function readClasses(folder: string) {
  const { pictureFolder } = await import("../pictures/index.ts");
  return pictureFolder(folder).catch((error) => {
    if (error instanceof RangeError) throw new Failure(error.message.replace(/^pictureFolder: /, ""));
    throw error;
  });
}

export interface FolderQuestion {
  /** The number of pictures to draw at random; null for all. */
  readonly sample: number | null;
  /** The user's settings, or the decided ones of a resumed training. */
  readonly pictures: PictureQuestion | PictureSettings;
  /** The network of a resumed training, which has the features' layers. */
  readonly trained?: Network;
}

const isDecided = (pictures: PictureQuestion | PictureSettings): pictures is PictureSettings =>
  Array.isArray(pictures.size);

/**
 * @param memoryBytes the most memory for the examples
 * @throws {Failure} naming the folder or the file that is invalid
 */
export async function preparePictures(
  folder: string,
  { sample, pictures: asked, trained }: FolderQuestion,
  shares: Shares & Pick<Settings, "dtype">,
  memoryBytes = Number.POSITIVE_INFINITY,
): Promise<PreparedPictures> {
  const found = await readClasses(folder);
  const { classes } = found;
  if (classes.length < 2) {
    const got = `pictures of one class only, ${JSON.stringify(classes[0])}`;
    throw new Failure(`${folder}: got ${got}, need a folder for each of at least two classes`);
  }
  const places = samplePlaces(found.files.length, sample, shares.seed);
  const files = places.map((place) => found.files[place]);
  const labels = places.map((place) => found.targets[place]);
  if (files.length < leastRows) {
    const got = plural(files.length, "picture");
    throw new Failure(`${folder}: got ${got}, need at least ${leastRows} to train and test on`);
  }
  const goalOf = (labels: readonly number[]): Goal => ({
    kind: "classes",
    classes,
    counts: classes.map((_, number) => labels.filter((label) => label === number).length),
  });
  const goal = goalOf(labels);
  const rows = Int32Array.from(files, (_, row) => row);
  const split = partsOf(rows, { goal, labels: labels.map((number) => classes[number]), file: folder, ...shares });
  const broken: Broken[] = [];
  const { settings, why } = isDecided(asked)
    ? { settings: asked, why: undefined }
    : decidePictures(await inspectSample(folder, files, shares.seed), split.train.length, asked);
  const { size, channels } = settings;
  const trunkNetwork = settings.from === undefined ? undefined : trunkOf(asked, settings, trained, shares.dtype);
  const pixels = size[0] * size[1] * channels;
  const width = trunkNetwork?.outputs ?? pixels;
  const inputOf = (picture: Picture): ArrayLike<number> => {
    const image = images(picture, { size, channels, scale });
    return trunkNetwork ? trunkNetwork.predict(image) : image;
  };
  // Training images are bytes. Each other number is there twice, once in a temporary copy. Test images are kept as bytes, too.
  const { length: others } = [...split.validation, ...split.test];
  const bytes =
    pixels * split.test.length + 8 * width * others + (trunkNetwork ? 8 * width : pixels) * split.train.length;
  if (bytes > memoryBytes) {
    const got = `${plural(files.length, "picture")} that become images of ${size[1]} × ${size[0]} pixels`;
    throw new Failure(`${folder}: got ${got}, more than memory holds; --size makes them smaller, --sample takes some`);
  }
  const partOf = async (rows: Int32Array, what: string) => {
    const whole: number[] = [];
    const small: Picture[] = [];
    const isSmall = what === "train on" && !trunkNetwork;
    const isShown = what === "test on" || (what === "stop by" && split.test.length === 0);
    const count = rows.length * width;
    const inputs = isSmall ? undefined : trunkNetwork ? valuesFor(trunkNetwork, count) : new Float32Array(count);
    for await (const [place, picture] of eachPicture(
      Array.from(rows, (row) => files[row]),
      broken,
    )) {
      inputs?.set(
        guard(files[rows[place]], () => inputOf(picture)),
        whole.length * width,
      );
      if (isSmall || isShown) small.push(smallOf(picture, settings));
      whole.push(rows[place]);
    }
    if (whole.length === 0) throw new Failure(`${folder}: got only broken pictures to ${what}, need whole ones`);
    const targets = Float64Array.from(whole, (row) => labels[row]);
    return { rows: Int32Array.from(whole), targets, small, inputs: inputs?.subarray(0, whole.length * width) };
  };
  const train = await partOf(split.train, "train on");
  const validation = await partOf(split.validation, "stop by");
  const test = split.test.length > 0 ? await partOf(split.test, "test on") : validation;
  const unseen = classes.find((_, number) => !train.targets.includes(number));
  if (unseen !== undefined) {
    throw new Failure(`${folder}: got no whole picture of ${JSON.stringify(unseen)} to train on, need some`);
  }
  const whole = [...new Set([train, validation, test])].flatMap(({ rows }) => Array.from(rows, (row) => labels[row]));
  const parts: Parts = {
    ...split,
    train: train.rows,
    validation: validation.rows,
    test: split.test.length > 0 ? test.rows : split.test,
  };
  const examplesOf = ({ inputs, targets }: typeof test): EncodedExamples => ({ inputs: inputs!, targets });
  const hash = createHash("sha256");
  for (const { data } of train.small) hash.update(data);
  if (train.inputs) hash.update(train.inputs);
  for (const values of [train.targets, validation.inputs!, validation.targets]) hash.update(values);
  const nameOf = (file: string) => relative(folder, file);
  return {
    asked: goalOf(whole),
    parts,
    encoding: encodeRecords({ [pictureColumn]: [blank] }, { pictures: { [pictureColumn]: { size, channels, scale } } }),
    goal: { kind: "classes", name: classColumn, classes },
    targets: train.targets,
    validation: examplesOf(validation),
    test: examplesOf(test),
    naive: mostFrequentClass(train.targets, classes.length),
    fingerprint: hash.digest("hex"),
    withoutTarget: 0,
    warnings: missingClassNotes(goalOf(whole), parts, (row) => classes[labels[row]]),
    notUsed: Object.fromEntries(broken.map(({ file, reason }) => [nameOf(file), reason])),
    fit: async (trainer, { batchSize, seed }, options) =>
      train.inputs
        ? trainer.fit(train.inputs, train.targets, options)
        : trainer.fitBatches(await batchesOf(train, settings, batchSize, seed), options),
    testRows: () => ({
      columns: { [pictureColumn]: test.small },
      names: Array.from(test.rows, (row) => nameOf(files[row])),
    }),
    files: found.files.length,
    sampleSize: files.length,
    broken,
    pictures: settings,
    ...(trunkNetwork && { trunk: { network: trunkNetwork, ...spreadOf(train.inputs!, width) } }),
    why,
  };
}

/** Returns the network that computes features: SqueezeNet from its file, or from the resumed training. */
function trunkOf(
  asked: PictureQuestion | PictureSettings,
  { size }: PictureSettings,
  trained: Network | undefined,
  dtype: Settings["dtype"],
): Network {
  if (trained) return trained.part({ outputs: featuresName });
  if (Math.min(...size) < leastSqueezeNetSide) {
    throw new Failure(`--size: got ${Math.min(...size)} pixels, need at least ${leastSqueezeNetSide} for SqueezeNet`);
  }
  return readSqueezeNet(asked.from!, size, dtype);
}

/** Makes an array for features, of the network's type. */
const valuesFor = ({ dtype }: Network, count: number) =>
  dtype === "float64" ? new Float64Array(count) : new Float32Array(count);

/** Returns the mean and the deviation of each feature. */
function spreadOf(values: Float32Array | Float64Array, width: number): Pick<Trunk, "means" | "deviations"> {
  const { offsets, divisors } = standardize(
    Array.from({ length: values.length / width }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]),
  ).toJSON();
  return { means: offsets, deviations: divisors };
}

const blank: Picture = { data: new Uint8Array(1), width: 1, height: 1 };

/** Returns all places, or a random sample of them in order. */
function samplePlaces(count: number, sample: number | null, seed: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  if (sample === null || sample >= count) return places;
  return pcg32(seed)
    .shuffle(places)
    .slice(0, sample)
    .sort((one, other) => one - other);
}

/** Inspects a random sample of the pictures. */
async function inspectSample(folder: string, files: readonly string[], seed: number) {
  const some = pcg32(seed)
    .shuffle([...files])
    .slice(0, mostInspected);
  const broken: Broken[] = [];
  const facts = [];
  for await (const [, picture] of eachPicture(some, broken)) facts.push(describePicture(picture));
  if (facts.length > 0) return facts;
  const [{ file, reason }] = broken;
  throw new Failure(`${folder}: got only broken pictures, need whole ones; ${file}: ${reason}`);
}

/** Returns a source of batches that varies each image anew in each epoch. */
async function batchesOf(
  { small, targets }: { readonly small: readonly Picture[]; readonly targets: Float64Array },
  { size, channels, augment }: PictureSettings,
  batchSize: number,
  seed: number,
): Promise<BatchSource> {
  const { pictureBatches } = await import("../pictures/index.ts");
  return pictureBatches(small, [...targets], {
    ...{ size, channels, scale, batchSize, seed },
    ...(Object.keys(augment).length > 0 && { augment }),
    read: (picture) => picture,
  });
}
