/** `simdnet train`: trains, tests and saves a model, from a table or a folder of pictures. */

import { existsSync } from "node:fs";
import { totalmem } from "node:os";
import { resolve as absolute, basename, dirname, join } from "node:path";
import type { PictureQuestion } from "./decidePictures.ts";
import { type Display, runExperiment } from "./experiment.ts";
import { Failure } from "./failure.ts";
import { isSameFile, readBytes, readModel } from "./files.ts";
import { binsFor } from "./fit.ts";
import { missingMarks } from "./marks.ts";
import { type Notes, notesOf } from "./notes.ts";
import { count, plural } from "./numbers.ts";
import { checkWritable } from "./place.ts";
import { type PreparedData, prepare, type Question, type Shares } from "./prepare.ts";
import { type FolderQuestion, preparePictures } from "./preparePictures.ts";
import { openReading, showWhile } from "./reading.ts";
import { isFolder } from "./readPictures.ts";
import {
  defaultBatchSize,
  defaultBins,
  defaultDropout,
  defaultEnsemble,
  defaultEpochs,
  defaultLearningRate,
  defaultWeightDecay,
  type Settings,
  type TextLayer,
} from "./settings.ts";
import { type Output, say } from "./show.ts";
import { showDecisions, showPictureDecisions } from "./showTraining.ts";
import { readTable } from "./table.ts";

/** The settings with a default of their own, or that are decided by the data. */
type DecidedSetting =
  | "text"
  | "pictures"
  | "hidden"
  | "ensemble"
  | "bins"
  | "activation"
  | "batchSize"
  | "dropout"
  | "learningRate"
  | "epochs"
  | "patience"
  | "logarithm";

/** The options of `simdnet train`. */
export interface TrainOptions extends Question, Omit<Settings, DecidedSetting> {
  /** The settings for pictures. */
  readonly pictures: PictureQuestion;
  /** The layer for texts. Default: the mean of their words' rows. */
  readonly text: TextLayer | null;
  /** Default: by the kinds of the columns. */
  readonly hidden: readonly number[] | null;
  /** Default: by the length of the table. */
  readonly ensemble: number | null;
  /** Default: by the target. */
  readonly bins: number | null;
  /** Default: relu. */
  readonly activation: Settings["activation"] | null;
  /** Default: the optimizer's. */
  readonly learningRate: number | null;
  /** Default: by the length of the table, like the weight decay and the dropout. */
  readonly batchSize: number | null;
  readonly dropout: number | null;
  /** Default: more for a table than for pictures. */
  readonly epochs: number | null;
  readonly patience: number | null;
  /** The model's file. */
  readonly output: string;
  /** The file of the report; null for none. */
  readonly report: string | null;
  readonly display: Display;
}

