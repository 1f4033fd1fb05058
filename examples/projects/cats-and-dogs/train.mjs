/**
 * Cat or dog? A weight for each feature of a network that was trained on a million photos; and a convolutional network that starts from
 * scratch.
 */
import { trainTestSplit } from "simdnet/data";
import { pictureBatches, pictureRows } from "simdnet/pictures";
import { command, onePath, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { alwaysOne, percent, scoreOf, textTable } from "../shared/scores.mjs";
import { save, trainWithCheckpoint } from "../shared/training.mjs";
import { load, weightsFile } from "./load.mjs";
import { basicTrainer, basicTraining, pipelineOf, pixelTrainer, pixelTraining, sizes } from "./network.mjs";
import { pageOf } from "./page.mjs";
import { probabilitiesOf } from "./score.mjs";
import { trainTransfer } from "./transfer.mjs";
import { photoTryPage } from "./tryPhoto.mjs";

const usage = `cats-and-dogs — cat or dog? SqueezeNet's features and a convolutional network, on pictures of any two classes.

  node examples/projects/cats-and-dogs/train.mjs [folder] [options]

Without a folder it takes the 800 pictures of clothes that are here. It takes PetImages with the folders Cat and Dog,
Kaggle's train with cat.0.jpg, …, and photos of your own, a folder for each class.

  --epochs <n>       of the convolutional network (default: ${basicTraining.epochs})
  --augment          varies its images: mirrored, moved, turned, enlarged
  --from <file>      SqueezeNet's weights (default: those in examples/projects/data)
  --seed <n>         of first weights and order (default: 1)
  --output <folder>  for model.safetensors, basic.safetensors, page.html and try.html (default: cats-and-dogs-results)`;

const more = {
  ...seedAndOutput,
  epochs: { type: "string", default: String(basicTraining.epochs) },
  augment: { type: "boolean", default: false },
  from: { type: "string" },
};

/** The variations of --augment. */
const variation = { flip: true, shift: 0.1, rotate: 15, zoom: 0.15 };

await command(usage, more, async ({ paths, options: { seed, output, augment, from, ...options } }) => {
  const folder = onePath(paths);
  const epochs = wholeNumber("epochs", options.epochs, 1);
  const weights = weightsFile(from);
  const { classes, ignored, isShipped, ...parts } = await load(folder);
  const about = isShipped ? "No cats and dogs may be shipped: these are pullovers and coats (Fashion-MNIST, MIT)." : "";
  if (about) console.log(about);
  const [trainCount, testCount] = [parts.train, parts.test].map(({ inputs }) => inputs.length);
  console.log(`${classes.join(" or ")}? ${trainCount} pictures to learn from, ${testCount} to test.`);
  if (ignored.length > 0) console.log(`no pictures: ${shortList(ignored)}`);

  console.log("\nTransfer learning: SqueezeNet's 512 features of each picture, then a weight for each feature");
  const transfer = await trainTransfer(classes, parts, { weights, seed, output });
  const { train, test, skipped } = transfer;
  if (skipped.length > 0) console.log(`broken, left out: ${shortList(skipped)}`);
  save(`${output}/model.safetensors`, pipelineOf(transfer.network, classes).toBytes());

  // One picture in twenty is set aside for validation.
  const image = { size: sizes.basic };
  const testFraction = Math.max(0.05, classes.length / train.files.length);
  const split = trainTestSplit(train.files, train.targets, { testFraction, stratify: train.targets, seed });
  const aside = await pictureRows(split.test.inputs, split.test.targets, image);
  const validation = [aside.inputs, aside.targets];
  const batches = pictureBatches(split.train.inputs, split.train.targets, {
    ...image,
    batchSize: basicTraining.batchSize,
    seed,
    keep: true,
    augment: augment ? variation : undefined,
  });

  console.log("\nLogistic regression of the pixels");
  const { trainer: pixels } = await trainWithCheckpoint(
    `${output}/pixels.checkpoint`,
    () => pixelTrainer(seed),
    (trainer, own) => {
      const { epochs, callbacks } = pixelTraining();
      return trainer.fitBatches(batches, { epochs, validation, ...own, callbacks: [...callbacks, ...own.callbacks] });
    },
  );

  console.log("\nThe convolutional network");
  const { trainer, records, seconds } = await trainWithCheckpoint(
    `${output}/basic.checkpoint`,
    () => basicTrainer(seed),
    (trainer, own) => trainer.fitBatches(batches, { epochs, validation, ...own }),
  );
  const { network } = trainer;
  save(`${output}/basic.safetensors`, pipelineOf(network, classes).toBytes());

  // The test pictures have had no influence on training or on choices. They are used once.
  const unseen = await pictureRows(test.files, test.targets, image);
  const answers = {
    basic: probabilitiesOf(network, unseen.inputs),
    transfer: probabilitiesOf(transfer.head, test.features),
  };
  const scores = {
    always: alwaysOne(train.targets, test.targets),
    pixels: scoreOf(probabilitiesOf(pixels.network, unseen.inputs), test.targets).accuracy,
    basic: scoreOf(answers.basic, test.targets),
    transfer: scoreOf(answers.transfer, test.targets),
  };
  const lines = [
    ["always the same class", percent(scores.always)],
    ["logistic regression of pixels", percent(scores.pixels)],
    ["convolutional network", percent(scores.basic.accuracy)],
    ["SqueezeNet's features", percent(scores.transfer.accuracy)],
  ];
  console.log(`\nRight of ${test.files.length} pictures that no network has learned from:\n${textTable(lines)}`);

  const found = { answers, scores, network, records, seconds, variation };
  save(`${output}/page.html`, await pageOf({ classes, about, train, test, skipped, ...found }));
  save(`${output}/try.html`, await photoTryPage(`${output}/model.safetensors`, test.files[0]));
  transfer.forget();
  console.log(`\n${output}/page.html has the pictures; in try.html one chooses a photo. To ask the model:`);
  console.log(`node examples/projects/cats-and-dogs/predict.mjs ${output}/model.safetensors photo.jpg`);
});

/** Returns the first few files. */
function shortList(files) {
  return `${files.slice(0, 5).join(", ")}${files.length > 5 ? `, … (${files.length})` : ""}`;
}
