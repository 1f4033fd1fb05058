/** Files as they are downloaded: in a folder, or in an archive that stays packed. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { parseTar } from "nanotar";
import { Mistake } from "./command.mjs";

/**
 * Returns the files of a folder and its subfolders, or of an archive: .zip, .tar, .tar.gz or .tgz. All are read at once.
 *
 * @returns a Map from paths such as "s1/1.pgm" to bytes; folders end with "/" and have none
 * @throws {Mistake} if there is neither, or an archive is broken
 */
export function filesOf(path) {
  if (!existsSync(path)) throw new Mistake(`${path}: there is no such file or folder`);
  const all = statSync(path).isDirectory() ? filesOfFolder(path) : filesOfArchive(path);
  // Systems leave files of their own beside the wanted ones: .DS_Store, __MACOSX/, ._1.pgm.
  const isLeftBehind = (part) => part === "__MACOSX" || /^\.[^.]/.test(part);
  return new Map(all.filter(([name]) => !name.split("/").some(isLeftBehind)));
}

function filesOfFolder(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
    const full = join(entry.parentPath, entry.name);
    const name = relative(path, full).replaceAll("\\", "/");
    return entry.isDirectory() ? [`${name}/`, new Uint8Array()] : [name, new Uint8Array(readFileSync(full))];
  });
}

function filesOfArchive(path) {
  const kind = archives.find(({ ends }) => ends.test(path));
  if (!kind) throw new Mistake(`${path}: got a file, need a folder or an archive (.zip, .tar, .tar.gz, .tgz)`);
  try {
    return kind.read(readFileSync(path));
  } catch (error) {
    throw new Mistake(`${path}: it cannot be read as an archive: ${error.message}`);
  }
}

const archives = [
  { ends: /\.zip$/i, read: (bytes) => Object.entries(unzipSync(bytes)) },
  { ends: /\.(tar\.gz|tgz)$/i, read: (bytes) => filesOfTar(gunzipSync(bytes)) },
  { ends: /\.tar$/i, read: filesOfTar },
];

function filesOfTar(bytes) {
  return parseTar(bytes).flatMap(({ name, type, data }) => {
    if (type === "directory") return [[name.endsWith("/") ? name : `${name}/`, new Uint8Array()]];
    return type === "file" ? [[name, data]] : [];
  });
}
