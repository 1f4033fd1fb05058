/** Runs a training to its end: decides the scale of the target, trains, measures, and writes the model and the report. */

import type { Pipeline } from "../index.ts";
import { jsonText } from "./display.ts";
import { writeBytes } from "./files.ts";
import { type Fit, type FitOptions, fitNetwork } from "./fit.ts";
import { testFolds } from "./folds.ts";
import { type ImportanceOptions, sampledImportances } from "./importance.ts";
import { chooseScale, testedBy, testedWithLinear } from "./learn.ts";
import { ModelFile, type Results, type Written } from "./modelFile.ts";
import { plural, short } from "./numbers.ts";
import type { PreparedData, PreparedTable, Question } from "./prepare.ts";
import { scoreOfAll, type Tested } from "./score.ts";
import { headOf, type Settings } from "./settings.ts";
import { type Output, say } from "./show.ts";
import { bestEpoch, showNetwork, showResult } from "./showTraining.ts";
import { onSignal } from "./signals.ts";

/** The output and how often it is written. It changes nothing about the model. */
export interface Display {
  /** True to list all columns. */
  readonly allColumns: boolean;
  /** The minutes from one checkpoint to the next. */
  readonly checkpointMinutes: number;
}

export interface Experiment {
  /** The path of the table or folder. */
  readonly path: string;
  readonly question: Question;
  readonly settings: Settings;
  readonly prepared: PreparedData;
  readonly modelPath: string;
  readonly reportPath: string | null;
  readonly display: Display;
  readonly resumed?: FitOptions["resumed"];
}

const isTable = (prepared: PreparedData): prepared is PreparedTable => "withLogarithms" in prepared;

/** @returns the exit code: 0, or that of the signal that interrupted the training */
export async function runExperiment(given: Experiment, output: Output): Promise<number> {
  const { path, question, modelPath, display, resumed } = given;
  const head = headOf(given.prepared.asked);
  const controller = new AbortController();
  const { signal } = controller;
  let exitCode = 0;
  const unsubscribe = onSignal((code) => {
    exitCode = code;
    // A second signal ends the process at once.
    if (signal.aborted) process.exit(exitCode);
    controller.abort();
  });
  showNetwork(output, given.prepared, given.settings, head);
  const { prepared, settings, fit } = await decideScale(given, { head, signal }, output);
  const options: FitOptions = { settings, head, signal };
  const modelFile = new ModelFile({ path, modelPath, question, settings, prepared });
  const resultsOf = (tested: Tested): Results => ({
    tested: prepared.parts.test.length > 0 ? "test" : "validation",
    test: scoreOfAll([tested], prepared.naive),
    folds: null,
    importance: [],
  });
  const onCheckpoint = (part: Fit) => {
    const tested = testedBy(part, prepared, settings);
    modelFile.write(part, tested.target, resultsOf(tested));
  };
  const { checkpointMinutes } = display;
  const result = fit ?? (await fitNetwork(prepared, { ...options, resumed, onCheckpoint, checkpointMinutes }));
  const isInterrupted = result.checkpoint !== undefined;
  // Nothing is awaited between an interruption and the writing of the file, so no second signal can arrive before it.
  const tested = isInterrupted
    ? testedBy(result, prepared, settings)
    : await testedWithLinear(result, prepared, options);
  const { target, targets } = tested;
  const { importances: importance, rows: importanceRows } = isTable(prepared)
    ? importancesOf(modelFile.modelOf(result, target), prepared, { targets, seed: settings.seed })
    : { importances: [], rows: 0 };
  const results = { ...resultsOf(tested), importance };
  let written = modelFile.write(result, target, results);
  let tests: readonly Tested[] = [tested];
  let isCut = isInterrupted;
  let testedRows: () => TestedRows = prepared.testRows;
  if (question.folds !== null && isTable(prepared) && !isInterrupted) {
    const folds = await testFolds(prepared, options);
    if (folds) {
      const { score, rows, interrupted, scores } = folds;
      written = modelFile.write(result, target, {
        ...results,
        ...{ tested: "folds", test: score, folds: { interrupted, scores } },
      });
      tests = folds.tests;
      testedRows = () => prepared.rowsAt(rows);
    }
    isCut = signal.aborted;
    if (isCut) say(output, "Interrupted", `after ${plural(folds?.tests.length ?? 0, "fold")}; the model is whole`);
  }
  unsubscribe();
  const missing = isTable(prepared) ? prepared.inputs.map(({ column }) => [column.name, column.missing] as const) : [];
  await writeResult(given, { written, testedRows, tests, importanceRows, missing: new Map(missing) }, output);
  return isCut ? exitCode : 0;
}

