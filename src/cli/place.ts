/** Where a file is written: beside its place, under a name that nobody can foresee, until it is whole. */

import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
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

/** A file under way, which is not in its place until it is whole. */
export interface PendingFile {
  /** What is written to. */
  readonly descriptor: number;
  /** Makes it the file. */
  readonly commit: () => void;
  /** Takes it away, if it is not settled. */
  readonly abandon: () => void;
}

/**
 * Opens a file beside that at `path`, with its permissions, that takes its place in the end: whenever the process dies, the file is
 * the old one or the new one, and whole. A link stays one, and a device or pipe is written to itself.
 *
 * @throws {Error} of the system, if that cannot be
 */
export function openPendingFile(path: string): PendingFile {
  const { place, mode, isStream } = destinationOf(path);
  if (isStream) return { descriptor: openSync(place, "w"), commit: () => {}, abandon: () => {} };
  const folder = dirname(place);
  removeLeftOvers(folder);
  const name = [process.pid, system ?? "", randomBytes(8).toString("hex")].join("-");
  const temporary = join(folder, `.simdnet-${name}.part`);
  // No file is opened that is there already, and no link is followed.
  const descriptor = openSync(temporary, "wx");
  const abandon = () => rmSync(temporary, { force: true });
  try {
    if (mode !== undefined) fchmodSync(descriptor, mode);
  } catch (error) {
    closeSync(descriptor);
    abandon();
    throw error;
  }
  return { descriptor, commit: () => renameSync(temporary, place), abandon };
}

/**
 * Checks before hours of work that their result can be written: opens a file in its folder, and takes it away again.
 *
 * @throws {Failure} saying why it cannot be
 */
export function checkWritable(path: string): void {
  try {
    const { place, isStream } = destinationOf(path);
    // To open a pipe would wait for whoever reads it.
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

/** Returns the refusal of a file that the system does not let be written. */
export function writeFailure(path: string, error: unknown): Error {
  if (error instanceof Failure) return error;
  if (!isSystemError(error)) return error as Error;
  return new Failure(`${path}: it cannot be written: ${reasonOf(error)}`);
}

/**
 * Returns where the file at `path` lies, beyond links, and its mode, if it is there already.
 *
 * @throws {Failure | Error} if it is a folder, or has none; or an error of the system, if it may not be written
 */
function destinationOf(path: string): { place: string; mode: number | undefined; isStream: boolean } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new Failure(`${path}: this is a folder, need a file`);
  if (stats) {
    // Another file could take its place all the same; but whoever protects a file means what it holds.
    accessSync(path, constants.W_OK);
    return { place: realpathSync(path), mode: stats.mode & 0o7777, isStream: !stats.isFile() };
  }
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  const place = isLink ? resolve(dirname(path), readlinkSync(path)) : path;
  const folder = dirname(place);
  if (!existsSync(folder)) throw new Failure(`${path}: there is no folder ${folder}, need one to write the file to`);
  return { place, mode: undefined, isStream: false };
}

/**
 * A name for the processes that this one can see, by which another one's file says whether it is one of them: of the same start of the
 * machine, and of the same container. Undefined where the system does not tell.
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

/** Milliseconds after which a process touches its file, if it lives and has nothing to write: an hour. */
export const touchInterval = 60 * 60 * 1000;

/** Milliseconds after which a file that nobody has touched is left behind: a day. */
const staleAfter = 24 * touchInterval;

const partName = /^\.simdnet-(\d+)-([0-9a-f]*)-[0-9a-f]{16}\.part$/;

/**
 * Removes what killed processes have left in a folder. A process of the same system is dead if there is none of its number. Of another
 * system, such as another container or another machine, that cannot be seen: its file is left behind if nobody has written to it for a
 * day. A file that cannot be removed stays.
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

/** The names in a folder; none, if it may not be read. */
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
