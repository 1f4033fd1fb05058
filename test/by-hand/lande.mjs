/**
 * `node test/by-hand/lande.mjs [--write]`: lande's language detector as a network here. Its weights, from the package, load as PyTorch's do
 * ([out, in]), and the answers must be lande's: the same language, and probabilities to 1e-4 in float32, to 1e-5 in float64. lande adds in
 * float64 and rounds between layers, so neither type has its bits. It needs the build and the packages of bench/peers. With --write, the
 * lines go to lande.log.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { pathToFileURL } from "node:url";
import { dense, Network } from "#dist/index.js";

const require = createRequire(new URL("../../bench/peers/package.json", import.meta.url));
const fileOf = (path) => new URL(`../../bench/peers/node_modules/lande/${path}`, import.meta.url).href;
const contentOf = async (path) => (await import(fileOf(path))).default;

const lande = await contentOf("standalone/t50.js");
const { getNgrams, getNormalized } = await import(fileOf("standalone/utils.js"));
const [languages, ngrams, options] = await Promise.all(
  ["langs", "ngrams", "options"].map((name) => contentOf(`standalone/t50-${name}.js`)),
);
const { NeuralNetwork } = await import(pathToFileURL(require.resolve("toygrad")).href);
const { version } = JSON.parse(readFileSync(new URL(fileOf("package.json")), "utf8"));

/** Its weights are in a text of bytes, which toygrad decodes. */
const layers = new NeuralNetwork(options).layers.filter(({ filters }) => filters);
const tensors = layers.flatMap(({ filters, biases }, index) => [
  {
    name: `${index}.weight`,
    shape: [filters.length, filters[0].w.length],
    values: Float32Array.from(filters.flatMap(({ w }) => [...w])),
  },
  { name: `${index}.bias`, shape: [filters.length], values: Float32Array.from(biases.w) },
]);

const names = Object.keys(ngrams);
const inputs = names.reduce((count, name) => count + ngrams[name].length, 0);

/** Returns lande's network in a type. */
function networkOf(dtype) {
  const hidden = dense(layers[0].filters.length, { activation: "relu" });
  const network = new Network({ inputs, layers: [hidden, dense(languages.length, { activation: "softmax" })], dtype });
  network.load(tensors, { from: "pytorch" });
  return network;
}
const networks = { float32: networkOf("float32"), float64: networkOf("float64") };
const most = { float32: 1e-4, float64: 1e-5 };

/** Returns the frequency of each of its n-grams in a text, as lande computes them. */
function featuresOf(text) {
  const normalized = getNormalized(text);
  return names.flatMap((name, index) => {
    const found = getNgrams(normalized, index + 1);
    return ngrams[name].map((value) => found[value]?.frequency ?? 0);
  });
}

/** Returns the languages with their probabilities, the most probable first. */
function detect(text, network = networks.float32) {
  const probabilities = network.predict(featuresOf(text));
  return languages.map((language, index) => [language, probabilities[index]]).sort((a, b) => b[1] - a[1]);
}

const texts = [
  "What language is this sentence written in?",
  "In welcher Sprache ist dieser Satz geschrieben?",
  "Dans quelle langue est écrite cette phrase?",
  "In che lingua è scritta questa frase?",
  "На каком языке написано это предложение?",
  "Bu cümle hangi dilde yazılmıştır?",
  "Millä kielellä tämä lause on kirjoitettu?",
  "באיזו שפה כתוב המשפט הזה?",
  "この文は何語で書かれていますか。",
  "这句话是用什么语言写的？",
  "بأي لغة كتبت هذه الجملة؟",
  "Em que língua está escrita esta frase?",
  "¿En qué idioma está escrita esta oración?",
  "이 문장은 어떤 언어로 쓰여졌나요?",
  "",
  "12345 !?",
];

const lines = [`lande ${version}, Node ${process.versions.node}, ${cpus()[0].model.trim()}, one thread.`, ""];
const greatest = { float32: 0, float64: 0 };
for (const text of texts) {
  const theirs = lande(text);
  const probabilities = new Map(theirs);
  for (const [dtype, network] of Object.entries(networks)) {
    const ours = detect(text, network);
    const difference = Math.max(...ours.map(([language, share]) => Math.abs(share - probabilities.get(language))));
    greatest[dtype] = Math.max(greatest[dtype], difference);
    if (ours[0][0] === theirs[0][0] && difference <= most[dtype]) continue;
    lines.push(`${dtype}: ${ours[0]}, lande: ${theirs[0]} for ${text}`);
    process.exitCode = 1;
  }
  lines.push(`${theirs[0][0]} ${theirs[0][1].toFixed(4)}  ${text}`);
}
const shown = Object.entries(greatest).map(([dtype, difference]) => `${difference.toExponential(1)} in ${dtype}`);
lines.push(
  "",
  `${process.exitCode ? "Not all" : "All"} are lande's. Probabilities differ by at most ${shown.join(", ")}.`,
);

/** Returns the median microseconds of calls, each timed over many. */
function timesOf(runs) {
  const times = runs.map(() => []);
  for (let turn = -3; turn < 25; turn++) {
    for (const [index, run] of runs.entries()) {
      const began = performance.now();
      for (let call = 0; call < 200; call++) run();
      if (turn >= 0) times[index].push((1000 * (performance.now() - began)) / 200);
    }
  }
  return times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)]);
}

const [text] = texts;
const row = Float32Array.from(featuresOf(text));
const toygrad = new NeuralNetwork(options);
// A tensor of toygrad, whose class the package does not export.
const { constructor: Tensor } = toygrad.layers[1].biases;
const tensor = new Tensor(1, 1, row.length, row);
const [whole, ourWhole, theirNetwork, ourNetwork] = timesOf([
  () => lande(text),
  () => detect(text),
  () => toygrad.forward(tensor, false),
  () => networks.float32.predict(row),
]);
const timed = (what, theirs, ours) =>
  `${what}: lande ${theirs.toFixed(0)} µs, here ${ours.toFixed(0)} µs, ${(theirs / ours).toFixed(1)} times as fast`;
lines.push(
  timed("A sentence, with its n-grams", whole, ourWhole),
  timed("The network alone", theirNetwork, ourNetwork),
);
console.log(lines.join("\n"));
if (process.argv.includes("--write")) writeFileSync(new URL("lande.log", import.meta.url), `${lines.join("\n")}\n`);
