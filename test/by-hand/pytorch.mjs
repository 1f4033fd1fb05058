/**
 * `node test/by-hand/pytorch.mjs [--write]`: every kind of layer, from here to PyTorch and back. Here a network writes its state_dict, PyTorch
 * loads it with load_state_dict (strict) and must give the same outputs; then PyTorch writes other weights, and the network here must give
 * PyTorch's outputs. It needs the build, and a Python with PyTorch: $PYTHON, or python3. With --write, the lines go to pytorch.log.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  activation,
  add,
  attention,
  batchNorm,
  bidirectional,
  concatenate,
  conv1d,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  embedding,
  flatten,
  groupNorm,
  gru,
  input,
  layerNorm,
  lstm,
  Network,
  pcg32,
  positionEmbedding,
  readSafetensors,
  rmsNorm,
  simpleRnn,
} from "#dist/index.js";

const long = { returnSequences: true };
const steps = [5, 3];
const list = (shape, ...layers) => ({ shapes: [shape], make: () => ({ inputs: shape, layers }) });
/** @param outputs makes the outputs from values of the shapes */
const graph = (shapes, outputs, names) => ({
  shapes,
  names,
  make() {
    const inputs = shapes.map((shape) => input(shape));
    return { inputs, outputs: outputs(...inputs) };
  },
});

/** PyTorch's TransformerEncoderLayer under its own names. */
const encoderLayer = (name) => (value) => {
  const first = layerNorm({ name: `${name}.norm1` })(
    add(value, attention({ heads: 2, name: `${name}.self_attn` })(value)),
  );
  const wide = dense(6, { activation: "relu", name: `${name}.linear1` })(first);
  return layerNorm({ name: `${name}.norm2` })(add(first, dense(4, { name: `${name}.linear2` })(wide)));
};

const numbered = [
  dense(3 + 1, { activation: "tanh" }),
  layerNorm(),
  ...Array.from({ length: 9 }, () => dense(4)),
  dense(2),
];
const cases = {
  dense: list([3], dense(5)),
  "dense without bias": list([3], dense(5, { bias: false })),
  "dense at positions": list([4, 3], dense(5)),
  conv1d: list([9, 4], conv1d(6, 3, { stride: 2, padding: 1, groups: 2 })),
  conv2d: list([9, 8, 3], conv2d(8, [3, 2], { stride: 2, padding: 1, dilation: 2 })),
  "conv2d without bias": list([5, 6, 3], conv2d(8, 3, { bias: false })),
  "conv2d in groups": list([5, 4, 4], conv2d(6, 3, { padding: 1, groups: 2 })),
  "conv2d of single channels": list([5, 4, 4], conv2d(8, 3, { groups: 4 })),
  depthwiseConv2d: list([6, 5, 3], depthwiseConv2d(3, { multiplier: 2, stride: 2, padding: 1 })),
  convTranspose2d: list([4, 3, 3], convTranspose2d(5, 3, { stride: 2, padding: 1, outputPadding: 1 })),
  "convTranspose2d in groups": list([4, 3, 4], convTranspose2d(6, [2, 3], { stride: 2, groups: 2, dilation: 2 })),
  batchNorm: list([4], batchNorm()),
  "batchNorm of images": list([3, 4, 3], batchNorm({ epsilon: 1e-3 })),
  "batchNorm without gain": { ...list([4], batchNorm()), isPartial: true },
  layerNorm: list([3, 4], layerNorm()),
  "layerNorm without gain": { ...list([3, 4], layerNorm(), dense(2)), isPartial: true },
  groupNorm: list([3, 4, 4], groupNorm(2)),
  rmsNorm: list([3, 4], rmsNorm()),
  embedding: { ...list([5], embedding(7, 3, { padding: 0 })), tokens: 7 },
  positionEmbedding: list([5, 3], positionEmbedding()),
  simpleRnn: list(steps, simpleRnn(4, long)),
  lstm: list(steps, lstm(4, long)),
  "lstm without bias": { ...list(steps, lstm(4, long)), isPartial: true },
  "lstm of the last step": list(steps, lstm(4)),
  gru: list(steps, gru(4, long)),
  "gru in reverse": list(steps, gru(4, { ...long, reverse: true })),
  "bidirectional lstm": list(steps, bidirectional(lstm(4, long))),
  "bidirectional gru, its ends": list(steps, bidirectional(gru(4))),
  "bidirectional simpleRnn": list(steps, bidirectional(simpleRnn(4, long))),
  "stack of three gru": { ...list(steps, gru(4, long), gru(4, long), gru(4, long)), names: { rnn: "gru1" } },
  "stack of two bidirectional lstm": {
    ...list(steps, bidirectional(lstm(4, long)), bidirectional(lstm(4, long))),
    names: { rnn: "bidirectional1" },
  },
  attention: list([5, 4], attention({ heads: 2 })),
  "attention without bias": list([5, 4], attention({ heads: 2, bias: false })),
  "causal attention": list([5, 4], attention({ heads: 2, causal: true })),
  "attention to another value": graph(
    [
      [5, 4],
      [3, 4],
    ],
    (x, y) => attention({ heads: 2 })(x, y),
  ),
  "attention to other features": graph(
    [
      [5, 4],
      [3, 6],
    ],
    (x, y) => attention({ heads: 2 })(x, y),
  ),
  "attention of four Linears": list([5, 4], attention({ heads: 2, keyUnits: 3 })),
  "flatten of images": list([4, 5, 3], conv2d(4, 3, { activation: "relu" }), flatten(), batchNorm(), dense(2)),
  "images beside features": graph([[2, 3, 2], [3]], (x, y) =>
    dense(2)(concatenate(flatten()(x), y, flatten()(conv2d(3, 2)(x)))),
  ),
  "a layer called twice": graph([[4]], (x) => {
    const shared = dense(4, { name: "shared" });
    return shared(activation("tanh")(shared(x)));
  }),
  "numbered layers": {
    ...list([3], ...numbered),
    names: Object.fromEntries([
      ["0", "dense1"],
      ["2", "layerNorm1"],
      ...Array.from({ length: 10 }, (_, index) => [String(index + 3), `dense${index + 2}`]),
    ]),
    // PyTorch writes them in alphabetical order, where their numbers say what belongs together.
    isInOrder: true,
  },
  TransformerEncoder: graph([[5, 4]], (x) => {
    const encoded = encoderLayer("encoder.layers.1")(encoderLayer("encoder.layers.0")(x));
    return dense(2, { name: "head" })(encoded);
  }),
};

