/** Runtimes that are a command: each runs print.js in the folder where the package is installed, and prints the result. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

export const packages = join(import.meta.dirname, "node_modules");

/** Where npm has put the programs themselves; their launchers would be made by install scripts, which do not run here. */
const machine = `${process.platform}-${process.arch}`;
const nodeOf = (major) => join(packages, `node${major}/bin/node`);
const bunFile = join(packages, `@oven/bun-${machine}/bin/bun`);
const denoFile = join(packages, "deno/bin.cjs");

/** The version of an installed package; some write a v before it. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")).version.replace("v", "");

/** What a command prints. @throws {Error} with what it prints to the error stream, if it fails or takes over a minute */
export async function outputOf(command, args, options = {}) {
  const { stdout } = await promisify(execFile)(command, args, { timeout: 60_000, ...options });
  return stdout;
}

const resultOf = async (folder, command, ...args) =>
  JSON.parse(await outputOf(command, args, { cwd: folder, env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" } }));

/** What a file prints in the Node that runs this one. */
export const runInHost = (folder, file) => resultOf(folder, process.execPath, file);

export const node = (major) => ({
  version: () => versionOf(`node${major}`),
  run: ({ folder }) => resultOf(folder, nodeOf(major), "print.js"),
});

/** The program as CommonJS, with `require("simdnet")`. */
export const required = (major) => ({
  version: () => versionOf(`node${major}`),
  async run({ folder }) {
    const outfile = join(folder, "required.cjs");
    await build({
      entryPoints: [join(folder, "print.js")],
      bundle: true,
      format: "cjs",
      packages: "external",
      outfile,
    });
    if (!readFileSync(outfile, "utf8").includes('require("simdnet")')) throw new Error("it does not require simdnet");
    return resultOf(folder, nodeOf(major), outfile);
  },
});

export const deno = {
  version: () => versionOf("deno"),
  run: ({ folder }) => resultOf(folder, process.execPath, denoFile, "run", "--no-prompt", "print.js"),
};

export const bun = {
  version: () => versionOf("bun"),
  run: ({ folder }) => resultOf(folder, bunFile, "print.js"),
};
