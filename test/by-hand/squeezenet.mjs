/**
 * `node test/by-hand/squeezenet.mjs [weights] [--write]`: SqueezeNet's real weights give PyTorch's features, to 1e-5 of the largest, and the
 * time of simdnet beside ONNX Runtime's, on one thread. `weights` is a safetensors file of conv1.weight to fire9.expand3x3.bias; by default
 * that of the projects, in float16. It needs the build, the packages of bench/peers, and a Python with PyTorch and onnx: $PYTHON, or
 * python3. With --write, the lines go to squeezenet.log.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import {
  concatenate,
  conv2d,
  fromValues,
  globalAveragePool,
  input,
  maxPool2d,
  Network,
  pcg32,
  readSafetensors,
} from "#dist/index.js";

const { values: options, positionals } = parseArgs({
  options: { write: { type: "boolean" } },
  allowPositionals: true,
});
const shipped = fileURLToPath(new URL("../../examples/projects/data/squeezenet-f16.safetensors", import.meta.url));
const [path = shipped] = positionals;

const side = 128;
const pictureCount = 16;
/** The numbers of a picture. */
const size = side * side * 3;
const turns = 31;
const mostError = 1e-5;

/** Returns SqueezeNet 1.1 without its classifier. Its weights were learned for blue, green and red from 0 to 255, minus their means. */
function squeezeNet(arithmetic) {
  const image = input([side, side, 3]);
  const layer = (filters, size, name) => conv2d(filters, size, { padding: "same", activation: "relu", name });
  const fire = (name, few, many) => (value) => {
    const squeezed = layer(few, 1, `${name}.squeeze1x1`)(value);
    return concatenate(layer(many, 1, `${name}.expand1x1`)(squeezed), layer(many, 3, `${name}.expand3x3`)(squeezed));
  };
  const weightInitializer = fromValues([0, 0, 255, 0, 255, 0, 255, 0, 0]);
  const biasInitializer = fromValues([-103.939, -116.779, -123.68]);
  let value = conv2d(3, 1, { weightInitializer, biasInitializer, name: "prepare" })(image);
  value = conv2d(64, 3, { stride: 2, activation: "relu", name: "conv1" })(value);
  value = maxPool2d(3, { stride: 2 })(value);
  value = maxPool2d(3, { stride: 2 })(fire("fire3", 16, 64)(fire("fire2", 16, 64)(value)));
  value = maxPool2d(3, { stride: 2 })(fire("fire5", 32, 128)(fire("fire4", 32, 128)(value)));
  value = fire("fire7", 48, 192)(fire("fire6", 48, 192)(value));
  value = fire("fire9", 64, 256)(fire("fire8", 64, 256)(value));
  const network = new Network({ inputs: image, outputs: globalAveragePool()(value), arithmetic });
  const prepare = network.parameters.slice(0, 2);
  network.load([...prepare, ...readSafetensors(readFileSync(path))]);
  return network;
}

const generator = pcg32(5);
/** Pictures of waves and noise. */
const pictures = Float32Array.from({ length: pictureCount * size }, (_, at) => {
  const [picture, place] = [Math.floor(at / size), at % size];
  const [x, y] = [Math.floor(place / 3) % side, Math.floor(place / (3 * side))];
  const wave = Math.sin((x * (picture + 1) + y * (place % 3)) / 20) * Math.cos(y / (5 + picture));
  return 0.5 + 0.4 * wave + 0.1 * (generator.next() - 0.5);
});

/** The greatest difference, as a share of the largest expected number. */
function differenceOf(values, expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at])), 0) / largest;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Returns the fastest and the median milliseconds of each runner, in turns, so that a busy moment meets them all. */
async function timesOf(runners) {
  const times = runners.map(() => []);
  for (let turn = -2; turn < turns; turn++) {
    for (const [index, run] of runners.entries()) {
      const began = performance.now();
      await run();
      if (turn >= 0) times[index].push(performance.now() - began);
    }
  }
  return times.map((each) => ({ fastest: Math.min(...each), median: median(each) }));
}

const require = createRequire(new URL("../../bench/peers/package.json", import.meta.url));
const peer = async (name) => ({
  module: await import(pathToFileURL(require.resolve(name)).href),
  version: JSON.parse(
    readFileSync(new URL(`../../bench/peers/node_modules/${name}/package.json`, import.meta.url), "utf8"),
  ).version,
});

