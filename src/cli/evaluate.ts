/** `simdnet evaluate`: how good a model is on a table, or a folder of pictures, whose targets are known. */

import { basename } from "node:path";
import type { Pipeline, Target } from "../index.ts";
import { jsonText } from "./display.ts";
import { Lineup, lineupNotes, missingOf } from "./encode.ts";
import { Failure, within } from "./failure.ts";
import { readModel } from "./files.ts";
import { type Block, linesOf, slicesOf } from "./lines.ts";
import { clipped, listed } from "./listed.ts";
import { notesOf } from "./notes.ts";
import { plural } from "./numbers.ts";
import { classesIn } from "./preparePictures.ts";
import { reading } from "./reading.ts";
import { type Broken, brokenNote, eachPicture, readsPictures } from "./readPictures.ts";
import { likeliest, type Score, scoreOf } from "./score.ts";
import { note, type Output, say, showConfusion, showScore } from "./show.ts";
import { numberOf } from "./table.ts";

export async function evaluate(modelPath: string, path: string, output: Output): Promise<void> {
  const model = readModel(modelPath);
  const { score, name, without, notes } = await evaluation(model, path);
  const { target } = model;
  if (output.isJSON) output.write(`${jsonText(score, 2)}\n`);
  say(output, "Model", modelPath);
  const [what, row] = readsPictures(model) ? ["Pictures", "picture"] : ["Table", "row"];
  say(output, what, `${name}: ${plural(score.rows, row)}`);
  if (without > 0) say(output, "", `${plural(without, "row")} without ${target.name} left out`);
  showScore(output, "Score", score, target.name);
  showConfusion(output, score);
  for (const text of notes) note(text);
}

/** What a model reaches on a table. */
export interface Evaluation {
  readonly score: Score;
  /** Of the table. */
  readonly name: string;
  /** Rows that have no target. */
  readonly without: number;
  /** What else there is to say. */
  readonly notes: readonly string[];
}

export async function evaluation(model: Pipeline, path: string): Promise<Evaluation> {
  return readsPictures(model) ? evaluationOfPictures(model, path) : evaluationOfTable(model, path);
}

/** @param folder has a folder for each class, as that of a training */
async function evaluationOfPictures(model: Pipeline, folder: string): Promise<Evaluation> {
  const { target } = model;
  if (target.kind !== "classes") throw new Failure(`${folder}: the model predicts numbers, which no folder says`);
  const { classes, files, targets } = await classesIn(folder);
  const known = target.classes.map(String);
  const numbers = classes.map((name) => {
    const number = known.indexOf(name);
    if (number >= 0) return number;
    const need = listed(
      known.map((each) => JSON.stringify(each)),
      12,
    );
    throw new Failure(`${folder}: got a class ${JSON.stringify(name)}, which the model has never seen, need ${need}`);
  });
  const broken: Broken[] = [];
  const outputs: number[] = [];
  const wanted: number[] = [];
  for await (const [place, picture] of eachPicture(files, broken)) {
    const { name } = model.columns[0];
    for (const value of within(files[place], () => model.outputs({ [name]: [picture] }))) outputs.push(value);
    wanted.push(numbers[targets[place]]);
  }
  if (wanted.length === 0) throw new Failure(`${broken[0].file}: ${broken[0].reason}; got no whole picture`);
  const score = scoreOf(target, outputs, wanted, naiveOf(model, wanted));
  return { score, name: folder, without: 0, notes: [...trainedNote(model, folder), ...brokenNote(broken)] };
}

async function evaluationOfTable(model: Pipeline, path: string): Promise<Evaluation> {
  const { target } = model;
  const { source, onRows, done } = reading(path);
  try {
    const { names, delimiter, blocks } = await linesOf(source);
    const place = names.indexOf(target.name);
    if (place < 0) {
      throw new Failure(`${source.name}: there is no column ${JSON.stringify(target.name)}, need it to compare with`);
    }
    const lineup = new Lineup(model, { names, delimiter }, source.name);
    const missing = missingOf(model);
    const numberOfTarget = wantedOf(target, delimiter);
    const outputs: number[] = [];
    const wanted: number[] = [];
    let without = 0;
    for await (const block of blocks) {
      const known = withTarget(block, place, missing);
      without += block.rows.length - known.rows.length;
      for (const slice of slicesOf(known, lineup.mostRows)) {
        for (const value of within(source.name, () => model.outputs(lineup.columnsOf(slice)))) outputs.push(value);
        slice.rows.forEach((row, index) => {
          wanted.push(numberOfTarget(row[place], `${source.name}, line ${slice.numbers[index]}`));
        });
        onRows(wanted.length);
      }
    }
    if (wanted.length === 0) throw new Failure(`${source.name}: got no row with a ${target.name}, need at least one`);
    const score = scoreOf(target, outputs, wanted, naiveOf(model, wanted));
    return { score, name: source.name, without, notes: [...trainedNote(model, path), ...lineupNotes(lineup)] };
  } finally {
    done();
  }
}

/** What to say if the table may be the one that the model was trained on. */
function trainedNote(model: Pipeline, path: string): string[] {
  if (path === "-" || notesOf(model)?.file !== basename(path)) return [];
  return [
    `the model was trained on a ${readsPictures(model) ? "folder" : "table"} of this name; on what it has learned from, it is better than on others`,
  ];
}

/** The lines whose target is not missing. */
function withTarget({ numbers, rows }: Block, place: number, missing: ReadonlySet<string>): Block {
  const kept = rows.map((row) => !missing.has(row[place]));
  return { numbers: numbers.filter((_, index) => kept[index]), rows: rows.filter((_, index) => kept[index]) };
}

/** What gives the class number, or the number, that a text stands for; `where` is said of one that stands for none. */
function wantedOf(target: Target, delimiter: string): (text: string, where: string) => number {
  const refusal = (where: string, text: string, need: string) =>
    new Failure(`${where}, column ${JSON.stringify(target.name)}: got ${JSON.stringify(clipped(text))}, ${need}`);
  if (target.kind === "number") {
    return (text, where) => {
      const value = numberOf(text, delimiter);
      if (Number.isNaN(value)) throw refusal(where, text, "need a number");
      return value;
    };
  }
  const numbers = new Map(target.classes.map((label, number) => [label, number]));
  const known = target.classes.map((label) => JSON.stringify(label));
  return (text, where) => {
    const number = numbers.get(text) ?? numbers.get(numberOf(text, delimiter));
    if (number !== undefined) return number;
    throw refusal(where, text, `which the model has never seen, need one of ${listed(known, 12)}`);
  };
}

/** What anybody would say who knows the targets of the training rows, or at least those of the table. */
function naiveOf(model: Pipeline, wanted: ArrayLike<number>): number {
  const { target } = model;
  if (target.kind === "number") return target.offset;
  const said = target.classes.indexOf(notesOf(model)?.test.baseline.says as string);
  return said < 0 ? likeliest(wanted, target.classes.length) : said;
}
