// Learns to read handwritten digits with two networks, shows the results of both, and saves the better kind as digits.safetensors.
import { renameSync, writeFileSync } from "node:fs";
import { styleText } from "node:util";
import * as prompts from "@clack/prompts";
import { adam, conv2d, dense, dropout, flatten, maxPool2d, Network, Trainer } from "simdnet";
import { classNumbers, digits, oneHot, trainTestSplit } from "simdnet/data";

const file = "digits.safetensors";

// 1797 digits, each of 64 pixels from 0 to 16. A fifth is held out: the networks never train on it.
const { inputs, targets } = digits();
const scaled = inputs.map((pixels) => pixels.map((pixel) => pixel / 16));
const { train, test } = trainTestSplit(scaled, targets, { testFraction: 0.2, seed: 0 });

// 64 pixels, without their arrangement → 256 hidden units → the probability of each of the ten digits.
const denseLayers = [dense(256, { activation: "relu" }), dense(10, { activation: "softmax" })];

// An image → 16 filters of 3 × 3 pixels, then 32 filters on their results → the probability of each digit.
const filters = { padding: "same", activation: "relu" };
const convolutionalLayers = [
  conv2d(16, 3, filters),
  maxPool2d(),
  conv2d(32, 3, filters),
  flatten(),
  dropout(0.3),
  dense(10, { activation: "softmax" }),
];

title("Handwritten digits");
print(`${inputs.length} digits of 8 × 8 pixels: ${train.inputs.length} to learn from, ${test.inputs.length} held out.`);

const plain = await trainAndShow("A dense network", { inputs: 64, layers: denseLayers }, 40);
const convolutional = await trainAndShow(
  "A convolutional network",
  { inputs: [8, 8, 1], layers: convolutionalLayers },
  20,
);

title("What convolution gains");
const figures = [plain, convolutional].map(({ wrong, network, seconds }) => [
  percent(1 - wrong.length / test.inputs.length),
  String(wrong.length),
  String(network.parameterCount),
  `${seconds.toFixed(2)} s`,
]);
const lines = [["", "right", "mistakes", "parameters", "training"]];
for (const [index, name] of ["dense", "convolutional"].entries()) lines.push([name, ...figures[index]]);
for (const [name, ...cells] of lines) print(name.padEnd(15) + cells.map((cell) => cell.padStart(12)).join(""));
console.log();
print(`Both are tested on the same ${test.inputs.length} digits.`);

// Shows held-out digits: first some that the dense network reads wrong and the convolutional one right, then others.
const gained = plain.wrong.filter((row) => !convolutional.wrong.includes(row)).slice(0, 2);
const lost = convolutional.wrong.slice(0, 1);
const others = test.targets.map((_, row) => row).filter((row) => !plain.wrong.includes(row));
const shown = [...gained, ...lost, ...others.filter((row) => !lost.includes(row))].slice(0, 4);

title("What they read");
const drawings = shown.map((row) => drawing(test.inputs[row]));
for (let line = 0; line < 8; line++) print(`${" ".repeat(8)}${drawings.map((lines) => lines[line]).join(" ")}`);
for (const [name, { probabilities }] of Object.entries({ dense: plain, "conv.": convolutional })) {
  print(`${name.padEnd(8)}${shown.map((row) => caption(probabilities[row], test.targets[row])).join(" ")}`);
}

// The file is written under another name and then renamed, so that it never contains half a network.
const temporary = `${file}.${crypto.randomUUID()}.part`;
writeFileSync(temporary, convolutional.network.toBytes(), { flag: "wx" });
renameSync(temporary, file);

title(`Saved as ${file}; to load it and predict`);
console.log(`import { readFileSync } from "node:fs";
import { Network } from "simdnet";
import { digits } from "simdnet/data";

const network = Network.fromBytes(readFileSync("${file}"));
console.log(network.predict(digits().inputs[0].map((pixel) => pixel / 16)));
`);

/** Trains a network, shows its progress, and returns it with its predictions for the held-out digits. */
async function trainAndShow(name, { inputs, layers }, epochs) {
  const network = new Network({ inputs, layers, seed: 0 });
  const trainer = new Trainer(network, {
    loss: "categoricalCrossEntropy",
    optimizer: adam({ learningRate: 0.002 }),
    metrics: ["accuracy"],
  });
  title(name);
  print(network.summary());
  console.log();
  const bar = progressBar(epochs);
  let time = 0;
  const history = await trainer.fit(train.inputs, oneHot(train.targets, 10), {
    epochs,
    validation: [test.inputs, oneHot(test.targets, 10)],
    onEpoch: ({ epoch, loss, validation, seconds }) => {
      const accuracy = percent(validation.accuracy);
      bar.advance(`epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  held out ${accuracy}`, epoch);
      time = seconds;
      if (epoch === epochs)
        bar.stop(`${epochs} epochs in ${seconds.toFixed(2)} s: ${accuracy} of the held-out digits right`);
    },
  });
  const { loss } = history;
  print(`loss  ${loss[0].toFixed(4)} ${sparkline(loss)} ${loss.at(-1).toFixed(4)}  (log scale)`);
  const probabilities = network.predict(test.inputs);
  const answers = classNumbers(probabilities);
  const wrong = test.targets.map((_, row) => row).filter((row) => answers[row] !== test.targets[row]);
  return { network, probabilities, wrong, seconds: time };
}

/** Returns the pixels of a digit as eight lines of 16 characters, two for each pixel; more ink is darker. */
function drawing(pixels) {
  const characters = pixels.map((ink) => " ░▒▓█"[Math.round(ink * 4)].repeat(2));
  return Array.from({ length: 8 }, (_, line) => characters.slice(line * 8, line * 8 + 8).join(""));
}

/** Returns a network's answer for a digit with its probability, in 16 characters. */
function caption(probabilities, truth) {
  const [answer] = classNumbers([probabilities]);
  const text = `${answer} (${percent(probabilities[answer])})`;
  return answer === truth ? paint("green", text.padEnd(16)) : paint("red", `${text}, is ${truth}`.padEnd(16));
}

/** Draws a bar for each number. Its height is the number's logarithm, so that small numbers differ visibly. */
function sparkline(numbers) {
  const logarithms = numbers.map(Math.log);
  const [low, high] = [Math.min(...logarithms), Math.max(...logarithms)];
  return logarithms.map((value) => "▁▂▃▄▅▆▇█"[Math.round(((value - low) / (high - low)) * 7)]).join("");
}

/** Draws a bar in a terminal. Elsewhere it prints a line now and then. */
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