const most = { float64: 1e-12, float32: 1e-5 };
const rows = 3;

/** The greatest difference, as a share of the largest expected number. */
function differenceOf(values, expected) {
  const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return values.reduce((greatest, value, at) => Math.max(greatest, Math.abs(value - expected[at])), 0) / size;
}

const folder = mkdtempSync(join(tmpdir(), "simdnet-pytorch-"));
const lines = [];
try {
  const generator = pcg32(7);
  const random = () => 2 * generator.next() - 1;
  const all = Object.entries(cases).flatMap(([name, each]) =>
    Object.keys(most).map((dtype, index) => ({ ...each, name, dtype, path: join(folder, `${name} ${index}`) })),
  );
  for (const each of all) {
    const { name, dtype, shapes, names, tokens, path, isPartial = false } = each;
    const network = new Network({ ...each.make(), dtype });
    // Where PyTorch's layer has no bias or gain, ours stay 0 and 1.
    const isStirred = ({ name }) => !isPartial || (/dense|weight$|Weight$/.test(name) && !/Norm/.test(name));
    for (const { values } of network.parameters.filter(isStirred)) values.set(values.map(() => 0.4 * random()));
    for (const { values } of network.statistics) values.set(values.map(() => 1 + 0.5 * random()));
    if (isPartial && name.startsWith("lstm")) network.parameters[2].values.fill(0);
    const inputs = shapes.map((shape) => {
      const size = rows * shape.reduce((a, b) => a * b);
      const draw = tokens ? () => Math.floor(((random() + 1) / 2) * tokens) : random;
      return Float64Array.from({ length: size }, () => Math.fround(draw()));
    });
    const outputs = network.predict(inputs.length === 1 ? inputs[0] : inputs);
    writeFileSync(`${path}.ours`, network.toBytes({ layout: "pytorch", names }));
    const given = { name, dtype, shapes, isPartial, inputs: inputs.map((each) => [...each]), outputs: [...outputs] };
    writeFileSync(`${path}.json`, JSON.stringify(given));
    Object.assign(each, { network, inputs });
  }
  const script = fileURLToPath(new URL("pytorch.py", import.meta.url));
  const python = process.env.PYTHON ?? "python3";
  const version = execFileSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" }).trim();
  const printed = execFileSync(python, ["-B", script, folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const toThem = printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  lines.push(`PyTorch ${version}. The greatest difference of outputs, as a share of the largest.`);
  lines.push(`${"".padEnd(42)}  read by PyTorch  read here`);
  for (const { name, dtype, path, network, inputs, names, isInOrder } of all) {
    network.load(readSafetensors(readFileSync(`${path}.theirs`)), {
      from: "pytorch",
      names: isInOrder ? undefined : names,
    });
    const expected = JSON.parse(readFileSync(`${path}.outputs`, "utf8")).flat();
    const here = differenceOf(network.predict(inputs.length === 1 ? inputs[0] : inputs), expected);
    const there = toThem.find((each) => each.name === name && each.dtype === dtype).difference;
    const isGood = here <= most[dtype] && there <= most[dtype];
    const figures = [there, here].map((value) => value.toExponential(1).padStart(9));
    lines.push(
      `${`${name}, ${dtype}`.padEnd(42)}  ${figures[0].padStart(15)}  ${figures[1]}${isGood ? "" : "  TOO LARGE"}`,
    );
    if (!isGood) process.exitCode = 1;
  }
  lines.push(process.exitCode ? "Some differ." : `All ${all.length} agree to ${most.float64} and ${most.float32}.`);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(lines.join("\n"));
if (process.argv.includes("--write")) writeFileSync(new URL("pytorch.log", import.meta.url), `${lines.join("\n")}\n`);
