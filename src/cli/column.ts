/** A column of a table that is being read: it finds out what its texts mean, and keeps numbers as soon as it can. A number takes 8 bytes. */

import {
  type ColumnValues,
  type DateOrder,
  dateFormOf,
  findMeaning,
  hasPointsBetweenThousands,
  isCode,
  type Meaning,
  momentIn,
  type Notation,
  type Notations,
  type NumberFormat,
  notationOf,
  numberReader,
  plainNumber,
} from "../data/index.ts";
import { formatText, hasOwnNotation } from "./listed.ts";

export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category" | "date";
  /** Numbers, with NaN where one is missing, or strings, with null where one is missing. */
  readonly values: ColumnValues;
  readonly missing: number;
  /** The texts that were taken for a missing value, with their numbers of rows; "" for a blank. */
  readonly gaps?: ReadonlyMap<string, number>;
  /** The notation of numbers. Default that of plain numbers. */
  readonly format?: NumberFormat;
  /** The order of dates, whether it is a guess, and the forms in which they are written, if there are several. */
  readonly dates?: {
    readonly order: DateOrder;
    readonly isAmbiguous: boolean;
    readonly forms?: readonly Notation[] | undefined;
  };
  /** The notations of categories that look like numbers or dates in several ones. */
  readonly notations?: Notations | undefined;
  /** The texts of numbers, null where one is missing, if they were asked for and are few. */
  readonly texts?: readonly (string | null)[];
}

/** A text that does not have the meaning of nearly all others in its column. */
export interface Stray {
  readonly text: string;
  readonly rows: number;
  /** The first line that has it. */
  readonly line: number;
}

/** The texts of a column that do not have the meaning of nearly all others. */
export interface Strays {
  readonly name: string;
  readonly kind: "number" | "date";
  readonly strays: readonly Stray[];
  /** The number of rows that have the meaning. */
  readonly others: number;
  /** A text that has the meaning, where another number or date has not. */
  readonly like: string | undefined;
}

export interface ColumnOptions {
  readonly delimiter: string;
  /** The texts that mean a missing value. */
  readonly marks: ReadonlySet<string>;
  /** True if the user declares the column to hold categories. */
  readonly isCategory: boolean;
  /** True if the texts of numbers are kept, too. */
  readonly keepsTexts: boolean;
  /** True if the column is not used, so that its texts need not fit. */
  readonly isIgnored: boolean;
}

/** A column with more different texts than this is decided on. Later texts that do not fit numbers are errors. */
const mostTexts = 1000;

/** With more different texts than this that do not fit, reading ends. */
const mostStrays = 20;

/** The first length of the arrays, in rows. */
const firstLength = 1024;

export class GrowingColumn {
  readonly name: string;
  readonly #options: ColumnOptions;
  /** The place of each text that means a missing value, from 1. */
  readonly #marks: ReadonlyMap<string, number>;
  /** For each row the place of its mark, 0 for a value; undefined while no value is missing. */
  #gaps: Uint16Array | undefined;
  /** Undefined if a text is not a plain number, unless the notation is decided. */
  #numbers: Float64Array | undefined = new Float64Array(firstLength);
  #read: (text: string) => number = plainNumber;
  /** The notation; undefined while it is not decided. */
  #format: NumberFormat | undefined;
  /** The original texts, as long as the column may turn out to hold something else than numbers. */
  #texts: (string | null)[] | undefined = [];
  /** Each distinct text once, with its first line: a substring would keep its whole line in memory. */
  readonly #places = new Map<string, number>();
  readonly #distinct: string[] = [];
  readonly #lines: number[] = [];
  readonly #strays = new Map<string, { rows: number; line: number }>();
  #isDecided = false;
  #count = 0;
  /** True if a plain number is rather a code such as 007, or an integer that no number holds. */
  #hasCodes = false;
  #hasLongCodes = false;

  constructor(name: string, options: ColumnOptions) {
    this.name = name;
    this.#options = options;
    this.#marks = new Map([...options.marks].map((text, index) => [text, index + 1]));
    if (!options.isCategory) return;
    this.#numbers = undefined;
    this.#isDecided = true;
  }

