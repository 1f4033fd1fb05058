/** The size of a program that imports the package: bundled and minified by esbuild and compressed by gzip, with its modules. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { versionOf } from "./commands.mjs";

/**
 * @param program the text of its imports
 * @param most kilobytes, of 1000 bytes
 * @param condition of the entry in package.json; by default none
 */
const size = (program, most, condition) => ({
  version: () => versionOf("esbuild"),
  async run({ folder }) {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: folder },
      conditions: condition ? [condition] : [],
      // The other entries import the library, which they share with the program.
      external: ["*.wasm?module", "../index.js"],
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
    });
    const [{ contents, text }] = outputFiles;
    const modules = Array.from(text.matchAll(/"\.\/(\w+\.wasm)\?module"/g), ([, name]) => name);
    const parts = [contents, ...modules.map((name) => readFileSync(join(folder, "node_modules/simdnet/dist", name)))];
    const bytes = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
    if (bytes > most * 1000) throw new Error(`got ${bytes} bytes, need at most ${most} kB`);
  },
});

export const predictionSize = size('export { Network } from "simdnet";', 85);
// Here the kernels are files, each compressed alone: float64's are not edits of float32's.
export const edgePredictionSize = size('export { Network } from "simdnet";', 100, "workerd");
export const wholeSize = size('export * from "simdnet";', 187);
export const onnxWriterSize = size('export { toOnnx } from "simdnet/onnx";', 13);
export const onnxReaderSize = size('export { fromOnnx } from "simdnet/onnx";', 42);
