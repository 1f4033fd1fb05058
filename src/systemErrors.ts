/** Explains errors of the operating system about files in a sentence. The command and `simdnet/pictures` call this. */

import { escapeHidden } from "./hidden.ts";

/** What the codes mean that opening, reading, writing and naming files may end with. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "there is no permission for it",
  EAGAIN: "it is not ready, need to try again",
  EBADF: "it has been closed already",
  EBUSY: "something else uses it: another program, or a mount",
  EDQUOT: "no space is left of what this user may fill of the disk",
  EEXIST: "it is there already",
  EFBIG: "it would be larger than the disk allows",
  EINVAL: "the disk cannot do that with such a file",
  EIO: "the disk has failed to read or write",
  EISDIR: "this is a folder, need a file",
  ELOOP: "its links lead to one another in a circle, or there are too many of them",
  EMFILE: "this process has too many files open",
  EMLINK: "it has too many links",
  ENAMETOOLONG: "its name is too long",
  ENFILE: "the system has too many files open",
  ENODEV: "there is no such device",
  ENOENT: "there is no such file",
  ENOLINK: "the machine that has it cannot be reached",
  ENOMEM: "the system has no memory left",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "a part of its path is a file, need folders",
  ENOTEMPTY: "this folder is not empty",
  ENOTSUP: "the disk cannot do that",
  ENXIO: "there is no such device, or nobody reads from it",
  EOPNOTSUPP: "the disk cannot do that",
  EOVERFLOW: "it is too large for this system",
  EPERM: "the system does not allow it",
  EPIPE: "whoever was to read it has gone",
  EROFS: "the disk can only be read",
  ESTALE: "the machine that has it no longer knows it",
  ETIMEDOUT: "the machine that has it does not answer",
  ETXTBSY: "it is a program that runs",
  EXDEV: "it would move to another disk",
  ERR_FS_FILE_TOO_LARGE: "it is larger than what is read at once, 2 GiB",
};

/** Codes that messages do not show: each has one well-known meaning. */
const plain = ["ENOENT", "EISDIR"];

/** An error of the operating system, as Node, Deno and Bun have it. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall?: string;
  /** The path of the file, if the call had one. */
  readonly path?: string;
}

/** Tells whether an error comes from the operating system, rather than from a program. */
export function isSystemError(error: unknown): error is SystemError {
  const { code, syscall } = Object(error) as Partial<SystemError>;
  return typeof code === "string" && (typeof syscall === "string" || Object.hasOwn(reasons, code));
}

/** Returns the reason why a file cannot be used: "no space is left on the disk (ENOSPC)". For an unknown code, it is the system's text. */
export function reasonOf(error: unknown): string {
  const { code = "", message = "" } = Object(error) as Partial<SystemError>;
  if (!Object.hasOwn(reasons, code)) return escapeHidden(message);
  return plain.includes(code) ? reasons[code] : `${reasons[code]} (${code})`;
}
