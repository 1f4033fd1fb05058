/**
 * Files of networks and trainers with something wrong in them: bytes that are changed, moved or missing, or fields of their
 * texts that hold what nobody writes. The same number, the same file.
 */
import type { Chance } from "./programs.ts";

/** Begins a text that stands for itself in a file, not quoted: what JSON.stringify does not write. */
const raw = "raw ";
const deep = (depth: number, open: string, close: string) => `${raw}${open.repeat(depth)}${close.repeat(depth)}`;

const numbers =
  "0 -1 1 2 3 0.5 1e-300 1e9 2147483646 2147483647 2147483648 4294967296 9007199254740991 9007199254740992 1e308 -1e308";
const names =
  "x constructor __proto__ toString hasOwnProperty relu softmax linear float32 float64 dense add full mean sum step epoch loss";

/** What fields may hold instead; texts that begin with `raw` are written as they are. */
const strangers: readonly unknown[] = [
  ...numbers.split(" ").map(Number),
  ...names.split(" "),
  ...[null, true, false, "", "a\nb", "é\ud800", "x".repeat(3000)],
  ...["[]", "{}", "[0]", "[1]", "[[]]", "[0,0]", "[0,0,0,0]", "[1,2,3]", "[[0,1]]"].map((text) => JSON.parse(text)),
  ...["relu", "float32", "adam", 2 ** 31].map((item) => [item]),
  { kind: "dense" },
  { name: "relu", parameter: 0 },
  { name: ["relu"], parameter: 0 },
  { length: 3 },
  { toString: 1, valueOf: 1 },
  { toString: { length: 1 } },
  { rate: 1e300, badRecords: -1 },
  { kind: "cosineRestarts", initial: 1, period: 1, factor: 2 ** 53 - 1, per: "step" },
  { kind: "exponentialDecay", initial: 1e308, factor: 1e308, per: "step" },
  { kind: "polynomialDecay", initial: 1, steps: 2 ** 53 - 1, power: 1e308, per: "epoch" },
  { kind: "warmup", steps: 1, next: { kind: "constant", value: 1 } },
  { kind: "pcg32", words: [0, 0], spareNormal: null },
  { kind: "mt19937", words: new Array(625).fill(0), spareNormal: 1e308 },
  { name: "nadam", betas: [0.9999999999, 0.5], momentumDecay: 1e-300 },
  { name: "sgd", learningRate: 1e300, momentum: 0.9999999999999999 },
  { name: "confusionMatrix" },
  ["accuracy", "rocAuc", "confusionMatrix"],
  new Array(300).fill(0),
  new Array(40).fill([]),
  `${raw}1e999`,
  `${raw}-0`,
  `${raw}-1e999`,
  `${raw}{"__proto__":{"length":1},"__proto__":null}`,
  deep(300, "[", "]"),
  deep(12_000, "[", "]"),
  deep(3000, '{"next":', "}").replace("}", "0}"),
  deep(2000, '{"kind":"warmup","steps":1,"next":', "}").replace("}", '{"kind":"constant","value":1}}'),
];

/** JSON as people write it, but for the strangers that are not. */
const written = (data: unknown) =>
  JSON.stringify(data)?.replace(/"raw ((?:[^"\\]|\\.)*)"/g, (_, text) => JSON.parse(`"${text}"`));

type Tree = Record<string, unknown>;

const isTree = (data: unknown): data is Tree => typeof data === "object" && data !== null;

/** Some object or array in `tree`, each level as likely to be the one as to be gone beyond. */
function placeIn(chance: Chance, tree: Tree): Tree {
  const branches = Object.values(tree).filter(isTree);
  if (branches.length === 0 || chance.happens(0.2)) return tree;
  return placeIn(chance, chance.one(branches));
}

function stranger(chance: Chance): unknown {
  const chosen = chance.one(strangers);
  // A copy, which may be spoilt in its turn.
  return isTree(chosen) ? structuredClone(chosen) : chosen;
}

/** Changes one field somewhere in `tree`. */
function spoil(chance: Chance, tree: Tree): void {
  const place = placeIn(chance, tree);
  const keys = Object.keys(place);
  if (keys.length === 0) {
    Object.assign(place, Array.isArray(place) ? [stranger(chance)] : { x: stranger(chance) });
    return;
  }
  const key = chance.one(keys);
  const value = place[key];
  const remove = () => {
    if (Array.isArray(place)) place.splice(Number(key), 1);
    else delete place[key];
  };
  const ways = [
    remove,
    () => {
      remove();
      const name = Array.isArray(place)
        ? chance.below(2 * keys.length)
        : chance.one([`${key}s`, "__proto__", "constructor", "x"]);
      Object.defineProperty(place, name, { value, enumerable: true, writable: true, configurable: true });
    },
    () => {
      if (Array.isArray(place)) place.push(value, ...new Array(chance.below(4)).fill(value));
      else place[`${key}2`] = value;
    },
    () => {
      const other = chance.one(keys);
      [place[key], place[other]] = [place[other], value];
    },
    () => {
      place[key] = structuredClone(placeIn(chance, tree));
    },
    ...new Array<() => void>(9).fill(() => {
      const isNear = typeof value === "number" && chance.happens(0.3);
      place[key] = isNear ? value + chance.one([-1, 1, 0.5, 16]) : stranger(chance);
    }),
  ];
  chance.one(ways)();
}

/** A file in parts: what its header says of its tensors, the texts in its metadata, and the bytes behind. */
interface Parts {
  readonly tensors: Tree;
  readonly texts: Record<string, string>;
  readonly data: Uint8Array;
}

