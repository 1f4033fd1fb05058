// Measures by cross-validation how well a network recognizes handwritten digits that it was not trained on. Each of five networks learns
// from four fifths of the digits and is tested on the last fifth, so every digit is tested once.
import { adamW, cosineDecay, dense, dropout, Network, softmaxCrossEntropy, Trainer } from "simdnet";
import { digits, kFold, standardize } from "simdnet/data";

const folds = 5;
const epochs = 20;
const batchSize = 32;

const { inputs, targets } = digits();
console.log(`${inputs.length} digits of 8 × 8 pixels in ${folds} folds, ${epochs} epochs each\n`);

// Stratified: all folds have the same number of each digit, give or take one.
const accuracies = [];
for (const { train, test } of kFold(inputs, targets, { folds, stratify: targets, seed: 1 })) {
  // The scale is fitted to the training rows only, so that no information of the test rows enters the training.
  const scale = standardize(train.inputs);
  const steps = epochs * Math.ceil(train.inputs.length / batchSize);

  const layers = [dense(128, { activation: "relu" }), dropout(0.3), dense(10)];
  const network = new Network({ inputs: 64, layers, seed: 1 });
  const trainer = new Trainer(network, {
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    optimizer: adamW({ learningRate: cosineDecay({ initial: 0.005, steps }), weightDecay: 0.1 }),
    batchSize,
    seed: 1,
    metrics: ["accuracy"],
  });
  await trainer.fit(scale.apply(train.inputs), train.targets, { epochs });

  const { accuracy } = trainer.evaluate(scale.apply(test.inputs), test.targets);
  accuracies.push(accuracy);
  console.log(`fold ${accuracies.length}: ${percent(accuracy)} of ${test.inputs.length} digits right`);
}

const mean = accuracies.reduce((sum, accuracy) => sum + accuracy) / folds;
const deviation = Math.sqrt(accuracies.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0) / folds);
console.log(`\nmean:   ${percent(mean)}, give or take ${percent(deviation)}`);

function percent(share) {
  return `${(share * 100).toFixed(2)} %`;
}
