/** Removes noise from handwritten digits: the network learns from pairs of noisy and clean digits to restore the clean one. */
import { command, Mistake, onePath, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { textTable } from "../shared/scores.mjs";
import { save, trainWithCheckpoint } from "../shared/training.mjs";
import { digitsPage } from "./digitsPage.mjs";
import { loadDigits, withNoise } from "./loadDigits.mjs";
import { bottleneck, digitNetworks, digitSize, digitTrainer, digitTraining } from "./networks.mjs";
import { decibels, fitThreshold, meanSquaredError } from "./score.mjs";
import { digitsTryPage } from "./tryDigits.mjs";

const names = Object.keys(digitNetworks);
const usage = `digits — takes noise out of handwritten digits.

  node examples/projects/denoising/digits.mjs [folder] [options]

Without a folder it takes the 10,000 digits of the package mnist. It takes IDX files of MNIST or its kin:
{train,t10k}-images-idx3-ubyte[.gz].

  --network <name>   ${names.join(", ")} (default: convolutional)
  --epochs <n>       (default: ${digitTraining.epochs})
  --seed <n>         of noise, first weights and order (default: 1)
  --output <folder>  for model.safetensors, page.html and try.html (default: digits-results)`;

/** The numbers of units between two dense layers, for the picture that shows how many a digit needs. */
const widths = [1, 2, 4, 8, 16, 32];

const more = {
  ...seedAndOutput,
  network: { type: "string", default: "convolutional" },
  epochs: { type: "string", default: String(digitTraining.epochs) },
};

await command(usage, more, async ({ paths, options: { network: name, seed, output, ...texts } }) => {
  const folder = onePath(paths);
  if (!Object.hasOwn(digitNetworks, name)) throw new Mistake(`--network: got ${name}, need one of ${names.join(", ")}`);
  const options = { ...digitTraining, epochs: wholeNumber("epochs", texts.epochs, 1) };

  const clean = loadDigits(folder);
  const noisy = withNoise(clean, seed);
  const [trainCount, testCount] = [clean.train, clean.test].map(({ length }) => length / digitSize ** 2);
  console.log(`${trainCount} digits to learn from, ${testCount} for the test; a ${name} network`);

  console.log(`first, networks that only copy digits, through ${widths.join(", ")} units`);
  const compression = [];
  for (const units of widths) {
    const file = `${output}/copies-${units}-${seed}-${options.epochs}.checkpoint`;
    compression.push({ units, ...(await trainToCopy(file, digitTrainer(bottleneck(units), seed), clean, options)) });
  }

  const { trainer, records, seconds } = await trainWithCheckpoint(
    `${output}/${name}-${seed}-${options.epochs}.checkpoint`,
    () => digitTrainer(digitNetworks[name], seed),
    (trainer, callbacks) => trainer.fit(noisy.train, clean.train, { ...options, ...callbacks }),
  );
  // The test digits are used once.
  const threshold = fitThreshold([{ noisy: noisy.train, clean: clean.train }], 0);
  const test = {
    clean: clean.test,
    noisy: noisy.test,
    threshold: threshold(noisy.test),
    network: trainer.network.predict(noisy.test),
  };
  const errorOf = (values) => meanSquaredError(values, clean.test);
  const errors = { noisy: errorOf(test.noisy), threshold: errorOf(test.threshold), network: errorOf(test.network) };

  console.log(`\nmean squared error on the ${testCount} test digits`);
  const lines = [
    ["noisy, as they are", errors.noisy],
    ["the best threshold", errors.threshold],
    [`${name} network`, errors.network],
    ...compression.map(({ units, error }) => [`no noise, through ${units}`, error]),
  ];
  console.log(textTable(lines.map(([what, error]) => [what, error.toFixed(4), `${decibels(error).toFixed(1)} dB`])));

  const model = `${output}/model.safetensors`;
  save(model, trainer.network.toBytes());
  const source = { train: trainCount, test: testCount };
  save(`${output}/page.html`, await digitsPage({ name, source, errors, test, records, compression, seconds }));
  save(`${output}/try.html`, await digitsTryPage(model));
  console.log(`\n${output}/page.html has the pictures; in try.html you draw a digit. To use the model:`);
  console.log(`node examples/projects/denoising/predict.mjs ${model} digit.png`);
});

/** Trains a network to reproduce clean digits through a few units. Returns its output for the test digits. */
async function trainToCopy(file, untrained, { train, test }, options) {
  const { trainer } = await trainWithCheckpoint(
    file,
    () => untrained,
    (trainer, shared) => trainer.fit(train, train, { ...options, ...shared }),
    { isShown: false },
  );
  const copies = trainer.network.predict(test);
  return { error: meanSquaredError(copies, test), copies };
}
