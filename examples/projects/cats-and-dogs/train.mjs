// Cats or dogs: one weight for each feature of a network that knows a million photos, and a convolutional network that begins with nothing.
import { readFileSync } from "node:fs";
import { standardize, trainTestSplit } from "simdnet/data";
import { pictureBatches, pictureRows } from "simdnet/pictures";
import { command, onePath, wholeNumber } from "../shared/command.mjs";
import { alwaysOne, percent, scoreOf, textTable } from "../shared/scores.mjs";
import { save, trained } from "../shared/training.mjs";
import { Features } from "./features.mjs";
import { checkWhole, load, weightsFile } from "./load.mjs";
import * as networks from "./network.mjs";
import { pageOf } from "./page.mjs";
import { probabilitiesOf } from "./score.mjs";

const { basicTraining, headTraining, sizes } = networks;

const usage = `cats-and-dogs [folder] [options]

Trains on pictures of two classes: PetImages with the folders Cat and Dog, Kaggle's train with cat.0.jpg, …, or photos of your own.
Without a folder it takes 800 pictures of clothes. Writes model.safetensors, basic.safetensors and page.html.

  --epochs <n>     of the convolutional network, ${basicTraining.epochs} by default
  --augment        varies its images: mirrored, moved, turned, enlarged
  --from <file>    SqueezeNet's weights, by default those in examples/projects/data
  --seed <n>       1 by default
  --output <name>  the folder for what it writes, cats-and-dogs-results by default`;

const more = {
  epochs: { type: "string", default: String(basicTraining.epochs) },
  augment: { type: "boolean", default: false },
  from: { type: "string" },
};

/** How --augment varies images. */
const variation = { flip: true, shift: 0.1, rotate: 15, zoom: 0.15 };

await command(usage, more, async ({ paths, options: { seed, output, augment, from, ...options } }) => {
  const folder = onePath(paths);
  const epochs = wholeNumber("epochs", options.epochs, 1);
  const weights = weightsFile(from);
  const { classes, train, test, ignored, isShipped } = await load(folder);
  const about = isShipped ? "No cats and dogs may be shipped: these are pullovers and coats (Fashion-MNIST, MIT)." : "";
  if (about) console.log(about);
  console.log(`${classes.join(" or ")}? ${train.inputs.length} pictures to learn from, ${test.inputs.length} to test.`);
  if (ignored.length > 0) console.log(`no pictures: ${shortened(ignored)}`);

  console.log("\nTransfer learning: SqueezeNet's 512 features of each picture, then a weight for each feature");
  const transfer = networks.transferNetwork(classes, seed);
  networks.loadSqueezeNet(transfer, readFileSync(weights));
  const [trunk, head] = [transfer.part({ outputs: "features" }), transfer.part({ inputs: "features" })];
  const [learned, held] = [train, test].map(
    ({ inputs }, index) => new Features(`${output}/${["train", "test"][index]}.features`, inputs, weights),
  );
  for (const features of [learned, held]) await features.compute(trunk, sizes.transfer);
  const skipped = [...learned.skipped, ...held.skipped];
  if (skipped.length > 0) console.log(`broken, left out: ${shortened(skipped.map(({ file }) => file))}`);
  const [files, targets] = [learned.of(train.inputs), learned.of(train.targets)];
  const [testFiles, testTargets] = [held.of(test.inputs), held.of(test.targets)];
  checkWhole(classes, [targets, testTargets]);
  const headTrainer = networks.headTrainer(head, standardize(learned.rows), seed);
  await headTrainer.fit(learned.rows, targets, { epochs: headTraining.epochs });
  networks.join(transfer, [trunk, head]);
  save(`${output}/model.safetensors`, transfer.toBytes());

  console.log("\nLogistic regression of the pixels");
  const image = { size: sizes.basic };
  const testFraction = Math.max(0.05, classes.length / files.length);
  const split = trainTestSplit(files, targets, { testFraction, stratify: targets, seed });
  const [aside, unseen] = [
    await pictureRows(split.test.inputs, split.test.targets, image),
    await pictureRows(testFiles, testTargets, image),
  ];
  const validation = [aside.inputs, aside.targets];
  const batches = pictureBatches(split.train.inputs, split.train.targets, {
    ...image,
    batchSize: basicTraining.batchSize,
    seed,
    keep: true,
    augment: augment ? variation : undefined,
  });
  const pixels = networks.pixelTrainer(classes, seed);
  await pixels.fitBatches(batches, { ...networks.pixelTraining(), validation });

  console.log("\nThe convolutional network");
  const basic = await trained(
    `${output}/${classes.join("-")}-${files.length}-${epochs}${augment ? "-augmented" : ""}-${seed}.checkpoint`,
    () => networks.basicTrainer(classes, seed),
    (trainer, own) => trainer.fitBatches(batches, { epochs, validation, ...own }),
  );
  save(`${output}/basic.safetensors`, basic.trainer.network.toBytes());

  // What nothing has learned from or has been chosen by, looked at once.
  const answers = {
    basic: probabilitiesOf(basic.trainer.network, unseen.inputs),
    transfer: probabilitiesOf(head, held.rows),
  };
  const scores = {
    always: alwaysOne(targets, testTargets),
    pixels: scoreOf(probabilitiesOf(pixels.network, unseen.inputs), testTargets).accuracy,
    basic: scoreOf(answers.basic, testTargets),
    transfer: scoreOf(answers.transfer, testTargets),
  };
  const lines = [
    ["always the same class", percent(scores.always)],
    ["logistic regression of pixels", percent(scores.pixels)],
    ["convolutional network", percent(scores.basic.accuracy)],
    ["SqueezeNet's features", percent(scores.transfer.accuracy)],
  ];
  console.log(`\nRight of ${testTargets.length} pictures that no network has learned from:\n${textTable(lines)}`);

  const { trainer, records, seconds } = basic;
  const found = { answers, scores, network: trainer.network, records, seconds, variation };
  const data = { classes, about, files, targets, test: { files: testFiles, targets: testTargets }, skipped };
  save(`${output}/page.html`, await pageOf({ ...data, ...found }));
  for (const features of [learned, held]) features.forget();
  console.log(
    `\n${output}/page.html shows it; node examples/projects/cats-and-dogs/predict.mjs ${output}/model.safetensors photo.jpg`,
  );
});

/** The first of some files. */
function shortened(files) {
  return `${files.slice(0, 5).join(", ")}${files.length > 5 ? `, … (${files.length})` : ""}`;
}
