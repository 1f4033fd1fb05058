/**
 * `npm run test:types`: compiles against the declarations of the packed package with TypeScript 5.0, 5.9 and 7, with each module
 * resolution, with and without the types of browsers, and with the strictest options. It also reports the faults that
 * scripts/public-types.mjs finds.
 */
import { execFileSync, execSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfStale, install, say } from "./prepare.mjs";
import { faultsOf } from "./public-types.mjs";

/** Each version of TypeScript, with its own name for the package, and its module resolutions. */
const compilers = [
  ["5.0.4", ["nodenext", "bundler", "node10"]],
  ["5.9.3", ["nodenext", "bundler", "node10"]],
  // It no longer has node10.
  ["7.0.2", ["nodenext", "bundler"]],
];
const modules = { nodenext: "nodenext", bundler: "esnext", node10: "commonjs" };
const strictest = ["strict", "exactOptionalPropertyTypes", "noUncheckedIndexedAccess", "isolatedModules", "noEmit"];
const nameOf = (version) => `typescript-${version}`;

install();
buildIfStale();
const folder = mkdtempSync(join(tmpdir(), "simdnet-types-"));
let failures = 0;
try {
  say("Installing the packed package and the compilers (about 110 MB) …");
  const options = "--ignore-scripts --no-audit --no-fund --loglevel=error";
  const packed = execSync(`npm pack --ignore-scripts --silent --pack-destination "${folder}"`, { encoding: "utf8" });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const versions = compilers.map(([version]) => `${nameOf(version)}@npm:typescript@${version}`);
  execSync(`npm install ${options} ./${packed.trim()} ${versions.join(" ")}`, { cwd: folder, stdio: "inherit" });
  for (const name of ["program.ts", "web.ts"]) cpSync(`scripts/consumer/${name}`, join(folder, name));
  for (const [version, resolutions] of compilers) {
    for (const resolution of resolutions) {
      compile(version, resolution, "ES2022", ["program.ts"]);
      compile(version, resolution, "ES2022,DOM", ["program.ts", "web.ts"]);
    }
  }
  const dist = join(folder, "node_modules/simdnet/dist");
  const entries = {
    simdnet: "index",
    "simdnet/data": "data/index",
    "simdnet/pictures": "pictures/index",
    "simdnet/onnx": "onnx/index",
  };
  const files = Object.entries(entries).map(([entry, path]) => [entry, join(dist, `${path}.d.ts`)]);
  const require = createRequire(join(folder, "package.json"));
  const faults = faultsOf(require(nameOf("5.9.3")), Object.fromEntries(files));
  for (const fault of faults) console.error(fault);
  failures += faults.length;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
say(failures === 0 ? "The types are as they should be." : `${failures} of these failed.`);
process.exitCode = failures === 0 ? 0 : 1;

function compile(version, resolution, lib, files) {
  const title = `TypeScript ${version}, ${resolution}, ${lib}`;
  const flags = ["target ES2022", `lib ${lib}`, `module ${modules[resolution]}`, `moduleResolution ${resolution}`];
  const args = [...strictest, ...flags, "skipLibCheck false"].flatMap((flag) => `--${flag}`.split(" "));
  const tsc = join(folder, "node_modules", nameOf(version), "bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, ...args, ...files], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    console.log(`✓ ${title}`);
  } catch (error) {
    console.error(`✗ ${title}\n${error.stdout}`);
    failures++;
  }
}
