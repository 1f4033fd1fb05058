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
  const perSeed = [];
  const began = performance.now();
  for (const seed of seeds) {
    const trainer = basicTrainer(classes, seed);
    await trainer.fit(train.inputs, train.targets, { epochs: basicTraining.epochs });
    perSeed.push(scoreOf(trainer.network.predict(test.inputs), test.targets).accuracy);
  }
  const baseline = {
    "the same class always": alwaysOne(train.targets, test.targets),
    "logistic regression of pixels": scoreOf(pixels.network.predict(test.inputs), test.targets).accuracy,
  };
  return rowFor("convolutional network", { perSeed, bar: 0.779, baseline, seconds: secondsEach(began, seeds) });
}

async function measureTransfer(folder, seeds) {
  const [train, test] = ["train128", "test128"].map((part) =>
    rowsOf(`${folder}/images128.tar`, part, 128, sizes.transfer),
  );
  const perSeed = [];
  const began = performance.now();
  for (const seed of seeds) {
    const network = transferNetwork(classes, seed);
    loadSqueezeNet(network, readFileSync(weightsFile()));
    const [trunk, head] = [network.part({ outputs: "features" }), network.part({ inputs: "features" })];
    const [known, unknown] = [train, test].map(({ inputs }) => trunk.predict(inputs));
    const trainer = headTrainer(head, standardize(known), seed);
    await trainer.fit(known, train.targets, { epochs: headTraining.epochs });
    perSeed.push(scoreOf(head.predict(unknown), test.targets).accuracy);
  }
  const baseline = { "the same class always": alwaysOne(train.targets, test.targets) };
  return rowFor("SqueezeNet's features", { perSeed, bar: 0.89, baseline, seconds: secondsEach(began, seeds) });
}

function rowsOf(file, part, side, size) {
  const { pictures, targets } = tiles(file, part, side);
  return { inputs: images(pictures, { size, channels: 3 }), targets };
}

function rowFor(what, { perSeed, ...more }) {
  const score = perSeed.reduce((sum, each) => sum + each, 0) / perSeed.length;
  return { what, score, perSeed, tolerance, unit, ...more };
}

/** Of one training and its test. */
const secondsEach = (began, seeds) => (performance.now() - began) / 1000 / seeds.length;
