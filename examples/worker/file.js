/**
 * Stores bytes in files, on Node and Deno, for any number of servers at once. Each put makes a new file, whose name ends with the next
 * number: learning.bin.1, learning.bin.2. The stored bytes are those of the highest number; the last few files below it stay. If two
 * servers put at once, one gets the number, and the other starts again from its file.
 */

import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Conflict } from "./store.js";

/** A file that is still unfinished after these milliseconds, an hour, comes from a process that has ended. Writing takes only a moment. */
const longestWrite = 60 * 60 * 1000;

/**
 * The number of files that stay. A server that puts the next number after a pause finds it taken. If others have put so many files meanwhile
 * that the number is free again, the highest number shows it.
 */
const keptNumbers = 8;

/**
 * @param {string} path
 * @returns {import("./store.js").Store}
 */
export function fileStore(path) {
  const [folder, name] = [dirname(path), basename(path)];
  /** The number of the last file that `get` returned or `put` wrote. */
  let known;

  /** Lists the numbers, and the unfinished files. */
  function listFiles() {
    const numbers = [];
    const parts = [];
    for (const each of readdirSync(folder)) {
      if (!each.startsWith(`${name}.`)) continue;
      const rest = each.slice(name.length + 1);
      if (/^[1-9]\d*$/.test(rest)) numbers.push(Number(rest));
      else if (/^[0-9a-f-]{36}\.part$/.test(rest)) parts.push(join(folder, each));
    }
    return { numbers, parts, last: Math.max(0, ...numbers) };
  }

  async function get() {
    for (;;) {
      const { last, parts } = listFiles();
      for (const part of parts) {
        const age = Date.now() - (statSync(part, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (age > longestWrite) rmSync(part, { force: true });
      }
      known = last;
      if (last === 0) return undefined;
      try {
        return new Uint8Array(readFileSync(`${path}.${last}`));
      } catch (error) {
        // Another server has put a higher number and removed this one.
        if (error.code !== "ENOENT") throw error;
      }
    }
  }

  /** Writes the bytes to the disk under a unique name, then links the file to its number, which fails if the number exists. */
  async function put(bytes) {
    known ??= listFiles().last;
    const number = known + 1;
    const temporary = `${path}.${crypto.randomUUID()}.part`;
    try {
      const file = openSync(temporary, "wx");
      try {
        for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      linkSync(temporary, `${path}.${number}`);
    } catch (error) {
      if (error.code === "EEXIST") throw conflict();
      throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
    const { numbers, last } = listFiles();
    if (last >= number + keptNumbers) {
      // The number was only free because it had been removed.
      rmSync(`${path}.${number}`, { force: true });
      throw conflict();
    }
    known = number;
    for (const each of numbers) if (each <= number - keptNumbers) rmSync(`${path}.${each}`, { force: true });
  }

  const conflict = () => new Conflict(`${path}: another server has stored something since`);
  return { get, put, isOld: () => known !== undefined && listFiles().last !== known };
}
