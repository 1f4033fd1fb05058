/** A Siamese network: do two pictures show the same person, or the same letter? */
import { Trainer } from "simdnet";
import { command, Mistake, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { textTable } from "../shared/scores.mjs";
import { save, trainWithCheckpoint } from "../shared/training.mjs";
import { load } from "./load.mjs";
import { batchesOf, designs, pairCountOf, training, untrained, withThreshold } from "./network.mjs";
import { pageOf } from "./page.mjs";
import { scoresOf, thresholdOf } from "./score.mjs";
import { pairTryPage } from "./tryPair.mjs";

const usage = `faces — do two pictures show the same person, or the same letter?

  node examples/projects/faces/train.mjs [folder or archive …] [options]

Without a folder it takes the letters of Omniglot that are here. It takes a folder a person, such as att_faces/s1/1.pgm
or orl_faces/, as it is or as .zip or .tar.gz, and Omniglot's images_background_small1 and one-shot runs.

  --network <name>   ${Object.keys(designs).join(", ")} (default: book for faces, letters for letters)
  --loss <name>      what a pair of two people costs: linear, squared (default: as the network's)
  --full             faces of 112 × 92 pixels, not halved
  --epochs <n>       (default: ${Object.entries(designs)
    .map(([name, { epochs }]) => `${name} ${epochs}`)
    .join(", ")})
  --seed <n>         of first weights and pairs (default: 1)
  --output <folder>  for model.safetensors, page.html and try.html (default: faces-results)`;

const more = {
  ...seedAndOutput,
  network: { type: "string" },
  loss: { type: "string" },
  full: { type: "boolean", default: false },
  epochs: { type: "string" },
};

await command(usage, more, async ({ paths, options }) => {
  const { seed, output } = options;
  const data = load(paths, options.full);
  for (const what of data.borrowed) {
    console.log(`${paths.join(", ")}: it has no ${what}; these are those of Omniglot that come with the examples`);
  }
  const { one, many, shape, class: name } = data.kind;
  const design = choice("network", options.network ?? (one === "letter" ? "letters" : "book"), Object.keys(designs));
  const loss = choice("loss", options.loss ?? (designs[design].power === 1 ? "linear" : "squared"), [
    "linear",
    "squared",
  ]);
  const epochs = options.epochs === undefined ? designs[design].epochs : wholeNumber("epochs", options.epochs, 1);
  const known = new Set(data.train.map((number) => data.classes[number])).size;
  console.log(
    `${data.rows.length} ${many} of ${shape[0]} x ${shape[1]} pixels; trains on ${data.train.length} of ${known} classes`,
  );

  const plan = { epochs, pairCount: pairCountOf(data, design), power: loss === "linear" ? 1 : 2, seed };
  const { trainer, records, seconds } = await trainWithCheckpoint(
    `${output}/training-${one}-${shape[0]}-${design}-${loss}-${epochs}-${seed}.checkpoint`,
    () => new Trainer(untrained(shape, design, seed), training(design, plan)),
    (trainer, progress) => trainer.fitBatches(batchesOf(data, design, seed), { epochs, ...progress }),
  );

  // The tower computes the embedding of each picture once. Then a comparison is only a distance.
  const embeddings = trainer.network.part({ outputs: "embedding" }).predict(data.rows);
  const threshold = thresholdOf(data, embeddings, seed);
  const scores = scoresOf(data, embeddings, threshold);
  const pixels = scoresOf(data, data.rows, thresholdOf(data, data.rows, seed));

  const among = data.runs[0].references.length;
  const everybody = data.crowd?.[0].references.length;
  const lines = [
    ["auc", `area under the ROC curve of ${scores.isSame.length} pairs`, 0.5],
    ["balanced", `pairs told right at distance ${threshold.toFixed(2)}`, 0.5],
    ["oneShot", `one-shot, among ${among} new ${name === "person" ? "people" : "letters"}`, 1 / among],
    ["crowd", "one-shot, all people among all", 1 / everybody],
    ["newInCrowd", "one-shot, the new people among all", 1 / everybody],
  ].filter(([score]) => scores[score] !== undefined);
  const table = lines.map(([score, what, chance]) => [
    what,
    ...[scores[score], pixels[score], chance].map((share) => share.toFixed(3)),
  ]);
  console.log(`\n${textTable([["", "network", "pixels", "chance"], ...table])}`);

  const model = `${output}/model.safetensors`;
  save(model, withThreshold(trainer.network, shape, design, threshold).toBytes());
  const tiles = lines.map(([score, what, chance]) => ({
    value: scores[score].toFixed(3),
    what,
    beside: `nearest pixels ${pixels[score].toFixed(3)}, chance ${chance.toFixed(3)}`,
  }));
  const title = `${one === "face" ? "Faces" : "Letters"}: a Siamese network`;
  save(`${output}/page.html`, await pageOf({ title, data, embeddings, threshold, scores, tiles, records }));
  save(`${output}/try.html`, await pairTryPage(model, data, threshold));
  console.log(`\ntrained in ${Math.round(seconds)} s`);
  console.log(`${output}/page.html has the pictures; in try.html you compare two of your own. To ask the model:`);
  console.log(`node examples/projects/faces/predict.mjs ${model} one.png two.png`);
});

function choice(option, value, values) {
  if (values.includes(value)) return value;
  throw new Mistake(`--${option}: got ${value}, need one of ${values.join(", ")}`);
}
