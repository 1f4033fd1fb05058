/** Reads the text that scripts/build.mjs makes of a module. */

import { alphabet, order } from "../../build/module.js";

/** By a character's code: its place in the alphabet. */
let places: Uint8Array | undefined;
/** The bytes, the most frequent first. */
let bytes: Uint8Array | undefined;

/**
 * The bytes that `text` stands for. Each is named by its place among all bytes: one character for those that fit into the
 * alphabet without its last two, which begin a pair for the others.
 */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  places ??= placesOf(alphabet);
  bytes ??= Uint8Array.from({ length: 256 }, (_, index) => Number.parseInt(order.slice(2 * index, 2 * index + 2), 16));
  const singles = alphabet.length - 2;
  const result = new Uint8Array(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let place = places[text.charCodeAt(index)];
    if (place >= singles) place = singles + (place - singles) * alphabet.length + places[text.charCodeAt(++index)];
    result[length++] = bytes[place];
  }
  return result.subarray(0, length);
}

function placesOf(characters: string): Uint8Array {
  const result = new Uint8Array(128);
  for (let index = 0; index < characters.length; index++) result[characters.charCodeAt(index)] = index;
  return result;
}
