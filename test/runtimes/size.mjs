/** What a program loads that imports the package, bundled and minified by esbuild and compressed by gzip, its modules included. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { versionOf } from "./commands.mjs";

/** @param program what it imports @param most kilobytes, of 1000 bytes */
const size = (program, most) => ({
  version: () => versionOf("esbuild"),
  async run({ folder }) {
    const stdin = { contents: program, resolveDir: folder };
    const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: "esm", write: false });
    const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
    if (bytes > most * 1000) throw new Error(`got ${bytes} bytes, need at most ${most} kB`);
  },
});

export const predictionSize = size('export { Network } from "simdnet";', 35);
// The aim is 55: the JavaScript is 41, and the kernels are there in two types.
export const wholeSize = size('export * from "simdnet";', 80);