  /**
   * Writes the value of a row. `row` is an existing one or the next new one.
   *
   * @returns false if the column has too many texts that do not fit its numbers
   */
  put(row: number, text: string, line: number): boolean {
    const mark = this.#marks.get(text);
    if (row === this.#count) this.#count++;
    if (mark !== undefined || this.#gaps) this.#writeGap(row, mark ?? 0);
    if (this.#numbers) this.#writeNumber(row, mark === undefined ? text : undefined, line);
    if (this.#texts) {
      this.#texts[row] = mark === undefined ? this.#intern(text, line) : null;
      if (!this.#isDecided && this.#distinct.length > mostTexts) this.#decide();
    }
    return this.#options.isIgnored || this.#strays.size <= mostStrays;
  }

  #writeGap(row: number, mark: number): void {
    if (!this.#gaps || row >= this.#gaps.length) {
      const longer = new Uint16Array(2 * Math.max(firstLength, row));
      if (this.#gaps) longer.set(this.#gaps);
      this.#gaps = longer;
    }
    this.#gaps[row] = mark;
  }

  #writeNumber(row: number, text: string | undefined, line: number): void {
    const value = text === undefined ? Number.NaN : this.#read(text);
    if (text !== undefined && Number.isNaN(value)) {
      if (this.#texts) {
        this.#numbers = undefined;
        return;
      }
      if (!this.#options.isIgnored) this.#countStray(text, line);
    } else if (text !== undefined && this.#format === undefined) {
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) this.#hasLongCodes ||= isCode(text, value);
      else if (text[0] === "0") this.#hasCodes ||= isCode(text, value);
    }
    const numbers = this.#numbers!;
    if (row >= numbers.length) {
      const longer = new Float64Array(2 * row);
      longer.set(numbers);
      this.#numbers = longer;
    }
    this.#numbers![row] = value;
  }

  #countStray(text: string, line: number): void {
    const { rows, line: first } = this.#strays.get(text) ?? { rows: 0, line };
    this.#strays.set(text, { rows: rows + 1, line: first });
  }

  #intern(text: string, line: number): string {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.#distinct.length;
      // Copies the characters, so that the line can be freed.
      const copy = JSON.parse(JSON.stringify(text)) as string;
      this.#distinct.push(copy);
      this.#lines.push(line);
      this.#places.set(copy, place);
    }
    return this.#distinct[place];
  }

