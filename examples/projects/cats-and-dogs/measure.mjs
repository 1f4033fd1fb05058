/** The scores of both networks on all cats and dogs, which lie in mosaics, for `examples/projects/results.json`. */
import { readFileSync } from "node:fs";
import { images, standardize } from "simdnet/data";
import { weightsFile } from "./load.mjs";
import { tiles } from "./mosaics.mjs";
import {
  basicTrainer,
  basicTraining,
  headTrainer,
  headTraining,
  loadSqueezeNet,
  pixelTrainer,
  pixelTraining,
  sizes,
  transferNetwork,
} from "./network.mjs";
import { alwaysOne, scoreOf } from "./score.mjs";

const project = "cats-and-dogs";
const classes = ["cat", "dog"];
const [tolerance, unit] = [0.02, "accuracy"];

/** @param folder has images48.tar and images128.tar @param seeds of the trainings, each of which is on all images */
export async function measure({ folder, seeds }) {
  return { project, rows: [await measureBasic(folder, seeds), await measureTransfer(folder, seeds)] };
}

async function measureBasic(folder, seeds) {
  const [train, test] = ["train48", "test48"].map((part) => rowsOf(`${folder}/images48.tar`, part, 48, sizes.basic));
  const pixels = pixelTrainer(classes, seeds[0]);
  await pixels.fit(train.inputs, train.targets, { ...pixelTraining(), validationSplit: 0.05 });
  const scoreOfNetwork = (network) => scoreOf(network.predict(test.inputs), test.targets).accuracy;
  const runs = [];
  for (const seed of seeds) {
    const trainer = basicTrainer(classes, seed);
    const began = performance.now();
    await trainer.fit(train.inputs, train.targets, { epochs: basicTraining.epochs });
    const seconds = (performance.now() - began) / 1000;
    const score = scoreOfNetwork(trainer.network);
    runs.push({ score, seconds, secondsPerEpoch: seconds / basicTraining.epochs });
  }
  const baseline = { what: "logistic regression of pixels", score: scoreOfNetwork(pixels.network) };
  return rowOf("convolutional network", 0.779, baseline, runs);
}

async function measureTransfer(folder, seeds) {
  const [train, test] = ["train128", "test128"].map((part) =>
    rowsOf(`${folder}/images128.tar`, part, 128, sizes.transfer),
  );
  const runs = [];
  for (const seed of seeds) {
    const network = transferNetwork(classes, seed);
    loadSqueezeNet(network, readFileSync(weightsFile()));
    const [trunk, head] = [network.part({ outputs: "features" }), network.part({ inputs: "features" })];
    const began = performance.now();
    const [known, unknown] = [train, test].map(({ inputs }) => trunk.predict(inputs));
    // What takes the time, once for all epochs of the head.
    const secondsPerEpoch = (performance.now() - began) / 1000;
    const trainer = headTrainer(head, standardize(known), seed);
    await trainer.fit(known, train.targets, { epochs: headTraining.epochs });
    const seconds = (performance.now() - began) / 1000;
    const score = scoreOf(head.predict(unknown), test.targets).accuracy;
    runs.push({ score, seconds, secondsPerEpoch });
  }
  const baseline = { what: "the same class always", score: alwaysOne(train.targets, test.targets) };
  return rowOf("SqueezeNet's features", 0.89, baseline, runs);
}

function rowsOf(file, part, side, size) {
  const { pictures, targets } = tiles(file, part, side);
  return { inputs: images(pictures, { size, channels: 3 }), targets };
}

/** What the runs of all seeds have reached, beside the mean of PyTorch's. */
function rowOf(what, bar, baseline, runs) {
  const [perSeed, seconds, secondsPerEpoch] = ["score", "seconds", "secondsPerEpoch"].map((key) =>
    runs.map((run) => run[key]),
  );
  const [score, ...times] = [perSeed, seconds, secondsPerEpoch].map(mean);
  return { what, score, perSeed, bar, tolerance, unit, baseline, seconds: times[0], secondsPerEpoch: times[1] };
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
