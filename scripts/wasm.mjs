/** What the build reads and changes of compiled modules. Source: WebAssembly core specification, chapter 5, "Binary Format". */

const [customSection, importSection, codeSection, dataSectionId] = [0, 2, 10, 11];

/** A module without its custom sections: names and the like. */
export function withoutNames(bytes) {
  const kept = sectionsOf(bytes).filter(({ id }) => id !== customSection);
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map(({ start, end }) => bytes.subarray(start, end))]);
}

/**
 * Where the bodies of the functions lie whose names match, from byte to byte: one pair for those that follow each other. They lie
 * there without the names, too.
 */
export function bodiesOf(bytes, pattern) {
  const names = namesOf(bytes);
  const sections = sectionsOf(bytes);
  const code = sections.find(({ id }) => id === codeSection);
  const before = sections.slice(0, sections.indexOf(code));
  if (before.some(({ id }) => id === importSection || id === customSection)) {
    throw new Error("wasm: got a module with imports, or with names before its code, need one without");
  }
  const reader = readerOf(bytes, code.content);
  const pairs = [];
  const count = reader.number();
  for (let index = 0; index < count; index++) {
    const size = reader.number();
    const start = reader.skip(size);
    if (!pattern.test(names.get(index))) continue;
    if (pairs.at(-1)?.index === index - 1) Object.assign(pairs.at(-1), { index, end: start + size });
    else pairs.push({ index, start, end: start + size });
  }
  if (pairs.length === 0) throw new Error(`wasm: got no function whose name matches ${pattern}, need some`);
  return pairs.map(({ start, end }) => [start, end]);
}

/** A module's data section that puts `bytes` at `address` when it is instantiated. */
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

/** The functions' names by their numbers. */
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
    /** An unsigned LEB128. */
    number() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[this.at++];
        value |= (byte & 127) << shift;
        if (byte < 128) return value >>> 0;
      }
    },
    /** @returns where it was */
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