const startOf = (file: Uint8Array) => 8 + new DataView(file.buffer, file.byteOffset).getUint32(0, true);

function partsOf(file: Uint8Array): Parts {
  const start = startOf(file);
  const { __metadata__: texts, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  return { tensors, texts, data: file.subarray(start) };
}

/** A file of a header, whose length it says rightly. */
function joined(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** Fields of one of the texts, or two. */
function spoiltTexts(chance: Chance, file: Uint8Array): Uint8Array {
  const { tensors, texts, data } = partsOf(file);
  const name = chance.one(Object.keys(texts).filter((each) => each !== "format"));
  const tree = JSON.parse(texts[name]);
  for (let count = 1 + chance.below(2); count > 0; count--) spoil(chance, tree);
  // The whole, too, may be something else.
  texts[name] = written(chance.happens(0.01) ? stranger(chance) : tree);
  return joined(JSON.stringify({ __metadata__: texts, ...tensors }), data);
}

/** Fields of the header. */
function spoiltHeader(chance: Chance, file: Uint8Array): Uint8Array {
  const { tensors, texts, data } = partsOf(file);
  const whole: Tree = { __metadata__: texts, ...tensors };
  spoil(chance, whole);
  const text = written(whole);
  // The same names again, at the end: the last ones count.
  return joined(chance.happens(0.1) ? `${text.slice(0, -1)},${written(tensors).slice(1)}` : text, data);
}

/** Two tensors that change their names, or their places, or their shapes. */
function swappedTensors(chance: Chance, file: Uint8Array): Uint8Array {
  const { tensors, texts, data } = partsOf(file);
  const names = Object.keys(tensors);
  const [one, other] = [chance.one(names), chance.one(names)];
  const [first, second] = [tensors[one], tensors[other]] as Tree[];
  const field = chance.one(["data_offsets", "shape", "dtype", "all"]);
  if (field === "all") [tensors[one], tensors[other]] = [second, first];
  else [first[field], second[field]] = [second[field], first[field]];
  return joined(JSON.stringify({ __metadata__: texts, ...tensors }), data);
}

/** Where a change of bytes hits: mostly the header, since any bytes are numbers. */
function byteOf(chance: Chance, file: Uint8Array): number {
  return chance.below(chance.happens(0.8) ? Math.min(startOf(file), file.length) : file.length);
}

const digits = new TextEncoder().encode('0123456789-eE."{}[],:\\ u');

function changedBytes(chance: Chance, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  for (let count = 1 + chance.below(4); count > 0; count--) {
    const place = byteOf(chance, file);
    if (chance.happens(0.4)) bytes[place] ^= 1 << chance.below(8);
    else bytes[place] = chance.happens(0.5) ? chance.one([...digits]) : chance.below(256);
  }
  return bytes;
}

/** A digit instead of another, so that the text stays one: most of these files can be read. */
function changedDigits(chance: Chance, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  const place = byteOf(chance, file);
  for (let index = place; index < Math.min(place + 200, bytes.length); index++) {
    if (bytes[index] < 0x30 || bytes[index] > 0x39) continue;
    bytes[index] = 0x30 + chance.below(10);
    break;
  }
  return bytes;
}

/** Bytes of a tensor: numbers of any size, infinities and NaN among them. */
function changedNumbers(chance: Chance, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  const start = startOf(file);
  for (let count = 1 + chance.below(8); count > 0; count--) {
    const place = start + chance.below(file.length - start);
    bytes[place] = chance.one([0, 0x7f, 0x80, 0xff, chance.below(256)]);
  }
  return bytes;
}

const cut = (chance: Chance, file: Uint8Array) =>
  file.slice(0, chance.happens(0.5) ? byteOf(chance, file) : chance.below(file.length));

function inserted(chance: Chance, file: Uint8Array): Uint8Array {
  const place = byteOf(chance, file);
  const more = Uint8Array.from({ length: 1 + chance.below(9) }, () =>
    chance.happens(0.5) ? chance.one([...digits]) : chance.below(256),
  );
  return Uint8Array.of(...file.subarray(0, place), ...more, ...file.subarray(place));
}

/** Two blocks of bytes that change their places, or one that stands twice. */
function movedBlock(chance: Chance, file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  const length = 1 + chance.below(64);
  const [from, to] = [byteOf(chance, file), byteOf(chance, file)];
  const block = file.slice(from, from + length);
  if (chance.happens(0.5)) bytes.set(file.subarray(to, to + block.length), Math.min(from, file.length - length));
  bytes.set(block, Math.min(to, file.length - block.length));
  return bytes;
}

const ways: readonly (readonly [number, (chance: Chance, file: Uint8Array) => Uint8Array])[] = [
  [45, spoiltTexts],
  [15, spoiltHeader],
  [5, swappedTensors],
  [12, changedBytes],
  [8, changedDigits],
  [3, changedNumbers],
  [4, cut],
  [4, inserted],
  [4, movedBlock],
];

/** The way of a mutation, each as often as its number says. */
function wayOf(chance: Chance) {
  let drawn = chance.below(ways.reduce((sum, [share]) => sum + share, 0));
  for (const [share, way] of ways) {
    if (drawn < share) return way;
    drawn -= share;
  }
  return changedBytes;
}

/** `file` with something wrong in it, mostly in one way. */
export function mutated(chance: Chance, file: Uint8Array): Uint8Array {
  let bytes = wayOf(chance)(chance, file);
  if (chance.happens(0.1) && bytes.length >= 8) bytes = chance.one([changedBytes, changedDigits, cut])(chance, bytes);
  return bytes;
}
