/**
 * Makes texts from models and tables harmless, with one function for each place that shows them. Such texts may contain hidden characters,
 * HTML, Markdown or spreadsheet formulas.
 */

import { escapeOf, replaceHidden } from "../hidden.ts";

const [tab, lineFeed, carriageReturn] = "\t\n\r";

/** Makes a text safe for one line of a terminal. */
export const sanitize = (text: string): string => replaceHidden(text, () => "\ufffd");

/** Makes a text of several lines safe for a terminal. */
export const sanitizeLines = (text: string): string => text.split("\n").map(sanitize).join("\n");

/** Returns a value as JSON with hidden characters escaped. Parsers read the same value. */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeJSON(JSON.stringify(value, undefined, indent));

/** Escapes hidden characters in JSON. Line breaks between members stay. */
export const escapeJSON = (json: string): string =>
  replaceHidden(json, (character) => (character === lineFeed ? character : escapeOf(character)));

/** Returns a text as inline code of Markdown. */
export const markdownCode = (text: string): string => `\`${sanitize(text.replace(/[`\s]+/g, " "))}\``;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes the text of a page safe, whose markup stays: white space does, too. */
export const sanitizePage = (text: string): string =>
  replaceHidden(text, (character) => ([tab, lineFeed, carriageReturn].includes(character) ? character : "\ufffd"));

/** Escapes a text for HTML, between tags and in attributes. */
export const escapeHtml = (text: string): string =>
  sanitizePage(text).replace(/[&<>"']/g, (character) => entities[character]);

/** The beginnings that spreadsheets take for a formula, also in their wide form. Signed numbers are none. */
const formula = /^(?:[=@＝＠\t\r]|[+＋－-](?!(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$))/i;

/** Returns a value for a cell of CSV. An apostrophe precedes a text that a spreadsheet would compute, with or without hidden characters. */
export const tableCell = (value: string | number): string | number =>
  typeof value === "string" && [value, replaceHidden(value, () => "")].some((text) => formula.test(text))
    ? `'${value}`
    : value;
