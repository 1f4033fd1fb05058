/** What the page of tryReview.mjs does: the answer and what each word did to it, as one types. */
import * as model from "model";
import { backgroundOf, effectsOf } from "./effects.mjs";

const review = document.getElementById("review");
const said = document.getElementById("said");
const words = document.getElementById("words");
/** More words are not coloured. */
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
