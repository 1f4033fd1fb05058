/** `simdnet predict`: writes a model's prediction for each row of a table, which may be larger than memory, or for each picture. */

import type { Pipeline } from "../index.ts";
import { jsonText } from "./display.ts";
import { readerNotes, TableReader } from "./encode.ts";
import { Failure, guard } from "./failure.ts";
import { isSameFile, readModel } from "./files.ts";
import { type Lines, type LinesOptions, linesOf, slicesOf } from "./lines.ts";
import { clipName, listText } from "./listed.ts";
import { checkWritable } from "./place.ts";
import { csvLine, newColumns, newMembers, PredictionLines } from "./predictionLines.ts";
import { openReading } from "./reading.ts";
import { type Broken, brokenNote, eachPicture, isFolder, pictureFiles, readsPictures } from "./readPictures.ts";
import { note } from "./show.ts";
import { openOutput, type TextOutput } from "./textOutput.ts";
import { UnseenTally } from "./unseen.ts";

export interface PredictOptions extends LinesOptions {
  /** A file; null for standard output. */
  readonly output: string | null;
  /** True for one JSON object a line instead of a table. */
  readonly json: boolean;
}

/** The data to predict from: the path of a table, paths of pictures and folders, or texts. */
export type PredictionInput = { readonly paths: readonly string[] } | { readonly texts: readonly string[] };

/** @returns the exit code: 0, or 1 if pictures are broken; these have no line in the output */
export async function predict(modelPath: string, given: PredictionInput, options: PredictOptions): Promise<number> {
  const { output } = options;
  const model = readModel(modelPath);
  if (output !== null) {
    checkWritable(output);
    for (const read of "paths" in given ? [modelPath, ...given.paths] : [modelPath]) {
      if (isSameFile(read, output)) throw new Failure(`${output}: this file is read from, need another to write to`);
    }
  }
  if ("paths" in given && readsPictures(model)) {
    if (options.hasNames !== undefined) {
      const got = options.hasNames ? "--header" : "--no-header";
      throw new Failure(`${got}: the model reads pictures, which have no names; leave it out`);
    }
    const broken = await predictPictures(model, given.paths, options);
    for (const text of brokenNote(broken)) note(text);
    return broken.length > 0 ? 1 : 0;
  }
  const notes =
    "paths" in given
      ? await predictFile(model, onlyTable(given.paths), options)
      : await predictTable(model, textTable(model, given.texts), options);
  for (const text of notes) note(text);
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
  const lines = new PredictionLines(model, ",");
  let text: TextOutput | undefined;
  try {
    for await (const [place, picture] of eachPicture(files, broken)) {
      const file = files[place];
      const outputs = guard(file, () => model.outputs({ [model.columns[0].name]: [picture] }));
      if (!text) {
        text = openOutput(output);
        if (!json) await text.write([csvLine(["file", ...newColumns(model)], ",")]);
      }
      const line = json
        ? `{"file":${jsonText(file)},${lines.members(outputs, 0)}}`
        : csvLine([file], ",") + lines.cells(outputs, 0);
      await text.write([line]);
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

/** @returns notes for the user, as `predictTable` */
async function predictFile(model: Pipeline, path: string, options: PredictOptions): Promise<string[]> {
  const { source, onRows, done } = openReading(path);
  try {
    return await predictTable(model, { ...(await linesOf(source, options)), name: source.name, onRows }, options);
  } finally {
    done();
  }
}

/** @returns notes for the user */
async function predictTable(
  model: Pipeline,
  { name, names, head, delimiter, blocks, onRows, remarks }: Table,
  { output, json }: PredictOptions,
): Promise<string[]> {
  const reader = new TableReader(model, { names, head, delimiter, remarks }, name);
  const lines = new PredictionLines(model, delimiter);
  const tally = new UnseenTally(model);
  const columns = json ? newMembers(model) : newColumns(model);
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
        // The rest is read to name all of them.
        if (reader.refusals.count > 0) continue;
        const outputs = guard(name, () => model.outputs(given));
        const unseen = model.unseenIn(given, slice.rows.length);
        tally.add(unseen, given, slice.numbers);
        tally.addOutputs(outputs, slice.numbers);
        const predicted = { lines: slice, names, given, outputs, unseen };
        const texts = json ? lines.json(predicted) : lines.csv(predicted);
        if (!file) {
          // Opened only after the first lines were valid: an invalid table leaves no output.
          file = openOutput(output);
          if (!json) await file.write([csvLine([...names, ...columns], delimiter)]);
        }
        await file.write(texts);
        count += slice.rows.length;
        onRows?.(count);
      }
    }
    reader.refusals.check();
    if (!file) throw new Failure(`${name}: got names but no values, need at least one line of them`);
    await file.end();
  } finally {
    file?.abandon();
  }
  return [...readerNotes(reader), ...tally.notes];
}
