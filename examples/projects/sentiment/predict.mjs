/** Tells whether the writer of a review likes the film. Without a review, it asks for one. */
import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import { Pipeline } from "simdnet";
import { bytesOf, command, Mistake } from "../shared/command.mjs";
import { percent } from "../shared/scores.mjs";
import { effectsOf } from "./effects.mjs";

const usage = `sentiment — says whether the writer of a review likes the film.

  node examples/projects/sentiment/predict.mjs model.safetensors "a warm and funny film"
  node examples/projects/sentiment/predict.mjs model.safetensors

Without a review it asks for them, or takes a line each from standard input.`;

await command(usage, {}, async ({ paths: [file, ...texts] }) => {
  if (file === undefined) throw new Mistake("got no file, need the model that train.mjs has written");
  const model = Pipeline.fromBytes(bytesOf(file));
  for (const text of texts) say(model, text);
  if (texts.length > 0) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  if (process.stdin.isTTY) terminal.setPrompt("A review (Ctrl-D ends): ");
  terminal.prompt();
  for await (const text of terminal) {
    say(model, text);
    terminal.prompt();
  }
});

function say(model, text) {
  const { prediction, probabilities } = model.predict(text);
  const words = effectsOf(model, text);
  if (process.stdout.isTTY) console.log(words.map(({ word, effect }) => colourWord(word, effect)).join(" "));
  const note = words.length === 0 ? " (there are no words: the answer is the same for every empty review)" : "";
  console.log(`liked it: ${prediction}, ${percent(probabilities[prediction])}${note}`);
}

function colourWord(word, effect) {
  if (Math.abs(effect) < 0.2) return word;
  return styleText(effect > 0 ? "blue" : "yellow", word);
}