/** @returns the exit code: 0, or that of the signal that interrupted the training */
export async function train(path: string, options: TrainOptions, output: Output): Promise<number> {
  const {
    output: modelPath,
    report: reportPath,
    text: askedText,
    pictures,
    hidden: asked,
    ensemble,
    bins,
    activation,
    learningRate,
    batchSize,
    dropout,
    epochs,
    patience,
    target,
    task,
    ignore,
    missing,
    categories,
    sample,
    notMissing,
    dates,
    header,
    group,
    time,
    folds,
    display,
    ...rest
  } = options;
  const question: Question = {
    ...{ target, task, ignore, missing, notMissing, categories, dates, header, sample },
    ...{ group, time, folds },
  };
  checkPaths(path, modelPath, reportPath);
  const text = askedText ?? "mean";
  const shares = { ...rest, text, ...(isFolder(path) && { pictures }) };
  const prepared = await readAndPrepare(path, question, { ...shares, ...display }, output);
  const { length } = prepared.targets;
  const { asked: goal } = prepared;
  for (const [option, isGiven, isUsed, need] of [
    ["--balance", rest.balance, goal.kind === "classes", "need classes"],
    ["--threshold", rest.threshold !== null, goal.kind === "classes" && goal.classes.length === 2, "need two classes"],
  ] as const) {
    const got = goal.kind === "number" ? "a number" : `one of ${goal.classes.length} classes`;
    if (isGiven && !isUsed) throw new Failure(`${option}: ${target} is ${got}, ${need}; leave it out`);
  }
  if (rest.batchNorm && batchSize !== null && length % batchSize === (batchSize === 1 ? 0 : 1)) {
    const left = batchSize === 1 ? "batches of 1 row" : `a last batch of 1 row, of ${length}`;
    throw new Failure(
      `--batch-norm: got ${left}, need at least 2 to measure their spread; choose another --batch-size`,
    );
  }
  const { features, vocabularies } = prepared.encoding;
  const hasTexts = Object.keys(vocabularies).length > 0;
  const hidden = asked ?? (prepared.trunk ? [] : prepared.pictures ? [64] : features.length > 0 ? [64, 32] : []);
  // The values of a table, and SqueezeNet's features, are not dropped.
  const isDropping = hidden.length > 0 || hasTexts || (prepared.pictures !== undefined && !prepared.trunk);
  const mostBins = bins ?? defaultBins(length, goal);
  const hasBins = hidden.length > 0 && binsFor(prepared, { bins: mostBins }).length > 0;
  const filters = prepared.pictures?.filters ?? [];
  const isActivated = hidden.length > 0 || filters.length > 0;
  const needLayers = "the network has no hidden layers for it; --hidden says which, or leave it out";
  for (const [option, isGiven, isUsed, why] of [
    ["--text", askedText !== null, hasTexts, "no column is a text; leave it out"],
    ["--activation", activation !== null, isActivated, needLayers],
    ["--batch-norm", rest.batchNorm, isActivated, needLayers],
    ["--dropout", dropout !== null, isDropping, needLayers],
    ["--ensemble", (ensemble ?? 1) > 1, hidden.length > 0, needLayers],
    ["--bins", (bins ?? 0) > 0, hidden.length > 0, needLayers],
    [
      "--bins",
      (bins ?? 0) > 0,
      hasBins,
      "no column has enough different numbers, or too many columns have; leave it out",
    ],
  ] as const) {
    if (isGiven && !isUsed) throw new Failure(`${option}: ${why}`);
  }
  const settings: Settings = {
    ...(hasTexts && { text }),
    ...(prepared.pictures && { pictures: prepared.pictures }),
    hidden,
    ...(hidden.length > 0 &&
      !prepared.pictures && {
        ensemble: ensemble ?? defaultEnsemble(length, features.length),
        bins: hasBins ? mostBins : 0,
      }),
    activation: activation ?? "relu",
    ...rest,
    epochs: epochs ?? defaultEpochs(prepared.pictures).epochs,
    patience: patience ?? defaultEpochs(prepared.pictures).patience,
    learningRate: learningRate ?? defaultLearningRate(rest.optimizer),
    batchSize: batchSize ?? defaultBatchSize(length),
    weightDecay: rest.weightDecay ?? defaultWeightDecay(length, rest.optimizer),
    dropout: isDropping ? (dropout ?? defaultDropout(length, prepared.pictures)) : 0,
    logarithm: null,
  };
  return runExperiment({ path, question, settings, prepared, modelPath, reportPath, display }, output);
}

/** The files of the model and the report, and the options of the training that the user repeats, with their values. */
interface ResumeOptions extends Pick<TrainOptions, "output" | "report" | "display"> {
  readonly given: readonly { readonly option: string; readonly name: string; readonly value: unknown }[];
}

