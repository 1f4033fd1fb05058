/** Finds the begin of a table in its text: what comes before the names, and what stands between the values. */

import Papa from "papaparse";
import { plainNumber } from "./numberFormat.ts";

/** The delimiters that are tried. */
export const delimiters = [",", ";", "\t", "|"];

/** The delimiter of columns that are aligned by any number of spaces. */
export const spaces = " ";

/** The lines of a text that are examined, and the most characters of them. */
const examinedLines = 50;
const examinedLength = 100_000;

/** The begin of a table. */
export interface Beginning {
  /** The text from the line of names on. */
  readonly text: string;
  /** The number of that line, from 1. */
  readonly number: number;
  readonly delimiter: string;
  /** The number of lines of comments before the names. */
  readonly comments: number;
}

/**
 * Finds the names of a table. Before them may be a line such as `sep=;` and lines of comments, which begin with # or //. A last line of
 * these may be the names themselves: `#id,x,y`, or `# id,x,y` with a space, which does not belong to the name.
 *
 * @param text the first lines, with \n as line ends
 */
export function beginningOf(text: string): Beginning {
  const mark = /^\ufeff?sep=(.)[ \t]*\n/i.exec(text);
  const lines = { number: mark ? 2 : 1, comments: 0 };
  let rest = mark ? text.slice(mark[0].length) : text;
  let last: { readonly text: string; readonly number: number } | undefined;
  for (let comment = firstComment(rest); comment; comment = firstComment(rest)) {
    last = { text: rest, number: lines.number };
    lines.number += comment.split("\n").length - 1;
    lines.comments++;
    rest = rest.slice(comment.length);
  }
  const delimiter = mark?.[1] ?? delimiterOf(rest);
  if (last && rest.trim() !== "" && areNames(last.text, rest, delimiter, lines.comments)) {
    const named = last.text.replace(/^(\ufeff?\s*)(?:#|\/\/) +/, "$1");
    return { text: named, number: last.number, delimiter, comments: lines.comments - 1 };
  }
  return { text: rest, ...lines, delimiter };
}

const commentMark = /^\ufeff?\s*(?:#|\/\/)+ */;

/** Returns the first line with the blank lines before it, if it is a comment. */
const firstComment = (text: string): string | undefined => /^\ufeff?\s*(?:#|\/\/)[^\n]*\n/.exec(text)?.[0];

/** Returns whether a comment names the columns of the lines after it: it has as many values, none of them a number, and they have numbers. */
function areNames(comment: string, rest: string, delimiter: string, comments: number): boolean {
  const first = (text: string) => valuesOf(text.replace(commentMark, "").trimStart().split("\n", 1)[0], delimiter);
  const [names, values] = [first(comment), first(rest)];
  const isNumber = (value: string) => !Number.isNaN(plainNumber(value.trim()));
  if (names.length < 2 || names.length !== values.length || names.some(isNumber)) return false;
  return comments === 1 || values.some(isNumber);
}

const valuesOf = (line: string, delimiter: string): readonly string[] =>
  delimiter === spaces ? wordsOf(line) : (Papa.parse<string[]>(line, { delimiter, newline: "\n" }).data[0] ?? []);

/**
 * Returns the one of comma, semicolon, tab and bar that divides the first lines most evenly. If none does, it is a space for columns that
 * are aligned by spaces, and a comma for a single column.
 */
function delimiterOf(text: string): string {
  const { errors, meta } = Papa.parse(text.slice(0, examinedLength), {
    newline: "\n",
    delimitersToGuess: delimiters,
    preview: examinedLines,
    skipEmptyLines: "greedy",
  });
  const isFound = errors.every(({ type }) => type !== "Delimiter");
  return !isFound && areAligned(text) ? spaces : meta.delimiter;
}

/** Returns whether lines have one number of words, of which some are numbers. R leaves out the name of the first column. */
function areAligned(text: string): boolean {
  const lines = text.slice(0, examinedLength).split("\n");
  const whole = text.length > examinedLength ? lines.slice(0, -1) : lines;
  const [head, ...body] = whole.filter((line) => line.trim() !== "").slice(0, examinedLines);
  if (head === undefined || body.length === 0) return false;
  const width = wordsOf(body[0]).length;
  const names = wordsOf(head).length;
  if (names < 2 || (names !== width && names !== width - 1)) return false;
  const words = body.map(wordsOf);
  const withNumbers = words.filter((each) => each.some((word) => !Number.isNaN(plainNumber(word))));
  return words.every(({ length }) => length === width) && withNumbers.length > words.length / 2;
}

/** Returns the values of a line that are separated by any number of spaces and tabs. Quotes may hold spaces. */
export const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/"((?:[^"]|"")*)"(?![^\s])|(\S+)/g), ([, quoted, word]) =>
    quoted === undefined ? word : quoted.replaceAll('""', '"'),
  );
