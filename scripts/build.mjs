/**
 * Builds the kernels (debug, release and relaxed) and inlines what it ships, as hexadecimal, in build/module.js, so that the
 * package needs no file access, no bundler plugin and no `await` to start. With `--package`, compiles src/ to dist/ too and
 * bundles its entries.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { run } from "./prepare.mjs";

/** What core.d.ts names of WebAssembly, for those who compile without the types of browsers and of Node. */
const webAssemblyTypes = `
declare namespace WebAssembly {
  interface Memory { readonly buffer: ArrayBuffer; grow(pages: number): number }
  interface Table {
    readonly length: number;
    grow(count: number): number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  }
  interface Module {}
}
`;

for (const options of [
  ["--target", "debug"],
  ["--target", "release"],
  ["--config", "assembly/relaxed.json"],
]) {
  run("node_modules/assemblyscript/bin/asc.js", ...options, "--transform", "./scripts/assembly-transform.mjs");
}
appendFileSync("build/core.d.ts", webAssemblyTypes);
// Hexadecimal is longer than base64, but keeps the bytes apart, so that what downloads compress comes to two thirds.
const [strict, relaxed] = ["core", "core.relaxed"].map((name) => readFileSync(`build/${name}.wasm`).toString("hex"));
writeFileSync("build/module.js", `export const strict =\n  "${strict}";\nexport const relaxed =\n  "${relaxed}";\n`);
const types = `/** The release build of assembly/index.ts. */
export const strict: string;
/** That of assembly/relaxed.ts. */
export const relaxed: string;
`;
writeFileSync("build/module.d.ts", types);

if (process.argv.includes("--package")) {
  rmSync("dist", { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
  await bundle();
}

/**
 * Replaces the package's entries by one file each, and what they share by a third: loading forty files takes a
 * process 15 ms longer than loading two. The other files of dist/ serve the declarations and the benchmarks.
 */
async function bundle() {
  const { rolldown } = await import("rolldown");
  const input = { index: "dist/index.js", "data/index": "dist/data/index.js" };
  // The parser of CSV then comes in its build for browsers, which has nothing of Node in it.
  const bundle = await rolldown({ input, platform: "browser" });
  // What wraps a CommonJS module is named before it is found to belong to one entry only; it must not take the name.
  const chunkFileNames = ({ name }) => (name.includes("runtime") ? "runtime.js" : "shared.js");
  await bundle.write({
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames,
    comments: { legal: true, annotation: true, jsdoc: false },
  });
}