type TestedRows = ReturnType<PreparedData["testRows"]>;

/** A written model, and what a report shows besides. */
interface Result {
  readonly written: Written;
  /** Returns the tested rows, which only a report needs. */
  readonly testedRows: () => TestedRows;
  readonly tests: readonly Tested[];
  /** The number of missing values of each column of the table. */
  readonly missing: ReadonlyMap<string, number>;
  /** The number of rows behind the importances. */
  readonly importanceRows: number;
}

/** Computes the importance of columns by the tested rows. */
function importancesOf(model: Pipeline, { parts, rowsAt }: PreparedTable, options: ImportanceOptions) {
  const rows = parts.test.length > 0 ? parts.test : parts.validation;
  return sampledImportances(model, (places) => rowsAt(places.map((place) => rows[place])).columns, options);
}

/** Decides whether the network learns the logarithm of its target. */
async function decideScale(
  { prepared, settings }: Experiment,
  { head, signal }: Omit<FitOptions, "settings">,
  output: Output,
): Promise<{ readonly prepared: PreparedData; readonly settings: Settings; readonly fit?: Fit }> {
  if (!isTable(prepared)) return { prepared, settings: { ...settings, logarithm: false } };
  if (settings.logarithm !== null) {
    return { prepared: (settings.logarithm && prepared.withLogarithms()) || prepared, settings };
  }
  const { prepared: chosen, fit, errors } = await chooseScale(prepared, { settings, head, signal });
  // A signal leaves it undecided.
  if (signal.aborted) return { prepared, settings };
  const logarithm = chosen.goal.kind === "number" && chosen.goal.logarithm === true;
  if (logarithm && errors) {
    const [without, by] = errors.map(short);
    const gain = `on the validation rows its root mean squared error is then ${by}, otherwise ${without}`;
    say(output, "Scale", `the network learns the logarithm of ${chosen.goal.name}: ${gain}`);
  }
  return { prepared: chosen, settings: { ...settings, logarithm }, ...(fit && { fit }) };
}

/** Writes the report and shows the result. */
async function writeResult(
  { path, modelPath, reportPath, display }: Experiment,
  { written: { model, notes, size }, testedRows, ...shown }: Result,
  output: Output,
): Promise<void> {
  const history = model.history!;
  const best = bestEpoch(history);
  const sizes = { model: size, report: 0 };
  if (reportPath !== null) {
    // Loads a plot library, which nothing else needs.
    const { reportOf } = await import("./report.ts");
    const page = new TextEncoder().encode(await reportOf({ model, notes, best, ...testedRows(), ...shown }));
    writeBytes(reportPath, page);
    sizes.report = page.length;
  }
  showResult(output, { model, notes, path, modelPath, reportPath, sizes, allColumns: display.allColumns });
  if (!output.isJSON) return;
  const files = { model: modelPath, ...(reportPath !== null && { report: reportPath }) };
  const { columns, target } = model;
  const json = { ...files, target, columns, ...notes, epochs: history.epoch.at(-1) ?? 0, bestEpoch: best, history };
  output.write(`${jsonText(json, 2)}\n`);
}
