/** Collects the values of a table that a model cannot read, so that one error names all of them and one run finds them. */

import { Failure } from "./failure.ts";
import { listText } from "./listed.ts";
import { plural } from "./numbers.ts";

/** The most texts of a column that an error names. */
export const mostNamed = 20;
/** With more different texts than this, reading ends. */
const mostTexts = 1000;

interface Refused {
  readonly column: string;
  readonly need: string;
  /** The first line with one. */
  readonly line: number;
  /** The number of lines with each text. */
  readonly texts: Map<string, number>;
}

export class Refusals {
  readonly #file: string;
  readonly #refused = new Map<string, Refused>();
  #count = 0;

  /** @param file its name, for the message */
  constructor(file: string) {
    this.#file = file;
  }

  /** The number of different texts. */
  get count(): number {
    return this.#count;
  }

  /**
   * @param need what the column needs instead
   * @throws {Failure} if there are very many
   */
  add(column: string, text: string, line: number, need: string): void {
    const key = JSON.stringify([column, need]);
    const { texts } = this.#refused.get(key) ?? { texts: new Map<string, number>() };
    if (texts.size === 0) this.#refused.set(key, { column, need, line, texts });
    if (!texts.has(text)) this.#count++;
    texts.set(text, (texts.get(text) ?? 0) + 1);
    if (this.#count > mostTexts) this.check();
  }

  /** @throws {Failure} naming all texts, if there are any */
  check(): void {
    if (this.#count === 0) return;
    const sentences = [...this.#refused.values()].map(({ column, need, line, texts }) => {
      const shown = [...texts].map(([text, rows]) => refusedText(text, rows));
      return `line ${line}, column ${JSON.stringify(column)}: got ${listText(shown, mostNamed)}, need ${need}`;
    });
    throw new Failure(`${this.#file}, ${sentences.join("; ")}`);
  }
}

/** Returns a text and, if it is there more than once, the number of its rows. */
export function refusedText(text: string, rows: number): string {
  const shown = JSON.stringify(text.slice(0, 60));
  return rows === 1 ? shown : `${shown} (${plural(rows, "row")})`;
}
