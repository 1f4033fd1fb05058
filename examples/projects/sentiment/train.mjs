/** Does the writer like the film? An LSTM reads the last words of a review. */
import { Pipeline } from "simdnet";
import { encodeRecords } from "simdnet/data";
import { command, onePath, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { alwaysOne, percent, textTable } from "../shared/scores.mjs";
import { save } from "../shared/training.mjs";
import { load, splitReviews } from "./load.mjs";
import { bagScore, fitNetwork, forReviews, forSentences } from "./network.mjs";
import { pageOf } from "./page.mjs";
import { likedOf, scoreOf, target } from "./score.mjs";
import { reviewTryPage } from "./tryReview.mjs";

const usage = `sentiment — does the writer like the film? An LSTM reads the last words of a review.

  node examples/projects/sentiment/train.mjs [aclImdb | "IMDB Dataset.csv"] [options]

Without a path it takes the 10,662 sentences that are here: half a minute.

  --epochs <n>       how often the reviews are read (default: ${forReviews.epochs}; ${forSentences.epochs} for the sentences)
  --seed <n>         of first weights and order (default: 1)
  --output <folder>  for model.safetensors, page.html and try.html (default: sentiment-results)`;

await command(usage, { ...seedAndOutput, epochs: { type: "string" } }, async ({ paths, options }) => {
  const path = onePath(paths);
  const { seed, output } = options;
  const plan = path === undefined ? forSentences : forReviews;
  const epochs = options.epochs === undefined ? plan.epochs : wholeNumber("epochs", options.epochs, 1);

  // The test reviews are used once, at the end. The last training reviews determine the best epoch.
  const { train, validation, test } = splitReviews(await load(path), plan.heldOut);
  console.log(
    `${train.length} reviews to learn from, ${validation.length} to choose the epoch, ${test.length} to test`,
  );

  const bag = await bagScore({ train, validation, test }, output);

  // Each word becomes a number; more frequent words have smaller ones. 0 pads short reviews, 1 means any rare word.
  const encoding = encodeRecords(train, { ignore: ["liked"], texts: { text: plan.text } });
  const training = await fitNetwork({ train, validation }, encoding, { ...plan, epochs, seed, output });
  console.log(training.network.summary());

  const model = new Pipeline({ network: training.network, encoding, target });
  const predictions = model.predict(test);
  const score = scoreOf(predictions, test);
  const always = alwaysOne(likedOf(train), likedOf(test));
  const lines = [
    ["always the same answer", percent(always)],
    ["a bag of words, which does not know their order", percent(bag)],
    [`the LSTM, after epoch ${training.best} of ${epochs}`, percent(score.accuracy)],
  ];
  console.log(`\nRight of ${test.length} test reviews:\n${textTable(lines)}`);

  save(`${output}/model.safetensors`, model.toBytes());
  save(`${output}/page.html`, await pageOf({ model, training, predictions, score, always, bag, test, path }));
  save(`${output}/try.html`, await reviewTryPage(`${output}/model.safetensors`, "A warm and funny film."));
  console.log(`\n${output}/page.html has the pictures; in try.html one types a review. To ask the model:`);
  console.log(`node examples/projects/sentiment/predict.mjs ${output}/model.safetensors "a warm and funny film"`);
});
