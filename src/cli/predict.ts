/** `simdnet predict`: a table with what a model says of each row; it may be larger than memory. */

import Papa from "papaparse";
import type { Pipeline, Prediction } from "../index.ts";
import { Lineup, unseenNote } from "./encode.ts";
import { Failure, within } from "./failure.ts";
import { checkFolder, isSameFile, openOutput, readModel } from "./files.ts";
import { type Block, linesOf } from "./lines.ts";
import { reading } from "./reading.ts";

export interface PredictOptions {
  /** A file; null for standard output. */
  readonly output: string | null;
  /** A JSON object a line instead of a table. */
  readonly json: boolean;
}

export async function predict(modelPath: string, path: string, { output, json }: PredictOptions): Promise<void> {
  const model = readModel(modelPath);
  if (output !== null) {
    checkFolder(output);
    for (const read of [modelPath, path]) {
      if (isSameFile(read, output)) throw new Failure(`${output}: this file is read from, need another to write to`);
    }
  }
  const { source, onRows, done } = reading(path);
  try {
    const { names, delimiter, blocks } = await linesOf(source);
    const lineup = new Lineup(model, { names, delimiter }, source.name);
    const columns = newColumns(model);
    const twice = columns.find((name) => names.includes(name));
    if (twice)
      throw new Failure(`${source.name}: it has a column ${JSON.stringify(twice)} already, need another name for it`);
    // Not before the first block fits, so that an output that is there stays as it is.
    let file: ReturnType<typeof openOutput> | undefined;
    let count = 0;
    for await (const block of blocks) {
      const predictions = within(source.name, () => model.predictColumns(lineup.columnsOf(block)));
      const text = json ? objects(names, block, predictions, model) : lines(delimiter, block, predictions, model);
      if (!file) {
        file = openOutput(output);
        if (!json) await file.write(`${unparsed(delimiter, [[...names, ...columns]])}\n`);
      }
      await file.write(`${text}\n`);
      count += block.rows.length;
      onRows(count);
    }
    if (!file) throw new Failure(`${source.name}: got names but no values, need at least one line of them`);
    await file.end();
    done();
    for (const note of unseenNote(lineup)) process.stderr.write(`note: ${note}\n`);
  } finally {
    done();
  }
}

/** What is added to the columns of a table. */
function newColumns({ target }: Pipeline): string[] {
  const prediction = `predicted_${target.name}`;
  return target.kind === "number"
    ? [prediction]
    : [prediction, ...target.classes.map((label) => `probability_${label}`)];
}

/** What is added to a line, in the order of `newColumns`: an object would have its whole numbers first. */
function added({ prediction, probabilities }: Prediction, { target }: Pipeline): (string | number)[] {
  if (target.kind === "number") return [prediction];
  return [prediction, ...target.classes.map((label) => probabilities![String(label)])];
}

function lines(delimiter: string, { rows }: Block, predictions: readonly Prediction[], model: Pipeline): string {
  return unparsed(
    delimiter,
    rows.map((row, index) => [...row, ...added(predictions[index], model)]),
  );
}

const unparsed = (delimiter: string, rows: readonly (readonly (string | number)[])[]) =>
  Papa.unparse(rows as unknown[][], { delimiter, newline: "\n" });

function objects(
  names: readonly string[],
  { rows }: Block,
  predictions: readonly Prediction[],
  model: Pipeline,
): string {
  const text = (row: readonly string[], { prediction, probabilities }: Prediction) => {
    const cells = names.map((name, index) => [name, row[index]]);
    return JSON.stringify({
      ...Object.fromEntries(cells),
      [`predicted_${model.target.name}`]: prediction,
      ...(probabilities && { probabilities }),
    });
  };
  return rows.map((row, index) => text(row, predictions[index])).join("\n");
}
