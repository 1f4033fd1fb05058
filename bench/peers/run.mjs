/**
 * simdnet against its peers on the same work: `npm run bench:peers`, or after it `node bench/peers/run.mjs`.
 *
 *   --only name,name   only these peers (simdnet always runs, for the ratios)
 *   --work name,name   only these groups of workloads: train, infer, trainImages, inferImages,
 *                      trainSequences, inferSequences, system, tiny, matmul, cold
 *   --rounds n         the number of rounds, default 3; work that took longer than 20 s is not repeated
 *   --save name        also writes bench/results/peers-name.json
 *
 * Each peer is one file here and runs in a process of its own, on one thread, one group of workloads at a time. The peers run one after the
 * other in each round. Each checks its results, warms up, and takes several samples (peer.mjs, harness.py). A figure is the median of all
 * samples. A ratio is the median over the rounds of simdnet's speed divided by the peer's, so 2 × means that simdnet is twice as fast.
 *
 * train     784-128-10, relu, softmax cross-entropy, Adam as PyTorch's, float32, 10 000 digits, no shuffling, the same
 *           start: epochs 2 and 3. The mean losses of three epochs agree with simdnet's to five digits, or the run fails.
 * infer     784-256-128-10, relu, one example and 256: array in, array out. Outputs agree to 1e-4.
 * trainImages  networks of convolutions of 3 × 3 with relu, batch 32, noisy digits, else as train; losses agree to four digits.
 *           Small: 28² × 1, "valid" padding, conv 8, pool, conv 16, pool, dense 10.
 *           Large: 32² × 3, "same" padding, conv 32, conv 32, pool, conv 64, conv 64, pool, dense 10; two epochs.
 * inferImages  the small one, else as infer.
 * trainSequences  an LSTM over sequences of random numbers, dense 10 on its last state, batch 32, else as train; losses agree to four digits.
 *           Small: 50 × 16 → 32. Large: 128 × 64 → 128; two epochs.
 * inferSequences  the small one, else as infer.
 * system    R1: 3-4-1, sigmoid, no biases, full batch, float64 (tfjs float32): mean |error| 0.0085845 after 10 000 iterations.
 * tiny      10-32-16-2, relu, one example through predict([…]).
 * matmul    float32, square; some elements agree with float64.
 * cold      a process from its start to the first prediction of 10-32-16-2, minus the time of an empty process.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { programs } from "./cold.mjs";
import { mlp } from "./onnx.mjs";
import { readWorkloads, writeWorkloads } from "./workloads.mjs";

const node = (file) => ({ command: process.execPath, file });
/** Returns the first Python that has the module. */
const python = (file, module) => {
  const has = (command) => spawnSync(command, ["-c", `import ${module}`]).status === 0;
  const command = [process.env.PYTHON ?? "python3", "/usr/bin/python3"].find(has);
  return command ? { command, file } : { cannot: `no python3 with ${module} found` };
};

/** The groups of peers that are only measured with images. */
const imageGroups = ["trainImages", "inferImages"];

const peers = {
  simdnet: () => node("simdnet.mjs"),
  NumPy: () => python("numpy_peer.py", "numpy"),
  PyTorch: () => python("pytorch.py", "torch"),
  "PyTorch channels last": () => ({ ...python("pytorch_channels_last.py", "torch"), groups: imageGroups }),
  "scikit-learn": () => python("scikit_learn.py", "sklearn"),
  "onnxruntime-node": () => node("onnxruntime-node.mjs"),
  "onnxruntime-web": () => node("onnxruntime-web.mjs"),
  "jax-js": () => node("jax.mjs"),
  "tfjs-wasm": () => node("tfjs-wasm.mjs"),
  "tfjs-cpu": () => node("tfjs-cpu.mjs"),
  "brain.js": () => node("brain.mjs"),
  toygrad: () => ({ ...node("toygrad.mjs"), groups: imageGroups }),
  convnetjs: () => ({ ...node("convnetjs.mjs"), groups: imageGroups }),
  JavaScript: () => node("javascript.mjs"),
};

const perSecond = (seconds) =>
  seconds > 0.01 ? (1 / seconds).toPrecision(3) : Math.round(1 / seconds).toLocaleString("en");
const microseconds = (seconds) => (seconds * 1e6).toPrecision(3);
const gigaflops = (seconds) => (1e-9 / seconds).toPrecision(3);
const milliseconds = (seconds) => (seconds * 1e3).toFixed(1);
const training = { group: "train", unit: "examples/s", format: perSecond };
/** With sums in another order, a maximum changes now and then, so losses agree to one digit less. */
const trainingImages = { ...training, group: "trainImages", lossDigits: 4 };
const trainingSequences = { ...trainingImages, group: "trainSequences" };

