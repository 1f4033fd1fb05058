/**
 * Runs one group of workloads for a JavaScript peer: checks its results, times it, and prints one JSON line per workload. `node <peer>.mjs
 * <folder of the workloads> <group>`; harness.py is the same for Python.
 *
 * A peer provides functions, each of which may be async, and `cannot: { group or workload: reason }` for anything it lacks:
 *   train({ inputs, classes, layers, batchSize, … }) → epoch() → mean loss over the examples, each before its update;
 *     `lossDigits` if it agrees to fewer than five
 *   infer({ layers }) → predict(inputs, rows) → outputs, arrays in, array out
 *   trainImages, inferImages: the same for networks of convolutions, whose layers images.mjs describes
 *   trainSequences, inferSequences: the same for an LSTM and a dense layer on its last state
 *   system({ inputs, targets, weights }) → { iterate(count), error() → mean absolute error }; `digits: 3` if float32
 *   matmul(a, b, size) → { run(), read() → product, if run does not return it }
 */
import { readFileSync } from "node:fs";
import { readWorkloads } from "./workloads.mjs";

const warmUpMilliseconds = 300;
const sampleMilliseconds = 10;
const timedMilliseconds = 1000;
const fewestSamples = 3;

const groups = {
  ...{ train, infer, tiny, system, matmul },
  trainImages: (...work) => trainSizes("trainImages", ...work),
  inferImages: (...work) => inferRows("inferImages", ...work),
  trainSequences: (...work) => trainSizes("trainSequences", ...work),
  inferSequences: (...work) => inferRows("inferSequences", ...work),
};

export async function peer(work) {
  const [, , folder, group] = process.argv;
  try {
    const cannot = work.cannot?.[group];
    if (cannot || !work[group === "tiny" ? "infer" : group]) return say({ cannot: cannot ?? "has no such thing" });
    await groups[group](work, readWorkloads(folder)[group]);
  } catch (error) {
    say({ error: String(error?.message ?? error).split("\n")[0], wrong: error instanceof Wrong });
  }
  // Some peers keep handles open, which would keep the process alive.
  process.exit();
}

/** Returns the version of an installed package. */
export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
}

class Wrong extends Error {}

function say(line) {
  // Writes to a pipe are also synchronous, so that nothing is lost when the process ends.
  process.stdout._handle?.setBlocking?.(true);
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function train({ train, version, lossDigits }, work) {
  for (const batchSize of work.batchSizes) {
    const timed = await timeEpochs(() => train({ ...work, batchSize }), work);
    say({ workload: `train ${batchSize}`, version, ...timed, lossDigits });
  }
}

/** @param group a group whose workloads have several sizes */
async function trainSizes(group, { version, lossDigits, cannot, ...peer }, works) {
  for (const [size, work] of Object.entries(works)) {
    const workload = `${group} ${size}`;
    if (cannot?.[workload]) say({ workload, cannot: cannot[workload] });
    else say({ workload, version, ...(await timeEpochs(() => peer[group](work), work)), lossDigits });
  }
}

/** Trains from the start for a minimum time. @returns the seconds of an example, and the losses of the first epochs */
async function timeEpochs(start, { epochs, rows }) {
  const seconds = [];
  let losses;
  for (let timed = 0; timed < timedMilliseconds; ) {
    const epoch = await start();
    const seen = [];
    for (let count = 0; count < epochs; count++) {
      const began = performance.now();
      seen.push(await epoch());
      const took = performance.now() - began;
      if (count === 0) continue; // the first epoch compiles
      seconds.push(took / 1000 / rows);
      timed += took;
    }
    losses ??= seen;
  }
  return { seconds, losses };
}

function infer({ infer, version, fix }, work) {
  return timePredictions("infer", infer, version, { ...work, outputs: fix?.(work.outputs) ?? work.outputs });
}

function inferRows(group, { version, ...peer }, work) {
  return timePredictions(group, peer[group], version, work);
}

async function timePredictions(group, infer, version, { layers, inputs, outputs, rows }) {
  const predict = await infer({ layers });
  for (const count of [1, rows]) {
    const some = inputs.slice(0, (inputs.length / rows) * count);
    compare(`${group} ${count}`, await predict(some, count), outputs.subarray(0, (outputs.length / rows) * count));
    const seconds = await time(() => predict(some, count), count);
    say({ workload: `${group} ${count}`, version, seconds });
  }
}

async function tiny({ infer, version, fix }, { layers, inputs, outputs }) {
  const predict = await infer({ layers });
  const example = [...inputs];
  compare("tiny", await predict(example, 1), fix?.(outputs) ?? outputs);
  say({ workload: "tiny", version, seconds: await time(() => predict(example, 1), 1) });
}

async function system({ system, version, digits = 5 }, work) {
  const { iterate, error } = await system(work);
  await iterate(work.iterations);
  const [got, need] = [await error(), work.meanAbsoluteError];
  if (!(Math.abs(got / need - 1) < 10 ** -digits)) throw new Wrong(`R1: error ${got}, need ${need}`);
  const iterations = 1000;
  say({ workload: "R1", version, seconds: await time(() => iterate(iterations), iterations), error: got });
}

async function matmul({ matmul, version }, { a, b, products }) {
  for (const { size, elements } of products) {
    const { run, read = (result) => result } = await matmul(a.slice(0, size * size), b.slice(0, size * size), size);
    const product = await read(await run());
    const largest = Math.sqrt(size);
    for (const [index, value] of elements) {
      if (Math.abs(product[index] - value) <= 1e-5 * largest) continue;
      throw new Wrong(`matmul ${size}: element ${index} is ${product[index]}, need ${value}`);
    }
    say({ workload: `matmul ${size}`, version, seconds: await time(run, 2 * size ** 3) });
  }
}

function compare(name, actual, expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const index = expected.findIndex((value, index) => !(Math.abs(actual[index] - value) <= 1e-4 * largest));
  if (index >= 0) throw new Wrong(`${name}: output ${index} is ${actual[index]}, need ${expected[index]}`);
}

/** Returns the seconds for one of the `units` of a run: warmed up, from several samples of at least 10 ms. */
async function time(run, units) {
  const isAsync = run() instanceof Promise;
  const measure = async (runs) => {
    const began = performance.now();
    if (isAsync) for (let count = 0; count < runs; count++) await run();
    else for (let count = 0; count < runs; count++) run();
    return performance.now() - began;
  };
  let runs = 1;
  for (let spent = 0; spent < warmUpMilliseconds; ) {
    const took = await measure(runs);
    spent += took;
    if (took < sampleMilliseconds) runs = Math.ceil(runs * Math.min(10, (1.1 * sampleMilliseconds) / (took || 0.01)));
  }
  const seconds = [];
  for (let spent = 0; spent < timedMilliseconds || seconds.length < fewestSamples; ) {
    const took = await measure(runs);
    spent += took;
    seconds.push(took / 1000 / runs / units);
  }
  return seconds;
}
