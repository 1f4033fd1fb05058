/** Removes folds, wrinkles, coffee and footprints from pages: a network learns from parts of dirty pages and cleans whole ones. */
import { pcg32 } from "simdnet";
import { command, Mistake, onePath, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { mean, plural, textTable } from "../shared/scores.mjs";
import { save, trainWithCheckpoint } from "../shared/training.mjs";
import { documentsPage } from "./documentsPage.mjs";
import { loadDocuments } from "./loadDocuments.mjs";
import { batchesOfEpoch, documentNetworks, documentTrainer } from "./networks.mjs";
import { batchesOf, patches, setAside } from "./patches.mjs";
import { fitThreshold, pageCleaner, pageErrors } from "./score.mjs";
import { documentsTryPage } from "./tryDocuments.mjs";

const names = Object.keys(documentNetworks);
const usage = `documents — takes folds, wrinkles, coffee and footprints off pages.

  node examples/projects/denoising/documents.mjs [folder] [options]

Without a folder it takes the ten dirty pages that are here. It takes NoisyOffice's, the book's or Kaggle's folder of
dirty and clean pages.

  --network <name>   ${names.join(", ")} (default: basic; deep takes twenty times as long and does far better)
  --epochs <n>       of ${batchesOfEpoch} batches (default: ${names.map((name) => `${name} ${documentNetworks[name].epochs}`).join(", ")})
  --seed <n>         of first weights and patches (default: 1)
  --output <folder>  for model.safetensors, page.html and try.html (default: documents-results)`;

const more = { ...seedAndOutput, network: { type: "string", default: "basic" }, epochs: { type: "string" } };
/** The number of patches from the text that is set aside. */
const heldPatches = 64;

await command(usage, more, async ({ paths, options: { network: name, seed, output, ...texts } }) => {
  const folder = onePath(paths);
  if (!Object.hasOwn(documentNetworks, name)) {
    throw new Mistake(`--network: got ${name}, need one of ${names.join(", ")}`);
  }
  const description = documentNetworks[name];
  const epochs = texts.epochs === undefined ? description.epochs : wholeNumber("epochs", texts.epochs, 1);

  const { train, test, alone } = loadDocuments(folder);
  if (alone > 0) console.log(`left out, as they have no clean page: ${plural(alone, "dirty page")}`);
  const { learned, held } = setAside(train);
  const validation = held.length > 0 ? patches(held, heldPatches, pcg32(seed)) : undefined;
  console.log(
    `${learned.length} pages to learn from, ${held.length} set aside, ${test.length} for the test; a ${name} network`,
  );

  const { trainer, records, seconds } = await trainWithCheckpoint(
    `${output}/${name}-${seed}-${epochs}.checkpoint`,
    () => documentTrainer(description, epochs, seed),
    (trainer, callbacks) => trainer.fitBatches(batchesOf(learned, seed), { epochs, validation, ...callbacks }),
  );

  // The test pages are used once.
  const threshold = fitThreshold(train, 1);
  const clean = pageCleaner(trainer.network);
  const cleaned = new Map(test.map((page) => [page, clean(page)]));
  const ofPages = {
    noisy: pageErrors(test, ({ noisy }) => noisy),
    threshold: pageErrors(test, ({ noisy }) => threshold(noisy)),
    network: pageErrors(test, (page) => cleaned.get(page)),
  };
  const each = (choose) => Object.fromEntries(Object.entries(ofPages).map(([what, errors]) => [what, choose(errors)]));
  const errors = each(mean);

  console.log(`\nroot mean squared error of a page, mean of the ${test.length} test pages`);
  const lines = [
    ["dirty, as they are", errors.noisy],
    ["the best threshold", errors.threshold],
    [`${name} network`, errors.network],
  ];
  console.log(textTable(lines.map(([what, error]) => [what, error.toFixed(4)])));

  const model = `${output}/model.safetensors`;
  save(model, trainer.network.toBytes());
  const source = { train: learned.length, test: test.length };
  const pages = test.map((page, index) => ({ ...page, cleaned: cleaned.get(page), errors: each((all) => all[index]) }));
  save(`${output}/page.html`, await documentsPage({ name, source, errors, pages, records, seconds }));
  save(`${output}/try.html`, await documentsTryPage(model, test[0]));
  console.log(`\n${output}/page.html has the pictures; in try.html you clean a page of your own. To use the model:`);
  console.log(`node examples/projects/denoising/predict.mjs ${model} page.png`);
});
