/**
 * Builds the kernels, and inlines what the package ships of them, as text, in build/module.js, so that it needs no
 * file access, no bundler plugin and no `await` to start. With `--package`, compiles src/ to dist/ too and bundles its entries.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { run } from "./prepare.mjs";
import { bodiesOf, dataSection, withoutNames } from "./wasm.mjs";

/** What the modules' declarations name of WebAssembly, for those who compile without the types of browsers and of Node. */
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

/** The modules that are there for each type of elements, as `core32` and `core64`: the target in asconfig.json and what it is made of. */
const typedModules = {
  debug: ["core", "training", "elementary"],
  core: ["core"],
  training: ["training"],
  elementary: ["elementary"],
};
const untypedModules = { decode: ["decode"], bench: ["bench"] };
const types = ["32", "64"];
/** Those that are inlined, and that the edge entries load as files. */
const inlined = ["core", "training"];
const files = ["core", "training"].flatMap((name) => types.map((type) => `${name}${type}`));

/**
 * How the entries are shortened. A process reads a tenth faster what is shorter. But names of functions stay for stack traces, and
 * lines, since Node shows that of an error.
 */
const readable = { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: false } };

/** Of each type's core, where the bodies of the functions lie that add products: pairs of bytes. */
const products = {};

// A process for each type; the second has the short ones, too.
await Promise.all([
  compileAll(typedModules, "32"),
  compileAll(typedModules, "64").then(() => compileAll(untypedModules)),
]);
for (const name of files) appendFileSync(`build/${name}.d.ts`, webAssemblyTypes);
writeTexts();

