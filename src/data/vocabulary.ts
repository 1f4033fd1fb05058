/** Texts as rows of token numbers: each word, or each character, has a number. */

import { checkArguments, checkInteger, checkOptions, plural, shown } from "../errors.ts";
import { checkLengthOptions, cutTo, type LengthOptions, lengthNames } from "./lengths.ts";

export interface VocabularyOptions {
  /** The number of tokens with padding and unknown; the rarest tokens are dropped. Default all tokens. */
  size?: number | undefined;
  /** The number of times that a token must occur in the texts. Default 1. */
  minimumCount?: number | undefined;
  /** Default "words": runs of letters, digits and combining marks of any script, which may have apostrophes inside. */
  unit?: TokenUnit | undefined;
  /** If true, texts are converted to lower case first. Default true for words, false for characters. */
  lowerCase?: boolean | undefined;
}

/** The units into which texts are divided. */
export type TokenUnit = "words" | "characters";

export interface VocabularyJSON {
  kind: "vocabulary";
  unit: TokenUnit;
  lowerCase: boolean;
  /** The tokens from number 2 on. */
  tokens: string[];
}

/** The transform that `vocabulary` returns. */
export interface Vocabulary {
  /** The number of token numbers, which an embedding needs. */
  readonly size: number;
  /**
   * Returns rows of token numbers. A token that is not in the vocabulary is 1. A text without tokens is one 0.
   *
   * @param options by default, each row has as many numbers as its text has tokens
   */
  apply(texts: readonly string[], options?: LengthOptions): number[][];
  /** Returns the texts of rows: words with spaces between them, or characters. 0 is left out, 1 is "�". */
  invert(rows: readonly ArrayLike<number>[]): string[];
  /** Returns plain data for `transformFromJSON`. */
  toJSON(): VocabularyJSON;
}

/** The numbers that are not a token's. */
const [padding, unknown, firstToken] = [0, 1, 2];
/** The largest vocabulary. Token numbers up to this are exact in float32. */
const mostTokens = 2 ** 24;

class Tokens implements Vocabulary {
  readonly #json: VocabularyJSON;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(json: VocabularyJSON) {
    this.#json = json;
    this.#numbers = new Map(json.tokens.map((token, index) => [token, index + firstToken]));
  }

  get size(): number {
    return this.#json.tokens.length + firstToken;
  }

  apply(texts: readonly string[], options: LengthOptions = {}): number[][] {
    checkArguments("apply", arguments.length, 2);
    const who = "vocabulary";
    checkOptions(who, options, lengthNames);
    checkLengthOptions(who, options);
    checkTexts(who, texts);
    return texts.map((text) => {
      const numbers = tokensOf(text, this.#json).map((token) => this.#numbers.get(token) ?? unknown);
      return cutTo(options, numbers, padding);
    });
  }

  invert(rows: readonly ArrayLike<number>[]): string[] {
    checkArguments("invert", arguments.length, 1);
    const { tokens, unit } = this.#json;
    if (!Array.isArray(rows as unknown)) throw new TypeError(`vocabulary: got ${shown(rows)}, need an array of rows`);
    return rows.map((row, index) => {
      const isRow = Array.isArray(row) || (ArrayBuffer.isView(row) && "length" in row);
      if (!isRow) throw new TypeError(`vocabulary: got ${shown(row)} at row ${index}, need an array of numbers`);
      const numbers = Array.from(row).filter((number) => number !== padding);
      for (const number of numbers) checkInteger("vocabulary: invert", number, 0, this.size - 1);
      const texts = numbers.map((number) => (number === unknown ? "�" : tokens[number - firstToken]));
      return texts.join(unit === "words" ? " " : "");
    });
  }

  toJSON(): VocabularyJSON {
    return { ...this.#json, tokens: this.#json.tokens.slice() };
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "Vocabulary";
  }
}

/**
 * Fits the numbers of tokens to texts. 0 is padding, 1 is unknown, and tokens have the numbers from 2 on. The most frequent comes first;
 * equally frequent ones are in the order of their code units. Texts are normalized (NFC), so that an accented letter is one character.
 *
 * @param texts the training texts
 * @throws {TypeError} if they are not an array of strings
 * @throws {RangeError} if no token is left, or an option is unknown or does not fit
 */
export function vocabulary(texts: readonly string[], options: VocabularyOptions = {}): Vocabulary {
  checkArguments("vocabulary", arguments.length, 2);
  const who = "vocabulary";
  checkOptions(who, options, vocabularyNames);
  return fitVocabulary(who, texts, options);
}

export const vocabularyNames = ["size", "minimumCount", "unit", "lowerCase"] as const;

/** Does the same as `vocabulary` for options whose names are checked. Error messages begin with `who`. */
export function fitVocabulary(who: string, texts: readonly string[], options: VocabularyOptions): Vocabulary {
  const { size = mostTokens, minimumCount = 1, unit = "words", lowerCase = unit === "words" } = options;
  checkInteger(`${who}: size`, size, firstToken + 1, mostTokens);
  checkInteger(`${who}: minimumCount`, minimumCount, 1, 2 ** 53 - 1);
  checkReading(who, unit, lowerCase);
  checkTexts(who, texts);
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const token of tokensOf(text, { unit, lowerCase })) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const frequent = [...counts].filter(([, count]) => count >= minimumCount);
  if (frequent.length === 0) {
    const got =
      texts.length === 0 ? "no texts" : `texts in which none of the ${unit} occurs ${plural(minimumCount, "time")}`;
    throw new RangeError(`${who}: got ${got}, need at least one`);
  }
  frequent.sort(([one, count], [other, otherCount]) => otherCount - count || (one < other ? -1 : 1));
  const tokens = frequent.slice(0, size - firstToken).map(([token]) => token);
  return new Tokens({ kind: "vocabulary", unit, lowerCase, tokens });
}

