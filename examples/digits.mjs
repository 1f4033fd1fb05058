// Learns to read handwritten digits, shows what it has learned, and saves the network as digits.safetensors.
import { renameSync, writeFileSync } from "node:fs";
import { styleText } from "node:util";
import * as prompts from "@clack/prompts";
import { adam, dense, Network, Trainer } from "simdnet";
import { classNumbers, digits, oneHot, trainTestSplit } from "simdnet/data";

const epochs = 40;
const file = "digits.safetensors";

// 1797 digits, each of 64 pixels from 0 to 16. A fifth of them is held out: the network never learns from these.
const { inputs, targets } = digits();
const scaled = inputs.map((pixels) => pixels.map((pixel) => pixel / 16));
const { train, test } = trainTestSplit(scaled, targets, { testFraction: 0.2, seed: 0 });

// 64 pixels → 256 hidden units → the probability of each of the ten digits.
const layers = [dense(256, { activation: "relu" }), dense(10, { activation: "softmax" })];
const network = new Network({ inputs: 64, layers, seed: 0 });
const trainer = new Trainer(network, {
  loss: "categoricalCrossEntropy",
  optimizer: adam({ learningRate: 0.002 }),
  metrics: ["accuracy"],
});

title("Handwritten digits");
print(`${inputs.length} digits of 8 × 8 pixels: ${train.inputs.length} to learn from, ${test.inputs.length} held out.`);
print(network.summary());

title("Training");
const bar = progressBar(epochs);
const history = await trainer.fit(train.inputs, oneHot(train.targets, 10), {
  epochs,
  validation: [test.inputs, oneHot(test.targets, 10)],
  onEpoch: ({ epoch, loss, validation, seconds }) => {
    const accuracy = percent(validation.accuracy);
    bar.advance(`epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  held out ${accuracy}`, epoch);
    if (epoch === epochs)
      bar.stop(`${epochs} epochs in ${seconds.toFixed(2)} s: ${accuracy} of the held-out digits right`);
  },
});
print(`loss  ${history.loss[0].toFixed(4)} ${sparkline(history.loss)} ${history.loss.at(-1).toFixed(4)}  (log scale)`);

// Of the held-out digits, show two that it reads wrong (if there are two) and others that it reads right.
const probabilities = network.predict(test.inputs);
const answers = classNumbers(probabilities);
const rows = answers.map((_, row) => row);
const wrong = rows.filter((row) => answers[row] !== test.targets[row]);
const right = rows.filter((row) => answers[row] === test.targets[row]);
const shown = [...right.slice(0, 4 - Math.min(wrong.length, 2)), ...wrong.slice(0, 2)];

title(`What it reads (${right.length} of ${rows.length} right, ${wrong.length} wrong)`);
const drawings = shown.map((row) => drawing(test.inputs[row]));
for (let line = 0; line < 8; line++) print(drawings.map((lines) => lines[line]).join("   "));
print(shown.map((row) => caption(answers[row], probabilities[row], test.targets[row])).join("   "));

// Written beside and then renamed, so that the file is never half a network.
writeFileSync(`${file}.part`, network.toBytes());
renameSync(`${file}.part`, file);

title(`Saved as ${file}; to load it and predict`);
console.log(`import { readFileSync } from "node:fs";
import { Network } from "simdnet";
import { digits } from "simdnet/data";

const network = Network.fromBytes(readFileSync("${file}"));
console.log(network.predict(digits().inputs[0].map((pixel) => pixel / 16)));
`);

/** The pixels of a digit as eight lines of 16 characters: two a pixel, the darker the more ink. */
function drawing(pixels) {
  const characters = pixels.map((ink) => " ░▒▓█"[Math.round(ink * 4)].repeat(2));
  return Array.from({ length: 8 }, (_, line) => characters.slice(line * 8, line * 8 + 8).join(""));
}

/** What the network says of a digit, and how sure it is, in 16 characters. */
function caption(answer, probabilities, truth) {
  const text = `${answer} (${percent(probabilities[answer])})`;
  return answer === truth ? paint("green", text.padEnd(16)) : paint("red", `${text}, is ${truth}`.padEnd(16));
}

/** One bar a number; as high as its logarithm, so that the small ones can be told apart. */
function sparkline(numbers) {
  const logarithms = numbers.map(Math.log);
  const [low, high] = [Math.min(...logarithms), Math.max(...logarithms)];
  return logarithms.map((value) => "▁▂▃▄▅▆▇█"[Math.round(((value - low) / (high - low)) * 7)]).join("");
}

/** A bar in a terminal; elsewhere a line now and then. */
function progressBar(max) {
  if (!process.stdout.isTTY) {
    const advance = (text, step) => (step === 1 || step % 10 === 0) && print(text);
    return { advance, stop: print };
  }
  const bar = prompts.progress({ max, size: 24, withGuide: false, indicator: "dots" });
  bar.start("");
  return { advance: (text) => bar.advance(1, text), stop: bar.stop };
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

function paint(format, text) {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(format, text) : text;
}

function title(text) {
  console.log(`\n${paint("bold", text)}\n`);
}

function print(text) {
  console.log(text.replace(/^/gm, "   ").trimEnd());
}
