/**
 * `npm run bench:report`: writes the tables of README and bench/README and the pictures in bench/results, from the results that are
 * committed there. Vega-Lite draws the pictures; the script installs it in bench/report if missing.
 */
import { buildIfStale, install, installIn, run } from "./prepare.mjs";

const folder = "bench/report";

install();
buildIfStale();
installIn(folder, "25 MB");
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.bench.json");
run("build/bench/bench/report/run.js");
for (const name of ["peers", "growth", "peers-images", "growth-images"]) {
  run(`${folder}/node_modules/vega-lite/bin/vl2svg`, `build/${name}.plot.json`, `bench/results/${name}.svg`);
}
