/** `simdnet export`: writes a model with all code for prediction, as one module or as a Worker, or its network as an ONNX file. */

import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { transformFromJSON } from "../data/index.ts";
import { type Network, Pipeline } from "../index.ts";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import { jsonText } from "./display.ts";
import { exampleFor } from "./example.ts";
import { Failure, guard } from "./failure.ts";
import { readBytes, readContent, readOrFail, writeBytes, writeFiles } from "./files.ts";
import { bytes } from "./numbers.ts";
import { exportOnnx } from "./onnx.ts";
import { checkWritable } from "./place.ts";
import { projectTexts, workerName } from "./project.ts";
import { readsPictures } from "./readPictures.ts";
import { shellWord } from "./shell.ts";
import { type Output, say, sayCode } from "./show.ts";

export interface ExportOptions {
  /** The file of the module. */
  readonly module?: string;
  /** The folder of the Worker. */
  readonly worker?: string;
  /** The ONNX file. */
  readonly onnx?: string;
  /** True if the ONNX file has a model's preprocessing and predictions. */
  readonly records: boolean;
  /** True if existing files are overwritten. */
  readonly force: boolean;
}

/** Reads a file that the build put beside the command. */
const readBuilt = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));

export async function exportModel(
  path: string,
  { module, worker, onnx, records, force }: ExportOptions,
  output: Output,
): Promise<void> {
  const model = readContent(path);
  if (onnx !== undefined) await exportOnnx(path, model, { file: onnx, records, force }, output);
  else if (module !== undefined) exportModule(path, model, { file: module, force }, output);
  else exportWorker(path, model, { folder: worker!, force }, output);
}

function exportModule(
  path: string,
  model: Pipeline | Network,
  { file, force }: { file: string; force: boolean },
  output: Output,
) {
  if (!/\.m?js$/.test(file)) throw new Failure(`${file}: need a file whose name ends with .js or .mjs`);
  if (readOrFail(file, () => statSync(file, { throwIfNoEntry: false }))?.isFile() && !force) {
    throw new Failure(`${file}: it is there already; --force overwrites it`);
  }
  checkWritable(file);
  const text = guard(path, () => moduleText(path, model, file));
  writeBytes(file, text);
  if (output.isJSON) writeJSON(output, path, [file]);
  const size = Buffer.byteLength(text);
  say(output, "Saved", `${file} (${bytes(size)}, ${bytes(gzipSync(text).length)} compressed by gzip)`);
  sayCode(output, "Use it with", `import { predict } from ${JSON.stringify(`./${basename(file)}`)};`);
  sayCode(output, "", `predict(${exampleFor(model).code})`);
}

/** Returns the text of the module: a comment, the model, the kernels and the code built from exported/. */
function moduleText(path: string, model: Pipeline | Network, file: string): string {
  const { code: example, answer } = exampleFor(model);
  const what = model instanceof Pipeline ? `Predicts ${jsonText(model.target.name)}` : "A network that predicts";
  const head = [
    `${what}. Written by simdnet export from ${jsonText(basename(path))}; it needs no other file and no package.`,
    "",
    `  import { predict } from ${jsonText(`./${basename(file)}`)};`,
    `  predict(${example})`,
    `  // ${answer}`,
    "",
    ...(model instanceof Pipeline ? (readsPictures(model) ? picturesUse : pipelineUse) : networkUse),
    "It runs in Node (from 20.19), Deno, Bun and browsers. Cloudflare's Workers compile no WebAssembly from bytes: simdnet export",
    "--worker is for these.",
  ];
  const comment = head.map((line) => `// ${line}`.trimEnd());
  const kernels = kernelNames(model).map(
    (name) => `  ${JSON.stringify(name)}:\n    "${base64Of(readBuilt(`../${name}`))}",\n`,
  );
  const code = new TextDecoder().decode(
    readBuilt(`exported/${model instanceof Pipeline ? "module" : "networkModule"}.js`),
  );
  return `${comment.join("\n")}\n\nconst simdnetModel =\n  "${base64Of(predictionBytes(model))}";\n\nconst simdnetKernels = {\n${kernels.join("")}};\n\n${code}`;
}

