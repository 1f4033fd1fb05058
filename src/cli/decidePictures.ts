/** Decides the size and channels of images, and the convolutions that suit them. Each decision states its reason. */

import { basename } from "node:path";
import type { AugmentOptions, Picture } from "../data/index.ts";
import { count, plural } from "./numbers.ts";
import { squeezeNetSide } from "./squeezenet.ts";

/** The ways in which images are varied in each epoch. */
export type Augmentation = Pick<AugmentOptions, "flip" | "shift" | "rotate" | "zoom" | "brightness">;

/** The settings that only a training on pictures has. */
export interface PictureSettings {
  /** The sides of the images, in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly channels: 1 | 3;
  /** The number of filters of each convolution. A pooling that halves the sides follows each. */
  readonly filters: readonly number[];
  readonly augment: Augmentation;
  /** The name of a file with SqueezeNet's weights, if its features replace trained convolutions. */
  readonly from?: string;
}

/** The user's settings; null where they are to be decided. */
export interface PictureQuestion {
  /** The longer side of the images, in pixels. */
  readonly size: number | null;
  readonly channels: 1 | 3 | null;
  readonly filters: readonly number[] | null;
  readonly augment: readonly AugmentationName[] | null;
  /** The path of a file with SqueezeNet's weights. */
  readonly from: string | null;
}

/** The strength of each variation. */
export const augmentations = { flip: true, shift: 0.1, rotate: 10, zoom: 0.1, brightness: 0.1 } as const;

export type AugmentationName = keyof typeof augmentations;

/** The properties of a picture that decisions depend on. */
export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
}

export interface PictureDecision {
  readonly settings: PictureSettings;
  /** The reason for each setting, in words. */
  readonly why: {
    readonly size: string;
    readonly channels: string;
    readonly filters: string;
    readonly augment: string;
  };
}

/** The longest side of images, by the number of pictures: more pictures are made smaller to save time. */
const sides = [
  { upTo: 5000, side: 64 },
  { upTo: 10_000, side: 48 },
  { upTo: Number.POSITIVE_INFINITY, side: 32 },
];

/** The number of filters of the first convolution, of the second, and so on. */
const filterCounts = [16, 32, 64, 64];
/** Shorter sides are not halved. */
const leastSide = 8;

/** With at least this many pictures, images are not varied. */
const manyPictures = 20_000;

/** Images are squares unless at least this share of the pictures has the same proportions, within this tolerance. */
const [sameShare, sameProportion] = [0.9, 0.03];

/** Returns the size of a picture and whether it is grey. */
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

/** @param pictures a sample, at least one @param total the number of pictures to train on */
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

/** Returns the settings for SqueezeNet: squares in colour. Its features are computed once, so images are not varied. */
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

/** Returns the sides of the images: the longer one as given, the other by the proportions of the pictures. */
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

/** Returns how often a side is halved, at least once. */
function halvingCount(side: number): number {
  let times = 0;
  for (let left = side; left >= leastSide; left = Math.floor(left / 2)) times++;
  return Math.min(filterCounts.length, Math.max(1, times));
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** Describes in words how images are varied. */
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
