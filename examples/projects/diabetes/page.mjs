/** The page: the spread of ten splits, the data, the course of the trainings, and the mistakes. */
import {
  confusionPlot,
  curvesPlot,
  draw,
  figure,
  first,
  html,
  importancePlot,
  importances,
  page,
  second,
  soft,
} from "../shared/page.mjs";
import { mean, plural } from "../shared/scores.mjs";
import { outcome, unmeasured } from "./load.mjs";
import { networks } from "./network.mjs";
import { curveOf, scoreOf } from "./score.mjs";

const kinds = Object.keys(networks);

/**
 * @param people records of `load`
 * @param trials for each split, the people of its test, and for each network its pipeline, answers and scores
 * @param curves a record for each epoch, for the networks with and without overfitting
 */
export async function pageOf({ people, trials, curves }) {
  const meanOf = (kind, figure) => mean(trials.map((trial) => trial[kind][figure]));
  const answers = trials.flatMap(({ better }) => better.answers);
  const no = mean(trials.map((trial) => trial.no)).toFixed(3);
  const tiles = kinds.map((kind) => ({
    value: meanOf(kind, "accuracy").toFixed(3),
    what: `accuracy: ${networks[kind].name}, ${plural(trials[0][kind].epochs, "epoch")}`,
    beside: `saying “no” to everybody: ${no}; area under the ROC curve: ${meanOf(kind, "area").toFixed(3)}`,
  }));
  const sections = [
    { title: "What can be known", figures: await scoreFigures(trials, answers) },
    {
      title: "The measurements",
      figures: await Promise.all(
        Object.keys(unmeasured)
          .concat(others)
          .map((name) => columnFigure(people, name)),
      ),
    },
    {
      title: "Training",
      figures: await Promise.all(Object.keys(curves).map((kind) => curveFigure(kind, curves[kind]))),
    },
  ];
  const lead = html`${people.length} people, eight measurements each: who has diabetes? Each of ${plural(trials.length, "split")} sets a fifth of them aside
to test; the figures are means. Are the 833 parameters of a network worth more than the 9 of a logistic regression?`;
  return page({ title: "Diabetes", lead, tiles, sections });
}

const others = ["Pregnancies", "DiabetesPedigreeFunction", "Age"];
const quantitative = (field, title, more = {}) => ({
  field,
  type: "quantitative",
  axis: { title, ...more.axis },
  scale: more.scale,
});

async function scoreFigures(trials, answers) {
  const { confusion, right, rows } = scoreOf(answers);
  const matrix = await confusionPlot({ classes: ["no", "yes"], confusion, right, rows });
  const area = mean(trials.map(({ better }) => better.area)).toFixed(3);
  return [
    figure(
      "One split can say anything",
      await spreadPlot(trials),
      "A point is the accuracy on the test people of one split, the bar the mean. Who shows one split alone may show the luckiest.",
    ),
    figure(
      "ROC curve",
      await rocPlot(answers),
      `How many of the ill are found for how many of the healthy alarmed. Area ${area}, the mean of the splits; dashed: guessing, 0.5. ${networks.better.name}.`,
    ),
    figure(
      "Confusion matrix",
      matrix,
      `Rows: has diabetes; columns: the answer. The test people of all splits, ${networks.better.name}: ${confusion[1][0]} of ${confusion[1][0] + confusion[1][1]} ill are missed.`,
    ),
    figure(
      "Which columns matter",
      await importancePlot(importancesOf(trials), "ROC AUC lost, percentage points"),
      "What the area under the ROC curve loses when a column’s values are dealt out to other people: mean of the splits; the line reaches from the least to the greatest.",
    ),
  ];
}

/** Returns the mean over the splits for each column. */
function importancesOf(trials) {
  const found = trials.map(({ split, test, better: { pipeline } }) => {
    const columns = Object.fromEntries(pipeline.columns.map(({ name }) => [name, test.map((person) => person[name])]));
    return importances(pipeline, columns, { targets: test.map((person) => person[outcome]), seed: split });
  });
  return found[0]
    .map(({ column }) => {
      const means = found.map((list) => list.find((importance) => importance.column === column).mean);
      return { column, mean: mean(means), least: Math.min(...means), greatest: Math.max(...means) };
    })
    .sort((one, other) => other.mean - one.mean);
}

