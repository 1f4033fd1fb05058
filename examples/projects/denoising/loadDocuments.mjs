/** Loads dirty pages with their clean originals, from the folders of NoisyOffice, the book and Kaggle. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { images } from "simdnet/data";
import { readPicture } from "simdnet/pictures";
import { Mistake } from "../shared/command.mjs";
import { patchSize } from "./networks.mjs";

const shipped = fileURLToPath(new URL("../data/NoisyOffice", import.meta.url));
/** If no folder marks the test pages, every fourth text is for the test. */
const testEvery = 4;

const isPage = (name) => /\.(png|jpe?g|pgm)$/i.test(name);

/**
 * The possible layouts of folders. Each has the folders of dirty and of clean pages, the clean page of a dirty one, and, if a name or
 * folder tells, which pages are for the test.
 */
const layouts = [
  {
    name: "NoisyOffice by texts: train/noisy, train/clean, test/noisy, test/clean",
    folders: ["train", "test"].map((part) => [`${part}/noisy`, `${part}/clean`]),
    cleanName: (name) => name.replace(/-\d+(?=\.\w+$)/, ""),
    isTest: (_name, [noisy]) => noisy.startsWith("test"),
  },
  {
    name: "NoisyOffice: SimulatedNoisyOffice/simulated_noisy_images_grayscale, SimulatedNoisyOffice/clean_images_grayscale",
    folders: ["SimulatedNoisyOffice/", ""].map((folder) =>
      ["simulated_noisy_images_grayscale", "clean_images_grayscale"].map((name) => folder + name),
    ),
    cleanName: (name) => name.replace(/_Noise._/, "_Clean_"),
    isTest: (name) => /_TE\.\w+$/.test(name),
  },
  { name: "Kaggle's: train, train_cleaned", folders: [["train", "train_cleaned"]], cleanName: (name) => name },
  { name: "the book's: noisy, clean", folders: [["noisy", "clean"]], cleanName: (name) => name },
];

/**
 * Loads pages in pairs. A text is either for training or for the test: pages with the same clean page stay together.
 *
 * @param folder has one of the layouts above; without it, the few shipped pages
 * @returns `train` and `test`, each pages `{ name, text, noisy, clean, height, width }`, where `text` is a number for all pages of one
 * clean page, and `noisy` and `clean` are values from 0 to 1; and `alone`, the number of dirty pages without a clean one
 */
export function loadDocuments(folder = shipped) {
  const layout = layouts.find(({ folders }) =>
    folders.some((pair) => pair.every((name) => existsSync(join(folder, name)))),
  );
  if (!layout) {
    throw new Mistake(
      `${folder}: need a folder that has these in it\n${layouts.map(({ name }) => `  ${name}`).join("\n")}`,
    );
  }
  const found = layout.folders.flatMap((folders) => filesIn(folder, folders, layout));
  const [paired, alone] = [true, false].map((isPaired) => found.filter(({ clean }) => existsSync(clean) === isPaired));
  const pages = withTexts(paired.map(read));
  const isTest = layout.isTest ? ({ isTest }) => isTest : ({ text }) => text % testEvery === testEvery - 1;
  const train = pages.filter((page) => !isTest(page));
  const test = pages.filter(isTest);
  if (train.length === 0 || test.length === 0) {
    const got = `${train.length} pages with a clean one to learn from and ${test.length} for the test`;
    throw new Mistake(
      `${folder}: got ${got}, need at least one of each; without a folder for the test, ${testEvery} texts`,
    );
  }
  return { train, test, alone: alone.length };
}

/** Returns the files of a folder of dirty pages, by number if their names are numbers. */
function filesIn(folder, folders, { cleanName, isTest }) {
  const [noisyFolder, cleanFolder] = folders.map((name) => join(folder, name));
  if (!existsSync(noisyFolder)) return [];
  const names = readdirSync(noisyFolder).filter(isPage);
  names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return names.map((name) => ({
    noisy: join(noisyFolder, name),
    clean: join(cleanFolder, cleanName(name)),
    isTest: isTest?.(name, folders),
  }));
}

function read({ noisy, clean, isTest }) {
  const [dirty, target] = [noisy, clean].map(readPage);
  if (dirty.height !== target.height || dirty.width !== target.width) {
    const sizes = `${dirty.width} × ${dirty.height} pixels and its clean page ${target.width} × ${target.height}`;
    throw new Mistake(`${noisy}: got ${sizes}, need the same size`);
  }
  if (dirty.height < patchSize || dirty.width < patchSize) {
    const size = `${dirty.width} × ${dirty.height} pixels`;
    throw new Mistake(`${noisy}: got ${size}, need at least ${patchSize} in each direction`);
  }
  const { height, width, values } = dirty;
  return { name: basename(noisy).replace(/\.\w+$/, ""), noisy: values, clean: target.values, height, width, isTest };
}

/** Returns a picture of a file in grey, with values from 0 to 1. */
export function readPage(path) {
  try {
    const picture = readPicture(readFileSync(path));
    const { height, width } = picture;
    return { height, width, values: images(picture, { channels: 1 }) };
  } catch (error) {
    throw "syscall" in error ? error : new Mistake(`${path}: ${error.message}`);
  }
}

/** Numbers the texts in the order of their first pages. Clean pages of one text are bit-identical. */
function withTexts(pages) {
  const texts = new Map();
  return pages.map((page) => {
    const key = `${page.height} ${Buffer.from(page.clean.buffer).toString("latin1")}`;
    if (!texts.has(key)) texts.set(key, texts.size);
    return { ...page, text: texts.get(key) };
  });
}
