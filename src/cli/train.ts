/** `simdnet train`: from a table to a model that is tested and saved. */

import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { totalmem } from "node:os";
import { resolve as absolute, basename, dirname, join } from "node:path";
import { type History, type Network, Pipeline } from "../index.ts";
import { Failure } from "./failure.ts";
import { checkFolder, isSameFile, readBytes, readModel, writeBytes } from "./files.ts";
import { type Fit, trainedOn } from "./fit.ts";
import { categoriesShown, clipped, listed } from "./listed.ts";
import { type Notes, notesOf } from "./notes.ts";
import { bytes, count, plural, short } from "./numbers.ts";
import { type Prepared, prepare, type Question, type Shares, wantedOf } from "./prepare.ts";
import { during, reading } from "./reading.ts";
import { isBetterThanNaive, type Score, scoreOf } from "./score.ts";
import {
  defaultBatchSize,
  defaultDropout,
  defaultLearningRate,
  defaultWeightDecay,
  type Head,
  headOf,
  type Settings,
  updates,
} from "./settings.ts";
import { gap, type Output, say, sayCode, showConfusion, showCurve, showScore, table } from "./show.ts";
import { onSignal } from "./signals.ts";
import { columnsAt, readTable, shellWord } from "./table.ts";

/** What `train` is asked to do, as the command line says it. */
export interface TrainOptions extends Question, Omit<Settings, "batchSize" | "dropout" | "learningRate"> {
  /** By default the optimizer's. */
  readonly learningRate: number | null;
  /** By default as the table's length asks for, as the weight decay is. */
  readonly batchSize: number | null;
  readonly dropout: number | null;
  /** The model's file. */
  readonly output: string;
  /** The file of a page with pictures, if there is to be one. */
  readonly report: string | null;
}

/**
 * The name of the file for where an interrupted training stands. It is another for each checkpoint, and the model names its own: a crash
 * between the writing of the two leaves both of the last time.
 */
function checkpointName(modelPath: string, bytes: Uint8Array): string {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  return `${basename(modelPath).replace(/\.safetensors$/, "")}.${hash}.checkpoint.safetensors`;
}

