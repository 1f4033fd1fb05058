/** `npm run bench:peers`: builds simdnet if stale, installs the peers if missing, and runs all. Arguments are passed on. */
import { buildIfStale, install, installIn, run } from "./prepare.mjs";

const folder = "bench/peers";

install();
buildIfStale();
installIn(folder, "900 MB");
run(`${folder}/run.mjs`, ...process.argv.slice(2));
