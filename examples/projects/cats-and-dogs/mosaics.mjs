/** Reads cats and dogs from mosaics, JPEG files of many small images. Only for measuring: users have folders. */
import { readPicture } from "simdnet/pictures";
import { filesOf } from "../shared/files.mjs";

/**
 * @param file a tar file with mosaics `<part>/000.jpg`, … and `<part>.txt`, which names the tiles in order
 * @param side of a tile, in pixels
 * @returns pictures, their names such as "Cat/0.jpg", and their classes
 */
export function tiles(file, part, side) {
  const files = filesOf(file);
  const names = new TextDecoder()
    .decode(files.get(`${part}.txt`))
    .trim()
    .split("\n");
  const mosaics = [...files.keys()].filter((name) => name.startsWith(`${part}/`)).sort();
  const pictures = mosaics.flatMap((name) => cut(readPicture(files.get(name)), side)).slice(0, names.length);
  return { pictures, names, targets: names.map((name) => (name.startsWith("Dog/") ? 1 : 0)) };
}

/** Returns the tiles of a picture of four bytes a pixel, row by row. */
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
