/** `npm run test:worker`: runs the Workers of examples/worker/ over HTTP in workerd, on Node and on Deno, and an exported one. */
import { buildIfStale, install, installIn, run } from "./prepare.mjs";

install();
buildIfStale();
installIn("examples/worker", "290 MB");
run("examples/worker/train.mjs");
run("examples/worker/train-readings.mjs");
const tests = ["predict", "learn", "watch", "exported"];
run("--test", ...tests.map((name) => `examples/worker/test/${name}.test.mjs`));
