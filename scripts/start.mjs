/** `npm start`: installs what is missing, builds what is out of date, and trains two networks on handwritten digits. */
import { buildIfStale, install, run, say } from "./prepare.mjs";

console.log(
  "simdnet: trains two networks on the handwritten digits that come with it, and saves the better kind as digits.safetensors.",
);
install();
buildIfStale();
say("node examples/digits.mjs");
run("examples/digits.mjs");
say("To look inside: node dist/cli/main.js inspect digits.safetensors --pictures digits.html");
