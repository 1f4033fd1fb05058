/** Reads cats and dogs as they lie in mosaics, many small images in one JPEG file. For measuring alone: users have folders. */
import { readFileSync } from "node:fs";
import { readPicture } from "simdnet/pictures";

/**
 * @param file a tar file with mosaics `<part>/000.jpg`, … and `<part>.txt`, which names the tiles in their order
 * @param side of a tile, in pixels
 * @returns pictures, their names such as "Cat/0.jpg", and their classes
 */
export function tiles(file, part, side) {
  const files = filesOf(readFileSync(file));
  const names = new TextDecoder()
    .decode(files.get(`${part}.txt`))
    .trim()
    .split("\n");
  const mosaics = [...files.keys()].filter((name) => name.startsWith(`${part}/`)).sort();
  const pictures = mosaics.flatMap((name) => cut(readPicture(files.get(name)), side)).slice(0, names.length);
  return { pictures, names, targets: names.map((name) => (name.startsWith("Dog/") ? 1 : 0)) };
}

/** The tiles of a picture of four bytes a pixel, row by row. */
function cut({ data, width, height }, side) {
  const pictures = [];
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      const tile = new Uint8Array(side * side * 4);
      for (let y = 0; y < side; y++) {
        const from = ((top + y) * width + left) * 4;
        tile.set(data.subarray(from, from + side * 4), y * side * 4);
      }
      pictures.push({ data: tile, width: side, height: side });
    }
  }
  return pictures;
}

/** The files of a tar file, by their names. Each has a block of 512 bytes before it: its name, and at 124 its size in octal digits. */
function filesOf(tar) {
  const block = 512;
  const text = (from, length) => tar.toString("latin1", from, from + length).split("\0")[0];
  const files = new Map();
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    files.set(text(at, 100), new Uint8Array(tar.subarray(at + block, at + block + size)));
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}
