/**
 * Reads the text that scripts/build.mjs makes of the other modules; a module of its own, as a loop of JavaScript would still
 * be interpreted when it has read it all: 5 to 20 ms of a process's start.
 */

/** The build fills these, once it knows how often each byte comes: `places` and `order`. */
export const tables: usize = 1024;
/** By a character's code: its place in the alphabet. [128] */
const places: usize = tables;
/** The bytes, the most frequent first. [256] */
const order: usize = places + 128;
/** The text, and then the bytes that it stands for. */
export const text: usize = 2048;

/** In the alphabet. Each of the last two begins a pair. */
export const characters: i32 = 90;
const singles = characters - 2;

/**
 * Replaces the text by its bytes. Each byte is named by its place among all: one character for those that fit into the alphabet
 * without its last two, which begin a pair for the others.
 *
 * Shapes    text: [length].
 * Writes    text (in place, as no byte takes less than a character).
 * Requires  length >= 0.
 * Returns   how many bytes they are.
 */
export function decode(length: i32): i32 {
  const end = text + length;
  let to = text;
  for (let from = text; from < end; from++) {
    let place = <i32>load<u8>(places + load<u8>(from));
    if (place >= singles) {
      from++;
      place = singles + (place - singles) * characters + load<u8>(places + load<u8>(from));
    }
    store<u8>(to, load<u8>(order + place));
    to++;
  }
  return <i32>(to - text);
}
