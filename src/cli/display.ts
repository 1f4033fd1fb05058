/**
 * Makes texts from models and tables harmless, with one function for each place that shows them. Such texts may contain terminal control
 * characters, direction marks, HTML, Markdown or spreadsheet formulas.
 */

/** Characters that control a terminal, break a line or change the direction of text. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Makes a text safe for one line of a terminal. */
export const sanitize = (text: string): string => text.replace(controls, "\ufffd");

/** Makes a text of several lines safe for a terminal. */
export const sanitizeLines = (text: string): string => text.split("\n").map(sanitize).join("\n");

/** Returns a value as JSON with control characters and direction marks escaped. Parsers read the same value. */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeControls(JSON.stringify(value, undefined, indent));

/** Escapes control characters and direction marks in JSON. Line breaks between members stay. */
export const escapeControls = (json: string): string =>
  json.replace(controls, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Returns a text as inline code of Markdown. */
export const markdownCode = (text: string): string => `\`${sanitize(text.replace(/[`\s]+/g, " "))}\``;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for HTML, between tags and in attributes. */
export const escapeHtml = (text: string): string =>
  text
    .replace(controls, (character) => (/[\t\n\r]/.test(character) ? character : "\ufffd"))
    .replace(/[&<>"']/g, (character) => entities[character]);

/** The beginnings that spreadsheets take for a formula. Signed numbers are none. */
const formula = /^(?:[=@\t\r]|[+-](?!(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$))/i;

/** Returns a value for a cell of CSV. An apostrophe precedes a text that a spreadsheet would compute. */
export const tableCell = (value: string | number): string | number =>
  typeof value === "string" && formula.test(value) ? `'${value}` : value;
