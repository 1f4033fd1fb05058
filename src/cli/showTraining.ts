/** Shows the decisions and the results of `simdnet train`. */

import type { ColumnEncodingJSON } from "../data/index.ts";
import type { History, Pipeline, Target } from "../index.ts";
import type { Goal, InputDecision } from "./decide.ts";
import { augmentText } from "./decidePictures.ts";
import { importanceUnit } from "./importance.ts";
import {
  categoriesText,
  clipName,
  datesText,
  featuresText,
  gapsText,
  inputText,
  listText,
  writtenText,
} from "./listed.ts";
import { keepAdvice } from "./marks.ts";
import type { Notes } from "./notes.ts";
import { bytes, count, plural, short } from "./numbers.ts";
import type { Parts } from "./parts.ts";
import type { PreparedData, PreparedTable } from "./prepare.ts";
import type { PreparedPictures } from "./preparePictures.ts";
import { brokenNote } from "./readPictures.ts";
import { isBetterThanNaive, type Score } from "./score.ts";
import { type Head, type Settings, textUnits, updatesText } from "./settings.ts";
import { shellWord } from "./shell.ts";
import {
  blankLine,
  type Output,
  say,
  sayCode,
  showClasses,
  showConfusion,
  showCurve,
  showScore,
  table,
} from "./show.ts";
import { featureCount } from "./squeezenet.ts";

/** Returns the epoch whose parameters the model has. */
export function bestEpoch({ epoch, validation }: History): number | undefined {
  const { loss = [] } = validation;
  const finite = loss.map((value) => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY));
  const best = finite.reduce((at, value, index) => (value < (finite[at] ?? Number.POSITIVE_INFINITY) ? index : at), -1);
  return best < 0 ? undefined : epoch[best];
}

/** @param isWhole true to list all columns */
export function showDecisions(output: Output, rows: number, prepared: PreparedTable, isWhole = false): void {
  const { target, inputs, parts, encoding, warnings } = prepared;
  const { goal, column, why } = target;
  const { format, gaps } = column;
  const written = goal.kind === "number" ? writtenText(format) : "";
  say(output, "Target", `${column.name}: ${goalText(goal)}${written}, ${why}`);
  if (column.missing > 0) {
    const left = `${plural(column.missing, "row")} without it left out, of ${count(rows)}`;
    say(output, "", gaps ? `${left}: ${gapsText(gaps)}${keepAdvice(gaps)}` : left);
  }
  const used = inputs.filter(({ isUsed }) => isUsed);
  say(output, "Inputs", `${plural(used.length, "column")} → ${featuresText(encoding)}`);
  const { columns } = encoding.toJSON();
  const columnOf = new Map(used.map(({ column }) => [column.name, column]));
  const lines = columns.map((json): string[] => {
    const { missing, gaps } = columnOf.get(json.name)!;
    const [kind, what, fill] = encodingCells(json);
    const texts = gaps ? gapsText(gaps) : count(missing);
    return [json.name, kind, what, missing === 0 ? "" : `${texts} → ${fill}`];
  });
  const most = isWhole ? lines.length : mostListed;
  table(output, ["column", "kind", "values", "missing"], lines.slice(0, most));
  if (lines.length > most) say(output, "", `and ${lines.length - most} more; --all-columns lists them`);
  for (const { column, isUsed, why } of inputs) if (!isUsed) say(output, "Not used", `${column.name}: ${why}`);
  for (const text of keptTexts(used)) say(output, "Missing", text);
  showSplit(output, parts, "row");
  for (const warning of warnings) say(output, "Note", warning);
}

/** The most columns that are listed. */
const mostListed = 12;
/** The most columns whose importance is shown. */
const mostImportant = 6;

/** Says which words of categories were taken for missing values, since they may be values. */
function keptTexts(used: readonly InputDecision[]): string[] {
  const taken = used.flatMap(({ column: { name, kind, gaps = new Map() } }) => {
    const words = [...gaps].filter(([text]) => text !== "" && /^\w+$/.test(text));
    return kind === "category" && words.length > 0 ? [{ name, words: new Map(words) }] : [];
  });
  if (taken.length === 0) return [];
  const all = new Map(taken.flatMap(({ words }) => [...words]));
  const each = taken.map(({ name, words }) => `${gapsText(words)} in ${clipName(name)}`);
  return [`${listText(each, 6)}${keepAdvice(all)}`];
}

function goalText(goal: Goal): string {
  if (goal.kind === "number") return "a number";
  const each = goal.classes.map((label, index) => `${clipName(String(label))} ${count(goal.counts[index])}`);
  return `${goal.classes.length} classes (${listText(each, 6)})`;
}

function showSplit(output: Output, { train, validation, test, stratified }: Parts, what: string): void {
  const tested = test.length === 0 ? "none to test" : `${count(test.length)} to test`;
  const sizes = `${plural(train.length, what)} to train, ${count(validation.length)} to say when to stop, ${tested}`;
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
  for (const warning of prepared.warnings) say(output, "Note", warning);
}