/** Returns the vocabulary that `json` describes. Error messages begin with `who`. */
export function vocabularyFromJSON(who: string, { unit, lowerCase, tokens }: VocabularyJSON): Vocabulary {
  checkReading(who, unit, lowerCase);
  checkTexts(`${who}, tokens`, tokens);
  if (tokens.length > mostTokens - firstToken) {
    throw new RangeError(`${who}: got ${tokens.length} tokens, need at most ${mostTokens - firstToken}`);
  }
  const reading = { unit, lowerCase };
  const seen = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    const [read, ...others] = tokensOf(token, reading);
    if (read !== token || others.length > 0) {
      throw new RangeError(`${who}: got ${shown(token)} at token ${index}, need one of the ${unit} of a text`);
    }
    if (seen.has(token))
      throw new RangeError(`${who}: got ${shown(token)} twice, at token ${index} again, need each once`);
    seen.add(token);
  }
  return new Tokens({ kind: "vocabulary", unit, lowerCase, tokens: tokens.slice() });
}

const word = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;

function tokensOf(text: string, { unit, lowerCase }: Pick<VocabularyJSON, "unit" | "lowerCase">): string[] {
  const read = (lowerCase ? text.toLowerCase() : text).normalize("NFC");
  return unit === "characters" ? Array.from(read) : (read.match(word) ?? []);
}

/** Returns a function that tells whether a text has a token of a vocabulary. */
export function tokenTest({
  tokens,
  ...reading
}: Pick<VocabularyJSON, "tokens" | "unit" | "lowerCase">): (text: string) => boolean {
  const known = new Set(tokens);
  return (text) => tokensOf(text, reading).some((token) => known.has(token));
}

function checkReading(who: string, unit: unknown, lowerCase: unknown): void {
  if (unit !== "words" && unit !== "characters") {
    throw new RangeError(`${who}: got unit ${shown(unit)}, need "words" or "characters"`);
  }
  if (typeof lowerCase !== "boolean") {
    throw new TypeError(`${who}: got lowerCase ${shown(lowerCase)}, need true or false`);
  }
}

function checkTexts(who: string, texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts)) throw new TypeError(`${who}: got ${shown(texts)}, need an array of strings`);
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0) throw new TypeError(`${who}: got ${shown(texts[wrong])} at ${wrong}, need a string`);
}