/** Resumes an interrupted training. The result has the same bits as without the interruption. @returns as `train` */
export async function resume(
  path: string,
  { output: modelPath, report: reportPath, display, given }: ResumeOptions,
  output: Output,
): Promise<number> {
  checkPaths(path, modelPath, reportPath);
  const model = readModel(modelPath);
  const notes = notesOf(model);
  if (!notes?.checkpoint || !model.history) {
    throw new Failure(
      `${modelPath}: its training was not interrupted, so there is nothing to resume; without --resume a new training begins`,
    );
  }
  const previousValues = optionsOf(notes);
  // The model's notes have only the name of the weights' file.
  const valueText = (name: string, value: unknown) => JSON.stringify(name === "from" ? basename(String(value)) : value);
  const changed = given.find(({ name, value }) => valueText(name, value) !== valueText(name, previousValues[name]));
  if (changed) {
    throw new Failure(
      `${changed.option} cannot be changed for a resumed training; --resume uses the options that it began with, repeated or not`,
    );
  }
  const { question, settings } = notes;
  const checkpointPath = join(dirname(modelPath), basename(notes.checkpoint));
  if (!existsSync(checkpointPath)) {
    throw new Failure(
      `${checkpointPath}: there is no such file, need it beside the model: it holds the state of the training`,
    );
  }
  const checkpoint = readBytes(checkpointPath);
  const trained = model.network;
  const prepared = await readAndPrepare(path, question, { ...settings, ...display, trained }, output).catch((error) => {
    if (error instanceof Failure) throw new Failure(`${error.message} (${modelPath} was trained on ${notes.file})`);
    throw error;
  });
  if (prepared.fingerprint !== notes.fingerprint) {
    throw new Failure(
      `${path}: its ${settings.pictures ? "pictures" : "rows"} are not those that ${modelPath} was trained on, need the same to resume`,
    );
  }
  say(output, "Resumed", `after epoch ${model.history.epoch.at(-1) ?? 0}`);
  // A training that was interrupted before its scale was decided begins again.
  const resumed =
    settings.logarithm === null ? undefined : { checkpoint, network: model.network, history: model.history };
  return runExperiment({ path, question, settings, prepared, modelPath, reportPath, display, resumed }, output);
}

/** Returns the settings of a training by the names of the command's options. */
function optionsOf({ question, settings }: Notes): Readonly<Record<string, unknown>> {
  const { size, channels, augment, ...pictures } = settings.pictures ?? {};
  return {
    ...question,
    ...settings,
    ...pictures,
    task: question.task && { number: "regression", classes: "classification" }[question.task],
    missing: question.missing.filter((mark) => !missingMarks.has(mark)),
    test: question.folds === null ? settings.testFraction : undefined,
    validation: settings.validationFraction,
    ...(size && { size: Math.max(...size), channels: String(channels), augment: Object.keys(augment!) }),
  };
}

function checkPaths(path: string, modelPath: string, reportPath: string | null): void {
  checkWritable(modelPath);
  for (const written of [modelPath, reportPath]) {
    if (written !== null && isSameFile(path, written)) {
      throw new Failure(`${written}: this is the table, need another file to write to`);
    }
  }
  if (reportPath === null) return;
  checkWritable(reportPath);
  if (absolute(reportPath) === absolute(modelPath) || isSameFile(reportPath, modelPath)) {
    throw new Failure(`${reportPath}: got it for the model and for the report, need two files`);
  }
}

/** @param settings have `pictures` for a folder of pictures, and not for a table */
async function readAndPrepare(
  path: string,
  question: Question,
  settings: Shares &
    Pick<Settings, "dtype"> &
    Partial<Pick<FolderQuestion, "pictures" | "trained">> &
    Pick<Display, "allColumns">,
  output: Output,
): Promise<PreparedData> {
  if (settings.pictures) {
    const { pictures, trained } = settings;
    const asked = { sample: question.sample, pictures, trained };
    const prepared = await preparePictures(path, asked, settings, totalmem() / 2);
    showPictureDecisions(output, path, prepared);
    return prepared;
  }
  const { source, onRows, done } = openReading(path);
  const { missing, categories, sample, ignore, target, task, header } = question;
  const read = await readTable(source, {
    ...{ missing, categories, ignore, target },
    isClass: task === null ? undefined : task === "classes",
    hasNames: header,
    onRows,
    memoryBytes: totalmem() / 2,
    ...(sample !== null && { sample: { rows: sample, seed: settings.seed } }),
  }).finally(done);
  const lines = `${plural(read.lines, "row")}, ${plural(read.columns.length, "column")}`;
  const drawn = read.rows < read.lines ? `; ${count(read.rows)} of them drawn at random` : "";
  say(output, "Read", `${source.name}: ${lines}${drawn}`);
  const prepared = showWhile("Splitting and scaling", () =>
    prepare(source.name, read, question, settings, totalmem() / 2),
  );
  showDecisions(output, read.rows, prepared, settings.allColumns);
  return prepared;
}