const pipelineUse = [
  "predict takes a record or an array of records, with null or no such key where a value is missing, and gives back a prediction, or an",
  "array of them; what does not fit is refused by a RangeError or TypeError. columns says what a record needs, target what is predicted.",
  "A prediction's unseen names the columns whose values are unlike all of the training records: missing, outside or unknown.",
];
const picturesUse = [
  "predict takes a picture { data, width, height } of any size or an array of pictures, and gives back a prediction, or an array of them.",
  "An ImageData of a canvas is such a picture: data holds 1 (grey), 3 (red, green, blue) or 4 (and alpha) bytes a pixel, row by row. What",
  "does not fit is refused by a RangeError or TypeError. columns says the size of the model's images, target what is predicted.",
];
const networkUse = [
  "predict takes an example, flat or nested, or an array of examples, and gives back answers in the same form, as the predict of a",
  "Network does; what does not fit is refused by a RangeError or TypeError. inputs and outputs are the shapes of examples and answers.",
];

const base64Of = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Returns the names of the kernel files that the layers of a model need. */
function kernelNames(model: Pipeline | Network): string[] {
  const { engine, dtype } = model instanceof Pipeline ? model.network : model;
  const families = engine.graph.layers.map(({ kind }) => kind.family?.name ?? "core");
  const names = [...new Set(["core", ...families])];
  return names.map((name) => `${name}${dtype.slice("float".length)}.wasm`);
}

/** Returns the bytes of a model without its history and notes. */
function predictionBytes(model: Pipeline | Network): Uint8Array {
  if (!(model instanceof Pipeline)) return model.toBytes();
  const { network, columns, target, seen } = model;
  const encoding = transformFromJSON({ kind: "encodeRecords", columns: [...columns], ignored: [] });
  return new Pipeline({ network, encoding, target, seen }).toBytes();
}

function exportWorker(
  path: string,
  model: Pipeline | Network,
  { folder, force }: { folder: string; force: boolean },
  output: Output,
) {
  const stats = readOrFail(folder, () => statSync(folder, { throwIfNoEntry: false }));
  if (stats) {
    if (!stats.isDirectory()) throw new Failure(`${folder}: this is a file, need a folder`);
    if (!force && readOrFail(folder, () => readdirSync(folder)).length > 0) {
      throw new Failure(`${folder}: this folder is not empty; --force overwrites the Worker that is in it`);
    }
  }
  const takesFiles = model instanceof Pipeline && readsPictures(model);
  const runtime = readBuilt(`exported/${takesFiles ? "picturesRuntime" : "runtime"}.js`);
  const contents: Record<string, Uint8Array | string> = {
    "worker.js": readBuilt("exported/worker.js"),
    "runtime.js": runtime,
    ...importedModules(runtime),
    // A pipeline's file is copied. A checkpoint is reduced to its network.
    "model.safetensors": model instanceof Pipeline ? readBytes(path) : model.toBytes(),
    ...guard(path, () => projectTexts({ name: workerName(basename(resolve(folder))), model, source: basename(path) })),
  };
  const files = Object.keys(contents).map((name) => join(folder, name));
  const made = makeFolder(folder);
  try {
    writeFiles(Object.fromEntries(Object.values(contents).map((data, index) => [files[index], data])));
  } catch (error) {
    removeEmpty(folder, made);
    throw error;
  }
  if (output.isJSON) writeJSON(output, path, files);
  const size = Object.values(contents).reduce((sum, data) => sum + Buffer.byteLength(data), 0);
  say(output, "Saved", `${folder} (${files.length} files, ${bytes(size)})`);
  sayCode(output, "Run it with", `cd ${shellWord(folder)} && npm install && npm run dev`);
}

/** Makes a folder and its missing parents. @returns the first that was made; undefined if all existed */
function makeFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Failure(`${folder}: it cannot be made: ${reasonOf(error)}`);
  }
}

/** Removes a folder and its parents, up to `first`, as long as they are empty. */
function removeEmpty(folder: string, first: string | undefined): void {
  if (first === undefined) return;
  try {
    for (let path = resolve(folder); path.length >= resolve(first).length; path = dirname(path)) rmdirSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Returns the kernel modules that a bundle imports as files, by name, in order. */
function importedModules(bundle: Uint8Array): Record<string, Uint8Array> {
  const imports = new TextDecoder().decode(bundle).matchAll(/"\.\/(\w+\.wasm)\?module"/g);
  const names = Array.from(imports, ([, name]) => name).sort();
  return Object.fromEntries(names.map((name) => [name, readBuilt(`../${name}`)]));
}

const writeJSON = (output: Output, model: string, files: readonly string[]) =>
  output.write(`${jsonText({ model, files }, 2)}\n`);
