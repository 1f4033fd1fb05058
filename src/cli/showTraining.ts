/** Shows the decisions and the results of `simdnet train`. */

import type { ColumnEncodingJSON } from "../data/index.ts";
import type { History, Pipeline } from "../index.ts";
import type { Goal } from "./decide.ts";
import { augmentText } from "./decidePictures.ts";
import { categoriesText, clipName, featuresText, inputText, listText } from "./listed.ts";
import type { Notes } from "./notes.ts";
import { bytes, count, plural, short } from "./numbers.ts";
import type { Parts } from "./parts.ts";
import type { PreparedData, PreparedTable } from "./prepare.ts";
import type { PreparedPictures } from "./preparePictures.ts";
import { brokenNote } from "./readPictures.ts";
import { isBetterThanNaive, type Score } from "./score.ts";
import { type Head, type Settings, textUnits, updatesText } from "./settings.ts";
import { blankLine, type Output, say, sayCode, showConfusion, showCurve, showScore, table } from "./show.ts";
import { featureCount } from "./squeezenet.ts";
import { shellWord } from "./table.ts";

/** Returns the epoch whose parameters the model has. */
export function bestEpoch({ epoch, validation }: History): number | undefined {
  const { loss = [] } = validation;
  const finite = loss.map((value) => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY));
  const best = finite.reduce((at, value, index) => (value < (finite[at] ?? Number.POSITIVE_INFINITY) ? index : at), -1);
  return best < 0 ? undefined : epoch[best];
}

export function showDecisions(output: Output, rows: number, { target, inputs, parts, encoding }: PreparedTable): void {
  const { goal, column, why } = target;
  say(output, "Target", `${column.name}: ${goalText(goal)}, ${why}`);
  if (column.missing > 0) say(output, "", `${plural(column.missing, "row")} without it left out, of ${count(rows)}`);
  const used = inputs.filter(({ isUsed }) => isUsed);
  say(output, "Inputs", `${plural(used.length, "column")} → ${featuresText(encoding)}`);
  const { columns } = encoding.toJSON();
  const lines = columns.map((json): string[] => {
    const { missing } = used.find(({ column: { name } }) => name === json.name)!.column;
    const [kind, what, fill] = encodingCells(json);
    const gaps = missing === 0 ? "" : `${count(missing)} → ${fill}`;
    return [json.name, kind, what, gaps];
  });
  const most = 12;
  table(output, ["column", "kind", "values", "missing"], lines.slice(0, most));
  if (lines.length > most) say(output, "", `and ${lines.length - most} more`);
  for (const { column, isUsed, why } of inputs) if (!isUsed) say(output, "Not used", `${column.name}: ${why}`);
  showSplit(output, parts, "row");
}

function goalText(goal: Goal): string {
  if (goal.kind === "number") return "a number";
  const each = goal.classes.map((label, index) => `${clipName(String(label))} ${count(goal.counts[index])}`);
  return `${goal.classes.length} classes (${listText(each, 6)})`;
}

function showSplit(output: Output, { train, validation, test, stratified }: Parts, what: string): void {
  const sizes = `${plural(train.length, what)} to train, ${count(validation.length)} to say when to stop, ${count(test.length)} to test`;
  say(output, "Split", `${sizes}${stratified && `, ${stratified}`}`);
}

export function showPictureDecisions(output: Output, path: string, prepared: PreparedPictures): void {
  const { asked, encoding, parts, pictures, why, files, sampleSize: drawn, broken } = prepared;
  const sample = drawn < files ? `; ${count(drawn)} of them drawn at random` : "";
  const used = broken.length > 0 ? `; ${count(drawn - broken.length)} of them used` : "";
  say(output, "Read", `${path}: ${plural(files, "picture")}${sample}${used}`);
  for (const text of brokenNote(broken)) say(output, "Not used", text);
  say(output, "Target", `class: ${goalText(asked)}`);
  const because = (reason?: string) => (reason ? `, ${reason}` : "");
  const [{ shape }] = encoding.inputs;
  say(output, "Inputs", `images of ${shape[1]} × ${shape[0]} pixels${because(why?.size)}`);
  say(output, "", `${pictures.channels === 1 ? "in grey" : "in colour"}${because(why?.channels)}`);
  const varied = augmentText(pictures.augment);
  say(output, "Variation", `${varied ? `anew in each epoch: ${varied}` : "none"}${because(why?.augment)}`);
  showSplit(output, parts, "picture");
}