  /** Decides whether a column of many different texts holds numbers; if so, drops the texts. */
  #decide(): void {
    this.#isDecided = true;
    this.#checkPoints();
    if (!this.#numbers) {
      const { meaning, strays } = this.#meaning();
      if (meaning.kind !== "number" || strays.length > 0) return;
      this.#format = meaning.format;
      this.#read = columnReader(meaning.format);
      this.#numbers = numbersOf(this.#texts!, this.#read);
    } else if (this.#hasLongCodes) {
      this.#numbers = undefined;
      return;
    }
    this.#format ??= {};
    this.#texts = undefined;
    this.#places.clear();
  }

  /** Takes the numbers back if the points in their texts stand between thousands, which plain numbers do not have. */
  #checkPoints(): void {
    if (this.#numbers && this.#texts && hasPointsBetweenThousands(this.#distinct, this.#options.delimiter)) {
      this.#numbers = undefined;
    }
  }

  /** Returns the number of rows of each text. */
  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const text of this.#texts!) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    return counts;
  }

  #meaning() {
    // Most categories have no digit, and need not be counted.
    if (!this.#distinct.some((text) => /\d/.test(text))) return category;
    return findMeaning(this.#counts(), this.#options.delimiter);
  }

  /** Returns the column, and the texts in it that do not fit, if there are any. */
  finish(): { column: TableColumn; strays?: Strays } {
    const { name } = this;
    if (!this.#isDecided) this.#checkPoints();
    const isCode = this.#texts !== undefined && (this.#hasCodes || this.#hasLongCodes);
    if (this.#numbers && !isCode) this.#clearMarked(this.#numbers, this.#format ?? {});
    const head = this.#head();
    if (this.#numbers && head.missing < this.#count && !isCode) {
      const values = this.#numbers.slice(0, this.#count);
      const strays = [...this.#strays].map(([text, where]) => ({ text, ...where }));
      const others = this.#count - head.missing - strays.reduce((sum, { rows }) => sum + rows, 0);
      const column: TableColumn = { ...head, kind: "number", values, ...this.#shownFormat(), ...this.#keptTexts() };
      const like = this.#format && likeOf({ kind: "number", format: this.#format }, strays, []);
      return { column, ...(strays.length > 0 && { strays: { name, kind: "number", strays, others, like } }) };
    }
    const texts = this.#texts ?? new Array<null>(this.#count).fill(null);
    if (this.#options.isCategory || head.missing === this.#count) {
      return { column: { ...head, kind: "category", values: texts } };
    }
    const { meaning, strays, rows } = this.#meaning();
    if (meaning.kind === "number") this.#clearMarked(numbersOf(texts, columnReader(meaning.format)), meaning.format);
    const column = { ...this.#head(), ...columnOf(meaning, texts, this.#keptTexts()) };
    if (strays.length === 0 || meaning.kind === "category" || this.#options.isIgnored) return { column };
    const found = this.#strayTexts(strays);
    const like = likeOf(meaning, found, this.#distinct);
    return { column, strays: { name, kind: meaning.kind, strays: found, others: rows, like } };
  }

  /** Returns the column's name and its missing values. */
  #head() {
    const gaps = this.#countGaps();
    const missing = [...gaps.values()].reduce((sum, rows) => sum + rows, 0);
    return { name: this.name, missing, ...(missing > 0 && { gaps }) };
  }

  /** Makes numbers missing that a mark means in another spelling: -999 also means -999.0 and -999 kg. */
  #clearMarked(numbers: Float64Array, format: NumberFormat): void {
    const read = numberReader(format);
    const marks = new Map([...this.#marks].map(([text, mark]) => [read(text), mark]));
    marks.delete(Number.NaN);
    if (marks.size === 0) return;
    for (let row = 0; row < this.#count; row++) {
      const mark = marks.get(numbers[row]);
      if (mark === undefined) continue;
      numbers[row] = Number.NaN;
      if (this.#texts) this.#texts[row] = null;
      this.#writeGap(row, mark);
    }
  }

  #strayTexts(texts: readonly string[]): Stray[] {
    const counts = this.#counts();
    return texts.map((text) => ({ text, rows: counts.get(text)!, line: this.#lines[this.#places.get(text)!] }));
  }

  #shownFormat() {
    return this.#format && Object.keys(this.#format).length > 0 ? { format: this.#format } : {};
  }

  #keptTexts() {
    return this.#options.keepsTexts && this.#texts ? { texts: this.#texts } : {};
  }

  /** Returns the number of rows of each text that means a missing value. */
  #countGaps(): Map<string, number> {
    const rows = new Array<number>(this.#marks.size + 1).fill(0);
    if (this.#gaps) for (let row = 0; row < this.#count; row++) rows[this.#gaps[row] ?? 0]++;
    return new Map([...this.#marks].filter(([, mark]) => rows[mark] > 0).map(([text, mark]) => [text, rows[mark]]));
  }
}

const category: ReturnType<typeof findMeaning> = { meaning: { kind: "category" }, strays: [], rows: 0 };

/** Returns the reader of a column's numbers: one without the unit is another text. */
const columnReader = (format: NumberFormat) => numberReader(format, { needsUnit: true });

/** Returns the numbers of texts, NaN where one is missing or does not fit. */
export function numbersOf(texts: readonly (string | null)[], read: (text: string) => number): Float64Array {
  const numbers = new Float64Array(texts.length);
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row];
    numbers[row] = text === null ? Number.NaN : read(text);
  }
  return numbers;
}

/** Returns a text that has the meaning, if strays are numbers or dates in another notation. @param texts some of the column */
function likeOf(meaning: Meaning, strays: readonly Stray[], texts: readonly string[]): string | undefined {
  if (meaning.kind === "date") {
    const isOther = strays.some(({ text }) => dateFormOf(text) !== undefined);
    return isOther ? texts.find((text) => momentIn(text, meaning.order)) : undefined;
  }
  if (meaning.kind === "category" || !strays.some(({ text }) => notationOf(text) !== undefined)) return undefined;
  return hasOwnNotation(meaning.format) ? formatText(meaning.format) : undefined;
}

function columnOf(
  meaning: Meaning,
  texts: readonly (string | null)[],
  kept: Pick<TableColumn, "texts">,
): Pick<TableColumn, "kind" | "values" | "format" | "dates" | "notations" | "texts"> {
  if (meaning.kind === "date") {
    const { order, isAmbiguous, forms } = meaning;
    return { kind: "date", values: texts, dates: { order, isAmbiguous, ...(forms && { forms }) } };
  }
  if (meaning.kind === "category") {
    return { kind: "category", values: texts, ...(meaning.notations && { notations: meaning.notations }) };
  }
  const { format } = meaning;
  const values = numbersOf(texts, columnReader(format));
  return { kind: "number", values, ...(Object.keys(format).length > 0 && { format }), ...kept };
}
