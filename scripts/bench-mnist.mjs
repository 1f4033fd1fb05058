/** `npm run bench:mnist`: builds simdnet if stale, installs the images if missing, and trains on them. */
import { buildIfStale, install, installIn, run } from "./prepare.mjs";

const folder = "bench/mnist";

install();
buildIfStale();
installIn(folder, "41 MB");
run(`${folder}/run.mjs`);