const folder = mkdtempSync(join(tmpdir(), "simdnet-squeezenet-"));
const lines = [];
try {
  const network = squeezeNet("strict");
  writeFileSync(join(folder, "squeezenet.safetensors"), network.toBytes({ layout: "pytorch" }));
  writeFileSync(join(folder, "pictures.f32"), new Uint8Array(pictures.buffer));
  const script = fileURLToPath(new URL("squeezenet.py", import.meta.url));
  execFileSync(process.env.PYTHON ?? "python3", ["-B", "-W", "ignore", script, folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const floats = (name, Type) => new Type(readFileSync(join(folder, name)).buffer.slice(0));
  const [single, double] = [floats("features.f32", Float32Array), floats("features.f64", Float64Array)];

  const cpu = cpus()[0].model.trim();
  lines.push(
    `${basename(path)}, ${pictureCount} pictures of ${side} × ${side}; Node ${process.versions.node}, ${cpu}, one thread.`,
  );
  lines.push("", "The greatest difference from PyTorch's features in float64, as a share of the largest:");
  const onnx = readFileSync(join(folder, "squeezenet.onnx"));
  const [node, web] = [await peer("onnxruntime-node"), await peer("onnxruntime-web")];
  web.module.env.wasm.numThreads = 1;
  const sessions = [
    [
      "onnxruntime-node",
      node,
      await node.module.InferenceSession.create(onnx, { intraOpNumThreads: 1, interOpNumThreads: 1 }),
    ],
    ["onnxruntime-web", web, await web.module.InferenceSession.create(onnx, { executionProviders: ["wasm"] })],
  ];
  /** The pictures with their channels first. */
  const planes = Float32Array.from(pictures, (_, at) => {
    const [picture, place] = [Math.floor(at / size), at % size];
    return pictures[picture * size + (place % (side * side)) * 3 + Math.floor(place / (side * side))];
  });
  const relaxed = squeezeNet("relaxed");
  const networks = relaxed.arithmetic === "relaxed" ? [network, relaxed] : [network];
  const runners = [
    ...networks.map((each) => [
      `simdnet, ${each.arithmetic}`,
      (rows) => each.predict(pictures.subarray(0, rows * size)),
    ]),
    ...sessions.map(([name, { module, version }, session]) => [
      `${name} ${version}`,
      async (rows) => {
        const x = new module.Tensor("float32", planes.subarray(0, rows * size), [rows, 3, side, side]);
        return (await session.run({ x })).y.data;
      },
    ]),
  ];
  const errors = [["PyTorch in float32", single]];
  for (const [name, run] of runners) errors.push([name, await run(pictureCount)]);
  for (const [name, features] of errors) {
    const error = differenceOf(features, double);
    const isGood = error <= mostError;
    if (!isGood) process.exitCode = 1;
    lines.push(`${name.padEnd(26)}  ${error.toExponential(1)}${isGood ? "" : "  TOO LARGE"}`);
  }
  const how = `the fastest and the median of ${turns} turns, and simdnet's strict median as a multiple of that`;
  lines.push("", `Milliseconds a picture: ${how}`);
  lines.push(`${"".padEnd(26)}  ${[1, pictureCount].map((rows) => `${rows} at once`.padStart(22)).join("  ")}`);
  const columns = [];
  for (const rows of [1, pictureCount]) {
    const times = await timesOf(
      runners.map(
        ([, run]) =>
          () =>
            run(rows),
      ),
    );
    const column = times.map(({ fastest, median }) => {
      const milliseconds = [fastest, median].map((time) => (time / rows).toFixed(1).padStart(6));
      return `${milliseconds.join(" ")} ${(times[0].median / median).toFixed(2).padStart(8)}`;
    });
    columns.push(column);
  }
  for (const [index, [name]] of runners.entries()) {
    lines.push(`${name.padEnd(26)}  ${columns.map((column) => column[index]).join("  ")}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(lines.join("\n"));
if (options.write) writeFileSync(new URL("squeezenet.log", import.meta.url), `${lines.join("\n")}\n`);
