/** `simdnet export`: a model with all that predicts, as one module or as a Worker. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { transformFromJSON } from "../data/index.ts";
import { Pipeline } from "../index.ts";
import { exampleOf } from "./exported/columns.ts";
import { Failure, within } from "./failure.ts";
import { readBytes, readModel, writeBytes } from "./files.ts";
import { bytes } from "./numbers.ts";
import { projectTexts, workerName } from "./project.ts";
import { type Output, say, sayCode } from "./show.ts";
import { shellWord } from "./table.ts";

export interface ExportOptions {
  /** The file of the module, if that is asked for; if not, the Worker is. */
  readonly module?: string;
  /** The folder of the Worker. */
  readonly worker?: string;
  /** Whether what is there already is overwritten. */
  readonly force: boolean;
}

/** What the build has made for this, beside the command itself. */
const built = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));

export function exportModel(path: string, { module, worker, force }: ExportOptions, output: Output): void {
  const model = readModel(path);
  if (module !== undefined) exportModule(path, model, { file: module, force }, output);
  else exportWorker(path, model, { folder: worker!, force }, output);
}

function exportModule(
  path: string,
  model: Pipeline,
  { file, force }: { file: string; force: boolean },
  output: Output,
) {
  if (!/\.m?js$/.test(file)) throw new Failure(`${file}: need a file whose name ends with .js or .mjs`);
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) throw new Failure(`${file}: this is a folder, need a file`);
    if (!force) throw new Failure(`${file}: it is there already; --force overwrites it`);
  }
  const text = within(path, () => moduleText(path, model, file));
  writeBytes(file, text);
  if (output.isJSON) writeJSON(output, path, [file]);
  const size = Buffer.byteLength(text);
  say(output, "Saved", `${file} (${bytes(size)}, ${bytes(gzipSync(text).length)} compressed by gzip)`);
  sayCode(output, "Use it with", `import { predict } from ${JSON.stringify(`./${basename(file)}`)};`);
  sayCode(output, "", `predict(${JSON.stringify(exampleOf(model))})`);
}

/** The module: what it is, the model, and what the build has made of exported/module.ts. */
function moduleText(path: string, model: Pipeline, file: string): string {
  const { target } = model;
  const example = exampleOf(model);
  const head = [
    `Predicts ${JSON.stringify(target.name)}. Written by simdnet export from ${JSON.stringify(basename(path))}; it needs no other file and no package.`,
    "",
    `  import { predict } from ${JSON.stringify(`./${basename(file)}`)};`,
    `  predict(${JSON.stringify(example)})`,
    `  // ${JSON.stringify(model.predict(example))}`,
    "",
    "predict takes a record or an array of records, with null where a value is missing, and gives back a prediction, or an array of",
    "them; what does not fit is refused by a RangeError or TypeError. columns says what a record needs, target what is predicted.",
    "It runs in Node (from 20.19), Deno, Bun and browsers. Cloudflare's Workers compile no WebAssembly from bytes: simdnet export",
    "--worker is for these.",
  ];
  const comment = head.map((line) => `// ${line}`.trimEnd().replace(/[\u2028\u2029]/g, " "));
  const base64 = Buffer.from(onlyPredicting(model)).toString("base64");
  const code = new TextDecoder().decode(built("exported/module.js"));
  return `${comment.join("\n")}\n\nconst simdnetModel =\n  "${base64}";\n\n${code}`;
}

/** A model's file without what it remembers of its training. */
function onlyPredicting({ network, columns, target }: Pipeline): Uint8Array {
  const encoding = transformFromJSON({ kind: "encodeRecords", columns: [...columns], ignored: [] });
  return new Pipeline({ network, encoding, target }).toBytes();
}

function exportWorker(
  path: string,
  model: Pipeline,
  { folder, force }: { folder: string; force: boolean },
  output: Output,
) {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Failure(`${folder}: this is a file, need a folder`);
    if (!force && readdirSync(folder).length > 0) {
      throw new Failure(`${folder}: this folder is not empty; --force overwrites the Worker that is in it`);
    }
  }
  const runtime = built("exported/runtime.js");
  const contents: Record<string, Uint8Array | string> = {
    "worker.js": built("exported/worker.js"),
    "runtime.js": runtime,
    ...modulesOf(runtime),
    "model.safetensors": readBytes(path),
    ...within(path, () => projectTexts({ name: workerName(basename(resolve(folder))), model, source: basename(path) })),
  };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Failure(`${folder}: it cannot be made: ${(error as Error).message}`);
  }
  const files = Object.keys(contents).map((name) => join(folder, name));
  for (const [index, data] of Object.values(contents).entries()) writeBytes(files[index], data);
  if (output.isJSON) writeJSON(output, path, files);
  const size = Object.values(contents).reduce((sum, data) => sum + Buffer.byteLength(data), 0);
  say(output, "Saved", `${folder} (${files.length} files, ${bytes(size)})`);
  sayCode(output, "Run it with", `cd ${shellWord(folder)} && npm install && npm run dev`);
}

/** The modules of kernels that a bundle imports as files, by their names. */
function modulesOf(bundle: Uint8Array): Record<string, Uint8Array> {
  const imports = new TextDecoder().decode(bundle).matchAll(/"\.\/(\w+\.wasm)\?module"/g);
  return Object.fromEntries(Array.from(imports, ([, name]) => [name, built(`../${name}`)]));
}

const writeJSON = (output: Output, model: string, files: readonly string[]) =>
  output.write(`${JSON.stringify({ model, files }, undefined, 2)}\n`);
