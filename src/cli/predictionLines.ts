/** Writes predictions as lines of CSV or JSON. Most of the work is in the probabilities, so no object is made for them. */

import type { Columns } from "../data/index.ts";
import type { Pipeline, Prediction } from "../index.ts";
import { classFrom, isTooLarge, predictionOf } from "../pipeline/target.ts";
import { jsonText, tableCell } from "./display.ts";
import type { Block } from "./lines.ts";

/** Predictions for some lines of a table. */
export interface PredictedLines {
  readonly lines: Pick<Block, "rows">;
  /** The names of the table's columns. */
  readonly names: readonly string[];
  /** The values that the model reads. */
  readonly given: Columns;
  /** The outputs of the pipeline, row after row. */
  readonly outputs: ArrayLike<number>;
  /** The unseen values of each row that has any. */
  readonly unseen: ReadonlyMap<number, NonNullable<Prediction["unseen"]>>;
}

/** Returns the names of the columns to add to a table. */
export function newColumns({ target }: Pick<Pipeline, "target">): string[] {
  const prediction = `predicted_${target.name}`;
  if (target.kind === "classes") return [prediction, ...target.classes.map((label) => `probability_${label}`)];
  return target.errors ? [prediction, `${prediction}_from`, `${prediction}_to`] : [prediction];
}

/** Returns the names of the members to add to a JSON object. */
export function newMembers({ target, seen }: Pick<Pipeline, "target" | "seen">): string[] {
  const prediction = `predicted_${target.name}`;
  const more = target.kind === "classes" ? ["probabilities"] : target.errors ? ["interval"] : [];
  return [prediction, ...more, ...(target.kind === "number" ? ["tooLarge"] : []), ...(seen ? ["unseen"] : [])];
}

/** Returns a cell of CSV. @param text a text of the table or a number */
export function csvCell(text: string, delimiter: string): string {
  const isPlain = !/["\r\n\ufeff]|^ | $/.test(text) && !text.includes(delimiter);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

/** Returns a line of CSV. */
export const csvLine = (cells: readonly (string | number)[], delimiter: string): string =>
  cells.map((cell) => csvCell(String(tableCell(cell)), delimiter)).join(delimiter);

/** Writes the lines of one model. */
export class PredictionLines {
  readonly #target: Pipeline["target"];
  readonly #width: number;
  readonly #delimiter: string;
  /** The classes as cells and as JSON. */
  readonly #cells: readonly string[];
  readonly #texts: readonly string[];
  /** The beginning of the member of each class's probability. */
  readonly #keys: readonly string[];
  readonly #predicted: string;

  constructor({ target, network }: Pipeline, delimiter: string) {
    this.#target = target;
    this.#width = network.outputs;
    this.#delimiter = delimiter;
    const classes = target.kind === "classes" ? target.classes : [];
    this.#cells = classes.map((label) => csvLine([label], delimiter));
    this.#texts = classes.map((label) => jsonText(label));
    this.#keys = classes.map((label) => `${jsonText(String(label))}:`);
    this.#predicted = jsonText(`predicted_${target.name}`);
  }

  /** Returns the probabilities of a row between commas. JSON.stringify writes numbers five times as fast as String. */
  #probabilities(outputs: ArrayLike<number>, from: number): string {
    const width = this.#width;
    const values = new Array<number>(Math.max(width, 2));
    if (width === 1) [values[0], values[1]] = [1 - outputs[from], outputs[from]];
    else for (let number = 0; number < width; number++) values[number] = outputs[from + number];
    return JSON.stringify(values).slice(1, -1);
  }

  /** Returns the added cells of a row, each after a delimiter. */
  cells(outputs: ArrayLike<number>, row: number): string {
    const delimiter = this.#delimiter;
    const target = this.#target;
    const from = row * this.#width;
    if (target.kind === "number") {
      // An answer that no number holds is empty.
      if (isTooLarge(target, outputs[from])) return delimiter.repeat(target.errors ? 3 : 1);
      const { prediction, interval = [] } = predictionOf(target, [outputs[from]]);
      return [prediction, ...interval].map((value) => delimiter + value).join("");
    }
    const numbers = this.#probabilities(outputs, from);
    const label = this.#cells[classFrom(target, outputs, this.#width, from)];
    return delimiter + label + delimiter + (delimiter === "," ? numbers : numbers.replaceAll(",", delimiter));
  }

  /** Returns the added members of a row. */
  members(outputs: ArrayLike<number>, row: number, unseen?: Prediction["unseen"]): string {
    const target = this.#target;
    const from = row * this.#width;
    const flags = unseen ? `,"unseen":${jsonText(unseen)}` : "";
    if (target.kind === "number") {
      if (isTooLarge(target, outputs[from])) return `${this.#predicted}:null,"tooLarge":true${flags}`;
      const { prediction, interval } = predictionOf(target, [outputs[from]]);
      const range = interval ? `,"interval":[${interval.join(",")}]` : "";
      return `${this.#predicted}:${prediction}${range}${flags}`;
    }
    const label = this.#texts[classFrom(target, outputs, this.#width, from)];
    const numbers = this.#probabilities(outputs, from).split(",");
    const members = this.#keys.map((key, number) => key + numbers[number]);
    return `${this.#predicted}:${label},"probabilities":{${members.join(",")}}${flags}`;
  }

  /** Returns the lines of a table with the added cells. */
  csv({ lines: { rows }, outputs }: PredictedLines): string[] {
    return rows.map((row, index) => csvLine(row, this.#delimiter) + this.cells(outputs, index));
  }

  /**
   * Returns a JSON object per line. Columns that the model reads have the values that it reads, null where missing, so each object is a valid
   * record. Other columns are texts.
   */
  json({ lines: { rows }, names, given, outputs, unseen }: PredictedLines): string[] {
    const columns = names.map((name) => ({
      key: `${jsonText(name)}:`,
      values: Object.hasOwn(given, name) ? given[name] : undefined,
    }));
    return rows.map((row, index) => {
      // JSON turns NaN into null.
      const cells = columns.map(({ key, values }, place) => key + jsonText(values ? values[index] : row[place]));
      return `{${cells.join(",")},${this.members(outputs, index, unseen.get(index))}}`;
    });
  }
}
