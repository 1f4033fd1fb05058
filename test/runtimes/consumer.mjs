/** The package as users get it: packed, and installed in an empty folder, with the program beside it. */
import { execSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const root = join(here, "../..");

/** The SHA-256 of the parameters after the program, by dtype: one constant for all runtimes. */
export const hashes = JSON.parse(readFileSync(join(here, "hashes.json"), "utf8"));

/** @returns the packed package, the folder where it is installed, a folder for results, and a function that removes them all */
export function makeConsumer() {
  const place = mkdtempSync(join(tmpdir(), "simdnet-runtimes-"));
  const remove = () => rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  try {
    const [tarball, folder, scratch] = ["simdnet.tgz", "consumer", "scratch"].map((name) => join(place, name));
    mkdirSync(folder);
    mkdirSync(scratch);
    const npm = (command, cwd) => execSync(`npm ${command} --offline --no-audit --no-fund --loglevel=error`, { cwd });
    npm(`pack --ignore-scripts --pack-destination "${place}"`, root);
    const packed = readdirSync(place).find((name) => name.endsWith(".tgz"));
    renameSync(join(place, packed), tarball);
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    npm(`install "${tarball}"`, folder);
    for (const file of ["program.js", "print.js"]) cpSync(join(here, file), join(folder, file));
    return { tarball, folder, scratch, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * @param expected the build of the package that has to run, and the threads that a trainer that asks for 2 has to get
 * @throws {Error} if the program ran in another build, or with other threads, or does not have the expected bits
 */
export function checkResult(result, { build, threads }) {
  for (const [what, expected] of Object.entries({ build, threads, ...hashes })) {
    if (result[what] !== expected) throw new Error(`${what} is ${result[what]}, need ${expected}`);
  }
}