/** Returns a column's kind, its values, and the replacement of missing ones. */
function encodingCells(json: ColumnEncodingJSON): [kind: string, values: string, missing: string] {
  const { kind } = json;
  if (kind === "number") {
    return [kind, `mean ${short(json.offset)}, deviation ${short(json.divisor)}`, short(json.fill)];
  }
  if (kind === "encodeCategories") return ["category", categoriesText(json), String(json.fill)];
  return [kind, inputText(json), "nothing"];
}

export function showNetwork(output: Output, { encoding }: PreparedData, settings: Settings, head: Head): void {
  const { text, pictures, hidden, activation, dropout, weightDecay, epochs, patience } = settings;
  const texts = Object.values(encoding.vocabularies).map(() => textUnits);
  const widths = [
    ...(pictures
      ? [
          encoding.inputs[0].shape.join(" × "),
          ...(pictures.from
            ? [`SqueezeNet’s ${featureCount} features`]
            : pictures.filters.map((filters) => `${filters} filters`)),
        ]
      : [[...(encoding.features.length > 0 ? [encoding.features.length] : []), ...texts].join(" + ")]),
    ...hidden.map((width) => `${width} ${activation}`),
    `${head.units} ${head.activation}`,
  ];
  say(output, "Network", `${widths.join(" → ")} (${head.why})`);
  if (text) {
    const read = text === "lstm" ? "an LSTM that reads these rows" : "the mean of these rows";
    say(output, "", `texts: a row of ${textUnits} for each word, then ${read}`);
  }
  if (pictures && pictures.filters.length > 0) {
    say(output, "", `filters: convolutions of 3 × 3, ${activation}, each with a pooling that halves the sides`);
  }
  const stops = `at most ${plural(epochs, "epoch")}, until ${patience} bring no gain`;
  const against = `${dropout > 0 ? `, dropout ${dropout}` : ""}${weightDecay ? `, weight decay ${weightDecay}` : ""}`;
  say(output, "Training", `${updatesText(settings)}${against}, ${stops}`);
}

/** Suggests why a model is no better than the naive baseline. */
export function explainWeakScore({ kind, rows }: Score, name: string): string {
  if (rows < fewRows)
    return `no better than that; but ${plural(rows, "row")} ${rows === 1 ? "is" : "are"} too few to tell`;
  const skewed = kind === "number" ? `; if ${name} goes over powers of ten, its logarithm is learned more easily` : "";
  return `no better than that: the columns may say little about ${name}${skewed}`;
}

/** A score on fewer rows is chance. */
const fewRows = 30;

/** A finished or interrupted training and its files. */
export interface Result {
  readonly model: Pick<Pipeline, "target" | "history">;
  readonly notes: Notes;
  /** The path of the table or folder. */
  readonly path: string;
  readonly modelPath: string;
  readonly reportPath: string | null;
  /** In bytes. */
  readonly sizes: { readonly model: number; readonly report: number };
}

export function showResult(output: Output, { model, notes, path, modelPath, reportPath, sizes }: Result): void {
  const { test: score, settings, checkpoint } = notes;
  const { name } = model.target;
  const history = model.history!;
  showCurve(output, history);
  blankLine(output);
  const [last, best] = [history.epoch.at(-1) ?? 0, bestEpoch(history)];
  const bestText = best === undefined ? "" : `; the best was epoch ${best}, which is kept`;
  if (checkpoint) say(output, "Interrupted", `after epoch ${last}${bestText}`);
  else
    say(
      output,
      "Trained",
      `${last < settings.epochs ? "stopped after" : ""} ${plural(last, "epoch")}${bestText}`.trim(),
    );
  showScore(output, "Test", score, name);
  if (!isBetterThanNaive(score)) say(output, "Note", explainWeakScore(score, name));
  showConfusion(output, score);
  blankLine(output);
  say(output, "Saved", `${modelPath} (${bytes(sizes.model)})`);
  if (reportPath !== null) say(output, "Report", `${reportPath} (${bytes(sizes.report)})`);
  if (checkpoint) {
    say(output, "Checkpoint", `${checkpoint}, beside it, until the training has ended`);
    const options = [
      "--resume",
      ...(modelPath === "model.safetensors" ? [] : ["--output", modelPath]),
      ...(reportPath === null ? [] : ["--report", reportPath]),
    ];
    sayCode(output, "Resume with", ["simdnet train", ...[path, ...options].map(shellWord)].join(" "));
  } else {
    const example = settings.pictures ? "new.jpg" : "new.csv";
    sayCode(output, "Use it with", `simdnet predict ${shellWord(modelPath)} ${example}`);
  }
}
