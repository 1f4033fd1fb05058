/** Transfer learning: computes SqueezeNet's features of each picture, then trains a weight for each feature. */
import { readFileSync } from "node:fs";
import { standardize } from "simdnet/data";
import { trainWithCheckpoint } from "../shared/training.mjs";
import { Features } from "./features.mjs";
import { checkWhole } from "./load.mjs";
import { headTrainer, headTraining, join, loadSqueezeNet, sizes, transferNetwork } from "./network.mjs";

/**
 * Computes the features of all pictures, and trains on those of the training part. After Ctrl-C, the computed features stay.
 *
 * @param parts `train` and `test`, each `{ inputs, targets }`, files and their classes
 * @param options `weights`, the path of SqueezeNet's; `seed`; `output`, a folder for the features until the end
 * @returns the `network`; its part after the features, `head`; the whole pictures of `train` and `test`, each `{ files, targets, features
 * }`; the broken ones, `skipped`; and `forget`, which removes the file that is only needed after Ctrl-C
 */
export async function trainTransfer(classes, parts, { weights, seed, output }) {
  const network = transferNetwork(seed);
  loadSqueezeNet(network, readFileSync(weights));
  const [trunk, newHead] = [network.part({ outputs: "features" }), network.part({ inputs: "features" })];
  const all = ["train", "test"].map((name) => new Features(`${output}/${name}.features`, parts[name].inputs, weights));
  for (const features of all) await features.compute(trunk, sizes.transfer);
  const wholeOf = (features, { inputs, targets }) => ({
    files: features.of(inputs),
    targets: features.of(targets),
    features: features.rows,
  });
  const [train, test] = [wholeOf(all[0], parts.train), wholeOf(all[1], parts.test)];
  checkWhole(classes, [train.targets, test.targets]);
  const { trainer } = await trainWithCheckpoint(
    `${output}/head.checkpoint`,
    () => headTrainer(newHead, standardize(train.features), seed),
    (trainer, own) => trainer.fit(train.features, train.targets, { epochs: headTraining.epochs, ...own }),
    { isShown: false },
  );
  const head = trainer.network;
  join(network, [trunk, head]);
  const skipped = all.flatMap((features) => features.skipped.map(({ file }) => file));
  const forget = () => {
    for (const features of all) features.forget();
  };
  return { network, head, train, test, skipped, forget };
}
