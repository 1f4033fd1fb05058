/** Writes a file under an unpredictable name beside its destination, and renames it when it is complete. */

import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import { Failure } from "./failure.ts";

/** A file that is being written. It reaches its destination when it is complete. */
export interface PendingFile {
  /** The descriptor to write to. */
  readonly descriptor: number;
  /** Waits until what was written is on disk. */
  readonly sync: () => void;
  /** Syncs it and moves it to its destination. */
  readonly commit: () => void;
  /** Deletes it, unless it is committed. */
  readonly abandon: () => void;
}

/**
 * Opens a temporary file beside `path`, with the same permissions. If the process dies, the file at `path` is the old or the new one,
 * and complete. A symbolic link stays a link. Devices and pipes are written to directly.
 *
 * @throws {Error} of the system, if it cannot be opened
 */
export function openPendingFile(path: string): PendingFile {
  const { place, mode, isStream } = destinationOf(path);
  if (isStream) return { descriptor: openSync(place, "w"), sync: () => {}, commit: () => {}, abandon: () => {} };
  const folder = dirname(place);
  removeLeftOvers(folder);
  const name = [process.pid, system ?? "", randomBytes(8).toString("hex")].join("-");
  const temporary = join(folder, `.simdnet-${name}.part`);
  // The flag x refuses existing files and links.
  const descriptor = openSync(temporary, "wx");
  const abandon = () => rmSync(temporary, { force: true });
  try {
    if (mode !== undefined) fchmodSync(descriptor, mode);
  } catch (error) {
    closeSync(descriptor);
    abandon();
    throw error;
  }
  let isSynced = false;
  const sync = () => {
    if (!isSynced) syncFile(temporary);
    isSynced = true;
  };
  const commit = () => {
    sync();
    renameSync(temporary, place);
  };
  return { descriptor, sync, commit, abandon };
}

/** Waits until a file is on disk, by a descriptor of its own: who wrote the file has closed another. */
function syncFile(path: string): void {
  const descriptor = openSync(path, "a");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Checks before a long computation that its result can be written: creates a file in the folder and deletes it.
 *
 * @throws {Failure} with the reason, if it cannot be written
 */
export function checkWritable(path: string): void {
  try {
    const { place, isStream } = destinationOf(path);
    // Opening a pipe would block until something reads from it.
    if (isStream) {
      accessSync(place, constants.W_OK);
      return;
    }
    const { descriptor, abandon } = openPendingFile(path);
    closeSync(descriptor);
    abandon();
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Converts a system error on writing to a Failure. Other errors stay as they are. */
export function writeFailure(path: string, error: unknown): Error {
  if (error instanceof Failure) return error;
  if (!isSystemError(error)) return error as Error;
  return new Failure(`${path}: it cannot be written: ${reasonOf(error)}`);
}

/**
 * Resolves the links of `path` and returns the mode of the file, if it exists.
 *
 * @throws {Failure} if it is a folder, or its folder does not exist
 * @throws {Error} of the system, if it is write-protected
 */
function destinationOf(path: string): { place: string; mode: number | undefined; isStream: boolean } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new Failure(`${path}: this is a folder, need a file`);
  if (stats) {
    // A rename could replace a write-protected file, but its owner wants the content protected.
    accessSync(path, constants.W_OK);
    return { place: realpathSync(path), mode: stats.mode & 0o7777, isStream: !stats.isFile() };
  }
  let place = path;
  for (;;) {
    const folder = dirname(place);
    if (!existsSync(folder)) throw new Failure(`${path}: there is no folder ${folder}, need one to write the file to`);
    // A link without its target: the file is made where it points to.
    if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) break;
    place = resolve(realpathSync(folder), readlinkSync(place));
  }
  return { place, mode: undefined, isStream: false };
}

/**
 * Identifies the boot of the machine and the container. Temporary files carry it, to tell whether their process is visible to this one.
 * Undefined where the system does not provide it.
 */
const system = (() => {
  try {
    const start = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    const container = readlinkSync("/proc/self/ns/pid");
    return createHash("sha256").update(`${start}${container}`).digest("hex").slice(0, 8);
  } catch {
    return undefined;
  }
})();

/** An idle process updates the time of its file at this interval, in milliseconds: an hour. */
export const touchInterval = 60 * 60 * 1000;

/** A file without updates for this time, in milliseconds, counts as left over: a day. */
const staleAfter = 24 * touchInterval;

const partName = /^\.simdnet-(\d+)-([0-9a-f]*)-[0-9a-f]{16}\.part$/;

/**
 * Removes the temporary files of killed processes from a folder. On the same system, a process is dead if its number is not in use. On
 * another system, such as another container or machine, its file is removed after a day without updates. A file that cannot be removed
 * stays.
 */
function removeLeftOvers(folder: string): void {
  for (const name of namesIn(folder)) {
    const [, pid, owner] = partName.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    try {
      const isDead = owner === system ? !isAlive(Number(pid)) : Date.now() - lstatSync(path).mtimeMs > staleAfter;
      if (isDead) rmSync(path, { force: true });
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}

/** Lists the names in a folder; none if it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
