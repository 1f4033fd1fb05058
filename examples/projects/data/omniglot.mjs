/**
 * Omniglot's two small sets of letters and its one-shot runs in one file, omniglot.br. It is brotli of a line of JSON, `{ width, height,
 * paths, texts }`, and the pictures in the order of `paths`. A pixel is a bit, and each row begins a new byte. 1 is paper, as in the
 * original files.
 *
 * `node examples/projects/data/omniglot.mjs images_background_small1.zip images_background_small2.zip one-shot-runs.zip` makes it, from
 * https://github.com/brendenlake/omniglot, python/.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { readPicture } from "simdnet/pictures";
import { filesOf } from "../shared/files.mjs";

const file = fileURLToPath(new URL("omniglot.br", import.meta.url));

/**
 * Returns the pictures `{ data, width, height }` by their paths, such as "Greek/character01/0394_01.png", and the texts of the runs by
 * theirs.
 */
export function omniglot() {
  const bytes = brotliDecompressSync(readFileSync(file));
  const end = bytes.indexOf("\n");
  const { width, height, paths, texts } = JSON.parse(bytes.toString("utf8", 0, end));
  const rowBytes = Math.ceil(width / 8);
  const pictures = paths.map((path, index) => {
    const begin = end + 1 + index * rowBytes * height;
    const data = new Uint8Array(width * height);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        data[at] = (bytes[begin + y * rowBytes + (x >> 3)] >> (7 - (x & 7))) & 1 ? 255 : 0;
      }
    }
    return [path, { data, width, height }];
  });
  return { pictures: new Map(pictures), texts: new Map(Object.entries(texts)) };
}

function pack(archives) {
  // Greek and Latin are in both sets, with the same pictures.
  const files = new Map(
    archives.flatMap((path) => [...filesOf(path)]).map(([path, bytes]) => [path.replace(/^images_\w+\//, ""), bytes]),
  );
  const endsWith = (end) => [...files.keys()].filter((path) => path.endsWith(end)).sort();
  const paths = endsWith(".png");
  const pictures = paths.map((path) => readPicture(files.get(path)));
  const [{ width, height }] = pictures;
  const texts = Object.fromEntries(endsWith(".txt").map((path) => [path, Buffer.from(files.get(path)).toString()]));
  const rowBytes = Math.ceil(width / 8);
  const bits = pictures.map(({ data }) => {
    const packed = Buffer.alloc(rowBytes * height);
    data.forEach((value, at) => {
      const x = at % width;
      if (value > 0) packed[((at - x) / width) * rowBytes + (x >> 3)] |= 128 >> (x & 7);
    });
    return packed;
  });
  const content = Buffer.concat([Buffer.from(`${JSON.stringify({ width, height, paths, texts })}\n`), ...bits]);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(file, brotliCompressSync(content, { params }));
  console.log(`${paths.length} pictures of ${width} × ${height} pixels in ${readFileSync(file).length} bytes`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) pack(process.argv.slice(2));
