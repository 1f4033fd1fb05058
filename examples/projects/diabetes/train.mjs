/** Who has diabetes? Ten splits of 768 people, a small network, and an honest look at how much eight measurements reveal. */
import { command, onePath, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { mean, plural } from "../shared/scores.mjs";
import { save } from "../shared/training.mjs";
import { load, outcome, splitOf } from "./load.mjs";
import { fitNetwork, networks } from "./network.mjs";
import { pageOf } from "./page.mjs";
import { trialOf } from "./trial.mjs";
import { personTryPage } from "./tryPerson.mjs";

const usage = `diabetes — who has it? A small network learns from eight measurements.

  node examples/projects/diabetes/train.mjs [diabetes.csv] [options]

Without a file it takes the 768 people that are here.

  --splits <n>       how often the people are divided anew, a fifth of them to test (default: 10)
  --epochs <n>       of the book's network (default: ${networks.book.epochs})
  --seed <n>         of the first split; the others count on (default: 1)
  --output <folder>  for model.safetensors, page.html and try.html (default: diabetes-results)`;

const more = {
  ...seedAndOutput,
  splits: { type: "string", default: "10" },
  epochs: { type: "string", default: String(networks.book.epochs) },
};

await command(usage, more, async ({ paths, options: { seed, output, ...texts } }) => {
  const path = onePath(paths);
  const splits = wholeNumber("splits", texts.splits, 1);
  const bookEpochs = wholeNumber("epochs", texts.epochs, 1);
  const people = load(path);
  const ill = people.filter((person) => person[outcome] === 1).length;
  console.log(`${people.length} people, ${ill} of them with diabetes; ${plural(splits, "split")}, a fifth to test\n`);

  const kinds = Object.keys(networks);
  const heads = ["split", ...kinds.map((kind) => networks[kind].name), '"no" always'];
  const line = (...texts) => console.log(texts.map((text, at) => text.padStart(heads[at].length)).join("  "));
  line(...heads);
  const trials = [];
  for (let split = seed; split < seed + splits; split++) {
    const trial = await trialOf(people, split, { output, bookEpochs });
    line(String(split), ...kinds.map((kind) => trial[kind].accuracy.toFixed(3)), trial.no.toFixed(3));
    trials.push(trial);
  }
  const meanOf = (kind, figure) => mean(trials.map((trial) => trial[kind][figure])).toFixed(3);
  line("mean", ...kinds.map((kind) => meanOf(kind, "accuracy")), mean(trials.map(({ no }) => no)).toFixed(3));
  line("area", ...kinds.map((kind) => meanOf(kind, "area")), "0.500");
  console.log("\nAccuracy on people that the network has not seen, and the mean area under the ROC curve.");

  // This shows overfitting, on a part of the training people.
  const { train } = splitOf(people, seed);
  const curves = {};
  for (const kind of ["book", "better"]) {
    const epochs = kind === "book" ? bookEpochs : networks[kind].epochs;
    curves[kind] = (
      await fitNetwork(kind, train, { output, seed, epochs, validationSplit: { share: 0.2, from: "end" } })
    ).records;
  }
  // The scores come from the splits. The saved model learns from everybody.
  const { pipeline } = await fitNetwork("better", people, { output, seed });
  save(`${output}/model.safetensors`, pipeline.toBytes());
  save(`${output}/page.html`, await pageOf({ people, trials, curves }));
  save(`${output}/try.html`, await personTryPage(`${output}/model.safetensors`));
  console.log(`\n${output}/page.html has the pictures; in try.html one types measurements. To ask the model:`);
  console.log(`node examples/projects/diabetes/predict.mjs ${output}/model.safetensors Glucose=148 BMI=33.6 Age=50`);
});
