/** `simdnet predict`: writes a model's prediction for each row of a table, which may be larger than memory, or for each picture. */

import Papa from "papaparse";
import type { Columns } from "../data/index.ts";
import type { Pipeline, Prediction } from "../index.ts";
import { jsonText, tableCell } from "./display.ts";
import { readerNotes, TableReader } from "./encode.ts";
import { Failure, guard } from "./failure.ts";
import { isSameFile, readModel } from "./files.ts";
import { type Block, type Lines, linesOf, slicesOf } from "./lines.ts";
import { clipName, listText } from "./listed.ts";
import { checkWritable } from "./place.ts";
import { openReading } from "./reading.ts";
import { type Broken, brokenNote, eachPicture, isFolder, pictureFiles, readsPictures } from "./readPictures.ts";
import { note } from "./show.ts";
import { openOutput, type TextOutput } from "./textOutput.ts";

export interface PredictOptions {
  /** A file; null for standard output. */
  readonly output: string | null;
  /** True for one JSON object a line instead of a table. */
  readonly json: boolean;
}

/** The data to predict from: the path of a table, paths of pictures and folders, or texts. */
export type PredictionInput = { readonly paths: readonly string[] } | { readonly texts: readonly string[] };

/** @returns the exit code: 0, or 1 if pictures are broken; these have no line in the output */
export async function predict(
  modelPath: string,
  given: PredictionInput,
  { output, json }: PredictOptions,
): Promise<number> {
  const model = readModel(modelPath);
  if (output !== null) {
    checkWritable(output);
    for (const read of "paths" in given ? [modelPath, ...given.paths] : [modelPath]) {
      if (isSameFile(read, output)) throw new Failure(`${output}: this file is read from, need another to write to`);
    }
  }
  if ("paths" in given && readsPictures(model)) {
    const broken = await predictPictures(model, given.paths, { output, json });
    for (const text of brokenNote(broken)) note(text);
    return broken.length > 0 ? 1 : 0;
  }
  const reader =
    "paths" in given
      ? await predictFile(model, onlyTable(given.paths), { output, json })
      : await predictTable(model, textTable(model, given.texts), { output, json });
  for (const text of readerNotes(reader)) note(text);
  return 0;
}

/** Returns the path if there is only one and it is no folder. @throws {Failure} otherwise */
function onlyTable([path, ...others]: readonly string[]): string {
  const got = isFolder(path) ? `${path}, a folder` : `${others.length + 1} files`;
  if (others.length > 0 || isFolder(path)) {
    throw new Failure(`${got}: the model reads tables, need one file of a table`);
  }
  return path;
}

/** Writes a line for each picture. @returns the broken ones */
async function predictPictures(
  model: Pipeline,
  paths: readonly string[],
  { output, json }: PredictOptions,
): Promise<Broken[]> {
  const files = pictureFiles(paths);
  const broken: Broken[] = [];
  let text: TextOutput | undefined;
  try {
    for await (const [place, picture] of eachPicture(files, broken)) {
      const file = files[place];
      const prediction = guard(file, () => model.predict(picture));
      if (!text) {
        text = openOutput(output);
        if (!json) await text.write(`${csvText(",", [["file", ...newColumns(model)]])}\n`);
      }
      const line = json
        ? jsonText({ file, ...newValues(prediction, model) })
        : csvText(",", [[file, ...newCells(prediction, model)]]);
      await text.write(`${line}\n`);
    }
    if (!text) throw new Failure(`${broken[0].file}: ${broken[0].reason}`);
    await text.end();
  } finally {
    text?.abandon();
  }
  return broken;
}

/** The lines of a table and its name for messages. */
interface Table extends Lines {
  readonly name: string;
  /** Called with the number of rows read so far. */
  readonly onRows?: (rows: number) => void;
}

/** Makes a table with a line for each text; the model's other columns are empty. */
function textTable({ columns }: Pipeline, texts: readonly string[]): Table {
  const textColumns = columns.filter(({ kind }) => kind === "text");
  if (textColumns.length !== 1) {
    const got =
      textColumns.length === 0
        ? "none"
        : listText(
            textColumns.map(({ name }) => JSON.stringify(clipName(name))),
            20,
          );
    throw new Failure(
      `--text: the model needs one column of texts, it has ${got}; a table can have the values of each`,
    );
  }
  const rows = texts.map((text) => columns.map(({ kind }) => (kind === "text" ? text : "")));
  const blocks = async function* () {
    yield { numbers: texts.map((_, index) => index + 1), rows };
  };
  const names = columns.map(({ name }) => name);
  return { name: "--text", names, delimiter: ",", blocks: blocks() };
}

