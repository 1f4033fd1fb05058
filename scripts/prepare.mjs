/** Prepares the npm scripts: installs packages and Debian's programs, and builds assembly/ and src/. */
import { execFileSync, execSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

const sources = ["assembly", "src", "scripts", "asconfig.json", "package.json", "tsconfig.json", "tsconfig.build.json"];
const builds = [
  "build/core.js",
  "dist/index.js",
  "dist/index.edge.js",
  "dist/training.edge.js",
  "dist/convolutionTraining.edge.js",
  "dist/attentionTraining.edge.js",
  "dist/data/index.js",
  "dist/pictures/index.js",
  "dist/onnx/index.js",
  "dist/index.cjs",
  "dist/data/index.cjs",
  "dist/pictures/index.cjs",
  "dist/onnx/index.cjs",
];

process.chdir(`${import.meta.dirname}/..`);

export const say = (text) => console.log(`\n> ${text}`);

/** Runs a script with Node and shows its output. If it fails, this process ends with its exit code. */
export function run(...args) {
  try {
    execFileSync(process.execPath, args, { stdio: "inherit" });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}

/** Installs the packages if one lacks or has another version than package.json names. */
export function install() {
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  if (areInstalled(".", devDependencies)) return;
  say("Installing the development packages (npm ci) …");
  npm("ci");
}

/**
 * Installs the packages of a folder with a package.json of its own.
 *
 * @param size the disk space, for the message
 * @param options for npm, if they are for another kind of machine
 */
export function installIn(folder, size, options = "") {
  const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  if (areInstalled(folder, dependencies)) return;
  say(`Installing what ${folder} needs (npm install, about ${size}) …`);
  // Without install scripts: brain.js would compile a GPU library that it can do without, and onnxruntime-node would load CUDA.
  npm(`install --no-package-lock --ignore-scripts ${options}`, folder);
}

/** Installs the Debian packages whose files are missing, which needs root. @param files by their package */
export function installDebian(files) {
  const missing = Object.keys(files).filter((name) => !existsSync(files[name]));
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  say(`Installing Debian's ${missing.join(" and ")} (${command}) …`);
  try {
    execSync(`apt-get update -q && ${command}`, { stdio: ["ignore", "ignore", "inherit"] });
  } catch (error) {
    console.error(`Could not. Install ${missing.map((name) => files[name]).join(" and ")} by hand.`);
    process.exit(error.status ?? 1);
  }
}

/** @param versions by the package's name; "npm:package@version" for one under another name */
function areInstalled(folder, versions) {
  // npm writes this file at the end of an installation. Without it, the installation was interrupted.
  if (!existsSync(`${folder}/node_modules/.package-lock.json`)) return false;
  return Object.entries(versions).every(([name, version]) => {
    const file = `${folder}/node_modules/${name}/package.json`;
    if (!existsSync(file)) return false;
    // A link is always up to date. Some versions begin with a v.
    const installed = JSON.parse(readFileSync(file, "utf8")).version.replace("v", "");
    return version.startsWith("file:") || version.split("@").at(-1) === installed;
  });
}

function npm(command, cwd = ".") {
  try {
    execSync(`npm ${command} --no-audit --no-fund --loglevel=error`, { cwd, stdio: "inherit" });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}

/** Builds build/ and dist/ if they are missing or older than a source. */
export function buildIfStale() {
  const newest = Math.max(...sources.map(timeOfChange));
  if (builds.every((file) => existsSync(file) && timeOfChange(file) > newest)) return;
  build();
}

export function build() {
  say("Building the kernels (AssemblyScript → build/) and the library (TypeScript → dist/) …");
  run("scripts/build.mjs", "--package");
}

/** Returns the last change of a file, or of the newest file or folder within a folder. */
function timeOfChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => timeOfChange(`${path}/${name}`)));
}
