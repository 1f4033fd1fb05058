/** ONNX files in the command: `export --onnx`, `import` and `inspect`. simdnet/onnx is loaded only here. */

import { statSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { type Network, Pipeline } from "../index.ts";
import { jsonText } from "./display.ts";
import { Failure, guard } from "./failure.ts";
import { isSameFile, readBytes, readOrFail, writeBytes } from "./files.ts";
import { bytes, plural } from "./numbers.ts";
import { checkWritable } from "./place.ts";
import { shellWord } from "./shell.ts";
import { note, type Output, say, sayCode } from "./show.ts";

/** Refuses a file that is there already, unless it may be overwritten. */
function checkFree(file: string, force: boolean): void {
  if (readOrFail(file, () => statSync(file, { throwIfNoEntry: false }))?.isFile() && !force) {
    throw new Failure(`${file}: it is there already; --force overwrites it`);
  }
  checkWritable(file);
}

/** Returns a function that reads the files beside an ONNX file. They are in its folder, or below. */
function filesBeside(path: string): (name: string) => Uint8Array {
  const folder = dirname(resolve(path));
  return (name) => {
    const file = resolve(folder, name);
    const place = relative(folder, file);
    if (place === "" || place.split(sep)[0] === ".." || isAbsolute(place)) {
      throw new RangeError(`got weights in ${JSON.stringify(name)}, need a file in the same folder`);
    }
    return readBytes(file);
  };
}

/**
 * Returns the network of an ONNX file, and of the files beside it that hold its weights.
 *
 * @throws {Failure} if it is none, or has an operator without a counterpart
 */
export async function readOnnx(path: string, file: Uint8Array, options: ImportOptions = {}): Promise<Network> {
  const { fromOnnx } = await import("../onnx/index.ts");
  const { sizes, outputs } = options;
  return guard(path, () => {
    const own = { ...(sizes && { sizes }), ...(outputs && { outputs }), externalFile: filesBeside(path) };
    return fromOnnx(file, own);
  });
}

/** Writes the network of a model as an ONNX file. @param records whether its preprocessing and its predictions are in the file, too */
export async function exportOnnx(
  path: string,
  model: Pipeline | Network,
  { file, records, force }: { readonly file: string; readonly records: boolean; readonly force: boolean },
  output: Output,
): Promise<void> {
  if (!file.endsWith(".onnx")) throw new Failure(`${file}: need a file whose name ends with .onnx`);
  if (isSameFile(path, file)) throw new Failure(`${file}: got it for the model and for the ONNX file, need two files`);
  checkFree(file, force);
  const { toOnnx } = await import("../onnx/index.ts");
  const isPipeline = model instanceof Pipeline;
  if (records && !isPipeline)
    throw new Failure(`${path}: got a network alone for --records, need a model with columns`);
  const written = guard(path, () => toOnnx(isPipeline && !records ? model.network : model));
  writeBytes(file, written);
  if (output.isJSON) {
    output.write(`${jsonText({ model: path, files: [file] })}\n`);
    return;
  }
  say(output, "Saved", `${file} (${bytes(written.length)})`);
  if (isPipeline && !records) {
    note(
      `${file}: the network alone; its inputs are rows as the model's preprocessing makes them, its outputs those of the network; --records takes columns`,
    );
  }
}

export interface ImportOptions {
  /** The sizes of sides that the file only names. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** The values that the network computes; default the graph's outputs. */
  readonly outputs?: readonly string[];
}

/** Writes the network of an ONNX file as a model's file. */
export async function importOnnx(
  path: string,
  { file, force, ...options }: ImportOptions & { readonly file: string; readonly force: boolean },
  output: Output,
): Promise<void> {
  if (isSameFile(path, file)) throw new Failure(`${file}: got it for the ONNX file and for the model, need two files`);
  checkFree(file, force);
  const network = await readOnnx(path, readBytes(path), options);
  const written = guard(path, () => network.toBytes());
  writeBytes(file, written);
  if (output.isJSON) {
    const { parameterCount, dtype } = network;
    output.write(`${jsonText({ model: file, layers: network.layers.length, parameterCount, dtype })}\n`);
    return;
  }
  const content = `${plural(network.layers.length, "layer")}, ${plural(network.parameterCount, "parameter")}`;
  say(output, "Saved", `${file} (${bytes(written.length)}): ${content}`);
  sayCode(output, "See it with", `simdnet inspect ${shellWord(file)}`);
}
