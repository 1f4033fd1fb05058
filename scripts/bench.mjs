/** Builds the package and the benchmarks, and runs them. Arguments are passed on: `npm run bench -- --save name`. */
import { buildIfStale, install, run } from "./prepare.mjs";

install();
buildIfStale();
const transform = ["--transform", "./scripts/assembly-transform.mjs"];
run("node_modules/assemblyscript/bin/asc.js", "--config", "bench/asconfig.json", ...transform);
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.bench.json");
run("build/bench/bench/run.js", ...process.argv.slice(2));
