/** `simdnet evaluate`: scores a model on a table or a folder of pictures with known targets. */

import { basename } from "node:path";
import { knownBooleans, plainNumber, truthOf } from "../data/index.ts";
import type { Pipeline, Target } from "../index.ts";
import { isTooLarge, numberFrom } from "../pipeline/target.ts";
import { jsonText } from "./display.ts";
import { marksOf, numberReaderFor, readerNotes, TableReader } from "./encode.ts";
import { Failure, guard } from "./failure.ts";
import { readModel } from "./files.ts";
import { type Block, type LinesOptions, linesOf, slicesOf } from "./lines.ts";
import { listText } from "./listed.ts";
import { notesOf } from "./notes.ts";
import { plural } from "./numbers.ts";
import { readClasses } from "./preparePictures.ts";
import { openReading } from "./reading.ts";
import { type Broken, brokenNote, eachPicture, readsPictures } from "./readPictures.ts";
import type { Refusals } from "./refusals.ts";
import { mostFrequentClass, type Score, scoreOf, scoreOfAll } from "./score.ts";
import { note, type Output, say, showClasses, showConfusion, showScore } from "./show.ts";
import { Units } from "./units.ts";
import { UnseenTally } from "./unseen.ts";

export async function evaluate(modelPath: string, path: string, options: LinesOptions, output: Output): Promise<void> {
  const model = readModel(modelPath);
  const { score, name, hasGroups, without: withoutTarget, notes } = await evaluateModel(model, path, options);
  const { target } = model;
  if (output.isJSON) output.write(`${jsonText(score, 2)}\n`);
  say(output, "Model", modelPath);
  const [what, row] = readsPictures(model) ? ["Pictures", "picture"] : ["Table", "row"];
  say(output, what, `${name}: ${plural(score.rows, row)}`);
  if (withoutTarget > 0) say(output, "", `${plural(withoutTarget, "row")} without ${target.name} left out`);
  showScore(output, "Score", score, { target: target.name, hasGroups });
  showClasses(output, score);
  showConfusion(output, score);
  for (const text of notes) note(text);
}

/** The score of a model on a table or a folder. */
export interface Evaluation {
  readonly score: Score;
  /** The name of the table. */
  readonly name: string;
  /** True if rows are grouped by a column of the table. */
  readonly hasGroups: boolean;
  /** The number of rows without a target. */
  readonly without: number;
  /** Remarks for the user. */
  readonly notes: readonly string[];
}

export async function evaluateModel(model: Pipeline, path: string, options: LinesOptions = {}): Promise<Evaluation> {
  return readsPictures(model) ? evaluatePictures(model, path) : evaluateTable(model, path, options);
}

/** @param folder has a folder for each class, as in training */
async function evaluatePictures(model: Pipeline, folder: string): Promise<Evaluation> {
  const { target } = model;
  if (target.kind !== "classes")
    throw new Failure(`${folder}: the model predicts numbers, which a folder of pictures does not give`);
  const { classes, files, targets } = await readClasses(folder);
  const known = target.classes.map(String);
  const numbers = classes.map((name) => {
    const number = known.indexOf(name);
    if (number >= 0) return number;
    const need = listText(
      known.map((each) => JSON.stringify(each)),
      12,
    );
    throw new Failure(`${folder}: got a class ${JSON.stringify(name)}, which the model has never seen, need ${need}`);
  });
  const broken: Broken[] = [];
  const outputs: number[] = [];
  const classNumbers: number[] = [];
  for await (const [place, picture] of eachPicture(files, broken)) {
    const { name } = model.columns[0];
    for (const value of guard(files[place], () => model.outputs({ [name]: [picture] }))) outputs.push(value);
    classNumbers.push(numbers[targets[place]]);
  }
  if (classNumbers.length === 0) throw new Failure(`${broken[0].file}: ${broken[0].reason}; got no whole picture`);
  const score = scoreOf(target, outputs, classNumbers, baselineOf(model, classNumbers));
  return {
    score,
    name: folder,
    hasGroups: false,
    without: 0,
    notes: [...trainingDataNote(model, folder), ...brokenNote(broken)],
  };
}

