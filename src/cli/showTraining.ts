/** What `simdnet train` says: what it decided, and what its model reached. */

import type { ColumnEncodingJSON } from "../data/index.ts";
import type { History, Pipeline } from "../index.ts";
import { categoriesShown, clipped, featuresShown, listed, ownShown } from "./listed.ts";
import type { Notes } from "./notes.ts";
import { bytes, count, plural, short } from "./numbers.ts";
import type { Prepared } from "./prepare.ts";
import { isBetterThanNaive, type Score } from "./score.ts";
import { type Head, type Settings, textUnits, updates } from "./settings.ts";
import { gap, type Output, say, sayCode, showConfusion, showCurve, showScore, table } from "./show.ts";
import { shellWord } from "./table.ts";

/** The epoch whose parameters the model has. */
export function bestEpoch({ epoch, validation }: History): number | undefined {
  const { loss = [] } = validation;
  const finite = loss.map((value) => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY));
  const best = finite.reduce((at, value, index) => (value < (finite[at] ?? Number.POSITIVE_INFINITY) ? index : at), -1);
  return best < 0 ? undefined : epoch[best];
}

export function showDecisions(output: Output, rows: number, { target, inputs, parts, encoding }: Prepared): void {
  const { goal, column, why } = target;
  const shownClasses = (classes: readonly (string | number)[], counts: readonly number[]) => {
    const each = classes.map((label, index) => `${clipped(String(label))} ${count(counts[index])}`);
    return `${classes.length} classes (${listed(each, 6)})`;
  };
  const what = goal.kind === "number" ? "a number" : shownClasses(goal.classes, goal.counts);
  say(output, "Target", `${column.name}: ${what}, ${why}`);
  if (column.missing > 0) say(output, "", `${plural(column.missing, "row")} without it left out, of ${count(rows)}`);
  const used = inputs.filter(({ isUsed }) => isUsed);
  say(output, "Inputs", `${plural(used.length, "column")} → ${featuresShown(encoding)}`);
  const { columns } = encoding.toJSON();
  const lines = columns.map((json): string[] => {
    const { missing } = used.find(({ column: { name } }) => name === json.name)!.column;
    const [kind, what, fill] = shownEncoding(json);
    const gaps = missing === 0 ? "" : `${count(missing)} → ${fill}`;
    return [json.name, kind, what, gaps];
  });
  const most = 12;
  table(output, ["column", "kind", "values", "missing"], lines.slice(0, most));
  if (lines.length > most) say(output, "", `and ${lines.length - most} more`);
  for (const { column, isUsed, why } of inputs) if (!isUsed) say(output, "Not used", `${column.name}: ${why}`);
  const { train, validation, test, stratified } = parts;
  const sizes = `${plural(train.length, "row")} to train, ${count(validation.length)} to say when to stop, ${count(test.length)} to test`;
  say(output, "Split", `${sizes}${stratified && `, ${stratified}`}`);
}

/** A column's kind, its values, and what becomes of missing ones. */
function shownEncoding(json: ColumnEncodingJSON): [kind: string, values: string, missing: string] {
  const { kind } = json;
  if (kind === "number") {
    return [kind, `mean ${short(json.offset)}, deviation ${short(json.divisor)}`, short(json.fill)];
  }
  if (kind === "encodeCategories") return ["category", categoriesShown(json), String(json.fill)];
  return [kind, ownShown(json), "nothing"];
}

export function showNetwork(output: Output, { encoding }: Prepared, settings: Settings, head: Head): void {
  const { text, hidden, activation, dropout, weightDecay, epochs, patience } = settings;
  const texts = Object.values(encoding.vocabularies).map(() => textUnits);
  const widths = [
    [...(encoding.features.length > 0 ? [encoding.features.length] : []), ...texts].join(" + "),
    ...hidden.map((width) => `${width} ${activation}`),
    `${head.units} ${head.activation}`,
  ];
  say(output, "Network", `${widths.join(" → ")} (${head.why})`);
  if (text) {
    const read = text === "lstm" ? "an LSTM that reads these rows" : "the mean of these rows";
    say(output, "", `texts: a row of ${textUnits} for each word, then ${read}`);
  }
  const stops = `at most ${plural(epochs, "epoch")}, until ${patience} bring no gain`;
  const against = `${dropout > 0 ? `, dropout ${dropout}` : ""}${weightDecay ? `, weight decay ${weightDecay}` : ""}`;
  say(output, "Training", `${updates(settings)}${against}, ${stops}`);
}

/** Why a model may be no better than the naive one. */
export function reasonsFor({ kind, rows }: Score, name: string): string {
  if (rows < fewRows)
    return `no better than that; but ${plural(rows, "row")} ${rows === 1 ? "is" : "are"} too few to tell`;
  const skewed = kind === "number" ? `; if ${name} goes over powers of ten, its logarithm is learned more easily` : "";
  return `no better than that: the columns may say little about ${name}${skewed}`;
}

/** Of fewer a score is chance. */
const fewRows = 30;

/** A training that has ended, and its files. */
export interface Result {
  readonly model: Pick<Pipeline, "target" | "history">;
  readonly notes: Notes;
  /** The table's, the model's and the report's. */
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
  gap(output);
  const [last, best] = [history.epoch.at(-1) ?? 0, bestEpoch(history)];
  const kept = best === undefined ? "" : `; the best was epoch ${best}, which is kept`;
  if (checkpoint) say(output, "Interrupted", `after epoch ${last}${kept}`);
  else
    say(output, "Trained", `${last < settings.epochs ? "stopped after" : ""} ${plural(last, "epoch")}${kept}`.trim());
  showScore(output, "Test", score, name);
  if (!isBetterThanNaive(score)) say(output, "Note", reasonsFor(score, name));
  showConfusion(output, score);
  gap(output);
  say(output, "Saved", `${modelPath} (${bytes(sizes.model)})`);
  if (reportPath !== null) say(output, "Report", `${reportPath} (${bytes(sizes.report)})`);
  if (checkpoint) {
    say(output, "Checkpoint", `${checkpoint}, beside it, until the training has ended`);
    const options = [
      "--resume",
      ...(modelPath === "model.safetensors" ? [] : ["--output", modelPath]),
      ...(reportPath === null ? [] : ["--report", reportPath]),
    ];
    sayCode(output, "Go on with", ["simdnet train", ...[path, ...options].map(shellWord)].join(" "));
  } else sayCode(output, "Use it with", `simdnet predict ${shellWord(modelPath)} new.csv`);
}
