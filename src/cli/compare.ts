/** `simdnet compare`: two models side by side, and on a table if there is one. */

import type { Pipeline } from "../index.ts";
import { evaluation } from "./evaluate.ts";
import { Failure } from "./failure.ts";
import { readModel } from "./files.ts";
import type { Notes } from "./notes.ts";
import type { Score } from "./score.ts";
import { count, gap, type Output, percent, say, short, table } from "./show.ts";

/** @param tablePath a table whose targets are known, to score both on; without it, their own tests are shown */
export async function compare(
  paths: readonly [string, string],
  tablePath: string | null,
  output: Output,
): Promise<void> {
  const models = paths.map(readModel);
  const [first, second] = models.map(({ target }) => `${target.name} (${target.kind})`);
  if (tablePath !== null && first !== second) {
    throw new Failure(
      `compare: ${paths[0]} predicts ${first}, ${paths[1]} ${second}, need the same to score them on one table`,
    );
  }
  const scores: (Score | undefined)[] = [];
  if (tablePath === null) scores.push(...models.map(({ notes }) => (notes as Partial<Notes>).test));
  // One after the other: standard input can be read once only.
  else for (const model of models) scores.push((await evaluation(model, tablePath)).score);
  const properties = models.map((model, index) => propertiesOf(model, scores[index]));
  if (output.isJSON) {
    const json = models.map((_, index) => ({ model: paths[index], ...properties[index], score: scores[index] }));
    output.write(`${JSON.stringify(json, undefined, 2)}\n`);
    return;
  }
  say(output, "Scores", tablePath === null ? "on the rows that each was tested on" : `on ${tablePath}`);
  gap(output);
  const names = [...new Set(properties.flatMap(Object.keys))];
  const rows = names.map((name) => [name, ...properties.map((property) => property[name] ?? "")]);
  table(output, ["", ...paths], rows);
}

function propertiesOf(
  { network, target, features, columns, history, notes }: Pipeline,
  score: Score | undefined,
): Record<string, string> {
  const { settings, file, rows } = notes as Partial<Notes>;
  const { loss = [] } = history?.validation ?? {};
  return {
    predicts: target.kind === "number" ? target.name : `${target.name}, ${target.classes.length} classes`,
    "columns → features": `${columns.length} → ${features.length}`,
    layers: network.layers.map(({ title }) => title).join(" | "),
    parameters: count(network.parameterCount),
    type: network.dtype,
    ...(file && rows && { "trained on": `${file}, ${count(rows.train)} rows` }),
    ...(settings && {
      optimizer: `${settings.optimizer}, ${settings.learningRate}, batches of ${settings.batchSize}`,
      seed: String(settings.seed),
    }),
    ...(history && { epochs: count(history.epoch.at(-1) ?? 0) }),
    ...(loss.length > 0 && { "validation loss": short(loss.reduce((least, value) => Math.min(least, value))) }),
    ...(score && shownScore(score)),
  };
}

function shownScore(score: Score): Record<string, string> {
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