/** The workloads, in the order of their tables. */
const workloads = {
  "train 32": { ...training, title: "training 784-128-10, batch 32" },
  "train 128": { ...training, title: "training 784-128-10, batch 128" },
  "infer 1": { group: "infer", title: "784-256-128-10, one example", unit: "µs", format: microseconds },
  "infer 256": { group: "infer", title: "784-256-128-10, batch 256", unit: "examples/s", format: perSecond },
  "trainImages small": { ...trainingImages, title: "training 28² × 1, batch 32" },
  "trainImages large": { ...trainingImages, title: "training 32² × 3, batch 32" },
  "inferImages 1": { group: "inferImages", title: "28² × 1, one example", unit: "µs", format: microseconds },
  "inferImages 256": { group: "inferImages", title: "28² × 1, batch 256", unit: "examples/s", format: perSecond },
  "trainSequences small": { ...trainingSequences, title: "training an LSTM 50 × 16 → 32, batch 32" },
  "trainSequences large": { ...trainingSequences, title: "training an LSTM 128 × 64 → 128, batch 32" },
  "inferSequences 1": {
    group: "inferSequences",
    title: "LSTM 50 × 16 → 32, one sequence",
    unit: "µs",
    format: microseconds,
  },
  "inferSequences 256": {
    group: "inferSequences",
    title: "LSTM 50 × 16 → 32, batch 256",
    unit: "examples/s",
    format: perSecond,
  },
  R1: { group: "system", title: "reference system R1, one iteration", unit: "µs", format: microseconds },
  tiny: { group: "tiny", title: "10-32-16-2, one example", unit: "µs", format: microseconds },
  ...Object.fromEntries(
    [64, 128, 256, 512, 1024].map((size) => {
      const table = { group: "matmul", title: `product of matrices, ${size}³`, unit: "GFLOP/s", format: gigaflops };
      return [`matmul ${size}`, table];
    }),
  ),
  cold: { group: "cold", title: "first prediction of a process, over bare Node", unit: "ms", format: milliseconds },
};
const coldStarts = 15;
const longMilliseconds = 20_000;
const timeoutMilliseconds = 600_000;
const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1", NODE_NO_WARNINGS: "1" };

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    work: { type: "string" },
    rounds: { type: "string", default: "3" },
    save: { type: "string" },
  },
});
const groups = [...new Set(Object.values(workloads).map(({ group }) => group))];
const names = choose("--only", options.only, Object.keys(peers));
const chosenNames = names.includes("simdnet") ? names : ["simdnet", ...names];
const chosenGroups = choose("--work", options.work, groups);
const found = Object.fromEntries(chosenNames.map((name) => [name, peers[name]()]));
const machine = { processor: cpus()[0].model, runtime: `Node ${process.version}`, v8: process.versions.v8 };
console.log(`${machine.processor}, ${machine.runtime}, one thread`);

const folder = mkdtempSync(join(tmpdir(), "simdnet-peers-"));
try {
  await writeWorkloads(folder);
  writeFileSync(join(folder, "tiny.onnx"), mlp(readWorkloads(folder).tiny.layers));
  const results = run();
  const failures = check(results);
  print(results);
  for (const failure of failures) console.log(failure);
  if (options.save) save(results);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

function choose(option, text, known) {
  const chosen = text?.split(",") ?? known;
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown === undefined) return chosen;
  console.error(`${option}: got ${unknown}, need some of ${known.join(",")}`);
  process.exit(1);
}

/** Returns, by workload and peer: { rounds: [seconds of each sample][], version, losses, … }, or { cannot } or { error }. */
function run() {
  const results = Object.fromEntries(Object.keys(workloads).map((workload) => [workload, {}]));
  const isLong = new Set();
  for (const group of chosenGroups) {
    for (let round = 1; round <= Number(options.rounds); round++) {
      if (group === "cold" && round > 1) break;
      for (const name of chosenNames) {
        if (isLong.has(name + group) || found[name].groups?.includes(group) === false) continue;
        process.stderr.write(`\r\x1b[K${group}, round ${round}: ${name}`);
        const began = performance.now();
        const lines = group === "cold" ? coldStart(name) : runPeer(found[name], group);
        if (performance.now() - began > longMilliseconds) isLong.add(name + group);
        collect(results, group, name, lines);
      }
    }
  }
  process.stderr.write("\r\x1b[K");
  return results;
}

