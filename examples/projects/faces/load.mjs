/** Loads faces and letters as rows of numbers, and divides them into training data and questions. */
import { basename, dirname } from "node:path/posix";
import { images } from "simdnet/data";
import { readPicture } from "simdnet/pictures";
import { omniglot } from "../data/omniglot.mjs";
import { Mistake } from "../shared/command.mjs";
import { filesOf } from "../shared/files.mjs";

/** The kinds of pictures that a network compares, by their shape. Faces have half the size, unless the full size is asked for. */
export const kinds = [
  { one: "letter", many: "letters", class: "letter", shape: [35, 35, 1] },
  { one: "face", many: "faces", class: "person", shape: [56, 46, 1] },
  { one: "face", many: "faces", class: "person", shape: [112, 92, 1] },
];
const [letters, halvedFaces, fullFaces] = kinds;

/** The number of people for the test. */
const newPeople = 5;
export const isPicture = (path) => /\.(pgm|ppm|png|jpe?g)$/i.test(path);
/** Compares numbers in names as numbers: s2 before s10. */
const { compare } = new Intl.Collator("en", { numeric: true });

/**
 * Reads the files of folders and archives. Faces have a folder for each person, as in `att_faces/s1/1.pgm`. Letters have Omniglot's layout,
 * as in `images_background/Latin/character01/0684_01.png`. Without paths it loads the shipped letters.
 *
 * @param isFull whether faces are 112 × 92 pixels instead of half that size
 * @returns `kind`, one of `kinds`; `rows`, one for each picture, with its class and its path at the same index of `classes` and `paths`;
 * `train`, the indices of the training rows. The other rows are of other classes. They form `pairs` for comparison, and `runs` of one-shot
 * questions: which of the `references`, a picture of each class, shows the same class as each of the `items`? `crowd`, if there is any, has
 * runs of all classes, including those of the training. `borrowed` names the parts that the files lack, which come from the shipped
 * letters.
 */
export function load(paths, isFull = false) {
  const isNeeded = ([path]) => path.endsWith("/") || path.endsWith("class_labels.txt") || isPicture(path);
  const files = new Map(paths.flatMap((path) => [...filesOf(path)].filter(isNeeded)));
  const isOfLetters = paths.length === 0 || [...files.keys()].some((path) => nameOf(path));
  return isOfLetters ? lettersOf(files) : facesOf(files, paths, isFull ? fullFaces : halvedFaces);
}

/** Returns a row of numbers from 0 to 1 for a picture file. @throws {Mistake} if it is not a picture */
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
  // A folder of folders is not a person.
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

/** Returns runs: in turn, one picture of each of `people` is the reference, and the others of those in `asked` are the items. */
function runsAmong(asked, people) {
  const turns = Math.min(...people.map((numbers) => numbers.length));
  return Array.from({ length: turns }, (_, turn) => ({
    references: people.map((numbers) => numbers[turn]),
    items: asked.flatMap((numbers) => numbers.filter((_, at) => at !== turn)),
  }));
}

/**
 * Returns the part of a path from the alphabet on, since two archives may contain the same letters. For runs, it is the part from the run
 * on.
 */
const nameOf = (path) =>
  /[^/]+\/character\d+\/[^/]+$|run\d+\/((training|test)\/[^/]+|class_labels\.txt)$/.exec(path)?.[0];

/** Returns the letters of the files. If the files have no letters or no runs, it takes the shipped ones. */
function lettersOf(files) {
  const own = [...files].map(([path, bytes]) => ({ name: nameOf(path), path, bytes })).filter(({ name }) => name);
  const isOfRun = (name) => /^run\d+\//.test(name);
  const texts = new Map();
  const pictures = new Map();
  for (const { name, path, bytes } of own) {
    if (isPicture(name)) pictures.set(name, decodePicture(path, bytes));
    else if (isOfRun(name)) texts.set(name, Buffer.from(bytes).toString());
  }
  // The first is for training letters, the second for runs.
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
    // A line names an item and the reference with the same letter.
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
