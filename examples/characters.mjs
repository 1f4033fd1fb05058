// Learns Poe's "The Raven" character by character, and then writes in its manner: it draws each character from the probabilities that the
// network predicts after the previous ones.
//
//   node examples/characters.mjs [epochs] [temperature] [seed]
import { readFileSync } from "node:fs";
import { adam, cosineDecay, dense, lstm, Network, pcg32, Trainer } from "simdnet";
import { oneHot, vocabulary } from "simdnet/data";

const [epochs = 50, temperature = 0.6, seed = 1] = process.argv.slice(2).map(Number);
if (!(temperature > 0)) throw new RangeError(`temperature: got ${process.argv[3]}, need a number above 0`);
/** The number of characters in a training sequence, and the distance from the start of one sequence to that of the next. */
const length = 128;
const hop = 64;
const batchSize = 8;
const start = "Once upon a midnight dreary";

const text = readFileSync(new URL("data/raven.txt", import.meta.url), "utf8");
const letters = vocabulary([text], { unit: "characters" });
const [numbers] = letters.apply([text]);

// The target at each character is the next one.
const begins = Array.from({ length: Math.floor((numbers.length - length - 1) / hop) + 1 }, (_, index) => index * hop);
const inputs = begins.map((begin) => oneHot(numbers.slice(begin, begin + length), letters.size));
const targets = begins.map((begin) => numbers.slice(begin + 1, begin + length + 1));

const layers = [lstm(128, { returnSequences: true }), dense(letters.size)];
const network = new Network({ inputs: [length, letters.size], layers, seed });
const steps = epochs * Math.ceil(inputs.length / batchSize);
const trainer = new Trainer(network, {
  loss: "softmaxCrossEntropy",
  optimizer: adam({ learningRate: cosineDecay({ initial: 0.01, steps }) }),
  clipNorm: 1,
  batchSize,
  seed,
  metrics: ["accuracy"],
});

console.log(
  `${numbers.length} characters, ${letters.size - 2} different ones; ${inputs.length} sequences of ${length}.`,
);
console.log(`Guessing by how often each occurs takes ${bits(frequencyLoss())} bits a character.\n`);

const every = Math.max(1, Math.floor(epochs / 5));
await trainer.fit(inputs, targets, {
  epochs,
  every,
  onEpoch: ({ epoch, loss, metrics, seconds }) => {
    const right = `${(100 * metrics.accuracy).toFixed(0)} % of the next characters right`;
    console.log(`epoch ${epoch}, ${seconds.toFixed(1)} s: ${bits(loss)} bits a character, ${right}`);
    console.log(`  ${writeText(100).replaceAll("\n", " / ")}\n`);
  },
});
console.log(writeText(600));

/** Returns the start and `count` more characters. The same network and seed give the same text. */
function writeText(count) {
  const random = pcg32(seed);
  const stream = network.stream();
  let answer;
  const read = (number) => {
    answer = stream.push(oneHot([number], letters.size)[0]);
  };
  const [row] = letters.apply([start]);
  for (const number of row) read(number);
  while (row.length < start.length + count) {
    row.push(drawCharacter(answer, random));
    read(row.at(-1));
  }
  return letters.invert([row])[0];
}

/** Draws a number from the softmax of logits. A lower temperature favours likely characters. */
function drawCharacter(logits, random) {
  // 0 and 1 are padding and unknown, not characters.
  const scores = logits.slice(2).map((logit) => logit / temperature);
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight);
  const drawn = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  // Rounding may leave no character; then it is the last.
  return 2 + (drawn < 0 ? weights.length - 1 : drawn);
}

/** Returns the loss of a guess that only knows how often each character occurs. */
function frequencyLoss() {
  const counts = new Map();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return numbers.reduce((sum, number) => sum - Math.log(counts.get(number) / numbers.length), 0) / numbers.length;
}

function bits(loss) {
  return (loss / Math.LN2).toFixed(2);
}
