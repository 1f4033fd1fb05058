/** `npm run test:worker`: the Workers of examples/worker/, over HTTP in workerd, on Node and on Deno. */
import { buildIfStale, install, installIn, run } from "./prepare.mjs";

install();
buildIfStale();
installIn("examples/worker", "290 MB");
run("examples/worker/train.mjs");
run("--test", "examples/worker/test/predict.test.mjs", "examples/worker/test/learn.test.mjs");
