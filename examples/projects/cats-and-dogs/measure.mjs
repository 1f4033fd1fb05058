/** Measures the scores of both networks on all cats and dogs, which are in mosaics, for `examples/projects/results.json`. */
import { readFileSync } from "node:fs";
import { images, standardize } from "simdnet/data";
import { resultRow } from "../shared/measured.mjs";
import { alwaysOne, scoreOf } from "../shared/scores.mjs";
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
import { probabilitiesOf } from "./score.mjs";

const project = "cats-and-dogs";
const [tolerance, unit] = [0.02, "accuracy"];

/** @param folder has images48.tar and images128.tar @param seeds of the trainings, each on all images */
export async function measure({ folder, seeds }) {
  return { project, rows: [await measureBasic(folder, seeds), await measureTransfer(folder, seeds)] };
}

async function measureBasic(folder, seeds) {
  const [train, test] = ["train48", "test48"].map((part) => rowsOf(`${folder}/images48.tar`, part, 48, sizes.basic));
  const pixels = pixelTrainer(seeds[0]);
  await pixels.fit(train.inputs, train.targets, { ...pixelTraining(), validationSplit: { share: 0.05, from: "end" } });
  const scoreOfNetwork = (network) => scoreOf(probabilitiesOf(network, test.inputs), test.targets).accuracy;
  const runs = [];
  for (const seed of seeds) {
    const trainer = basicTrainer(seed);
    const began = performance.now();
    await trainer.fit(train.inputs, train.targets, { epochs: basicTraining.epochs });
    const seconds = (performance.now() - began) / 1000;
    const score = scoreOfNetwork(trainer.network);
    runs.push({ score, seconds, secondsPerEpoch: seconds / basicTraining.epochs });
  }
  const baseline = { what: "logistic regression of pixels", score: scoreOfNetwork(pixels.network) };
  return resultRow({ what: "convolutional network", unit, bar: 0.779, tolerance, baseline }, runs);
}

async function measureTransfer(folder, seeds) {
  const [train, test] = ["train128", "test128"].map((part) =>
    rowsOf(`${folder}/images128.tar`, part, 128, sizes.transfer),
  );
  const runs = [];
  for (const seed of seeds) {
    const network = transferNetwork(seed);
    loadSqueezeNet(network, readFileSync(weightsFile()));
    const [trunk, head] = [network.part({ outputs: "features" }), network.part({ inputs: "features" })];
    const began = performance.now();
    const [known, unknown] = [train, test].map(({ inputs }) => trunk.predict(inputs));
    // This takes most of the time, but only once for all epochs of the head.
    const secondsPerEpoch = (performance.now() - began) / 1000;
    const trainer = headTrainer(head, standardize(known), seed);
    await trainer.fit(known, train.targets, { epochs: headTraining.epochs });
    const seconds = (performance.now() - began) / 1000;
    const score = scoreOf(probabilitiesOf(head, unknown), test.targets).accuracy;
    runs.push({ score, seconds, secondsPerEpoch });
  }
  const baseline = { what: "the same class always", score: alwaysOne(train.targets, test.targets) };
  return resultRow({ what: "SqueezeNet's features", unit, bar: 0.89, tolerance, baseline }, runs);
}

function rowsOf(file, part, side, size) {
  const { pictures, targets } = tiles(file, part, side);
  return { inputs: images(pictures, { size, channels: 3 }), targets };
}