function runPeer({ command, file, cannot }, group) {
  if (cannot) return [{ cannot }];
  const options = { encoding: "utf8", timeout: timeoutMilliseconds, env: { ...process.env, ...oneThread } };
  const { stdout, stderr, signal } = spawnSync(command, [join(import.meta.dirname, file), folder, group], options);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  if (signal) return [...lines.map((line) => JSON.parse(line)), { error: `ended by ${signal}` }];
  const message = stderr.split("\n").find((line) => /Error/.test(line));
  if (lines.length > 0) return lines.map((line) => JSON.parse(line));
  return [{ error: message?.replace(/ imported from .*/, "") ?? "has said nothing" }];
}

function coldStart(name) {
  const program = programs[name];
  if (!program) return [{ cannot: "not measured" }];
  const start = (text) => {
    const began = performance.now();
    const args = ["--input-type=module", "-e", text];
    const env = { ...process.env, NODE_NO_WARNINGS: "1", MODEL: join(folder, "tiny.onnx") };
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8", env });
    if (status !== 0) throw new Error(stderr.split("\n").find((line) => /Error/.test(line)) ?? "failed");
    return (performance.now() - began) / 1000;
  };
  try {
    const pairs = Array.from({ length: coldStarts }, () => [start("0"), start(`${program}\nprocess.exit();`)]);
    return [{ workload: "cold", seconds: pairs.map(([bare, full]) => full - bare) }];
  } catch (error) {
    return [{ error: error.message }];
  }
}

function collect(results, group, name, lines) {
  for (const { workload, seconds, ...rest } of lines) {
    // A line without a workload applies to all workloads of its group that have not been timed.
    const targets = workload ? [workload] : Object.keys(workloads).filter((key) => workloads[key].group === group);
    for (const target of targets) {
      if (!workload && results[target][name]) continue;
      results[target][name] ??= { ...rest, rounds: [] };
      if (seconds) results[target][name].rounds.push(seconds);
    }
  }
}

/** Returns the faults that make the run fail: peers whose results or losses are wrong. */
function check(results) {
  const failures = [];
  for (const [workload, byPeer] of Object.entries(results)) {
    const { lossDigits: common = 5 } = workloads[workload];
    for (const [name, { wrong, error, losses, lossDigits = common }] of Object.entries(byPeer)) {
      if (wrong) failures.push(`${name} is wrong: ${error}`);
      const ours = byPeer.simdnet?.losses;
      if (!losses || !ours) continue;
      if (losses.every((loss, epoch) => Math.abs(loss / ours[epoch] - 1) < 10 ** -lossDigits)) continue;
      failures.push(`${name} differs: ${workload}, losses ${losses.join(", ")}; simdnet's are ${ours.join(", ")}`);
    }
  }
  return failures;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function ratio(ours, theirs) {
  return median(theirs.rounds.map((seconds, round) => median(seconds) / median(ours.rounds[round])));
}

function print(results) {
  for (const [workload, { title, unit, format }] of Object.entries(workloads)) {
    const byPeer = results[workload];
    if (Object.keys(byPeer).length === 0) continue;
    console.log(`\n${title.padEnd(46)}${unit.padStart(12)}   simdnet is`);
    for (const [name, result] of Object.entries(byPeer)) {
      const { rounds, version = "", losses, cannot, error } = result;
      const label = `  ${name} ${version}`.padEnd(46);
      if (rounds.length === 0) {
        console.log(`${label}${cannot ? `cannot: ${cannot}` : `failed: ${error}`}`);
        continue;
      }
      const ours = byPeer.simdnet.rounds.length > 0 && name !== "simdnet" ? byPeer.simdnet : undefined;
      const times = ours ? `${ratio(ours, result).toPrecision(3)} ×` : "";
      const tail = losses ? `   losses ${losses.map((loss) => loss.toPrecision(6)).join(" ")}` : "";
      console.log(`${label}${format(median(rounds.flat())).padStart(12)}${times.padStart(13)}${tail}`);
    }
  }
  console.log();
}

function save(results) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const file = join(import.meta.dirname, `../results/peers-${options.save}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const made = Object.entries(results).flatMap(([workload, byPeer]) => {
    const { title, unit } = workloads[workload];
    return Object.keys(byPeer).length > 0 ? [[workload, { title, unit, peers: byPeer }]] : [];
  });
  writeFileSync(file, `${JSON.stringify({ machine, commit, date, workloads: Object.fromEntries(made) })}\n`);
  console.log(`saved bench/results/peers-${options.save}.json`);
}
