/** Builds the package and the benchmarks, and runs them. Arguments are passed on: `npm run bench -- --save name`. */
import { execFileSync } from "node:child_process";

const node = (...args) => execFileSync(process.execPath, args, { stdio: "inherit" });

node("scripts/build.mjs", "--package");
const transform = ["--transform", "./scripts/assembly-transform.mjs"];
node("node_modules/assemblyscript/bin/asc.js", "--config", "bench/asconfig.json", ...transform);
node("node_modules/typescript/bin/tsc", "-p", "tsconfig.bench.json");
node("build/bench/bench/run.js", ...process.argv.slice(2));