if (process.argv.includes("--package")) {
  rmSync("dist", { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
  // What `simdnet export` writes: it stands alone, without source, stack trace or licence file beside it.
  const alone = { minify: true, banner: notice() };
  await bundle("cli/exported/module", alone);
  await bundle("cli/exported/runtime", { ...alone, isEdge: true });
  await bundle("index", { isEdge: true, file: "dist/index.edge.js" });
  copyFileSync("dist/memory/compiledTraining.edge.js", "dist/training.edge.js");
  // Last, because they take the places of what is bundled.
  await bundle("index");
  await bundle("data/index");
  await bundle("cli/main");
  // Others' plots are most of it, and twice as long as the library.
  await bundle("cli/report", { minify: true });
  copyFileSync("build/bench.wasm", "dist/cli/bench.wasm");
  // Nobody imports the command.
  for (const name of readdirSync("dist/cli", { recursive: true })) {
    if (name.endsWith(".d.ts")) rmSync(`dist/cli/${name}`);
  }
  for (const name of files) copyFileSync(`build/${name}.wasm`, `dist/${name}.wasm`);
}

/** @param type of the elements; none for modules that are not typed */
async function compileAll(modules, type = "") {
  for (const [target, entries] of Object.entries(modules)) await compile(target, entries, type);
}

async function compile(target, entries, type) {
  const sources = entries.map((entry) => `assembly/${entry}.ts`);
  const file = `build/${target}${type}.wasm`;
  const options = ["--disableWarning", "112", "--transform", "./scripts/assembly-transform.mjs", "--outFile", file];
  if (type) options.push("--use", `ElementType=f${type}`);
  await runBeside("node_modules/assemblyscript/bin/asc.js", ...sources, "--target", target, ...options);
  if (target === "debug") return;
  await optimize(target, file);
  const named = readFileSync(file);
  if (target === "core") products[`float${type}`] = bodiesOf(named, /^assembly\/products\//);
  writeFileSync(file, withoutNames(named));
}

/** Runs a script with Node while others run. If it fails, this process ends. */
async function runBeside(...args) {
  const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
  if (code !== 0) process.exit(code ?? 1);
}

/**
 * Writes the inlined modules as text. A byte is one character, the rarer half of them two, so that what compresses the text
 * still finds the bytes' repetitions: it comes to the compressed size of the bytes and 2 % (assembly/decode.ts). The two types of
 * a module are much alike, but what compresses looks back 32 kB only: their halves take turns. Each is what a function returns,
 * which V8 passes over until it is called.
 */
function writeTexts() {
  const binaries = inlined.map((name) => types.map((type) => readFileSync(`build/${name}${type}.wasm`)));
  const counts = new Uint32Array(256);
  for (const bytes of binaries.flat()) for (const byte of bytes) counts[byte]++;
  const order = Uint8Array.from([...counts.keys()].sort((one, other) => counts[other] - counts[one]));
  // What is printed as it stands between quotes of any kind, and in a page.
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  const decode = readFileSync("build/decode.wasm");
  const { tables, characters } = new WebAssembly.Instance(new WebAssembly.Module(decode)).exports;
  const alphabet = printable.filter((character) => !'"\\`$<'.includes(character)).slice(0, characters.value);
  const singles = alphabet.length - 2;
  const codes = [];
  for (const [index, byte] of order.entries()) {
    const beyond = index - singles;
    const prefix = singles + Math.floor(beyond / alphabet.length);
    codes[byte] = beyond < 0 ? alphabet[index] : alphabet[prefix] + alphabet[beyond % alphabet.length];
  }
  const halvesOf = (bytes) => [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
  const textOf = (bytes) => JSON.stringify(Array.from(bytes, (byte) => codes[byte]).join(""));
  const places = Buffer.alloc(128);
  for (const [place, character] of alphabet.entries()) places[character.charCodeAt(0)] = place;
  const filled = Buffer.concat([decode, dataSection(tables.value, Buffer.concat([places, order]))]);
  const decoder = filled.toString("base64");
  const lines = [
    `export const decoder =\n  "${decoder}";\n`,
    `export const products = ${JSON.stringify(products, ["float32", "float64"])};\n`,
  ];
  for (const [index, name] of inlined.entries()) {
    const [narrow, wide] = binaries[index].map(halvesOf);
    const parts = [narrow[0], wide[0], narrow[1], wide[1]];
    const functions = parts.map((bytes) => `  function () { return ${textOf(bytes)}; },\n`);
    lines.push(`export const ${name} = [\n${functions.join("")}];\n`);
  }
  writeFileSync("build/module.js", lines.join(""));
  const declarations = inlined.map((name) => `export const ${name}: readonly (() => string)[];\n`);
  declarations.push(
    "export const decoder: string;\n",
    "export const products: Readonly<Record<'float32' | 'float64', readonly (readonly [start: number, end: number])[]>>;\n",
  );
  writeFileSync("build/module.d.ts", declarations.join(""));
}

/**
 * Has Binaryen optimize a module, and bring its functions into the order of their names: what is alike then lies together,
 * where compression finds it.
 *
 * In the core every shape of a tile stays a function of its own. All in one, as Binaryen would have them, are 30 kB, which
 * V8 compiles at the first product whichever it needs: 1.5 ms. In what comes with a trainer that matters less than size.
 */
async function optimize(target, file) {
  const features = ["simd", "bulk-memory", "mutable-globals", "sign-ext", "nontrapping-float-to-int"];
  await runBeside(
    "node_modules/binaryen/bin/wasm-opt",
    file,
    ...features.map((feature) => `--enable-${feature}`),
    "-O3",
    "--converge",
    ...(target === "core" ? ["--one-caller-inline-max-function-size=600"] : []),
    "--zero-filled-memory",
    "--reorder-functions-by-name",
    "--debuginfo",
    "-o",
    file,
  );
}

/** The licence, and the notices of what is in the kernels and in what draws first parameters. */
function notice() {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const sections = readFileSync("NOTICE", "utf8").split(/\n\n(?=\S)/);
  const notices = sections.filter((section) => /assembly\/|src\/random/.test(section));
  const text = [`simdnet ${version}`, readFileSync("LICENSE", "utf8").trim(), ...notices].join("\n\n");
  return `/*!\n${text}\n*/`;
}

/**
 * Makes one file of an entry of the package and of all that it imports: each file that a process loads takes it a
 * millisecond. What both entries have is twice in the package, 15 kB. The other files of dist/ serve the declarations and the benchmarks.
 *
 * @param isEdge whether it loads the modules as files
 */
async function bundle(entry, { isEdge = false, file = `dist/${entry}.js`, minify = readable, banner } = {}) {
  const { rolldown } = await import("rolldown");
  const isCommand = entry === "cli/main" || entry === "cli/report";
  // The command uses the entries as everybody does, and loads the report only to write one.
  const apart = { "dist/index.js": "../index.js", "dist/data/index.js": "../data/index.js" };
  if (entry === "cli/main") apart["dist/cli/report.js"] = "./report.js";
  const plugins = [
    {
      name: "compiled-modules",
      resolveId(id, importer) {
        const path = importer && relative(".", resolve(dirname(importer), id));
        if (isCommand && apart[path]) return { id: apart[path], external: true };
        if (id.endsWith(".wasm?module")) return { id, external: true };
        if (id === "./compiled.js" && isEdge) return this.resolve("./compiled.edge.js", importer);
        if (id === "./compiledTraining.js" && isEdge)
          return { id: "./training.edge.js", external: true, moduleSideEffects: false };
        return undefined;
      },
    },
  ];
  // The parser of CSV then comes in its build for browsers, which has nothing of Node in it, and so do the plots: they would
  // be measured by a canvas if one happened to be installed.
  const platform = entry === "cli/main" ? "node" : "browser";
  // Paths of packages stand in the output: the same wherever the packages lie.
  const bundle = await rolldown({ input: `dist/${entry}.js`, plugins, platform, resolve: { symlinks: false } });
  await bundle.write({
    file,
    format: "esm",
    codeSplitting: false,
    minify,
    banner,
    comments: { legal: true, annotation: true, jsdoc: false },
  });
  // V8 keeps and reads text of other characters at two bytes each.
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  writeFileSync(file, readFileSync(file, "utf8").replace(/[^\0-\x7f]/g, escaped));
}
