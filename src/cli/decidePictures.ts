/** Decides what images a folder's pictures become, and which convolutions suit them. Each decision has its reason. */

import { basename } from "node:path";
import type { AugmentOptions, Picture } from "../data/index.ts";
import { count, plural } from "./numbers.ts";
import { squeezeNetSide } from "./squeezenet.ts";

/** The ways in which images are varied in each epoch. */
export type Augmentation = Pick<AugmentOptions, "flip" | "shift" | "rotate" | "zoom" | "brightness">;

/** The settings that a training on pictures has beside those of a training on a table. */
export interface PictureSettings {
  /** Sides of the images, in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly channels: 1 | 3;
  /** Of each convolution, behind which a pooling halves the sides. */
  readonly filters: readonly number[];
  readonly augment: Augmentation;
  /** The name of the file with SqueezeNet's weights, if its features are used instead of convolutions that are trained. */
  readonly from?: string;
}

/** What the user says of it; null for what is decided. */
export interface PictureQuestion {
  /** The longer side of the images, in pixels. */
  readonly size: number | null;
  readonly channels: 1 | 3 | null;
  readonly filters: readonly number[] | null;
  readonly augment: readonly AugmentationName[] | null;
  /** The path of a file with SqueezeNet's weights. */
  readonly from: string | null;
}

/** By how much, where the user names what is to be varied. */
export const augmentations = { flip: true, shift: 0.1, rotate: 10, zoom: 0.1, brightness: 0.1 } as const;

export type AugmentationName = keyof typeof augmentations;

/** What is known of a picture. */
export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
}

export interface PictureDecision {
  readonly settings: PictureSettings;
  /** The reason of each, in words. */
  readonly why: {
    readonly size: string;
    readonly channels: string;
    readonly filters: string;
    readonly augment: string;
  };
}

/** The longest side of images by the number of pictures: of more pictures they are smaller, as each takes time. */
const sides = [
  { upTo: 5000, side: 64 },
  { upTo: 10_000, side: 48 },
  { upTo: Number.POSITIVE_INFINITY, side: 32 },
];

/** Of convolutions, the first ones. */
const filterCounts = [16, 32, 64, 64];
/** Shorter sides are not halved any more. */
const leastSide = 8;

/** More pictures are enough as they are. */
const manyPictures = 20_000;

/** Such a share of the pictures has the same proportions, or each image is a square. */
const [sameShare, sameProportion] = [0.9, 0.03];

/** Looks at a picture. */
export function describePicture({ data, width, height }: Picture): PictureFacts {
  const bytes = data.length / (width * height);
  let isGrey = true;
  if (bytes > 1) {
    for (let at = 0; isGrey && at < data.length; at += bytes) {
      isGrey = data[at] === data[at + 1] && data[at] === data[at + 2];
    }
  }
  return { width, height, isGrey };
}

/** @param pictures some of them, at least one @param total how many there are to train on */
export function decidePictures(
  pictures: readonly PictureFacts[],
  total: number,
  asked: PictureQuestion,
): PictureDecision {
  if (asked.from !== null) return decideFeatures(basename(asked.from), asked.size);
  const longer = median(pictures.map(({ width, height }) => Math.max(width, height)));
  const most = sides.find(({ upTo }) => total <= upTo)!.side;
  const side = asked.size ?? Math.min(longer, most);
  const { size, proportions } = sizeOf(side, pictures);
  const isGrey = pictures.every(({ isGrey }) => isGrey);
  const channels = asked.channels ?? (isGrey ? 1 : 3);
  const filters = asked.filters ?? filterCounts.slice(0, halvingCount(Math.min(...size)));
  const isFew = total < manyPictures;
  const names: readonly AugmentationName[] =
    asked.augment ??
    (isFew ? (isGrey ? ["shift", "rotate", "zoom"] : ["flip", "shift", "rotate", "zoom", "brightness"]) : []);
  const own = pictures.length === 1 ? "the picture has" : "most pictures have";
  return {
    settings: {
      size,
      channels,
      filters,
      augment: Object.fromEntries(names.map((name) => [name, augmentations[name]])),
    },
    why: {
      size: `${
        asked.size !== null
          ? "as --size says"
          : side < longer
            ? `as ${plural(total, "picture")} of ${count(longer)} pixels would take long`
            : `as ${own}`
      }${proportions}`,
      channels:
        asked.channels !== null
          ? "as --channels says"
          : isGrey
            ? "as no picture has colours"
            : "as pictures have colours",
      filters: asked.filters
        ? "as --filters says"
        : `halved until a side is below ${leastSide}, at most ${filterCounts.length} times`,
      augment: asked.augment
        ? "as --augment says"
        : isFew
          ? `as ${plural(total, "picture")} to train on are few${isGrey ? "" : ", and those in colour may be mirrored"}`
          : `as ${plural(total, "picture")} to train on are enough`,
    },
  };
}

/** SqueezeNet takes squares in colour. As its features are computed once, nothing is varied. */
function decideFeatures(from: string, side: number | null): PictureDecision {
  const size = [side ?? squeezeNetSide, side ?? squeezeNetSide] as const;
  const why = side === null ? "which SqueezeNet tells apart well, and fast" : "as --size says";
  return {
    settings: { size, channels: 3, filters: [], augment: {}, from },
    why: {
      size: why,
      channels: "as SqueezeNet takes them",
      filters: "",
      augment: "as its features are computed once",
    },
  };
}

/** Sides whose longer one is given, in the proportions that the pictures have. */
function sizeOf(
  side: number,
  pictures: readonly PictureFacts[],
): Pick<PictureSettings, "size"> & { proportions: string } {
  const ratio = median(pictures.map(({ width, height }) => width / height));
  const same = pictures.filter(({ width, height }) => Math.abs(width / height / ratio - 1) <= sameProportion);
  if (same.length < sameShare * pictures.length) {
    return { size: [side, side], proportions: "; square, as their proportions differ" };
  }
  const shorter = Math.max(1, Math.round(side * Math.min(ratio, 1 / ratio)));
  return { size: ratio > 1 ? [shorter, side] : [side, shorter], proportions: "" };
}

/** How often a side is halved. At least once, if it has a half. */
function halvingCount(side: number): number {
  let times = 0;
  for (let left = side; left >= leastSide; left = Math.floor(left / 2)) times++;
  return Math.min(filterCounts.length, Math.max(1, times));
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** How images are varied, in words. */
export function augmentText({ flip, shift, rotate, zoom, brightness }: Augmentation): string {
  const parts = [
    ...(flip ? ["mirrored"] : []),
    ...(shift ? [`moved by up to ${100 * shift} %`] : []),
    ...(rotate ? [`turned by up to ${rotate}°`] : []),
    ...(zoom ? [`zoomed by up to ${100 * zoom} %`] : []),
    ...(brightness ? [`brightened by up to ${100 * brightness} %`] : []),
  ];
  return parts.join(", ");
}