async function evaluateTable(model: Pipeline, path: string, options: LinesOptions): Promise<Evaluation> {
  const { target } = model;
  const { source, onRows, done } = openReading(path);
  try {
    const lines = await linesOf(source, options);
    const { names, delimiter, blocks } = lines;
    const reader = new TableReader(model, lines, source.name);
    const place = names.indexOf(target.name);
    if (place < 0) {
      throw new Failure(`${source.name}: there is no column ${JSON.stringify(target.name)}, need it to compare with`);
    }
    const tally = new UnseenTally(model);
    const missing = marksOf(model, target.name);
    const parseTarget = targetParser(target, delimiter);
    const outputs: number[] = [];
    const targets: number[] = [];
    const units = new Units(model, names);
    let without = 0;
    for await (const block of blocks) {
      const known = rowsWithTarget(block, place, missing);
      without += block.rows.length - known.rows.length;
      for (const slice of slicesOf(known, reader.mostRows)) {
        const given = reader.columnsOf(slice);
        slice.rows.forEach((row, index) => {
          targets.push(parseTarget(row[place], slice.numbers[index], reader.refusals));
        });
        if (reader.refusals.count > 0) continue;
        const answers = guard(source.name, () => model.outputs(given));
        for (const value of answers) outputs.push(value);
        tally.addOutputs(answers, slice.numbers);
        tally.add(model.unseenIn(given, slice.rows.length), given, slice.numbers);
        units.add(slice.rows);
        onRows(targets.length);
      }
    }
    reader.refusals.check();
    if (targets.length === 0) throw new Failure(`${source.name}: got no row with a ${target.name}, need at least one`);
    if (target.kind === "number" && outputs.every((output) => isTooLarge(target, output))) {
      throw new Failure(
        `${source.name}: got only rows whose ${target.name} would be too large for a number, need others`,
      );
    }
    const score = scoreOfAll([{ target, outputs, targets, units: units.numbers }], baselineOf(model, targets));
    return {
      score,
      name: source.name,
      hasGroups: units.areGroups,
      without,
      notes: [...trainingDataNote(model, path), ...readerNotes(reader), ...tally.notes],
    };
  } finally {
    done();
  }
}

/** Returns a note if the table may be the one that the model was trained on. */
function trainingDataNote(model: Pipeline, path: string): string[] {
  if (path === "-" || notesOf(model)?.file !== basename(path)) return [];
  return [
    `the model was trained on a ${readsPictures(model) ? "folder" : "table"} of this name; on what it has learned from, it is better than on others`,
  ];
}

/** Returns the lines whose target is not missing. */
function rowsWithTarget({ numbers, rows }: Block, place: number, missing: ReadonlySet<string>): Block {
  const kept = rows.map((row) => !missing.has(row[place]));
  return { numbers: numbers.filter((_, index) => kept[index]), rows: rows.filter((_, index) => kept[index]) };
}

/** Returns a function that parses a target: to its class number, or to a number. What it cannot parse is refused, and NaN. */
function targetParser(target: Target, delimiter: string): (text: string, line: number, refusals: Refusals) => number {
  const parser =
    (parse: (text: string) => number | undefined, need: string) =>
    (text: string, line: number, refusals: Refusals): number => {
      const value = parse(text);
      if (value !== undefined && !Number.isNaN(value)) return value;
      refusals.add(target.name, text, line, need);
      return Number.NaN;
    };
  if (target.kind === "number") return parser(numberReaderFor(target.format, delimiter), "a number");
  const numbers = new Map(target.classes.map((label, number) => [String(label), number]));
  const byValue = classesByValue(target.classes);
  const readNumber = numberReaderFor({}, delimiter);
  const byTruth = new Map(knownBooleans(target.classes.map(String)).map(([value, text]) => [value, numbers.get(text)]));
  const known = target.classes.map((label) => JSON.stringify(label));
  return parser(
    (text) => numbers.get(text) ?? byValue.get(readNumber(text)) ?? byTruth.get(truthOf(text) as boolean),
    `one of ${listText(known, 12)}, which the model learned`,
  );
}

/** Returns the class of each number that is the value of only one class: 1 is the class "1.0". Integers beyond 2⁵³ are told by their texts only. */
function classesByValue(classes: readonly (string | number)[]): Map<number, number> {
  const values = classes.map((label) => plainNumber(String(label)));
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const isOnly = (value: number) => counts.get(value) === 1 && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return new Map(values.flatMap((value, number) => (isOnly(value) ? [[value, number]] : [])));
}

/** Returns the naive prediction: from the training rows if the model's notes have it, otherwise from the table. */
function baselineOf(model: Pipeline, targets: ArrayLike<number>): number {
  const { target } = model;
  const says = notesOf(model)?.test.baseline.says;
  if (target.kind === "number") return typeof says === "number" ? says : numberFrom(target, 0);
  const said = target.classes.indexOf(says as string);
  return said < 0 ? mostFrequentClass(targets, target.classes.length) : said;
}
