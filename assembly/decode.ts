/**
 * Makes modules of the text that the build makes of them (scripts/text.mjs); a module of its own, as a loop of JavaScript would still
 * be interpreted when it has read it all: 5 to 20 ms of a process's start.
 *
 * The text of float32's module has its code, its numbers of locals, its offsets and its constants apart. That of float64's has the edits
 * that make its code, numbers of locals and offsets of float32's, and its constants.
 */

/** The build fills these, once it knows how often each byte comes: `places`, `order` and `operands`. */
export const tables: usize = 1024;
/** By a character's code: its place in the alphabet. [128] */
const places: usize = tables;
/** The bytes, the most frequent first. [256] */
const order: usize = places + 128;
/** The operands of each instruction (`operandTable` in scripts/instructions.mjs). [512] */
const operands: usize = order + 256;
/** The places there of instructions that have a number after 0xfc or after 0xfd. */
const bulk = 0xe0;
const vector = 256;
/** The addresses up to which the code, the numbers of locals, the offsets and the constants are read. [4] */
const readers: usize = operands + 512;
/** By a hash (`changeAt`): the byte that one of float32's module becomes in float64's, and one; 0 for the same. 16 bits each. [65536] */
const expected: usize = 4096;
/** The texts, then float64's parts if that is asked for, and then the module: neither is longer than the texts. The byte before is 0. */
export const text: usize = expected + 2 * 65536 + 16;

/** In the alphabet. Each of the last two begins a pair. */
export const characters: i32 = 90;
const singles = characters - 2;

/** The address of the module that `decode` made. */
export let result: usize = 0;

/**
 * Makes a module of the text of float32's, at `text`, and for float64's of the text behind it.
 *
 * Shapes    the texts: [narrow + wide].
 * Writes    result; the module there; over the texts.
 * Requires  narrow > 0; wide >= 0, and 0 for float32's module; memory for 3 · (narrow + wide) + 16 bytes from `text`.
 * Returns   how many bytes the module has.
 */
export function decode(narrow: i32, wide: i32): i32 {
  const edits = text + narrow;
  const behind = edits + wide;
  replace(text, edits);
  result = behind;
  if (wide == 0) return join(text);
  result = edit(text, edits, replace(edits, behind), behind);
  return join(behind);
}

/**
 * Replaces a text by its bytes. Each byte is named by its place among all: one character for those that fit into the alphabet
 * without its last two, which begin a pair for the others. So no byte takes less than a character.
 *
 * @returns where the bytes end
 */
function replace(start: usize, end: usize): usize {
  let byte = start;
  for (let from = start; from < end; from++) {
    let place = <i32>load<u8>(places + load<u8>(from));
    if (place >= singles) {
      from++;
      place = singles + (place - singles) * characters + load<u8>(places + load<u8>(from));
    }
    store<u8>(byte, load<u8>(order + place));
    byte++;
  }
  return byte;
}

/** Makes float64's parts of float32's by edits (scripts/difference.mjs). @returns where the parts end */
function edit(from: usize, edits: usize, editsEnd: usize, parts: usize): usize {
  const count = <usize>load<u32>(edits);
  const runs = edits + 4;
  const gaps = runs + count;
  let literal = gaps + count;
  let end = parts;
  let last: usize = 0;
  for (let index: usize = 0; index < count; index++) {
    for (let rest = load<u8>(runs + index); rest > 0; rest--) {
      const change = <usize>load<u16>(changeAt(from, last));
      last = change ? change - 1 : load<u8>(from);
      store<u8>(end, last);
      from++;
      end++;
    }
    const gap = <usize>load<u8>(gaps + index);
    const skipped = gap & 15;
    for (let place: usize = 0; place < gap >> 4; place++) {
      const inserted = load<u8>(literal);
      if (place < skipped) store<u16>(changeAt(from + place, last), inserted + 1);
      store<u8>(end, inserted);
      last = inserted;
      literal++;
      end++;
    }
    from += skipped;
  }
  // The constants are no edits.
  memory.copy(end, literal, editsEnd - literal);
  return end + (editsEnd - literal);
}

/** Returns where the byte that the one at `from` becomes is kept: by those around it, and the last one of the result. */
function changeAt(from: usize, last: usize): usize {
  const hash = (last << 8) + load<u8>(from) + load<u8>(from + 1) * 40503 + load<u8>(from - 1) * 30011;
  return expected + 2 * (hash & 65535);
}

/** Joins the parts of a module (scripts/text.mjs) at `result`. @returns how many bytes they are */
function join(parts: usize): i32 {
  const beginning = <usize>load<u32>(parts);
  const first = parts + 16;
  const locals = first + load<u32>(parts + 4);
  const offsets = locals + load<u32>(parts + 8);
  store<usize>(readers + 4, locals);
  store<usize>(readers + 8, offsets);
  store<usize>(readers + 12, offsets + load<u32>(parts + 12));
  // What lies between instructions is copied at once: from here.
  let start = first;
  let code = first + beginning;
  let functions = numberAt(code);
  code = numberEnd(code);
  let to = result;
  for (; functions > 0; functions--) {
    const size = numberAt(code);
    const body = numberEnd(code);
    code = numberEnd(body);
    for (let groups = numberAt(body); groups > 0; groups--) code = numberEnd(code) + 1;
    memory.copy(to, start, code - start);
    to += code - start;
    const end = to + size - (code - body);
    code = joinInstructions(code, to, end);
    start = code;
    to = end;
  }
  memory.copy(to, start, locals - start);
  return <i32>(to + (locals - start) - result);
}

/** Copies instructions and their operands up to `end`. @returns where their code ends */
function joinInstructions(code: usize, to: usize, end: usize): usize {
  while (to < end) {
    let instruction: u32 = load<u8>(code);
    store<u8>(to, instruction);
    code++;
    to++;
    if (instruction >= 0xfc) {
      instruction = numberAt(code) + (instruction == 0xfc ? bulk : vector);
      for (const behind = numberEnd(code); code < behind; code++, to++) store<u8>(to, load<u8>(code));
    }
    const operand = <u32>load<u8>(operands + instruction);
    if (operand == 0) continue;
    store<usize>(readers, code);
    const reader = readers + 4 * (operand & 3);
    let from = load<usize>(reader);
    let numbers = (operand >> 2) & 3;
    // The instruction that chooses among branches (br_table) says how many.
    if (numbers == 3) numbers = numberAt(from) + 2;
    while (numbers > 0) {
      const byte = load<u8>(from);
      store<u8>(to, byte);
      from++;
      to++;
      if (byte < 128) numbers--;
    }
    // At most 16 bytes. Those too many are written over.
    v128.store(to, v128.load(from));
    const bytes: usize = (1 << (operand >> 4)) >> 1;
    store<usize>(reader, from + bytes);
    to += bytes;
    code = load<usize>(readers);
  }
  return code;
}

/** Returns a number in LEB128 without a sign. */
function numberAt(address: usize): u32 {
  let byte: u32 = load<u8>(address);
  let value = byte & 127;
  for (let shift = 7; byte >= 128; shift += 7) {
    address++;
    byte = load<u8>(address);
    value |= (byte & 127) << shift;
  }
  return value;
}

/** Returns where a number in LEB128 ends. */
function numberEnd(address: usize): usize {
  while (load<u8>(address) >= 128) address++;
  return address + 1;
}