/** The checkpoint of the model that is in a file already; undefined if there is none. */
function checkpointOf(modelPath: string): string | undefined {
  if (!existsSync(modelPath)) return undefined;
  try {
    const name = basename(notesOf(readModel(modelPath))?.checkpoint ?? "");
    return /\.[0-9a-f]{8}\.checkpoint\.safetensors$/.test(name) ? join(dirname(modelPath), name) : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** @returns the exit code: 0, or that of the signal by which the training was interrupted */
export async function train(path: string, options: TrainOptions, output: Output): Promise<number> {
  const {
    output: modelPath,
    report: reportPath,
    learningRate,
    batchSize,
    dropout,
    target,
    task,
    ignore,
    missing,
    categories,
    sample,
    ...rest
  } = options;
  const question: Question = { target, task, ignore, missing, categories, sample };
  checkPaths(path, modelPath, reportPath);
  const prepared = await readAndPrepared(path, question, rest, output);
  const { length } = prepared.train.targets;
  if (rest.batchNorm && batchSize !== null && length % batchSize === (batchSize === 1 ? 0 : 1)) {
    const left = batchSize === 1 ? "batches of 1 row" : `a last batch of 1 row, of ${length}`;
    throw new Failure(`--batch-norm: got ${left}, need at least 2 to tell their spread; say another --batch-size`);
  }
  const settings: Settings = {
    ...rest,
    learningRate: learningRate ?? defaultLearningRate(rest.optimizer),
    batchSize: batchSize ?? defaultBatchSize(length),
    weightDecay: rest.weightDecay ?? defaultWeightDecay(length, rest.optimizer),
    dropout: rest.hidden.length === 0 ? 0 : (dropout ?? defaultDropout(length)),
  };
  return run(path, { question, settings, prepared, modelPath, reportPath }, output);
}

/** Goes on with a training that was interrupted, to the same bits. @returns as `train` */
export async function resume(
  path: string,
  { output: modelPath, report: reportPath }: Pick<TrainOptions, "output" | "report">,
  output: Output,
): Promise<number> {
  checkPaths(path, modelPath, reportPath);
  const model = readModel(modelPath);
  const notes = notesOf(model);
  if (!notes?.checkpoint || !model.history) {
    throw new Failure(
      `${modelPath}: its training was not interrupted, so there is nothing to go on with; without --resume another begins`,
    );
  }
  const { question, settings } = notes;
  const checkpointPath = join(dirname(modelPath), basename(notes.checkpoint));
  if (!existsSync(checkpointPath)) {
    throw new Failure(
      `${checkpointPath}: there is no such file, need it beside the model: it holds where the training stands`,
    );
  }
  const checkpoint = readBytes(checkpointPath);
  const prepared = await readAndPrepared(path, question, settings, output).catch((error) => {
    if (error instanceof Failure) throw new Failure(`${error.message} (${modelPath} was trained on ${notes.file})`);
    throw error;
  });
  if (prepared.fingerprint !== notes.fingerprint) {
    throw new Failure(`${path}: its rows are not those that ${modelPath} was trained on, need the same to go on`);
  }
  const resumed = { checkpoint, network: model.network, history: model.history };
  say(output, "Resumed", `after epoch ${resumed.history.epoch.at(-1) ?? 0}`);
  return run(path, { question, settings, prepared, modelPath, reportPath, resumed }, output);
}

function checkPaths(path: string, modelPath: string, reportPath: string | null): void {
  checkFolder(modelPath);
  for (const written of [modelPath, reportPath]) {
    if (written !== null && isSameFile(path, written)) {
      throw new Failure(`${written}: this is the table, need another file to write to`);
    }
  }
  if (reportPath === null) return;
  checkFolder(reportPath);
  if (absolute(reportPath) === absolute(modelPath) || isSameFile(reportPath, modelPath)) {
    throw new Failure(`${reportPath}: got it for the model and for the report, need two files`);
  }
}

async function readAndPrepared(path: string, question: Question, settings: Shares, output: Output): Promise<Prepared> {
  const { source, onRows, done } = reading(path);
  const { missing, categories, sample } = question;
  const read = await readTable(source, {
    missing: new Set(missing),
    categories: new Set(categories),
    onRows,
    memoryBytes: totalmem() / 2,
    ...(sample !== null && { sample: { rows: sample, seed: settings.seed } }),
  }).finally(done);
  const lines = `${plural(read.lines, "row")}, ${plural(read.columns.length, "column")}`;
  const drawn = read.rows < read.lines ? `; ${count(read.rows)} of them drawn at random` : "";
  say(output, "Read", `${source.name}: ${lines}${drawn}`);
  const prepared = during("Splitting and scaling", () =>
    prepare(source.name, read, question, settings, totalmem() / 2),
  );
  showDecisions(output, read.rows, prepared);
  return prepared;
}

interface Run {
  readonly question: Question;
  readonly settings: Settings;
  readonly prepared: Prepared;
  readonly modelPath: string;
  readonly reportPath: string | null;
  readonly resumed?: {
    readonly checkpoint: Uint8Array;
    readonly network: Network;
    readonly history: History;
  };
}

async function run(
  path: string,
  { question, settings, prepared, modelPath, reportPath, resumed }: Run,
  output: Output,
): Promise<number> {
  const head = headOf(prepared.target.goal);
  const controller = new AbortController();
  let exitCode = 0;
  const deaf = onSignal((code) => {
    exitCode = code;
    // Asked a second time, not cleanly.
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort();
  });
  const former = checkpointOf(modelPath);
  showNetwork(output, prepared, settings, head);
  const result = await trainedOn(prepared, { settings, head, signal: controller.signal, resumed });
  const { parts } = prepared;
  const outputs = result.network.predict(prepared.test.inputs);
  const wanted = wantedOf(prepared, prepared.test);
  const score = scoreOf(prepared.goal, outputs, wanted, prepared.naive);
  const notes: Notes = {
    file: basename(path),
    question,
    settings,
    fingerprint: prepared.fingerprint,
    rows: {
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
      withoutTarget: prepared.target.column.missing,
    },
    notUsed: Object.fromEntries(
      prepared.inputs.filter(({ isUsed }) => !isUsed).map(({ column, why }) => [column.name, why]),
    ),
    test: score,
    checkpoint: result.checkpoint ? checkpointName(modelPath, result.checkpoint) : null,
  };
  const model = new Pipeline({
    network: result.network,
    encoding: prepared.encoding,
    target: prepared.goal,
    history: result.history,
    notes: { ...notes },
  });
  const file = model.toBytes();
  if (notes.checkpoint) writeBytes(join(dirname(modelPath), notes.checkpoint), result.checkpoint!);
  writeBytes(modelPath, file);
  if (former && basename(former) !== notes.checkpoint) rmSync(former, { force: true });
  // From the end of the training until here nothing waits, so that no signal comes between them.
  deaf();
  const best = bestEpoch(result.history);
  let report: Shown["report"];
  if (reportPath !== null) {
    // With a library for plots, which nothing else needs.
    const { reportOf } = await import("./report.ts");
    const columns = columnsAt(prepared.columns, parts.test);
    const page = new TextEncoder().encode(await reportOf({ model, notes, best, columns, wanted }));
    writeBytes(reportPath, page);
    report = { path: reportPath, size: page.length };
  }
  showResult(output, { prepared, result, score, settings, modelPath, path, size: file.length, report });
  if (output.isJSON) {
    const { history } = result;
    const files = { model: modelPath, ...(report && { report: report.path }) };
    const json = { ...files, ...notes, epochs: history.epoch.at(-1) ?? 0, bestEpoch: best, history };
    output.write(`${JSON.stringify(json, undefined, 2)}\n`);
  }
  return result.checkpoint ? exitCode : 0;
}

/** The epoch whose parameters the model has. */
function bestEpoch({ epoch, validation }: History): number | undefined {
  const { loss = [] } = validation;
  const finite = loss.map((value) => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY));
  const best = finite.reduce((at, value, index) => (value < (finite[at] ?? Number.POSITIVE_INFINITY) ? index : at), -1);
  return best < 0 ? undefined : epoch[best];
}

function showDecisions(output: Output, rows: number, { target, inputs, parts, encoding }: Prepared): void {
  const { goal, column, why } = target;
  const shownClasses = (classes: readonly (string | number)[], counts: readonly number[]) => {
    const each = classes.map((label, index) => `${clipped(String(label))} ${count(counts[index])}`);
    return `${classes.length} classes (${listed(each, 6)})`;
  };
  const what = goal.kind === "number" ? "a number" : shownClasses(goal.classes, goal.counts);
  say(output, "Target", `${column.name}: ${what}, ${why}`);
  if (column.missing > 0) say(output, "", `${plural(column.missing, "row")} without it left out, of ${count(rows)}`);
  const used = inputs.filter(({ isUsed }) => isUsed);
  say(output, "Inputs", `${plural(used.length, "column")} → ${plural(encoding.features.length, "feature")}`);
  const { columns } = encoding.toJSON();
  const lines = columns.map((json): string[] => {
    const { kind, missing } = used.find(({ column: { name } }) => name === json.name)!.column;
    const gaps = missing === 0 ? "" : `${count(missing)} → ${"offset" in json ? short(json.fill) : String(json.fill)}`;
    const what =
      "offset" in json ? `mean ${short(json.offset)}, deviation ${short(json.divisor)}` : categoriesShown(json);
    return [json.name, kind, what, gaps];
  });
  const most = 12;
  table(output, ["column", "kind", "values", "missing"], lines.slice(0, most));
  if (lines.length > most) say(output, "", `and ${lines.length - most} more`);
  for (const { column, isUsed, why } of inputs) if (!isUsed) say(output, "Not used", `${column.name}: ${why}`);
  const { train, validation, test, stratified } = parts;
  const sizes = `${count(train.length)} rows to train, ${count(validation.length)} to say when to stop, ${count(test.length)} to test`;
  say(output, "Split", `${sizes}${stratified && `, ${stratified}`}`);
}

function showNetwork(output: Output, { encoding }: Prepared, settings: Settings, head: Head): void {
  const { hidden, activation, dropout, weightDecay, epochs, patience } = settings;
  const widths = [
    encoding.features.length,
    ...hidden.map((width) => `${width} ${activation}`),
    `${head.units} ${head.activation}`,
  ];
  say(output, "Network", `${widths.join(" → ")} (${head.why})`);
  const stops = `at most ${plural(epochs, "epoch")}, until ${patience} bring no gain`;
  const against = `${dropout > 0 ? `, dropout ${dropout}` : ""}${weightDecay ? `, weight decay ${weightDecay}` : ""}`;
  say(output, "Training", `${updates(settings)}${against}, ${stops}`);
}

/** Why a model may be no better than the naive one. */
function reasonsFor({ kind, rows }: Score, name: string): string {
  if (rows < fewRows) return `no better than that; but ${rows} rows are too few to tell`;
  const skewed = kind === "number" ? `; if ${name} goes over powers of ten, its logarithm is learned more easily` : "";
  return `no better than that: the columns may say little about ${name}${skewed}`;
}

/** Of fewer a score is chance. */
const fewRows = 30;

interface Shown {
  readonly prepared: Prepared;
  readonly result: Fit;
  readonly score: Score;
  readonly settings: Settings;
  readonly modelPath: string;
  readonly path: string;
  readonly size: number;
  readonly report: { readonly path: string; readonly size: number } | undefined;
}

function showResult(output: Output, shown: Shown): void {
  const { prepared, result, score, settings, modelPath, path, size, report } = shown;
  const { history, checkpoint } = result;
  showCurve(output, history);
  gap(output);
  const [last, best] = [history.epoch.at(-1) ?? 0, bestEpoch(history)];
  const kept = best === undefined ? "" : `; the best was epoch ${best}, which is kept`;
  if (checkpoint) say(output, "Interrupted", `after epoch ${last}${kept}`);
  else
    say(output, "Trained", `${last < settings.epochs ? "stopped after" : ""} ${plural(last, "epoch")}${kept}`.trim());
  showScore(output, "Test", score, prepared.goal.name);
  if (!isBetterThanNaive(score)) say(output, "Note", reasonsFor(score, prepared.goal.name));
  showConfusion(output, score);
  gap(output);
  say(output, "Saved", `${modelPath} (${bytes(size)})`);
  if (report) say(output, "Report", `${report.path} (${bytes(report.size)})`);
  if (checkpoint) {
    say(output, "Checkpoint", `${checkpointName(modelPath, checkpoint)}, beside it, until the training has ended`);
    sayCode(
      output,
      "Go on with",
      `simdnet train ${shellWord(path)} --resume${modelPath === "model.safetensors" ? "" : ` --output ${shellWord(modelPath)}`}${report ? ` --report ${shellWord(report.path)}` : ""}`,
    );
  } else sayCode(output, "Use it with", `simdnet predict ${shellWord(modelPath)} new.csv`);
}
