/**
 * Finds characters that do not show as what they are: controls, line separators, marks of direction, invisible characters, tags, private
 * characters and halves of characters. Errors, pages, terminals and exported files show the texts of models, tables and files through this.
 */

/** Most texts have no other characters than these. */
const plain = /^[ -~]*$/;

const emoji = String.raw`\p{Extended_Pictographic}`;
const scripts = ["Arab", "Beng", "Deva", "Gujr", "Guru", "Knda", "Mlym", "Orya", "Sinh", "Taml", "Telu"];
/** Letters whose form a joiner beside them changes, and their marks. */
const joining = `[${scripts.map((name) => String.raw`\p{scx=${name}}`).join("")}]`;

/** Hidden characters that change what is seen: joiners within an emoji or between letters, and a selector of the form of an emoji or a Han. */
const seen = [
  String.raw`(?<=${emoji}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=${emoji})`,
  String.raw`(?<=${joining})[\u200c\u200d](?=${joining})`,
  String.raw`(?<=${emoji})[\ufe0e\ufe0f]`,
  String.raw`(?<=\p{sc=Han})[\u{e0100}-\u{e01ef}]`,
  String.raw`\ufe0f(?=\u20e3)`,
].join("|");

const kinds = String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`;

let expression: RegExp | undefined;
/** Finds hidden characters. It is made when a text needs it: its tables take long to look up. */
const hidden = () => (expression ??= new RegExp(`(?=${kinds})(?!${seen})[^]`, "gu"));

/** Returns a text with each hidden character replaced. */
export const replaceHidden = (text: string, replacementOf: (character: string) => string): string =>
  plain.test(text) ? text : text.replace(hidden(), replacementOf);

/** Returns whether a text has a hidden character. */
export const hasHidden = (text: string): boolean => !plain.test(text) && text.search(hidden()) >= 0;

/** Returns a character as JSON and JavaScript escape it, by its UTF-16 units. */
export const escapeOf = (character: string): string =>
  character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Returns a text with hidden characters as escapes. */
export const escapeHidden = (text: string): string => replaceHidden(text, escapeOf);