function spreadPlot(trials) {
  const points = trials.flatMap((trial) =>
    kinds.map((kind) => ({ name: networks[kind].name, accuracy: trial[kind].accuracy })),
  );
  const x = quantitative("accuracy", "accuracy", {
    scale: { zero: false, nice: true },
    axis: { format: ".2f", tickCount: 6 },
  });
  const y = {
    field: "name",
    type: "nominal",
    sort: kinds.map((kind) => networks[kind].name),
    axis: { title: null, labelLimit: 0, grid: false },
  };
  const layer = [
    { mark: { type: "point", filled: true, size: 60, opacity: 0.45, fill: first }, encoding: { x, y } },
    { mark: { type: "tick", thickness: 3, size: 26, color: second }, encoding: { x: { ...x, aggregate: "mean" }, y } },
  ];
  const label = `Accuracies of ${plural(trials.length, "split")} for ${kinds.length} models`;
  return draw(
    { data: { values: points }, layer },
    { height: 180, margins: { left: 150, right: 12, top: 10, bottom: 40 }, label },
  );
}

function rocPlot(answers) {
  const encoding = {
    x: quantitative("alarmed", "healthy that are alarmed", { axis: { format: "%", tickCount: 5 } }),
    y: quantitative("found", null, { axis: { format: "%", tickCount: 5 } }),
  };
  const corners = [0, 1].map((share) => ({ alarmed: share, found: share }));
  const layer = [
    {
      data: { values: corners },
      mark: { type: "line", stroke: soft, strokeDash: [5, 4], strokeWidth: 1.25 },
      encoding,
    },
    {
      data: { values: curveOf(answers) },
      mark: { type: "line", stroke: first, strokeWidth: 2, interpolate: "step-before" },
      encoding,
    },
  ];
  return draw({ layer }, { height: 330, margins: { left: 46, right: 14, top: 12, bottom: 40 }, label: "ROC curve" });
}

/** Shows a column for both outcomes, each as shares of its people. */
async function columnFigure(people, name) {
  const measured = people.filter((person) => !unmeasured[name]?.includes(person[name]) && person[name] !== null);
  const shares = [0, 1].flatMap((is) =>
    binsOf(measured, name, (person) => person[outcome] === is).map((bin) => ({ ...bin, is })),
  );
  const encoding = {
    x: quantitative("low", null, { scale: { nice: false, zero: false }, axis: { grid: false, tickCount: 6 } }),
    x2: { field: "high" },
    y: quantitative("share", null, { axis: { format: "%", tickCount: 3 } }),
    y2: { datum: 0 },
    fill: { field: "is", type: "nominal", scale: { domain: [0, 1], range: [first, second] }, legend: null },
  };
  const plot = { data: { values: shares }, mark: { type: "rect", fillOpacity: 0.5 }, encoding };
  const label = `Histogram of ${name} for people without and with diabetes`;
  const picture = await draw(plot, { height: 150, margins: { left: 42, right: 12, top: 8, bottom: 26 }, label });
  const missing = people.length - measured.length;
  return figure(
    name,
    picture,
    html`${legend} ${missing > 0 ? `Not measured: ${missing === 1 ? "1 person" : `${missing} people`}.` : ""}`,
  );
}

const box = (color) =>
  html`<i style="display: inline-block; width: 11px; height: 11px; background: ${color}; opacity: 0.6"></i>`;
const legend = html`${box(first)} healthy ${box(second)} diabetes.`;

/** @returns at most 20 bins of all people, with their bounds, and the share of those that are `chosen` in each */
function binsOf(people, name, chosen) {
  const values = people.map((person) => person[name]);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const isWhole = values.every(Number.isInteger);
  const width = isWhole ? Math.ceil((greatest - least + 1) / 20) : (greatest - least) / 20;
  const count = isWhole ? Math.ceil((greatest - least + 1) / width) : 20;
  const own = people.filter(chosen);
  const counts = new Array(count).fill(0);
  for (const person of own) counts[Math.min(count - 1, Math.floor((person[name] - least) / width))]++;
  return counts.map((people, bin) => ({
    low: least + bin * width,
    high: least + (bin + 1) * width,
    share: people / own.length,
  }));
}

async function curveFigure(kind, records) {
  const validation = records.map((record) => record.validation.loss);
  const best = records[validation.indexOf(Math.min(...validation))].epoch;
  const picture = await curvesPlot({
    what: "loss",
    epoch: records.map(({ epoch }) => epoch),
    training: records.map(({ loss }) => loss),
    validation,
    best,
  });
  const last = validation.at(-1).toFixed(3);
  const text = html`<span class="legend"><i class="line"></i> training <i class="line second"></i> validation</span>, a fifth of the training people. Best at
epoch ${best}: ${Math.min(...validation).toFixed(3)}; at the end ${last}.`;
  return figure(`Loss: ${networks[kind].name}`, picture, text);
}
