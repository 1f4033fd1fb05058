/**
 * Writes modules as text for src/kernels/decode.ts. Each text is the result of a function, since V8 skips the body of a function until its
 * first call.
 */
import { readFileSync } from "node:fs";
import { differenceOf } from "./difference.mjs";
import { operandTable } from "./instructions.mjs";
import { dataSection, streamsOf } from "./wasm.mjs";

/**
 * Returns the bytes of both texts of a family:
 *
 * - `narrow`: the lengths of the beginning and of the streams except the last; the beginning, which counts with the code; the streams; a 0;
 * - `wide`: the number of edits that make float64's module of it, without its constants; their runs, gaps and literals; then its constants.
 */
export function bytesOf(narrow, wide) {
  const [from, to] = [narrow, wide].map(piecesOf);
  const { runs, gaps, literals } = differenceOf(from.alike, to.alike, from.constants[0]);
  return {
    narrow: Buffer.concat([...from.alike, from.constants, Buffer.alloc(1)]),
    wide: Buffer.concat([integers(runs.length), Buffer.from([...runs, ...gaps, ...literals]), to.constants]),
  };
}

/** Returns the parts that both types share, in pieces, and the constants. */
function piecesOf(module) {
  const { beginning, streams } = streamsOf(module);
  const [code, locals, offsets, constants] = streams;
  const lengths = integers(beginning.length, beginning.length + code.length, locals.length, offsets.length);
  return { alike: [lengths, Buffer.concat([beginning, code]), locals, offsets], constants };
}

/** Returns numbers as 32-bit integers. */
const integers = (...values) => Buffer.from(Uint32Array.from(values).buffer);

/**
 * Returns the text of each byte, and the decoder. A byte is one character, or two for the rarer half. So a compressor of the text still
 * finds the repetitions of the bytes, and its result is only 2 % larger than the compressed bytes.
 *
 * @param contents all bytes of the package
 */
export function textCode(contents) {
  const counts = new Uint32Array(256);
  for (const bytes of contents) {
    for (const byte of bytes) counts[byte]++;
  }
  const order = Uint8Array.from([...counts.keys()].sort((one, other) => counts[other] - counts[one]));
  // Characters that need no escape within quotes of any kind, or in a page.
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  const decode = readFileSync("build/decode.wasm");
  const { tables, characters } = new WebAssembly.Instance(new WebAssembly.Module(decode)).exports;
  const alphabet = printable.filter((character) => !'"\\`$<'.includes(character)).slice(0, characters.value);
  const singles = alphabet.length - 2;
  const codes = [];
  for (const [index, byte] of order.entries()) {
    const beyond = index - singles;
    const prefix = singles + Math.floor(beyond / alphabet.length);
    codes[byte] = beyond < 0 ? alphabet[index] : alphabet[prefix] + alphabet[beyond % alphabet.length];
  }
  const places = Buffer.alloc(128);
  for (const [place, character] of alphabet.entries()) places[character.charCodeAt(0)] = place;
  const decoder = Buffer.concat([decode, dataSection(tables.value, Buffer.concat([places, order, operandTable()]))]);
  return { codes, decoder };
}

/** Returns the source text of functions that return the texts. */
export function textOf({ narrow, wide }, codes) {
  const text = (bytes) => JSON.stringify(Array.from(bytes, (byte) => codes[byte]).join(""));
  return `[\n${[narrow, wide].map((bytes) => `    function () { return ${text(bytes)}; },\n`).join("")}  ]`;
}
