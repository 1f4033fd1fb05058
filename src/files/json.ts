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
 * What a JSON text stands for.
 *
 * @param who begins the message of an error
 * @param what the text is, for the message
 * @throws {RangeError} if it is not JSON, or has too many arrays and objects, members and elements, or levels
 */
export function parseJSON(who: string, what: string, text: string): unknown {
  checkSize(who, what, text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RangeError(`${who}: got ${what} ${shown(text)}, need JSON`, { cause });
  }
}

const [quote, backslash] = [0x22, 0x5c];
const [openingBracket, closingBracket] = [0x5b, 0x5d];
const [openingBrace, closingBrace] = [0x7b, 0x7d];
const [comma, colon] = [0x2c, 0x3a];

function checkSize(who: string, what: string, text: string): void {
  let depth = 0;
  let brackets = 0;
  let separators = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (isQuoted) {
      // What is escaped does not end the string.
      if (character === backslash) index++;
      else isQuoted = character !== quote;
    } else if (character === quote) {
      isQuoted = true;
    } else if (character === comma || character === colon) {
      separators++;
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
  if (separators > mostSeparators) {
    throw new RangeError(`${who}: got ${what} of ${separators} commas and colons, need at most ${mostSeparators}`);
  }
}
