/** `npm run bench:peers`: builds simdnet if stale, installs the peers if missing, and runs all. Arguments are passed on. */
import { execSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { buildIfStale, install, run, say } from "./prepare.mjs";

const folder = "bench/peers";
const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));

install();
buildIfStale();
const isInstalled = ([name, version]) => {
  const file = `${folder}/node_modules/${name}/package.json`;
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
};
if (!Object.entries(dependencies).every(isInstalled)) {
  say("Installing the peers (npm install in bench/peers, about 900 MB) …");
  // No install scripts: brain.js would compile a GPU library that it does without, onnxruntime-node would load CUDA.
  execSync("npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error", {
    cwd: folder,
    stdio: "inherit",
  });
}
run(`${folder}/run.mjs`, ...process.argv.slice(2));
