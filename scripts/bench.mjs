/** Builds the package and the benchmarks, and runs them. Arguments are passed on: `npm run bench -- --save name`. */
import { buildIfStale, install, run } from "./prepare.mjs";

install();
buildIfStale();
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.bench.json");
run("build/bench/bench/run.js", ...process.argv.slice(2));
