/** The operands that follow the instructions of a module. Source: WebAssembly core specification, chapter 5, "Binary Format". */

/** The streams for the operands in a module's text: the code itself, or one of three separate streams (`streamsOf` in scripts/wasm.mjs). */
export const [code, locals, offsets, constants] = [0, 1, 2, 3];
/** Marks a list of numbers. The first is the number of the others minus one. */
const counted = 3;
/**
 * The index in `operands` of the instructions with a number after 0xfc, such as those on blocks of memory, and after 0xfd, those on
 * vectors. No instruction begins with 0xe0 or a greater byte.
 */
const [bulk, vector] = [0xe0, 256];
/** For each byte or number of an instruction: the stream of its operands, the count of those in LEB128, and the count of bytes. */
const operands = Array.from({ length: 600 }, () => ({ stream: code, numbers: 0, bytes: 0 }));

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const put = (entry, instructions) => {
  for (const instruction of instructions) Object.assign(operands[instruction], entry);
};
put({ numbers: 1 }, [...range(0x02, 0x04), 0x0c, 0x0d, 0x10, ...range(0x23, 0x26), ...range(0x3f, 0x42), 0xd0, 0xd2]);
put(
  { numbers: 1 },
  [9, 11, 13, 15, 16, 17].map((number) => bulk + number),
);
put({ numbers: 2 }, [0x11, bulk + 8, bulk + 10, bulk + 12, bulk + 14]);
put({ numbers: counted }, [0x0e]);
put({ bytes: 1 }, range(vector + 21, vector + 34));
put({ stream: locals, numbers: 1 }, range(0x20, 0x22));
put({ stream: offsets, numbers: 2 }, [...range(0x28, 0x3e), ...range(vector, vector + 11), vector + 92, vector + 93]);
put({ stream: offsets, numbers: 2, bytes: 1 }, range(vector + 84, vector + 91));
put({ stream: constants, bytes: 4 }, [0x43]);
put({ stream: constants, bytes: 8 }, [0x44]);
put({ stream: constants, bytes: 16 }, [vector + 12, vector + 13]);

/**
 * Returns a byte for each instruction, for assembly/decode.ts. It has the stream in 2 bits, the count of numbers in 2 bits, and above them
 * 0 or log₂ of twice the bytes.
 */
export function operandTable() {
  const byteOf = ({ stream, numbers, bytes }) => stream | (numbers << 2) | ((32 - Math.clz32(bytes)) << 4);
  const table = operands.map(byteOf);
  return Buffer.from(table.slice(0, table.findLastIndex((byte) => byte > 0) + 1));
}

/** Skips the types of a function's locals. */
export function skipLocals(reader) {
  for (let groups = reader.number(); groups > 0; groups--) {
    reader.number();
    reader.skip(1);
  }
}

/** Skips an instruction. @returns the stream of its operands, and their start */
export function skipInstruction(reader) {
  const first = reader.byte();
  const instruction = first < 0xfc ? first : reader.number() + (first === 0xfc ? bulk : vector);
  const { stream, numbers, bytes } = operands[instruction];
  const at = reader.at;
  for (let rest = numbers === counted ? reader.number() + 1 : numbers; rest > 0; rest--) reader.number();
  reader.skip(bytes);
  return { stream, at };
}
