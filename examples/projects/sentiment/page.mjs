/** The figures of the results. */
import { confusionPlot, curvesPlot, figure, html, page } from "../shared/page.mjs";
import { percent } from "../shared/scores.mjs";
import { backgroundOf, effectsOf } from "./effects.mjs";
import { surestMistakes } from "./score.mjs";

/** The most words of a review that a figure shows. */
const mostWords = 100;

export async function pageOf({ model, training, predictions, score, always, bag, test, path }) {
  const { classes } = model.target;
  const { records, best } = training;
  const curves = (what, of) =>
    curvesPlot({
      what,
      epoch: records.map(({ epoch }) => epoch),
      training: records.map(of),
      validation: records.map(({ validation }) => of({ ...validation, metrics: validation })),
      best,
    });
  const legend =
    "Blue words speak for “liked it”, orange words against it: the stronger, the more the answer moved when the word was read.";
  const mistakes = surestMistakes(predictions, test).slice(0, 4);
  const right = test.filter(({ liked }, index) => predictions[index].prediction === classes[liked]);
  return page({
    title: "Does the writer like the film?",
    lead: `An LSTM, trained on ${path ?? "sentences about films (Pang and Lee, 2005)"} in ${Math.round(training.seconds)} s.`,
    tiles: [
      {
        value: percent(score.accuracy),
        what: `of ${score.rows} test reviews right`,
        beside: `always the same answer: ${percent(always)}`,
      },
      {
        value: percent(bag),
        what: "by a bag of words",
        beside: "a logistic regression that does not know their order",
      },
    ],
    sections: [
      {
        title: "What each word did",
        figures: [
          html`<p style="grid-column: 1 / -1; margin: 0">${legend}</p>`,
          ...right.slice(0, 4).map((review) => reviewFigure(model, review)),
        ],
      },
      { title: "Its surest mistakes", figures: mistakes.map((review) => reviewFigure(model, review)) },
      {
        title: "Training and test",
        figures: [
          figure(
            "Accuracy after each epoch",
            await curves("accuracy", ({ metrics }) => metrics.accuracy),
            "Solid: training reviews. Dashed: validation reviews, which choose the epoch.",
          ),
          figure("Loss after each epoch", await curves("loss", ({ loss }) => loss), "Binary cross-entropy."),
          figure("What the writer meant, and what the network says", await confusionPlot({ classes, ...score })),
        ],
      },
    ],
  });
}

function reviewFigure(model, { text, liked }) {
  const effects = effectsOf(model, text, mostWords);
  const [{ prediction, probabilities }] = model.predict([text]);
  const title = `Liked it: ${liked ? "yes" : "no"}. The network says ${prediction}, ${percent(probabilities[prediction])}.`;
  return figure(
    title,
    html`<p style="margin: 0; line-height: 1.7">${effects.map(({ word, effect }) => coloured(word, effect))}</p>`,
  );
}

const coloured = (word, effect) =>
  html`<span style="background: ${backgroundOf(effect)}; border-radius: 3px; padding: 1px 2px">${word}</span> `;
