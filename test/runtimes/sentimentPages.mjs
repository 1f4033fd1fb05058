/** The page of the project "sentiment": its answer for a review during typing must be that of `predict`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeRecords } from "../../dist/data/index.js";
import { Network, Pipeline } from "../../dist/index.js";
import { forSentences } from "../../examples/projects/sentiment/network.mjs";
import { target } from "../../examples/projects/sentiment/score.mjs";
import { reviewTryPage } from "../../examples/projects/sentiment/tryReview.mjs";
import { check, framed } from "./framed.mjs";

const [first, next] = ["A warm and funny film", "a <dull> film & no more"];

/** Runs in the browser: reads the answer for the first review, and for another one that is typed. */
async function type({ frame, element, until }, { next }) {
  const shown = () => ({ said: element("said").textContent, words: element("words").textContent.trim() });
  await until(() => element("said").textContent !== "");
  const seen = { first: shown() };
  element("review").value = next;
  element("review").dispatchEvent(new frame.contentWindow.Event("input"));
  seen.next = shown();
  element("review").value = " ";
  element("review").dispatchEvent(new frame.contentWindow.Event("input"));
  seen.empty = shown();
  return seen;
}

export const typedReview = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const encoding = encodeRecords([{ text: first }, { text: next }], { texts: { text: forSentences.text } });
    const [{ shape }] = encoding.inputs;
    const layers = forSentences.layers(encoding.vocabularies.text.size);
    const model = new Pipeline({ network: new Network({ inputs: shape, layers, seed: 1 }), encoding, target });
    const path = join(scratch, "sentiment.safetensors");
    writeFileSync(path, model.toBytes());
    const seen = await framed(browser, { page: await reviewTryPage(path, first), use: type, given: { next }, scratch });

    for (const [name, text] of Object.entries({ first, next })) {
      const { prediction, probabilities } = model.predict(text);
      const expected = `Liked it: ${prediction}, ${(100 * probabilities[prediction]).toFixed(1)} %`;
      check(seen[name].said === expected, `${name}: the page says ${seen[name].said}, predict gives ${expected}`);
      check(seen[name].words === text, `${name}: the page shows ${seen[name].words}`);
    }
    check(seen.empty.said === "" && seen.empty.words === "", `of no text the page says ${seen.empty.said}`);
  },
});
