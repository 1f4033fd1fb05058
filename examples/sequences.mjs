// A transformer's block learns from examples to reverse sequences of eight digits, and another one learns to sort them. They are tested on
// new sequences: an answer is right if all eight digits are right.
import { adam, add, attention, cosineDecay, dense, input, layerNorm, Network, pcg32, Trainer } from "simdnet";

const [length, tokens, units] = [8, 10, 48];
const [epochs, batchSize] = [3, 64];
const [trainCount, testCount] = [12_800, 1000];

const tasks = {
  reverse: (digits) => digits.toReversed(),
  sort: (digits) => digits.toSorted((a, b) => a - b),
};

// The network sees each digit as ten numbers with a single 1, and eight more that mark its place.
const generator = pcg32(1);
const sequences = Array.from({ length: trainCount + testCount }, () =>
  Array.from({ length }, () => generator.integer(tokens)),
);
const oneHot = (place, size) => Array.from({ length: size }, (_, index) => Number(index === place));
const encoded = (digits) => digits.map((digit, step) => [...oneHot(digit, tokens), ...oneHot(step, length)]);
const seen = new Set(sequences.slice(0, trainCount).map(String));
const train = sequences.slice(0, trainCount);
const test = sequences.slice(trainCount).filter((digits) => !seen.has(String(digits)));
const [trainInputs, testInputs] = [train, test].map((rows) => rows.map(encoded));

for (const [name, answerOf] of Object.entries(tasks)) {
  const network = transformer();
  const steps = (epochs * trainCount) / batchSize;
  const trainer = new Trainer(network, {
    loss: "softmaxCrossEntropy",
    optimizer: adam({ learningRate: cosineDecay({ initial: 0.01, steps }) }),
    batchSize,
    clipNorm: 1,
    seed: 1,
  });
  const began = performance.now();
  await trainer.fit(trainInputs, train.map(answerOf), { epochs });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);

  const answers = network.predict(testInputs).map((scores) => scores.map(largest));
  const right = test.filter((digits, row) => String(answers[row]) === String(answerOf(digits))).length;
  console.log(`${name}: ${steps} steps in ${seconds} s, ${right} of ${test.length} new sequences right`);
  for (const row of [0, 1]) console.log(`  ${test[row].join(" ")} → ${answers[row].join(" ")}`);
}

/** [length, tokens + length] → attention over all steps, and layers on each → scores of each token at each step. */
function transformer() {
  const shape = input([length, tokens + length]);
  const embedded = dense(units)(shape);
  const attended = add(embedded, attention({ heads: 4 })(layerNorm()(embedded)));
  const hidden = dense(2 * units, { activation: "relu" })(layerNorm()(attended));
  const output = add(attended, dense(units)(hidden));
  return new Network({ inputs: shape, outputs: dense(tokens)(layerNorm()(output)), seed: 1 });
}

function largest(scores) {
  return scores.indexOf(Math.max(...scores));
}