async function predictFile(model: Pipeline, path: string, options: PredictOptions): Promise<TableReader> {
  const { source, onRows, done } = openReading(path);
  try {
    return await predictTable(model, { ...(await linesOf(source)), name: source.name, onRows }, options);
  } finally {
    done();
  }
}

async function predictTable(
  model: Pipeline,
  { name, names, delimiter, blocks, onRows }: Table,
  { output, json }: PredictOptions,
): Promise<TableReader> {
  const reader = new TableReader(model, { names, delimiter }, name);
  const columns = json ? newFields(model) : newColumns(model);
  const isGiven = new Set(names);
  const twice = columns.find((name) => isGiven.has(name));
  if (twice) {
    throw new Failure(`${name}: it has a column ${JSON.stringify(twice)} already, need another name for it`);
  }
  let file: TextOutput | undefined;
  let count = 0;
  try {
    for await (const block of blocks) {
      for (const slice of slicesOf(block, reader.mostRows)) {
        const given = reader.columnsOf(slice);
        const predictions = guard(name, () => model.predictColumns(given));
        const text = json
          ? jsonLines(names, slice, given, predictions, model)
          : tableLines(delimiter, slice, predictions, model);
        if (!file) {
          // Opened only after the first lines were valid: an invalid table leaves no output.
          file = openOutput(output);
          if (!json) await file.write(`${csvText(delimiter, [[...names, ...columns]])}\n`);
        }
        await file.write(`${text}\n`);
        count += slice.rows.length;
        onRows?.(count);
      }
    }
    if (!file) throw new Failure(`${name}: got names but no values, need at least one line of them`);
    await file.end();
  } finally {
    file?.abandon();
  }
  return reader;
}

/** Returns the names of the columns to add to a table. */
function newColumns({ target }: Pipeline): string[] {
  const prediction = `predicted_${target.name}`;
  return target.kind === "number"
    ? [prediction]
    : [prediction, ...target.classes.map((label) => `probability_${label}`)];
}

/** Returns the names of the members to add to a JSON object. */
function newFields({ target }: Pipeline): string[] {
  return [`predicted_${target.name}`, ...(target.kind === "number" ? [] : ["probabilities"])];
}

/** Returns the members to add to a JSON object. */
const newValues = ({ prediction, probabilities }: Prediction, { target }: Pipeline) => ({
  [`predicted_${target.name}`]: prediction,
  ...(probabilities && { probabilities }),
});

/** Returns the cells to add to a line, in the order of `newColumns`. An object would put names that are whole numbers first. */
function newCells({ prediction, probabilities }: Prediction, { target }: Pipeline): (string | number)[] {
  if (target.kind === "number") return [prediction];
  return [prediction, ...target.classes.map((label) => probabilities![String(label)])];
}

function tableLines(delimiter: string, { rows }: Block, predictions: readonly Prediction[], model: Pipeline): string {
  return csvText(
    delimiter,
    rows.map((row, index) => [...row, ...newCells(predictions[index], model)]),
  );
}

const csvText = (delimiter: string, rows: readonly (readonly (string | number)[])[]) =>
  Papa.unparse(
    rows.map((row) => row.map(tableCell)),
    { delimiter, newline: "\n" },
  );

/**
 * Returns a JSON object per line. Columns that the model reads have the values that it reads, null where missing, so each object is a valid
 * record. Other columns are texts.
 */
function jsonLines(
  names: readonly string[],
  { rows }: Block,
  given: Columns,
  predictions: readonly Prediction[],
  model: Pipeline,
): string {
  const text = (row: readonly string[], index: number) => {
    // JSON turns NaN into null.
    const cells = names.map((name, column) => [name, Object.hasOwn(given, name) ? given[name][index] : row[column]]);
    return jsonText({ ...Object.fromEntries(cells), ...newValues(predictions[index], model) });
  };
  return rows.map(text).join("\n");
}
