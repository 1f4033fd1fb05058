/** Reads and changes compiled modules for the build. Source: WebAssembly core specification, chapter 5, "Binary Format". */

import { code, constants, locals, offsets, skipInstruction, skipLocals } from "./instructions.mjs";

const [customSection, codeSection, dataSectionId] = [0, 10, 11];

/** Returns a module without its custom sections, such as names. */
export function withoutNames(bytes) {
  const kept = sectionsOf(bytes).filter(({ id }) => id !== customSection);
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map(({ start, end }) => bytes.subarray(start, end))]);
}

/**
 * Returns the byte ranges of the bodies of the functions whose names match. Consecutive bodies share a range. The ranges also hold for the
 * module without its names.
 */
export function bodiesOf(bytes, pattern) {
  const names = namesOf(bytes);
  const sections = sectionsOf(bytes);
  const code = sections.find(({ id }) => id === codeSection);
  const before = sections.slice(0, sections.indexOf(code));
  if (before.some(({ id }) => id === customSection)) {
    throw new Error("wasm: got a module with names before its code, need them behind it");
  }
  // Imported functions come before those with bodies.
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  const first = imports.filter(({ kind }) => kind === "function").length;
  const pairs = [];
  for (const { index, start, end } of functionsOf(bytes, code)) {
    if (!pattern.test(names.get(first + index))) continue;
    if (pairs.at(-1)?.index === index - 1) Object.assign(pairs.at(-1), { index, end });
    else pairs.push({ index, start, end });
  }
  return pairs.map(({ start, end }) => [start, end]);
}

/** Returns the bodies of a module's functions, numbered from 0, as byte ranges. */
function functionsOf(bytes, code) {
  const reader = readerOf(bytes, code.content);
  return Array.from({ length: reader.number() }, (_, index) => {
    const size = reader.number();
    const start = reader.skip(size);
    return { index, start, end: start + size };
  });
}

/**
 * Checks that src/kernels/fuse.ts changes only instructions in these bodies, not parts of constants or of offsets, and that there are as
 * many multiplications as additions.
 *
 * @param multiply the byte after 0xfd of the instruction; `add` likewise
 */
export function checkPatched(bytes, bodies, { multiply, add }) {
  const code = sectionsOf(bytes).find(({ id }) => id === codeSection);
  const instructions = new Set(functionsOf(bytes, code).flatMap(({ start, end }) => instructionsOf(bytes, start, end)));
  for (const [start, end] of bodies) {
    const counts = { [multiply]: 0, [add]: 0 };
    for (let at = start; at < end - 2; at++) {
      const isPatched = bytes[at] === 0xfd && bytes[at + 2] === 1 && [multiply, add].includes(bytes[at + 1]);
      if (isPatched && !instructions.has(at)) {
        throw new Error(
          `wasm: got bytes like those of an instruction at ${at}, need the patch to change instructions only`,
        );
      }
      if (isPatched) counts[bytes[at + 1]]++;
    }
    if (counts[multiply] !== counts[add]) {
      const got = `${counts[multiply]} multiplications and ${counts[add]} additions from byte ${start} to ${end}`;
      throw new Error(`wasm: got ${got}, need as many of both, as the patch makes one instruction of each pair`);
    }
  }
}

/**
 * Returns the parts of a module that assembly/decode.ts joins again. Separately, each is more regular, so they compress by a seventh more:
 *
 * - `beginning`, everything before the functions' bodies;
 * - `streams`: the code, without the contents of the others, and everything after it; the numbers of locals; the alignments and offsets of
 *   loads and stores; and constants with the patterns of shuffles.
 */
export function streamsOf(bytes) {
  const section = sectionsOf(bytes).find(({ id }) => id === codeSection);
  const reader = readerOf(bytes, section.content);
  const streams = [code, locals, offsets, constants].map(() => []);
  const move = (stream, start) => streams[stream].push(bytes.subarray(start, reader.at));
  let start = reader.at;
  for (let functions = reader.number(); functions > 0; functions--) {
    const size = reader.number();
    const end = reader.at + size;
    skipLocals(reader);
    while (reader.at < end) {
      const { stream, at } = skipInstruction(reader);
      if (stream === code) continue;
      streams[code].push(bytes.subarray(start, at));
      move(stream, at);
      start = reader.at;
    }
    if (reader.at !== end) throw new Error(`wasm: got an unknown instruction in the function that ends at ${end}`);
  }
  reader.at = bytes.length;
  move(code, start);
  return { beginning: bytes.subarray(0, section.content), streams: streams.map((parts) => Buffer.concat(parts)) };
}

/** Returns the start of the instructions in a function's body. */
function instructionsOf(bytes, start, end) {
  const reader = readerOf(bytes, start);
  skipLocals(reader);
  const starts = [];
  while (reader.at < end) {
    starts.push(reader.at);
    skipInstruction(reader);
  }
  if (reader.at !== end) throw new Error(`wasm: got an unknown instruction in the function at ${start}`);
  return starts;
}

/** Returns a module's data section that puts `bytes` at `address` when it is instantiated. */
export function dataSection(address, bytes) {
  const [active, i32Const, end] = [0, 0x41, 0x0b];
  const content = [1, active, i32Const, ...leb128(address), end, ...leb128(bytes.length), ...bytes];
  return Buffer.from([dataSectionId, ...leb128(content.length), ...content]);
}

function sectionsOf(bytes) {
  const sections = [];
  const reader = readerOf(bytes, 8);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.number();
    const size = reader.number();
    const content = reader.skip(size);
    sections.push({ id, start, content, end: content + size });
  }
  return sections;
}

/** Returns the functions' names by their numbers. */
function namesOf(bytes) {
  const names = new Map();
  const functionNames = 1;
  for (const { id, content, end } of sectionsOf(bytes)) {
    const reader = readerOf(bytes, content);
    if (id !== customSection || reader.text() !== "name") continue;
    while (reader.at < end) {
      const subsection = reader.number();
      const size = reader.number();
      if (subsection !== functionNames) reader.skip(size);
      else for (let count = reader.number(); count > 0; count--) names.set(reader.number(), reader.text());
    }
  }
  return names;
}

function readerOf(bytes, at) {
  return {
    at,
    byte() {
      return bytes[this.at++];
    },
    /** Reads an unsigned LEB128. */
    number() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[this.at++];
        value |= (byte & 127) << shift;
        if (byte < 128) return value >>> 0;
      }
    },
    /** Skips `size` bytes. @returns the place before them */
    skip(size) {
      this.at += size;
      return this.at - size;
    },
    text() {
      const size = this.number();
      const start = this.skip(size);
      return bytes.toString("utf8", start, start + size);
    },
  };
}

const leb128 = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)]);
