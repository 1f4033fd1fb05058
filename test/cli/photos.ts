/** Small pictures of two classes, in files of all kinds, which a few epochs tell apart: light on the left, or at the top. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { pcg32 } from "../../src/index.ts";

const side = 12;

/** One byte a pixel. */
function bytesOf(kind: "left" | "top", seed: number): Uint8Array {
  const random = pcg32(seed);
  return Uint8Array.from({ length: side * side }, (_, at) => {
    const isLight = (kind === "left" ? at % side : Math.floor(at / side)) < side / 2;
    return (isLight ? 170 : 40) + Math.floor(60 * random.next());
  });
}

export const pgm = (grey: Uint8Array): Uint8Array => Buffer.concat([Buffer.from(`P5 ${side} ${side} 255\n`), grey]);

/** @param kind of file: a PGM, a grey PNG, or a JPEG */
function fileOf(grey: Uint8Array, kind: number): { ending: string; bytes: Uint8Array } {
  if (kind === 0) return { ending: "pgm", bytes: pgm(grey) };
  if (kind === 1) {
    return { ending: "png", bytes: encodePng({ data: grey, width: side, height: side, channels: 1, depth: 8 }) };
  }
  const data = Buffer.from(Array.from(grey, (value) => [value, value, value, 255]).flat());
  return { ending: "jpg", bytes: encodeJpeg({ data, width: side, height: side }, 95).data };
}

/** Writes `count` pictures of each class. @returns the paths of all, from the folder */
export function writePhotos(folder: string, count: number): string[] {
  return (["left", "top"] as const).flatMap((kind, number) =>
    Array.from({ length: count }, (_, index) => {
      const { ending, bytes } = fileOf(bytesOf(kind, 100 * number + index), index % 3);
      const path = join(kind, `${index}.${ending}`);
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
      return path;
    }),
  );
}
