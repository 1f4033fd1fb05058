/**
 * Parses JSON from outside. It limits the text before it parses it: a text of only brackets or names would take up to a hundred times its
 * length in memory, and a deep tree would exhaust the stack of recursive functions.
 */

import { shown } from "../errors.ts";

/** The greatest depth of arrays and objects. Our own files have about ten levels, and one more for each warmup of a schedule. */
const mostDepth = 64;
/** The most arrays and objects in all: those of about 300 000 layers. */
const mostBrackets = 2 ** 20;
/** The most commas and colons in all: those of as many layers. An element counts once; a member costs more and counts twice. */
const mostSeparators = 6 * mostBrackets;

/**
 * Returns the value of a JSON text.
 *
 * @param who begins the message of an error
 * @param what the text is, for the message
 * @throws {RangeError} if it is not JSON; if it has too many arrays and objects, members and elements, or levels; or if a name occurs twice
 * in one object, since readers differ in which one they take
 */
export function parseJSON(who: string, what: string, text: string): unknown {
  const members = memberCount(who, what, text);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new RangeError(`${who}: got ${what} ${shown(text)}, need JSON`, { cause });
  }
  if (keyCount(data) === members) return data;
  throw new RangeError(
    `${who}: got ${what} with ${shown(repeatedName(text))} twice in one object, need each name once`,
  );
}

/** Counts the names of all objects in `data`. */
function keyCount(data: unknown): number {
  if (typeof data !== "object" || data === null) return 0;
  const isList = Array.isArray(data);
  let count = 0;
  if (isList) {
    for (const item of data) if (typeof item === "object") count += keyCount(item);
    return count;
  }
  const names = Object.keys(data);
  for (const name of names) count += keyCount((data as Record<string, unknown>)[name]);
  return count + names.length;
}

/** Returns the first name that occurs twice in one object of a JSON text. */
function repeatedName(text: string): string | undefined {
  /** The names of each open object; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let start = -1;
  let last = "";
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (start >= 0) {
      if (character === backslash) index++;
      else if (character === quote) {
        last = text.slice(start, index + 1);
        start = -1;
      }
    } else if (character === quote) start = index;
    else if (character === openingBrace) open.push(new Set());
    else if (character === openingBracket) open.push(undefined);
    else if (character === closingBrace || character === closingBracket) open.pop();
    else if (character === colon) {
      // Different escapes may spell the same name.
      const name: string = JSON.parse(last);
      const names = open.at(-1)!;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}

const [quote, backslash] = [0x22, 0x5c];
const [openingBracket, closingBracket] = [0x5b, 0x5d];
const [openingBrace, closingBrace] = [0x7b, 0x7d];
const [comma, colon] = [0x2c, 0x3a];

/** Counts the members of all objects in a text. @throws {RangeError} if it exceeds a limit */
function memberCount(who: string, what: string, text: string): number {
  let depth = 0;
  let brackets = 0;
  let commas = 0;
  let colons = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (isQuoted) {
      // An escaped quote does not end the string.
      if (character === backslash) index++;
      else isQuoted = character !== quote;
    } else if (character === quote) {
      isQuoted = true;
    } else if (character === comma) {
      commas++;
    } else if (character === colon) {
      colons++;
    } else if (character === openingBracket || character === openingBrace) {
      depth++;
      brackets++;
      if (depth > mostDepth) throw new RangeError(`${who}: got ${what} of more than ${mostDepth} levels, need fewer`);
    } else if (character === closingBracket || character === closingBrace) {
      depth--;
    }
  }
  if (brackets > mostBrackets) {
    throw new RangeError(`${who}: got ${what} of ${brackets} arrays and objects, need at most ${mostBrackets}`);
  }
  if (commas + colons > mostSeparators) {
    throw new RangeError(`${who}: got ${what} of ${commas + colons} commas and colons, need at most ${mostSeparators}`);
  }
  return colons;
}
