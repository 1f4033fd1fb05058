/**
 * `node test/by-hand/onnx.mjs [--write]`: networks that PyTorch exports as ONNX files are read here and must give its outputs; what is then
 * written again must be read to the same bits. It needs the build, and a Python with PyTorch: $PYTHON, or python3. With --write, the
 * lines go to onnx.log.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromOnnx, toOnnx } from "#dist/onnx/index.js";
import { readModel } from "#dist/onnx/read.js";
import { placesOf } from "../onnx/places.mjs";

/** The greatest difference that float32 allows, as a share of the largest output. */
const most = 1e-6;
/** Exp is a product of many equal factors, which multiplies their rounding. */
const isPower = ({ description: { kind, activation } }) => kind === "activation" && activation.name === "elu";

/** Returns the arrays that a network answers. */
const answersOf = (network, rows) => [network.predict(rows.length === 1 ? rows[0] : rows)].flat();

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "simdnet-onnx-"));
const lines = [];
try {
  execFileSync(process.env.PYTHON ?? "python3", [join(here, "onnx.py"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { version, networks } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  lines.push(`PyTorch ${version}. The greatest difference of outputs, as a share of the largest, and the layers.`);
  for (const [name, given] of Object.entries(networks)) {
    lines.push(`${name.padEnd(44)} ${compare(new Uint8Array(readFileSync(join(folder, `${name}.onnx`))), given)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(lines.join("\n"));
if (process.argv.includes("--write")) writeFileSync(join(here, "onnx.log"), `${lines.join("\n")}\n`);

/** Compares a network with PyTorch's numbers. @throws {Error} if they differ, or what is written again does */
function compare(file, { inputs, outputs }) {
  const { network, inputs: inputPorts, outputs: outputPorts } = readModel(file);
  const rows = inputPorts.map((port) => {
    const [, values] = inputs[Number(port.name.replace("input", ""))];
    return Float32Array.from(placesOf(port, values.length), (place) => values[place]);
  });
  const answers = answersOf(network, rows);
  const differences = outputPorts.map((port, index) => {
    const [, values] = outputs[index];
    const places = placesOf(port, values.length);
    const largest = Math.max(...values.map(Math.abs));
    return Math.max(...answers[index].map((value, at) => Math.abs(value - values[places[at]]))) / largest;
  });
  const difference = Math.max(...differences);
  const bound = network.layers.some(isPower) ? 2e-5 : most;
  if (!(difference <= bound)) throw new Error(`got outputs that differ by ${difference}, need at most ${bound}`);
  const again = answersOf(fromOnnx(toOnnx(network)), rows);
  const isSame = answers.every((answer, index) => answer.every((value, at) => Object.is(value, again[index][at])));
  if (!isSame) throw new Error("got other bits from the network that was written and read");
  return `${difference.toExponential(1)}  ${network.layers.map(({ description }) => description.kind).join(" ")}`;
}
