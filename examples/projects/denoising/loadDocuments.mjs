/** Dirty pages and the clean ones that they were, as NoisyOffice's, the book's and Kaggle's folders have them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { images } from "simdnet/data";
import { readPicture } from "simdnet/pictures";
import { Mistake } from "../shared/command.mjs";
import { patchSize } from "./networks.mjs";

const shipped = fileURLToPath(new URL("../data/NoisyOffice", import.meta.url));
/** Where the folder does not say which pages are for the test, every fourth text is. */
const testEvery = 4;

const isPage = (name) => /\.(png|jpe?g|pgm)$/i.test(name);

/**
 * The ways in which the pages lie in folders: those of dirty and of clean pages, which clean page belongs to a dirty one, and whether a
 * page is for the test, if its name or folder says so.
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
 * Loads pages in pairs. No text is both among the pages to learn from and among those of the test: pages that have the same clean page stay
 * together.
 *
 * @param folder where the pages lie in one of the ways above; without it, the few that are shipped
 * @returns `train` and `test`, each pages `{ name, text, noisy, clean, height, width }`, where `text` is a number for all pages of one
 * clean page, and `noisy` and `clean` are values from 0 to 1; and `alone`, how many dirty pages have no clean one
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

/** The files of one folder of dirty pages, by number where their names are numbers. */
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

/** A picture of a file in grey, with values from 0 to 1. */
export function readPage(path) {
  try {
    const picture = readPicture(readFileSync(path));
    const { height, width } = picture;
    return { height, width, values: images(picture, { channels: 1 }) };
  } catch (error) {
    throw "syscall" in error ? error : new Mistake(`${path}: ${error.message}`);
  }
}

/** Numbers the texts in the order of their first pages. Clean pages of one text are the same to the bit. */
function withTexts(pages) {
  const texts = new Map();
  return pages.map((page) => {
    const key = `${page.height} ${Buffer.from(page.clean.buffer).toString("latin1")}`;
    if (!texts.has(key)) texts.set(key, texts.size);
    return { ...page, text: texts.get(key) };
  });
}
