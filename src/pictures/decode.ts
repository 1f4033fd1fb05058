/** Reads a picture from the bytes of a file: PNG, JPEG, PGM or PPM. */

import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from "fast-png";
import { decode as decodeJpeg } from "jpeg-js";
import { type Picture, readPnm } from "../data/index.ts";
import { checkArguments, shown } from "../errors.ts";
import { escapeHidden } from "../hidden.ts";
import { orientationOf, turnUpright } from "./orientation.ts";

interface Format {
  readonly name: string;
  readonly starts: readonly (readonly number[])[];
  read(bytes: PictureBytes): Picture;
}

/** The bytes of a file, on an ArrayBuffer. */
export type PictureBytes = ReturnType<Uint8Array["slice"]>;

/** "P2", "P3", "P5", "P6". */
const pnmStarts = [0x32, 0x33, 0x35, 0x36].map((digit) => [0x50, digit]);

const formats: readonly Format[] = [
  { name: "PNG", starts: [[0x89, 0x50, 0x4e, 0x47]], read: readPng },
  { name: "JPEG", starts: [[0xff, 0xd8]], read: readJpeg },
  { name: "PGM or PPM", starts: pnmStarts, read: (bytes) => readPnm(bytes)[0] },
];

const kinds = "a PNG, JPEG, PGM or PPM picture";

/** Larger pictures are refused before memory is allocated. */
const mostPixels = 1e8;
/** The memory limit of the JPEG decoder. It takes 15 bytes a pixel for a photo with halved colours, 22 for one with full colours. */
const jpegMegabytes = 1536;

/**
 * Reads a PNG, JPEG, PGM or PPM picture. The first bytes tell which it is.
 *
 * @returns the picture in bytes, row by row: grey, or red, green and blue, with alpha if the file has it. A JPEG always has alpha, and is
 * turned as its EXIF orientation says
 * @throws {TypeError} if `bytes` is not a Uint8Array
 * @throws {RangeError} if the bytes are not a readable picture, or if it has more than 100 million pixels (a JPEG with full colours: 70
 * million)
 */
export function readPicture(bytes: PictureBytes): Picture {
  checkArguments("readPicture", arguments.length, 1);
  if (Object.prototype.toString.call(bytes) !== "[object Uint8Array]") {
    throw new TypeError(`readPicture: got ${shown(bytes)}, need the bytes of a file, a Uint8Array`);
  }
  if (bytes.length === 0) throw new RangeError(`got an empty file, need ${kinds}`);
  const format = formats.find(({ starts }) => starts.some((start) => start.every((byte, at) => bytes[at] === byte)));
  if (!format) throw new RangeError(`got a file of another kind, need ${kinds}`);
  try {
    return format.read(bytes);
  } catch (error) {
    // Whatever a decoder throws: it has been given a file that is not whole.
    throw new RangeError(`it cannot be read as a ${format.name} picture: ${escapeHidden((error as Error).message)}`);
  }
}

function readJpeg(bytes: Uint8Array): Picture {
  const limits = { maxResolutionInMP: mostPixels / 1e6, maxMemoryUsageInMB: jpegMegabytes };
  const jpeg = decodeJpeg(bytes, { useTArray: true, ...limits });
  const { data, width, height } = jpeg;
  // The decoder's declarations lack this field. It begins with the second of the zeros after "Exif".
  const { exifBuffer: exif } = jpeg as { exifBuffer?: Uint8Array };
  return turnUpright({ data, width, height }, exif ? orientationOf(exif.subarray(1)) : 1);
}

function readPng(bytes: PictureBytes): Picture {
  checkHeader(bytes);
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height } = png;
  if (png.palette) return { data: convertIndexedToRgb(png), width, height };
  return { data: withAlpha(png, samplesOf(png)), width, height };
}

/** Makes the checks that the decoder omits: that the picture is not too large, and that the order of its rows is supported. */
function checkHeader(bytes: Uint8Array): void {
  const [widthAt, heightAt, depthAt, interlaceAt, end] = [16, 20, 24, 28, 29];
  if (bytes.length < end) throw new RangeError(`got ${bytes.length} bytes, need at least ${end}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height] = [view.getUint32(widthAt), view.getUint32(heightAt)];
  if (width * height > mostPixels) {
    throw new RangeError(`got ${width} × ${height} pixels, need at most ${mostPixels}`);
  }
  if (bytes[depthAt] < 8 && bytes[interlaceAt] !== 0) {
    throw new RangeError("got interlaced pixels of less than a byte, need whole bytes or one row after the other");
  }
}

/** Returns the samples of all pixels. Samples of less than a byte get a byte each. */
function samplesOf({ data, width, height, channels, depth }: DecodedPng): DecodedPng["data"] {
  if (depth >= 8) return data;
  const samples = new Uint8Array(width * height * channels);
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let y = 0, at = 0; y < height; y++) {
    for (let bit = 0; bit < width * depth; bit += depth, at++) {
      const byte = data[y * rowBytes + (bit >> 3)];
      samples[at] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  }
  return samples;
}

/** Returns the samples as bytes. If the file has alpha or a transparent colour, the result has red, green, blue and alpha. */
function withAlpha({ width, height, channels, depth, transparency }: DecodedPng, samples: DecodedPng["data"]) {
  const largest = (1 << depth) - 1;
  const byteOf = (sample: number) => (depth === 8 ? sample : Math.round((sample * 255) / largest));
  const colours = channels < 3 ? 1 : 3;
  if (colours === channels && !transparency) return Uint8Array.from(samples, byteOf);
  const data = new Uint8Array(width * height * 4);
  for (let at = 0, from = 0; at < data.length; at += 4, from += channels) {
    let isTransparent = transparency !== undefined;
    for (let colour = 0; colour < 3; colour++) {
      const place = Math.min(colour, colours - 1);
      data[at + colour] = byteOf(samples[from + place]);
      isTransparent &&= samples[from + place] === transparency?.[place];
    }
    data[at + 3] = channels > colours ? byteOf(samples[from + colours]) : isTransparent ? 0 : 255;
  }
  return data;
}
