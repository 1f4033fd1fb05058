/** Reads the binary files of CIFAR-10 and CIFAR-100. */

import { checkArguments, checkInteger, checkOptions, plural, shown } from "../errors.ts";
import { checkBytes } from "./bytes.ts";
import type { Picture } from "./picture.ts";

export interface CifarOptions {
  /** 10 for CIFAR-10 (the default), 100 for CIFAR-100. */
  classes?: 10 | 100 | undefined;
}

/** The pictures of a file and their classes. */
export interface CifarExamples {
  /** 32 × 32, red, green and blue. */
  pictures: Picture[];
  /** The class of each picture, from 0; for CIFAR-100, the fine class. */
  targets: number[];
  /** Only for CIFAR-100: the coarse class of each picture, 0 to 19. */
  coarseTargets?: number[] | undefined;
}

const side = 32;
const planeBytes = side * side;

/** The number of coarse classes of CIFAR-100. */
const coarseClasses = 20;

/**
 * Reads the pictures and classes of a file of CIFAR-10 or CIFAR-100. The files of CIFAR-10 are `data_batch_1.bin` to `data_batch_5.bin` and
 * `test_batch.bin`; those of CIFAR-100 are `train.bin` and `test.bin`.
 *
 * @param bytes a whole file, unpacked
 * @throws {TypeError} if `bytes` is not a Uint8Array
 * @throws {RangeError} if the file does not hold whole pictures, names a class that does not exist, or is still gzipped; or if an option is
 * unknown
 * Source  https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
 */
export function readCifar(bytes: Uint8Array, options: CifarOptions = {}): CifarExamples {
  checkArguments("readCifar", arguments.length, 2);
  const who = "readCifar";
  checkBytes(who, bytes);
  checkOptions(who, options, ["classes"]);
  const { classes = 10 } = options;
  if (classes !== 10 && classes !== 100) throw new RangeError(`${who} classes: got ${shown(classes)}, need 10 or 100`);
  const labelBytes = classes === 100 ? 2 : 1;
  const recordBytes = labelBytes + 3 * planeBytes;
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    const need = `pictures of ${recordBytes} each, as CIFAR-${classes} has them`;
    throw new RangeError(`${who}: got ${plural(bytes.length, "byte")}, need ${need}`);
  }
  /** Returns the labels at a place of each record, each from 0 to below `count`. */
  const labelsAt = (place: number, count: number): number[] =>
    Array.from({ length: bytes.length / recordBytes }, (_, picture) => {
      const label = bytes[picture * recordBytes + place];
      checkInteger(`${who}, picture ${picture}, class`, label, 0, count - 1);
      return label;
    });
  const targets = labelsAt(labelBytes - 1, classes);
  const coarseTargets = classes === 100 ? labelsAt(0, coarseClasses) : undefined;
  const pictures = targets.map((_, picture) => pictureAt(bytes, picture * recordBytes + labelBytes));
  return coarseTargets ? { pictures, targets, coarseTargets } : { pictures, targets };
}

/** Returns the picture whose red, green and blue planes begin at `start`. */
function pictureAt(bytes: Uint8Array, start: number): Picture {
  const data = new Uint8Array(3 * planeBytes);
  for (let pixel = 0, at = 0; pixel < planeBytes; pixel++) {
    for (let colour = 0; colour < 3; colour++) data[at++] = bytes[start + colour * planeBytes + pixel];
  }
  return { data, width: side, height: side };
}
