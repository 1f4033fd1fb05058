/** `npm run bench:tables`: builds simdnet if stale, fetches the tables, and trains on them, beside scikit-learn. Arguments are passed on. */
import { fetchTables } from "../bench/tables/tables.mjs";
import { buildIfStale, install, installDebian, installIn, run } from "./prepare.mjs";

const folder = "bench/tables";

install();
buildIfStale();
installDebian({
  "r-base-core": "/usr/bin/Rscript",
  "python3-sklearn": "/usr/lib/python3/dist-packages/sklearn/__init__.py",
});
installIn(folder, "60 MB");
fetchTables();
run(`${folder}/run.mjs`, ...process.argv.slice(2));
