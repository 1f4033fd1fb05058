/**
 * JSON from outside. What it holds is bounded before anything is made of it: a text of brackets or of names alone would take up to a
 * hundred times its length in memory, and functions that walk a deep tree the whole stack.
 */

import { shown } from "../errors.ts";

/** Arrays and objects within each other: files of our own have ten or so, and one more for each warmup of a schedule. */
const mostDepth = 64;
/** Arrays and objects in all: those of some 300 000 layers. */
const mostBrackets = 2 ** 20;
/** Commas and colons in all, so that an element counts once and a member, which costs more, twice: those of as many layers. */
const mostSeparators = 6 * mostBrackets;

/**
 * Returns what a JSON text stands for.
 *
 * @param who begins the message of an error
 * @param what the text is, for the message
 * @throws {RangeError} if it is not JSON, or has too many arrays and objects, members and elements, or levels; or if a name stands twice
 *   in one object, of which readers take one or the other
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

/** Returns how many names the objects in `data` have. */
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

/** Returns the first name that an object in the text, which is JSON, has for the second time. */
function repeatedName(text: string): string | undefined {
  /** Of each object that is open its names; undefined for an array. */
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
      // Escapes are other spellings of one name.
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

/** Returns how many members the objects of a text have. @throws {RangeError} if it has too much of something */
function memberCount(who: string, what: string, text: string): number {
  let depth = 0;
  let brackets = 0;
  let commas = 0;
  let colons = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (isQuoted) {
      // What is escaped does not end the string.
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
