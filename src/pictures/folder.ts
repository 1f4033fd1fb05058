/** Finds the pictures of a folder and the class of each, from the names of folders or files. It opens no picture. */

import { checkArguments, listed, plural, shown } from "../errors.ts";
import { cannotRead, fileSystem } from "./fileSystem.ts";

/** The result of `pictureFolder`. */
export interface PictureFolder {
  /** The names of the classes, in order. */
  classes: string[];
  /** The path of each picture. Those of a class are together, in the order of their names; numbers in names are compared as numbers. */
  files: string[];
  /** The class of each picture, an index into `classes`. */
  targets: number[];
  /** The paths that are not readable pictures, judged by their names: `Thumbs.db`, a folder within the folder of a class. */
  ignored: string[];
}

const who = "pictureFolder";
const pictureName = /\.(?:png|jpe?g|pgm|ppm|pnm)$/i;
const kinds = "PNG, JPEG, PGM or PPM files";

/** The part of a name before its number: "cat" of "cat.12.jpg", "great_pyrenees" of "great_pyrenees_103.jpg". */
const numberedName = /^(.*?[^\d._ -])[._ -]*\d+\.\w+$/;

/**
 * Lists the pictures of a folder. Either it has a folder for each class (`PetImages/Cat/12.jpg`), or the names of its pictures contain the
 * class (`train/cat.12.jpg`, `Abyssinian_12.jpg`). Pictures are files that end in .png, .jpg, .jpeg, .pgm, .ppm or .pnm. Names that begin
 * with a dot are ignored.
 *
 * @param folder its path
 * @throws {TypeError} if `folder` is not a string
 * @throws {RangeError} if the folder does not exist, if it or a folder in it has no pictures, if the names of files contain no class, or if
 * a link is broken
 */
export async function pictureFolder(folder: string): Promise<PictureFolder> {
  checkArguments(who, arguments.length, 1);
  if (typeof folder !== "string") throw new TypeError(`${who}: got ${shown(folder)}, need the path of a folder`);
  const root = folder.replace(/(?<=.)[/\\]+$/, "");
  const { folders, files } = await listFolder(root);
  const pictures = files.filter((name) => pictureName.test(name));
  const others = files.filter((name) => !pictureName.test(name)).map((name) => `${root}/${name}`);
  if (pictures.length > 0) {
    const stray = pictures.find((name) => !numberedName.test(name));
    if (stray !== undefined && folders.length > 0) {
      const where = `${shown(`${root}/${stray}`)} beside the ${plural(folders.length, "folder")} ${listed(folders.slice(0, 3).map(shown))}`;
      throw new RangeError(`${who}: got ${where}, need pictures in the folders of their classes alone`);
    }
    const ignored = [...folders.map((name) => `${root}/${name}`), ...others];
    return toPictureFolder(classesByName(root, pictures), ignored);
  }
  if (folders.length === 0) throw noPictures(root, others);
  const classes = new Map<string, string[]>();
  for (const name of folders) {
    const path = `${root}/${name}`;
    const content = await listFolder(path);
    const own = content.files.filter((file) => pictureName.test(file)).map((file) => `${path}/${file}`);
    const rest = content.files.filter((file) => !pictureName.test(file)).map((file) => `${path}/${file}`);
    if (own.length === 0) throw noPictures(path, [...rest, ...content.folders.map((each) => `${path}/${each}`)]);
    classes.set(name, own);
    for (const file of rest) others.push(file);
    for (const each of content.folders) others.push(`${path}/${each}`);
  }
  return toPictureFolder(classes, others);
}

function noPictures(path: string, others: readonly string[]): RangeError {
  const what = others.length === 0 ? "" : `; it has ${listed(others.slice(0, 3).map(shown))}`;
  return new RangeError(`${who}: got no pictures in ${shown(path)}, need ${kinds}${what}`);
}

/** Returns the names of the folders and of the files in a folder, in order. A link counts as its target. */
async function listFolder(path: string): Promise<{ folders: string[]; files: string[] }> {
  const { readdir, stat } = fileSystem(who);
  const entries = await readdir(path, { withFileTypes: true }).catch((error: Error & { code?: string }) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw cannotRead(who, path, error);
    throw new RangeError(
      `${who}: got ${shown(path)}, need a folder; there is ${error.code === "ENOENT" ? "nothing" : "a file"}`,
    );
  });
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "__MACOSX") continue;
    const isKnown = entry.isFile() || entry.isDirectory();
    const target = isKnown ? entry : await stat(`${path}/${entry.name}`).catch(refuseDeadLink(`${path}/${entry.name}`));
    if (target.isDirectory()) folders.push(entry.name);
    else if (target.isFile()) files.push(entry.name);
  }
  return { folders: folders.sort(compareNames), files: files.sort(compareNames) };
}

const refuseDeadLink = (path: string) => (error: Error & { code?: string }) => {
  if (error.code !== "ENOENT" && error.code !== "ELOOP") throw cannotRead(who, path, error);
  throw new RangeError(`${who}: got the link ${shown(path)}, which leads to nothing, need files and folders`);
};

function classesByName(root: string, names: readonly string[]): Map<string, string[]> {
  const classes = new Map<string, string[]>();
  for (const name of names) {
    const [, label] = numberedName.exec(name) ?? [];
    if (label === undefined) {
      const need = "a name with class and number, such as cat.12.jpg, or a folder for each class";
      throw new RangeError(`${who}: got ${shown(`${root}/${name}`)}, need ${need}`);
    }
    const own = classes.get(label);
    if (own) own.push(`${root}/${name}`);
    else classes.set(label, [`${root}/${name}`]);
  }
  return classes;
}

function toPictureFolder(byClass: ReadonlyMap<string, string[]>, ignored: string[]): PictureFolder {
  const classes = [...byClass.keys()].sort(compareNames);
  const lists = classes.map((name) => byClass.get(name)!);
  const targets = lists.flatMap((files, index) => files.map(() => index));
  return { classes, files: lists.flat(), targets, ignored };
}

/** Orders names by their characters, but runs of digits by their numbers: "s2" before "s10". */
function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (let index = 0; index < left.length && index < right.length; index++) {
    const [one, other] = [left[index], right[index]];
    const difference = Number(one) - Number(other);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