/** Returns a column's kind, its values, and the replacement of missing ones. */
export function encodingCells(json: ColumnEncodingJSON): [kind: string, values: string, missing: string] {
  const { kind } = json;
  const gap = (fill: string) =>
    (kind === "number" || kind === "date") && json.missingColumn ? `${fill}, and a 0/1 column` : fill;
  if (kind === "number") {
    const { offset, divisor, fill, format } = json;
    return [kind, `mean ${short(offset)}, deviation ${short(divisor)}${writtenText(format)}`, gap(short(fill))];
  }
  if (kind === "date") return [kind, datesText(json), gap("medians")];
  if (kind === "encodeCategories") {
    const fill = json.fill ?? (json.categories.includes(null) ? "(missing)" : "(other)");
    return ["category", categoriesText(json), fill];
  }
  return [kind, inputText(json), "nothing"];
}

export function showNetwork(output: Output, { encoding }: PreparedData, settings: Settings, head: Head): void {
  const {
    text,
    pictures,
    hidden,
    activation,
    dropout,
    weightDecay,
    epochs,
    patience,
    ensemble = 1,
    bins = 0,
  } = settings;
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
  if (ensemble > 1) {
    const averaged = head.activation === "linear" ? "outputs" : "logits";
    say(output, "", `${ensemble} such networks side by side; their ${averaged} are averaged`);
  }
  if (bins > 0) {
    const which = ensemble > 1 ? "every second one" : "it";
    say(output, "", `${which} also reads each number by ranges of equally many rows, up to ${bins}`);
  }
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

/** Returns remarks on a model that is no better than the naive baseline or a linear model. */
export function explainScore(
  score: Score,
  name: string,
  { balance, threshold }: Pick<Settings, "balance" | "threshold">,
): string[] {
  const { kind, rows, units = rows } = score;
  if (!isBetterThanNaive(score)) {
    if (units < fewRows) {
      const what = plural(units, units === rows ? "row" : "independent row");
      return [`no better than that; but ${what} ${units === 1 ? "is" : "are"} too few to tell`];
    }
    return [`no better than that: the columns may say little about ${name}`];
  }
  if (kind === "classes" && score.accuracy <= score.baseline.accuracy) {
    // Who asked for more of the rare classes wants no other accuracy.
    if (balance || threshold !== null) return [];
    return [
      `the accuracy is no better than that, but the order of the rows is (ROC AUC ${short(score.rocAuc!)}); --balance or, of two classes, --threshold f1 finds more of the rarer ones`,
    ];
  }
  return isBetterThanLinear(score) ? [] : ["no better than the linear model: --hidden none would do"];
}

function isBetterThanLinear(score: Score): boolean {
  if (!score.linear) return true;
  return score.kind === "classes"
    ? score.accuracy > score.linear.accuracy || score.crossEntropy < score.linear.crossEntropy
    : score.rootMeanSquaredError < score.linear.rootMeanSquaredError;
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
  /** True to list the importance of all columns. */
  readonly allColumns?: boolean;
  /** In bytes. */
  readonly sizes: { readonly model: number; readonly report: number };
}

/** The label of a score, by its rows. */
const scoreLabels = { test: "Test", folds: "All folds", validation: "Validation" } as const;

/** Shows a score with the remarks that belong to it. */
export function showTested(output: Output, { tested, test: score, folds, question }: Notes, target: Target): void {
  for (const [name, { each, mean, interval }] of Object.entries(folds?.scores ?? {})) {
    const [low, high] = interval.map(short);
    const label = name === Object.keys(folds!.scores)[0] ? "Folds" : "";
    say(
      output,
      label,
      `${scoreNames[name] ?? name} ${short(mean)} on average, 95 % interval ${low} to ${high} (${each.map(short).join(", ")})`,
    );
  }
  showScore(output, scoreLabels[tested], score, { target: target.name, hasGroups: (question.group ?? null) !== null });
  if (tested === "validation") {
    say(output, "", "these rows said when to stop, so the score of new ones may be lower; none were kept to test on");
  }
  if (target.kind === "classes" && target.threshold !== undefined) {
    say(output, "Threshold", `${target.classes[1]} is predicted from a probability of ${short(target.threshold)} on`);
  }
}

export const scoreNames: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  crossEntropy: "cross-entropy",
  rocAuc: "ROC AUC",
  f1: "F1",
  meanAbsoluteError: "mean absolute error",
  rootMeanSquaredError: "root mean squared error",
  r2: "R²",
};

/** Shows the columns that matter most. */
function showImportance(output: Output, { importance }: Notes, target: Target, isWhole: boolean): void {
  if (importance.length === 0) return;
  const unit = importanceUnit({ target });
  if (isWhole) {
    blankLine(output);
    table(
      output,
      ["column", unit, "least", "greatest"],
      importance.map(({ column, mean, least, greatest }) => [column, ...[mean, least, greatest].map(short)]),
    );
    return;
  }
  const most = importance.slice(0, mostImportant).map(({ column, mean }) => `${clipName(column)} ${short(mean)}`);
  const more = importance.length > most.length ? `, and ${importance.length - most.length} more` : "";
  say(output, "Importance", `${most.join(", ")}${more} (${unit})`);
}

export function showResult(output: Output, result: Result): void {
  const { model, notes, path, modelPath, reportPath, sizes, allColumns = false } = result;
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
  showTested(output, notes, model.target);
  for (const remark of explainScore(score, name, settings)) say(output, "Note", remark);
  showImportance(output, notes, model.target, allColumns);
  showClasses(output, score);
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
