/** Faces and letters as rows of numbers: which of them train, and what is asked of the others. */
import { basename, dirname } from "node:path/posix";
import { images } from "simdnet/data";
import { readPicture } from "simdnet/pictures";
import { omniglot } from "../data/omniglot.mjs";
import { Mistake } from "../shared/command.mjs";
import { filesOf } from "../shared/files.mjs";

/** What a network compares, by the shape of its pictures. Faces are halved unless they are asked for in full. */
export const kinds = [
  { one: "letter", many: "letters", class: "letter", shape: [35, 35, 1] },
  { one: "face", many: "faces", class: "person", shape: [56, 46, 1] },
  { one: "face", many: "faces", class: "person", shape: [112, 92, 1] },
];
const [letters, halvedFaces, fullFaces] = kinds;

/** How many people are kept for the test. */
const newPeople = 5;
export const isPicture = (path) => /\.(pgm|ppm|png|jpe?g)$/i.test(path);
/** As people count: s2 before s10. */
const { compare } = new Intl.Collator("en", { numeric: true });

/**
 * Reads the files of folders and archives: a folder a person, as `att_faces/s1/1.pgm`, or Omniglot's letters, as
 * `images_background/Latin/character01/0684_01.png`. Without paths these are the letters that come with the examples.
 *
 * @param isFull faces of 112 × 92 pixels in place of half of that
 * @returns `kind`, one of `kinds`; `rows`, a picture each, with its class and its path at the same place of `classes` and `paths`; `train`,
 * the numbers of rows to train on. The others are of other classes: `pairs` of these to compare, and `runs` of one-shot questions: which of
 * the `references`, a picture of each class, is each of the `items`? `crowd` are runs of all classes, those of the training
 * among them, where there are such. `borrowed` names what the files do not have, so that it is of the letters that come with the examples.
 */
export function load(paths, isFull = false) {
  const isNeeded = ([path]) => path.endsWith("/") || path.endsWith("class_labels.txt") || isPicture(path);
  const files = new Map(paths.flatMap((path) => [...filesOf(path)].filter(isNeeded)));
  const isOfLetters = paths.length === 0 || [...files.keys()].some((path) => nameOf(path));
  return isOfLetters ? lettersOf(files) : facesOf(files, paths, isFull ? fullFaces : halvedFaces);
}

/** A row of numbers from 0 to 1 for a picture file. @throws {Mistake} if it is none */
export const rowOf = (path, bytes, { shape }) => rowOfPicture(decodePicture(path, bytes), shape);

const rowOfPicture = (picture, [height, width]) => images(picture, { size: [height, width], channels: 1 });

function decodePicture(path, bytes) {
  try {
    return readPicture(bytes);
  } catch (error) {
    throw new Mistake(`${path}: ${error.message}`);
  }
}

function facesOf(files, paths, kind) {
  const folders = new Map();
  for (const path of [...files.keys()].sort(compare)) {
    const folder = path.endsWith("/") ? path.slice(0, -1) : dirname(path);
    if (!folders.has(folder)) folders.set(folder, []);
    if (isPicture(path)) folders.get(folder).push(path);
  }
  // Folders of folders are no people.
  const people = [...folders].filter(([folder]) => ![...folders.keys()].some((other) => dirname(other) === folder));
  const few = people.find(([, pictures]) => pictures.length < 2);
  if (few) {
    throw new Mistake(`${few[0]}: got ${few[1].length} pictures in the folder of a person, need at least two`);
  }
  if (people.length < newPeople + 2) {
    throw new Mistake(
      `${paths.join(", ")}: got ${people.length} people, need at least ${newPeople + 2}: a folder each, as s1/1.pgm`,
    );
  }
  const all = people.flatMap(([, pictures]) => pictures);
  const classes = people.flatMap(([folder, pictures]) => pictures.map(() => basename(folder)));
  const numbersOf = ([, pictures]) => pictures.map((path) => all.indexOf(path));
  const old = people.slice(0, -newPeople).map(numbersOf);
  const unknown = people.slice(-newPeople).map(numbersOf);
  return {
    kind,
    rows: all.map((path) => rowOf(path, files.get(path), kind)),
    classes,
    paths: all,
    train: old.flat(),
    pairs: pairsAmong(unknown.flat()),
    runs: runsAmong(unknown, unknown),
    crowd: runsAmong([...old, ...unknown], [...old, ...unknown]),
    borrowed: [],
  };
}

const pairsAmong = (numbers) => numbers.flatMap((left, at) => numbers.slice(at + 1).map((right) => [left, right]));

/** In turns, one picture of each of `people` is the reference; the others of those `asked` for are the items. */
function runsAmong(asked, people) {
  const turns = Math.min(...people.map((numbers) => numbers.length));
  return Array.from({ length: turns }, (_, turn) => ({
    references: people.map((numbers) => numbers[turn]),
    items: asked.flatMap((numbers) => numbers.filter((_, at) => at !== turn)),
  }));
}

/** From the alphabet on, since two archives may have the same letters; of the runs from the run on. */
const nameOf = (path) =>
  /[^/]+\/character\d+\/[^/]+$|run\d+\/((training|test)\/[^/]+|class_labels\.txt)$/.exec(path)?.[0];

/** Letters of the files; where these have no letters, or no runs, those of the examples. */
function lettersOf(files) {
  const own = [...files].map(([path, bytes]) => ({ name: nameOf(path), path, bytes })).filter(({ name }) => name);
  const isOfRun = (name) => /^run\d+\//.test(name);
  const texts = new Map();
  const pictures = new Map();
  for (const { name, path, bytes } of own) {
    if (isPicture(name)) pictures.set(name, decodePicture(path, bytes));
    else if (isOfRun(name)) texts.set(name, Buffer.from(bytes).toString());
  }
  // Letters to train on, and runs.
  const isMissing = [false, true].map((isRun) => ![...pictures.keys()].some((name) => isOfRun(name) === isRun));
  if (isMissing.includes(true)) {
    const shipped = omniglot();
    for (const [name, picture] of shipped.pictures) if (isMissing[Number(isOfRun(name))]) pictures.set(name, picture);
    if (isMissing[1]) for (const [name, text] of shipped.texts) texts.set(name, text);
  }
  const paths = [...pictures.keys()].sort(compare);
  const numbers = new Map(paths.map((path, number) => [path, number]));
  const classes = paths.map((path) => dirname(path));
  const runs = [...texts].map(([path, text]) => {
    // A line names an item and the reference that is the same letter.
    const lines = text.trim().split(/\s*\n/);
    const pairs = lines.map((line) => line.split(" ").map((name) => numbers.get(name)));
    if (pairs.flat().includes(undefined)) throw new Mistake(`${path}: it names a picture that is not there`);
    for (const [item, reference] of pairs) classes[item] = classes[reference] = paths[reference];
    return { references: pairs.map(([, reference]) => reference), items: pairs.map(([item]) => item) };
  });
  return {
    kind: letters,
    rows: paths.map((path) => rowOfPicture(pictures.get(path), letters.shape)),
    classes,
    paths,
    train: paths.flatMap((path, number) => (isOfRun(path) ? [] : [number])),
    pairs: runs.flatMap(({ references, items }) => items.flatMap((item) => references.map((each) => [item, each]))),
    runs,
    borrowed: own.length > 0 ? ["letters to learn from", "one-shot runs"].filter((_, at) => isMissing[at]) : [],
  };
}
