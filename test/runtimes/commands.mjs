/** Runtimes with a command: each runs print.js in the folder where the package is installed, and prints the result. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

export const packages = join(import.meta.dirname, "node_modules");

/** The folders of the programs that npm has installed. Install scripts would make launchers, but they do not run here. */
const machine = `${process.platform}-${process.arch}`;
const nodeOf = (major) => join(packages, `node${major}/bin/node`);
const bunFile = join(packages, `@oven/bun-${machine}/bin/bun`);
const denoFile = join(packages, "deno/bin.cjs");

/** Returns the version of an installed package. Some versions begin with a v. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")).version.replace("v", "");

/** Returns the output of a command. @throws {Error} with its error output, if it fails or takes over a minute */
export async function outputOf(command, args, options = {}) {
  const { stdout } = await promisify(execFile)(command, args, { timeout: 60_000, ...options });
  return stdout;
}

const resultOf = async (folder, command, ...args) =>
  JSON.parse(await outputOf(command, args, { cwd: folder, env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" } }));

/** Returns the output of a file in the Node that runs this one. */
export const runInHost = (folder, file) => resultOf(folder, process.execPath, file);

export const node = (major) => ({
  version: () => versionOf(`node${major}`),
  run: ({ folder }) => resultOf(folder, nodeOf(major), "print.js"),
});

/** Makes a file CommonJS, with `require("simdnet")` in it. */
export async function makeCommonJs(file, outfile) {
  await build({ entryPoints: [file], bundle: true, format: "cjs", packages: "external", outfile });
  if (!readFileSync(outfile, "utf8").includes('require("simdnet")')) throw new Error("it does not require simdnet");
}

/** Runs the program as CommonJS. */
export const required = (major) => ({
  version: () => versionOf(`node${major}`),
  async run({ folder }) {
    const outfile = join(folder, "required.cjs");
    await makeCommonJs(join(folder, "print.js"), outfile);
    return resultOf(folder, nodeOf(major), outfile);
  },
});

/** Imports and requires every entry, and compares their exports: two copies of a class would not recognize each other's objects. */
const copies = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const names = ["simdnet", "simdnet/data", "simdnet/pictures", "simdnet/onnx"];
const hasOne = async (name) => {
  const [imported, required] = [await import(name), require(name)];
  return Object.keys(imported).every((key) => imported[key] === required[key]);
};
console.log(JSON.stringify(await Promise.all(names.map(hasOne))));
`;

/** Checks that a process that imports and requires the package has one copy of it. @param run runs a file in a folder */
const oneCopy = (version, run) => ({
  version,
  async run({ folder }) {
    writeFileSync(join(folder, "copies.mjs"), copies);
    const areOne = await run(folder, "copies.mjs");
    if (!areOne.every(Boolean)) throw new Error(`the entries have one copy: ${areOne.join(", ")}`);
  },
});

const runDeno = (folder, file) =>
  resultOf(folder, process.execPath, denoFile, "run", "--no-prompt", "--allow-read", file);
const runBun = (folder, file) => resultOf(folder, bunFile, file);

export const deno = {
  version: () => versionOf("deno"),
  run: ({ folder }) => runDeno(folder, "print.js"),
};

export const bun = {
  version: () => versionOf("bun"),
  run: ({ folder }) => runBun(folder, "print.js"),
};

export const oneCopyInNode = (major) => {
  const { version } = node(major);
  return oneCopy(version, (folder, file) => resultOf(folder, nodeOf(major), file));
};
export const oneCopyInDeno = oneCopy(deno.version, runDeno);
export const oneCopyInBun = oneCopy(bun.version, runBun);
