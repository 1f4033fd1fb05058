/** Builds the kernels. With `--package`, also compiles src/ to dist/ and bundles the entries of the package. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { buildKernels, moduleFiles, shipped } from "./kernels.mjs";
import { run } from "./prepare.mjs";

/**
 * Options that shorten the entries, so that a process reads them in a tenth less time. Function names stay for stack traces. Line breaks
 * stay because Node shows the line of an error.
 */
const readable = { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: false } };

/** Replacements in the decoders of pictures for globals that a host may lack: the file, and the name that it exports. */
const codecs = {
  TextDecoder: [resolve("dist/pictures/codecs.js"), "LatinDecoder"],
  TextEncoder: [resolve("dist/pictures/codecs.js"), "UnusedEncoder"],
};

/** The families that only training needs. At the edge they are separate files, which a bundler leaves out if nothing trains. */
const trainingFamilies = ["training", "convolutionTraining", "attentionTraining"];

await buildKernels();

if (process.argv.includes("--package")) {
  rmSync("dist", { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
  // The code that `simdnet export` writes has no source, stack trace or licence file beside it.
  const alone = { minify: true, banner: notice() };
  for (const name of ["module", "networkModule"]) await bundle(`cli/exported/${name}`, { ...alone, isExported: true });
  await bundle("cli/exported/runtime", { ...alone, isEdge: true });
  await bundle("cli/exported/picturesRuntime", { minify: true, banner: notice(decodersNotice()), isEdge: true });
  await bundle("index", { isEdge: true, file: "dist/index.edge.js" });
  for (const name of trainingFamilies) copyFileSync(`build/${name}.edge.js`, `dist/${name}.edge.js`);
  const entries = ["index", "data/index", "pictures/index", "onnx/index"];
  for (const entry of entries) await bundle(entry, { format: "cjs" });
  // Last, because the bundles replace the files that were bundled.
  // `simdnet/onnx` stays two files, of which bundlers leave out the one that a program does not use.
  const files = entries.flatMap((entry) => (entry === "onnx/index" ? ["onnx/read", "onnx/write"] : entry));
  for (const file of files) await bundle(file);
  await bundle("cli/main");
  // Most of it is a plot library, which is twice as long as simdnet.
  await bundle("cli/report", { minify: true });
  await bundle("cli/pictures", { minify: true });
  copyFileSync("build/bench.wasm", "dist/cli/bench.wasm");
  // Nobody imports the command.
  for (const name of readdirSync("dist/cli", { recursive: true })) {
    if (name.endsWith(".d.ts")) rmSync(`dist/cli/${name}`);
  }
  for (const name of shipped.flatMap(moduleFiles)) copyFileSync(`build/${name}.wasm`, `dist/${name}.wasm`);
  declareTwice(entries);
}

/**
 * Writes the declarations for CommonJS (.d.cts). Both ways of loading the package share them, so a class has the same type whether it is
 * imported or required. The declarations of the entries for ES modules re-export them.
 */
function declareTwice(entries) {
  const files = readdirSync("dist", { recursive: true }).map((name) => `dist/${name}`);
  for (const file of [...files, "build/kernels.d.ts"].filter((name) => name.endsWith(".d.ts"))) {
    const text = readFileSync(file, "utf8").replace(/(\bfrom |\bimport\()("\.[^"]*)\.[jt]s"/g, '$1$2.cjs"');
    writeFileSync(file.replace(/ts$/, "cts"), text);
  }
  for (const entry of entries) writeFileSync(`dist/${entry}.d.ts`, 'export * from "./index.cjs";\n');
}

/** Returns the licence, and the notices for the kernels, for the generators that draw first parameters, and `more`. */
function notice(...more) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const sections = readFileSync("NOTICE", "utf8").split(/\n\n(?=\S)/);
  const notices = sections.filter((section) => /assembly\/|src\/random/.test(section));
  const text = [`simdnet ${version}`, readFileSync("LICENSE", "utf8").trim(), ...notices, ...more].join("\n\n");
  return `/*!\n${text}\n*/`;
}

/** Returns the notices for the decoders of pictures, with the terms that are elsewhere in NOTICE. */
function decodersNotice() {
  const text = readFileSync("NOTICE", "utf8");
  const own = text.slice(text.indexOf("simdnet/pictures contains"), text.indexOf("What draws its reports contains"));
  const [conditions] = /^ {2}Redistribution and use[\s\S]*?SUCH DAMAGE\.$/m.exec(text);
  return `${own.replace("under the same terms", "under the terms of the MIT License above").trim()}\n\n${conditions}`;
}

/**
 * Bundles an entry of the package with all its imports, because each file costs a process a millisecond to load. Code that two entries
 * share is in the package twice, 15 kB. The other files of dist/ serve the declarations and the benchmarks.
 *
 * @param options `format`: "esm" or "cjs"; `isEdge`: whether kernels are files; `isExported`: whether the command provides them (kernel.ts)
 */
async function bundle(entry, options = {}) {
  const { format = "esm", isExported = false, isEdge = isExported, minify = readable, banner } = options;
  const extension = format === "esm" ? "js" : "cjs";
  const { file = `dist/${entry}.${extension}` } = options;
  const { rolldown } = await import("rolldown");
  const usesEntries = [
    "cli/main",
    "cli/report",
    "cli/pictures",
    "pictures/index",
    "onnx/index",
    "onnx/read",
    "onnx/write",
  ].includes(entry);
  // The command imports the entries as any program does. It loads pictures and the report only if needed.
  const entries = ["data", "pictures", "onnx"].filter((name) => !entry.startsWith(name));
  const apart = { "dist/index.js": `../index.${extension}` };
  for (const name of entries) apart[`dist/${name}/index.js`] = `../${name}/index.${extension}`;
  if (entry === "cli/main") {
    for (const name of ["report", "pictures"]) apart[`dist/cli/${name}.js`] = `./${name}.js`;
  }
  const plugins = [
    {
      name: "compiled-modules",
      resolveId(id, importer) {
        const path = importer && relative(".", resolve(dirname(importer), id));
        if (usesEntries && apart[path]) return { id: apart[path], external: true };
        // Parts of the command share files with it that need Node.
        if (usesEntries && id.startsWith("node:")) return { id, external: true };
        if (id.endsWith(".wasm?module")) return { id, external: !isExported };
        if (!isEdge) return undefined;
        if (id === "./compile.js") return this.resolve("./compile.edge.js", importer);
        const family = trainingFamilies.find((name) => path === `build/${name}.js`);
        if (family) return { id: `./${family}.edge.js`, external: true, moduleSideEffects: false };
        if (/^build\/\w+\.js$/.test(path) && existsSync(path.replace(".js", ".edge.js"))) {
          return resolve(path.replace(".js", ".edge.js"));
        }
        return undefined;
      },
      load(id) {
        const [, name] = /^\.\/(\w+\.wasm)\?module$/.exec(id) ?? [];
        if (!name) return undefined;
        const code = `import { kernelOf } from ${JSON.stringify(resolve("dist/cli/exported/kernel.js"))};\n`;
        return { code: `${code}export default kernelOf("${name}");\n`, moduleType: "js" };
      },
    },
  ];
  // The CSV parser then has its build for browsers, which needs nothing of Node. So do the plots: otherwise they would measure texts with a
  // canvas if one were installed.
  const platform = entry === "cli/main" ? "node" : "browser";
  // The output contains the paths of packages. They must not depend on where the packages are installed.
  const bundle = await rolldown({
    input: `dist/${entry}.js`,
    plugins,
    platform,
    resolve: { symlinks: false },
    // The decoders of pictures create codecs when they are loaded.
    transform: entry.startsWith("pictures/") ? { inject: codecs } : {},
  });
  await bundle.write({
    file,
    format,
    codeSplitting: false,
    minify,
    banner,
    comments: { legal: true, annotation: true, jsdoc: false },
  });
  // With other characters, V8 would store and read two bytes for each character.
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  writeFileSync(file, readFileSync(file, "utf8").replace(/[^\0-\x7f]/g, escaped));
}
