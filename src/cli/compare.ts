/** `simdnet compare`: shows two models side by side, and scores both on a table if one is given. */

import type { Network, Pipeline, Target } from "../index.ts";
import { jsonText } from "./display.ts";
import { evaluateModel } from "./evaluate.ts";
import { Failure } from "./failure.ts";
import { readModel } from "./files.ts";
import type { LinesOptions } from "./lines.ts";
import { imagesText } from "./listed.ts";
import { type Notes, notesOf } from "./notes.ts";
import { count, percent, short } from "./numbers.ts";
import type { Score } from "./score.ts";
import { updatesText } from "./settings.ts";
import { blankLine, note, type Output, say, table } from "./show.ts";

/** @param tablePath a table with known targets, to score both on; if null, the score of each model's own test is shown */
export async function compare(
  paths: readonly [string, string],
  tablePath: string | null,
  options: LinesOptions,
  output: Output,
): Promise<void> {
  const models = paths.map(readModel);
  const [first, second] = models.map(({ target }) => `${target.name} (${target.kind})`);
  if (tablePath !== null && first !== second) {
    throw new Failure(
      `compare: ${paths[0]} predicts ${first}, ${paths[1]} ${second}, need the same to score them on one table`,
    );
  }
  const contents: Content[] = [];
  for (const [index, model] of models.entries()) {
    const scored = tablePath === null ? undefined : await evaluateModel(model, tablePath, options);
    for (const text of scored?.notes ?? []) note(`${paths[index]}: ${text}`);
    contents.push(contentOf(paths[index], model, scored?.score ?? notesOf(model)?.test));
  }
  if (output.isJSON) {
    output.write(`${jsonText(contents, 2)}\n`);
    return;
  }
  say(output, "Scores", tablePath === null ? "on the rows that each was tested on" : `on ${tablePath}`);
  blankLine(output);
  const properties = contents.map(propertiesOf);
  const names = [...new Set(properties.flatMap(Object.keys))];
  const rows = names.map((name) => [name, ...properties.map((property) => property[name] ?? "")]);
  table(output, ["", ...paths], rows);
}

/** The properties of a model that are compared. A property that the file does not tell is undefined. */
interface Content {
  readonly model: string;
  readonly target: Target;
  readonly columns: number;
  /** The number of inputs that encode numbers and categories. */
  readonly features: number;
  /** The number of columns that are read word by word. */
  readonly texts: number;
  /** The size and channels of the images, in words. */
  readonly images: string | undefined;
  readonly layers: readonly string[];
  readonly parameterCount: number;
  readonly dtype: Network["dtype"];
  readonly trained: Pick<Notes, "file" | "rows" | "settings"> | undefined;
  readonly epochs: number | undefined;
  /** The lowest of all epochs. */
  readonly validationLoss: number | undefined;
  readonly score: Score | undefined;
}

function contentOf(path: string, model: Pipeline, score: Score | undefined): Content {
  const { network, target, features, encoding, columns, history } = model;
  const { loss = [] } = history?.validation ?? {};
  const notes = notesOf(model);
  return {
    model: path,
    target,
    columns: columns.length,
    features: features.length,
    texts: Object.keys(encoding.vocabularies).length,
    images:
      columns.flatMap((column) => (column.kind === "picture" ? [imagesText(column)] : [])).join(", ") || undefined,
    layers: network.layers.map(({ title }) => title),
    parameterCount: network.parameterCount,
    dtype: network.dtype,
    trained: notes && { file: notes.file, rows: notes.rows, settings: notes.settings },
    epochs: history?.epoch.at(-1),
    validationLoss: loss.filter(Number.isFinite).sort((one, other) => one - other)[0],
    score,
  };
}

function propertiesOf(content: Content): Record<string, string> {
  const {
    target,
    columns,
    features,
    texts,
    images,
    layers,
    parameterCount,
    dtype,
    trained,
    epochs,
    validationLoss,
    score,
  } = content;
  return {
    predicts: target.kind === "number" ? target.name : `${target.name}, ${target.classes.length} classes`,
    "columns → features": `${columns} → ${features}`,
    ...(texts > 0 && { texts: String(texts) }),
    ...(images && { images }),
    layers: layersText(layers),
    parameters: count(parameterCount),
    type: dtype,
    ...(trained && trainingProperties(trained)),
    ...(epochs !== undefined && { epochs: count(epochs) }),
    ...(validationLoss !== undefined && { "validation loss": short(validationLoss) }),
    ...(score && scoreProperties(score)),
  };
}

/** Lists layers; those of the networks of an ensemble, one after the other, once with their number. */
export function layersText(layers: readonly string[]): string {
  const parts: string[] = [];
  for (let from = 0; from < layers.length; ) {
    const { length, times } = repetitionAt(layers, from);
    const text = layers.slice(from, from + length).join(" | ");
    parts.push(times === 1 ? text : length === 1 ? `${times} × ${text}` : `${times} × (${text})`);
    from += length * times;
  }
  return parts.join(" | ");
}

/** Returns the shortest run of layers from a place that comes again at once, and how often it does; a single layer if none does. */
function repetitionAt(layers: readonly string[], from: number): { length: number; times: number } {
  for (let length = 1; 2 * length <= layers.length - from; length++) {
    const isSame = (start: number) =>
      layers.slice(0, length).every((_, at) => layers[start + at] === layers[from + at]);
    let times = 1;
    while (isSame(from + times * length)) times++;
    if (times > 1) return { length, times };
  }
  return { length: 1, times: 1 };
}

function trainingProperties({ file, rows, settings }: Exclude<Content["trained"], undefined>): Record<string, string> {
  return {
    "trained on": `${file}, ${count(rows.train)} rows`,
    training: updatesText(settings),
    seed: String(settings.seed),
  };
}

function scoreProperties(score: Score): Record<string, string> {
  if (score.kind === "classes") {
    return {
      accuracy: `${percent(score.accuracy)} (${count(score.right)} of ${count(score.rows)})`,
      "cross-entropy": short(score.crossEntropy),
    };
  }
  return {
    "mean absolute error": short(score.meanAbsoluteError),
    "root mean squared error": short(score.rootMeanSquaredError),
    "R²": score.r2 === null ? "–" : short(score.r2),
  };
}
