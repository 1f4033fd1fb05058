/**
 * Bytes kept in files, on Node and Deno, by any number of servers at once. Each put makes a file of its own, with the next number behind
 * its name: learning.bin.1, learning.bin.2. The highest number is what is stored; the last few below it stay. Where two servers put
 * at once, one gets the number, and the other begins anew from its file.
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

/** Milliseconds after which a file that was not finished is left behind by a process that has ended: an hour. To write one takes a moment. */
const longestWrite = 60 * 60 * 1000;

/**
 * Numbers that stay. A server that puts the next number after a pause finds it taken; only where others have put so many meanwhile is it
 * free again, and then the highest number says so.
 */
const keptNumbers = 8;

/**
 * @param {string} path
 * @returns {import("./store.js").Store}
 */
export function fileStore(path) {
  const [folder, name] = [dirname(path), basename(path)];
  /** The number of what `get` gave or `put` took last. */
  let known;

  /** The numbers that there are, and what has not been finished. */
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
        // Another server has put a higher one and removed it.
        if (error.code !== "ENOENT") throw error;
      }
    }
  }

  /** Written to the disk under a name of its own, then linked to its number, which fails if there is one. */
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
      // The number was free because it had been passed and removed.
      rmSync(`${path}.${number}`, { force: true });
      throw conflict();
    }
    known = number;
    for (const each of numbers) if (each <= number - keptNumbers) rmSync(`${path}.${each}`, { force: true });
  }

  const conflict = () => new Conflict(`${path}: another server has stored something since`);
  return { get, put, isOld: () => known !== undefined && listFiles().last !== known };
}
