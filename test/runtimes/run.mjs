/**
 * `npm run test:runtimes`: the packed package in every runtime and bundler, which must all come to the same bits, and the checks
 * of the package as such. It installs what is missing; all run, and if one fails, so does this.
 *
 *   --only name,name   only rows whose names contain one of these
 *   --json file        also writes the results there, without the times
 */
import { execSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfStale, install, installDebian, installIn, say } from "../../scripts/prepare.mjs";

const here = import.meta.dirname;
const { values: options } = parseArgs({ options: { only: { type: "string" }, json: { type: "string" } } });

install();
buildIfStale();
installIn("test/runtimes", "1.5 GB");
installDebian({ chromium: "/usr/bin/chromium", "firefox-esr": "/usr/bin/firefox-esr" });

const { checks, runtimes } = await import("./matrix.mjs");
const hashes = JSON.parse(readFileSync(join(here, "hashes.json"), "utf8"));

const place = mkdtempSync(join(tmpdir(), "simdnet-runtimes-"));
/** The packed package, the folder where it is installed, and one for what is made of it. */
const context = {
  tarball: join(place, "simdnet.tgz"),
  folder: join(place, "consumer"),
  scratch: join(place, "scratch"),
};
const results = [];
try {
  installPackage();
  say("The same program in every runtime …");
  for (const row of runtimes.filter(isWanted)) results.push(await resultOf(row, checkResult));
  say("The package as such …");
  for (const row of checks.filter(isWanted)) results.push(await resultOf(row));
} finally {
  rmSync(place, { recursive: true, force: true, maxRetries: 3 });
}

const failures = results.filter(({ ok }) => !ok);
if (options.json) {
  const lasting = results
    .filter(({ engine }) => engine)
    .map(({ name, version, engine, build, ok }) => ({ runtime: name, version, engine, build, ok }));
  writeFileSync(options.json, `${JSON.stringify(lasting, undefined, 2)}\n`);
}
for (const { name, error } of failures) console.error(`\n${name}: ${error}`);
console.log(`\n${results.length - failures.length} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Packs the package, installs it as a user does, and lays the program beside it. */
function installPackage() {
  mkdirSync(context.folder);
  mkdirSync(context.scratch);
  const npm = (command, cwd) => execSync(`npm ${command} --offline --no-audit --no-fund --loglevel=error`, { cwd });
  npm(`pack --ignore-scripts --pack-destination "${place}"`);
  const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"));
  renameSync(join(place, tarball), context.tarball);
  writeFileSync(join(context.folder, "package.json"), '{ "private": true, "type": "module" }');
  npm(`install "${context.tarball}"`, context.folder);
  for (const file of ["program.js", "print.js"]) cpSync(join(here, file), join(context.folder, file));
}

function isWanted({ name }) {
  return options.only?.split(",").some((part) => name.includes(part)) ?? true;
}

/** @throws {Error} unless the program has run in the build that the row wants, and come to the bits that all come to */
function checkResult(result, { build }) {
  for (const [what, expected] of Object.entries({ build, ...hashes })) {
    if (result[what] !== expected) throw new Error(`${what} is ${result[what]}, need ${expected}`);
  }
}

/** Runs one row, says how it went, and gives back what the table says of it. */
async function resultOf(row, check = () => {}) {
  const { name, engine = "", build = "", subject } = row;
  const began = performance.now();
  let version = "";
  let error;
  try {
    version = await subject.version();
    check(await subject.run(context), row);
  } catch (thrown) {
    error = thrown;
  }
  const milliseconds = performance.now() - began;
  const cells = [name.padEnd(23), version.padEnd(15), engine.padEnd(15), build.padEnd(8)];
  console.log(...cells, `${milliseconds.toFixed(0).padStart(6)} ms `, error ? "FAILED" : "ok");
  return { name, version, engine, build, ok: !error, error };
}
