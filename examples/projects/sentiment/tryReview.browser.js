/** The script of tryReview.mjs's page: it shows the answer and the effect of each word while the user types. */
import * as model from "model";
import { backgroundOf, effectsOf } from "./effects.mjs";

const review = document.getElementById("review");
const said = document.getElementById("said");
const words = document.getElementById("words");
/** The most words that are coloured. */
const mostWords = 100;

function update() {
  const text = review.value.trim();
  const effects = effectsOf(model, text, mostWords);
  words.replaceChildren(...effects.flatMap(({ word, effect }) => [colourWord(word, effect), " "]));
  said.textContent = text === "" ? "" : answerOf(model.predict(text));
}

const answerOf = ({ prediction, probabilities }) =>
  `Liked it: ${prediction}, ${(100 * probabilities[prediction]).toFixed(1)} %`;

function colourWord(word, effect) {
  const span = document.createElement("span");
  span.textContent = word;
  span.style.background = backgroundOf(effect);
  return span;
}

review.addEventListener("input", update);
update();
