/**
 * Texts from models and tables, one function for each place that shows them. They may hold what controls a terminal, turns the direction
 * of text, ends a piece of code or is a formula.
 */

/** What controls a terminal, breaks a line or turns the direction of text. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text in one line of a terminal. */
export const sanitize = (text: string): string => text.replace(controls, "\ufffd");

/** A text of several lines on a terminal. */
export const sanitizeLines = (text: string): string => text.split("\n").map(sanitize).join("\n");

/** JSON of a value, the same for whoever reads it, in which what controls a terminal or turns text is escaped. */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeControls(JSON.stringify(value, undefined, indent));

/** JSON with the same escapes; its line breaks are those between its members. */
export const escapeControls = (json: string): string =>
  json.replace(controls, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A text as code within a line of Markdown. */
export const markdownCode = (text: string): string => `\`${sanitize(text.replace(/[`\s]+/g, " "))}\``;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What stands for a text between tags of HTML and between quotes. */
export const escapeHtml = (text: string): string =>
  text
    .replace(controls, (character) => (/[\t\n\r]/.test(character) ? character : "\ufffd"))
    .replace(/[&<>"']/g, (character) => entities[character]);

/** What spreadsheets take for the beginning of a formula, numbers with a sign apart. */
const formula = /^(?:[=@\t\r]|[+-](?!(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$))/i;

/** A value in a cell of CSV: in front of what a spreadsheet would compute stands an apostrophe. */
export const tableCell = (value: string | number): string | number =>
  typeof value === "string" && formula.test(value) ? `'${value}` : value;
