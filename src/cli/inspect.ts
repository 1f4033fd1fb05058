/** `simdnet inspect`: shows the contents of a model's file. */

import { basename } from "node:path";
import type { NumberEncodingJSON } from "../data/index.ts";
import { type Network, Pipeline } from "../index.ts";
import { isSafetensors, refusalOf } from "../onnx/formats.ts";
import { jsonText, sanitizeLines } from "./display.ts";
import { Failure, guard } from "./failure.ts";
import { isSameFile, readBytes, readContent, writeBytes } from "./files.ts";
import {
  categoriesText,
  clipName,
  datesText,
  featuresText,
  formatText,
  hasOwnNotation,
  inputText,
  listText,
} from "./listed.ts";
import { notesOf } from "./notes.ts";
import { plural, short, bytes as shownBytes } from "./numbers.ts";
import { type ImportOptions, readOnnx } from "./onnx.ts";
import { checkWritable } from "./place.ts";
import { updatesText } from "./settings.ts";
import { blankLine, type Output, say, showCurve, table } from "./show.ts";
import { showTested } from "./showTraining.ts";

/** A request for a page of pictures. */
export interface PicturesOptions {
  /** The file to write. */
  readonly file: string;
  /** The file of an image to show on the page; null for none. */
  readonly image: string | null;
  /** The factor for each byte of the image; null for the model's own, or 1/255 for a network. */
  readonly scale: number | null;
}

/** @param options how an ONNX file is read */
export async function inspect(
  path: string,
  pictures: PicturesOptions | null,
  output: Output,
  options: ImportOptions = {},
): Promise<void> {
  const bytes = readBytes(path);
  const isForeign = !isSafetensors(bytes);
  const refusal = isForeign && refusalOf(bytes, "a model or network of simdnet, or an ONNX file");
  if (refusal) throw new Failure(`${path}: ${refusal}`);
  const content = isForeign ? await readOnnx(path, bytes, options) : readContent(path, bytes);
  const page = pictures && (await writePictures(path, content, pictures));
  const [network, model] = content instanceof Pipeline ? [content.network, content] : [content, undefined];
  if (output.isJSON) {
    const json = { ...jsonOf(network, model), ...(pictures && { pictures: pictures.file }) };
    output.write(`${jsonText(json, 2)}\n`);
    return;
  }
  say(
    output,
    "File",
    `${path}: ${shownBytes(bytes.length)}, ${model ? "a model with its preprocessing" : isForeign ? "a network of ONNX" : "a network"}`,
  );
  blankLine(output);
  output.write(`${sanitizeLines(network.summary())}\n`);
  blankLine(output);
  const head = ["parameter", "shape", "mean", "deviation", "least", "greatest"];
  const rows = [...network.parameters, ...network.statistics].map(({ name, shape, values }) => {
    const { mean, deviation, least, greatest } = summaryOf(values);
    return [name, shape.join(" × "), ...[mean, deviation, least, greatest].map(short)];
  });
  table(output, head, rows);
  if (model) {
    blankLine(output);
    showModel(output, model);
  }
  if (pictures) {
    blankLine(output);
    say(output, "Pictures", `${pictures.file} (${shownBytes(page!)})`);
  }
}

/** Writes the page of pictures. @returns its bytes */
async function writePictures(
  path: string,
  content: Pipeline | Network,
  { file, image, scale }: PicturesOptions,
): Promise<number> {
  checkWritable(file);
  for (const [other, name] of [
    [path, "the model"],
    [image, "the image"],
  ]) {
    if (other !== null && isSameFile(other, file)) {
      throw new Failure(`${file}: got it for ${name} and for the pictures, need two files`);
    }
  }
  // Loads picture libraries, which nothing else needs.
  const [{ readPicture }, { picturesOf }] = await Promise.all([
    import("../pictures/index.ts"),
    import("./pictures.ts"),
  ]);
  const source =
    image === null
      ? undefined
      : { file: basename(image), picture: guard(image, () => readPicture(readBytes(image))), scale };
  const page = new TextEncoder().encode(guard(path, () => picturesOf(basename(path), content, source)));
  writeBytes(file, page);
  return page.length;
}

function summaryOf(values: ArrayLike<number>) {
  let [sum, least, greatest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < values.length; index++) {
    sum += values[index];
    least = Math.min(least, values[index]);
    greatest = Math.max(greatest, values[index]);
  }
  const mean = sum / values.length;
  let squares = 0;
  for (let index = 0; index < values.length; index++) squares += (values[index] - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length), least, greatest };
}

function showModel(output: Output, model: Pipeline): void {
  const { target, columns, encoding, history } = model;
  const what =
    target.kind === "number"
      ? `a number, ${target.logarithm ? "e to the power of " : ""}the output times ${short(target.divisor)} plus ${short(target.offset)}`
      : `${target.classes.length} classes: ${listText(
          target.classes.map((label) => clipName(String(label))),
          12,
        )}`;
  say(output, "Predicts", `${target.name}: ${what}`);
  say(output, "From", `${plural(columns.length, "column")}, ${featuresText(encoding)}`);
  table(
    output,
    ["column", "kind", "if missing", "becomes"],
    columns.map((column) => {
      const { name, kind } = column;
      if (kind === "number") return [name, kind, short(column.fill), scaleText(column)];
      if (kind === "date") return [name, kind, "the median of each part", datesText(column)];
      if (kind !== "encodeCategories") return [name, kind, "nothing", inputText(column)];
      const fill = column.fill ?? (column.categories.includes(null) ? "(missing)" : "(other)");
      return [name, "category", clipName(fill), categoriesText(column)];
    }),
  );
  const notes = notesOf(model);
  if (notes) {
    const { file, settings, rows, checkpoint } = notes;
    blankLine(output);
    const row = settings.pictures ? "picture" : "row";
    say(output, "Trained", `on ${plural(rows.train, row)} of ${file}, ${updatesText(settings)}, seed ${settings.seed}`);
    if (checkpoint) say(output, "", "interrupted: simdnet train --resume continues it");
  }
  if (notes) showTested(output, notes, target);
  if (history) showCurve(output, history);
}

/** Describes what becomes of a number: "(x − 5) / 2, from texts such as $1,234.5; 1 if missing". */
function scaleText({ offset, divisor, format = {}, missingColumn }: NumberEncodingJSON): string {
  const from = hasOwnNotation(format) ? `, from texts such as ${formatText(format)}` : "";
  const gap = missingColumn ? "; also 1 if missing, else 0" : "";
  return `(x − ${short(offset)}) / ${short(divisor)}${from}${gap}`;
}

function jsonOf(network: Network, model: Pipeline | undefined): object {
  const { dtype, inputs, outputs, parameterCount } = network;
  const parameters = [...network.parameters, ...network.statistics].map(({ name, shape, values }) => ({
    name,
    shape,
    ...summaryOf(values),
  }));
  const layers = network.layers.map(({ name, title, outputShape, parameterCount }) => ({
    name,
    title,
    outputShape,
    parameterCount,
  }));
  const around = model && { target: model.target, columns: model.columns, history: model.history, notes: model.notes };
  return { dtype, inputs, outputs, parameterCount, layers, parameters, ...around };
}
