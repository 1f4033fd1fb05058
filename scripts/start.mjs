/** `npm start`: installs what is missing, builds what is out of date, and trains a network on handwritten digits. */
import { buildIfStale, install, run, say } from "./prepare.mjs";

console.log(
  "simdnet: trains a network on the handwritten digits that come with it, and saves it as digits.safetensors.",
);
install();
buildIfStale();
say("node examples/digits.mjs");
run("examples/digits.mjs");
