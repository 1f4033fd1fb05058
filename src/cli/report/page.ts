/** Writes the page of a report: one self-contained file without scripts, with colours for light and dark. */

import type { Pipeline, Target } from "../../index.ts";
import { importanceUnit, shuffles } from "../importance.ts";
import { featuresText, imagesText } from "../listed.ts";
import type { Notes } from "../notes.ts";
import { count, isLogarithmic, percent, plural, short } from "../numbers.ts";
import type { ClassScore, NumberScore } from "../score.ts";
import { encodingCells, explainScore, scoreNames } from "../showTraining.ts";
import type { ColumnPlot } from "./columnPlots.ts";
import { type ClassCurve, calibrationPlot, precisionPlot, rocPlot } from "./curves.ts";
import { type Histogram, histogramOf, type LayerHistograms } from "./histograms.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { type MistakesOptions, mistakesSection } from "./mistakes.ts";
import {
  type Curves,
  confusionPlot,
  curvesPlot,
  histogramPlot,
  importancePlot,
  mostDrawnClasses,
  type NumberPoint,
  residualPlot,
  scatterPlot,
} from "./plots.ts";
import { type Sheet, sheetSections, sheetStyle } from "./sheet.ts";
import { style } from "./style.ts";
import { mostWords, type WordGroup } from "./words.ts";

export interface Findings {
  readonly model: Pipeline;
  readonly notes: Notes;
  /** The epoch whose parameters the model has. */
  readonly best: number | undefined;
  /** The number of tested rows behind the importances. */
  readonly rows: number;
  /** Targets and predictions, if numbers are predicted. */
  readonly points: readonly NumberPoint[];
  /** The curves of the classes, if classes are predicted. */
  readonly curves: readonly ClassCurve[];
  /** The pictures of a model of pictures. */
  readonly sheet: Sheet | undefined;
  /** The important columns against the target. */
  readonly columnPlots: readonly ({ readonly name: string } & ColumnPlot)[];
  /** The worst mistakes; undefined for pictures. */
  readonly mistakes: MistakesOptions | undefined;
  /** The number of missing values of each column. */
  readonly missing: ReadonlyMap<string, number>;
  /** The groups of words of each column of texts. */
  readonly words: readonly WordGroup[];
  readonly layers: readonly LayerHistograms[];
}

/** The most columns that are drawn. */
const mostDrawnColumns = 20;
/** The most classes and columns that are listed at once. */
const mostListedRows = 30;
/** The most columns that are named for one reason. */
const mostListedColumns = 12;
/** The most confusions that are listed beside a matrix. */
const mostListedConfusions = 5;

/** Returns a picture with a heading and explanations. */
const figure = (title: string, picture: Markup, ...texts: readonly Content[]): Markup =>
  html`<figure>
<h3>${title}</h3>
${picture}
<figcaption>${texts}</figcaption>
</figure>
`;

/** @returns HTML; the same findings give the same bytes */
export async function pageOf(findings: Findings): Promise<string> {
  const { model, notes } = findings;
  const { name } = model.target;
  const title = html`${name}, predicted from ${notes.file}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}${findings.sheet ? sheetStyle : ""}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${tiles(notes, name, findings.sheet ? "picture" : "row")}
</header>
<main>
${facts(findings)}
${remarks(findings)}<section>
<h2>Training</h2>
<div class="pictures">
${await trainingFigures(findings)}</div>
</section>
<section>
<h2>${{ test: "Test", folds: "Test in folds", validation: "Validation" }[notes.tested]}</h2>
<div class="pictures">
${[await testFigures(findings), notes.importance.length === 0 ? "" : await columnsFigure(findings)]}</div>
${classesTable(notes.test)}</section>
${columnsSections(findings)}${findings.mistakes ? mistakesSection(findings.mistakes) : ""}${findings.sheet ? sheetSections(findings.sheet) : ""}${wordsSection(findings)}<section>
<h2>Layers</h2>
${await layerRows(findings)}</section>
</main>
<footer>Made by simdnet train.</footer>
</body>
</html>
`;
  return page.text;
}

/** Shows the score next to the naive baseline and the linear model. */
function tiles({ test: score, tested }: Notes, unit: string, row: string): Markup {
  const tile = (value: string, what: string, ...others: readonly string[]) =>
    html`<div class="tile"><strong>${value}</strong><span>${what}</span>${others.filter((text) => text !== "").map((text) => html`<small>${text}</small>`)}</div>
`;
  const { rows } = score;
  const on = `on ${plural(rows, `${tested === "validation" ? "validation" : "test"} ${row}`)}`;
  const range = ([low, high]: readonly [number, number], format: (value: number) => string) =>
    `95 % interval ${format(low)} to ${format(high)}`;
  if (score.kind === "classes") {
    const { accuracy, right, crossEntropy, baseline, linear, rocAuc, averagePrecision, f1, calibration } = score;
    const line = (value: string) => (linear ? `a linear model: ${value}` : "");
    const number = (value: number | null) => (value === null ? "–" : short(value));
    return html`<div class="tiles">
${tile(
  percent(accuracy),
  `accuracy ${on}, ${count(right)} right`,
  range(score.accuracyInterval, percent),
  `always saying “${baseline.says}”: ${percent(baseline.accuracy)}`,
  line(percent(linear?.accuracy ?? 0)),
)}${tile(number(rocAuc), "ROC AUC", line(number(linear?.rocAuc ?? null)))}${tile(number(averagePrecision), "average precision")}${tile(
  short(f1),
  "F1, the mean of the classes",
)}${tile(short(crossEntropy), "cross-entropy", line(short(linear?.crossEntropy ?? 0)), `calibration error ${short(calibration.error)}`)}</div>`;
  }
  const { meanAbsoluteError, medianAbsoluteError, rootMeanSquaredError, r2, baseline, linear, interval } = score;
  const beside = (name: "meanAbsoluteError" | "rootMeanSquaredError") => [
    range(score[`${name}Interval`], short),
    `always saying ${short(baseline.says)}, the mean of ${unit}: ${short(baseline[name])}`,
    linear ? `a linear model: ${short(linear[name])}` : "",
  ];
  return html`<div class="tiles">
${tile(short(rootMeanSquaredError), `root mean squared error ${on}`, ...beside("rootMeanSquaredError"))}${tile(
  short(meanAbsoluteError),
  "mean absolute error",
  ...beside("meanAbsoluteError"),
)}${tile(short(medianAbsoluteError), "median absolute error")}${tile(
  r2 === null ? "–" : short(r2),
  "R², the share of the variance that is explained",
)}${interval ? tile(percent(interval.held), `of the actual numbers lie in intervals of ${percent(interval.share)}`) : ""}</div>`;
}

/** Lists what may mislead, and what the score says. */
function remarks({ notes, model: { target } }: Findings): Content {
  const list = [...notes.warnings, ...explainScore(notes.test, target.name, notes.settings)];
  return list.length === 0 ? "" : html`<ul class="notes">${list.map((text) => html`<li>${text}</li>\n`)}</ul>\n`;
}

/** Lists the scores of each class. */
function classesTable(score: ClassScore | NumberScore): Content {
  if (score.kind === "number") return "";
  const { classes, byClass } = score;
  const cell = (value: number | null) => html`<td>${value === null ? "–" : value.toFixed(3)}</td>`;
  const rows = classes.map((label, number) => {
    const { rows, precision, recall, f1, rocAuc, averagePrecision } = byClass[number];
    return html`<tr><th scope="row">${label}</th><td>${count(rows)}</td>${[precision, recall, f1, rocAuc, averagePrecision].map(cell)}</tr>\n`;
  });
  const table = (rows: readonly Markup[]) => html`<div class="wide"><table><thead><tr>${[
    ...["class", "rows", "precision", "recall", "F1", "ROC AUC", "average precision"],
  ].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
  const first = table(rows.slice(0, mostListedRows));
  const more = rows.slice(mostListedRows);
  return html`<h3 class="apart">Each class</h3>
${first}${more.length > 0 ? html`<details><summary>${count(more.length)} more</summary>\n${table(more)}</details>\n` : ""}`;
}

/** Summarizes the training in a few lines. */
function facts({ model, notes, best, sheet }: Findings): Markup {
  const { target, network } = model;
  const { rows, settings, notUsed, checkpoint } = notes;
  const epochs = model.history?.epoch.at(-1) ?? 0;
  const without =
    rows.withoutTarget > 0 ? `; ${plural(rows.withoutTarget, "row")} without ${target.name} left out` : "";
  const kept = best === undefined ? "" : `; the best was epoch ${best}, which is kept`;
  const tested = rows.test === 0 ? "none to test" : `${count(rows.test)} to test`;
  const split = notes.split && `, ${notes.split}`;
  const lines: readonly [string, Content][] = [
    ["Target", `${target.name}: ${targetText(target)}`],
    [
      sheet ? "Pictures" : "Rows",
      `${count(rows.train)} to train, ${count(rows.validation)} to say when to stop, ${tested}${split}${without}`,
    ],
    ...(notes.folds ? [["Folds", foldsText(notes.folds)] as [string, Content]] : []),
    ["Inputs", inputsText(model)],
    ...unusedColumns(notUsed).map((text): [string, Content] => ["Not used", text]),
    ["Network", `${layersText(model, settings)}; ${plural(network.parameterCount, "parameter")}, ${network.dtype}`],
    [
      "Training",
      `${settings.optimizer}, learning rate ${settings.learningRate} (${settings.schedule}), batches of ${settings.batchSize}, seed ${settings.seed}`,
    ],
    [
      "Epochs",
      `${checkpoint ? "interrupted after" : ""} ${count(epochs)} of at most ${count(settings.epochs)}${kept}`.trim(),
    ],
  ];
  return html`<dl>
${lines.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>\n`)}</dl>
`;
}

/** Describes the layers in their order: of an ensemble, those of one of its networks. */
function layersText({ network: { layers } }: Pipeline, { ensemble = 1, bins = 0 }: Notes["settings"]): string {
  const titles = (of: typeof layers, hidden: RegExp) =>
    of.filter(({ name }) => !hidden.test(name)).map(({ title }) => title);
  const ranges = bins > 0 ? `; numbers also by up to ${bins} ranges` : "";
  if (ensemble === 1) return `${titles(layers, /^(bins|concatenate\d*)$/).join(" → ")}${ranges}`;
  const places = layers.flatMap(({ name }, place) => (/^network\d+\./.test(name) ? [place] : []));
  const each = layers.filter(({ name }) => name.startsWith("network1.")).map(({ title }) => title);
  const hidden = /^(network\d+\.|(bins|concatenate|dropout)\d*$)/;
  const before = titles(layers.slice(0, places[0]), hidden).map((title) => `${title} → `);
  const after = titles(layers.slice(places.at(-1)), hidden);
  return `${before.join("")}${ensemble} networks side by side, each ${each.join(" → ")}; then ${after.join(" → ")}${ranges}`;
}

function targetText(target: Target): string {
  if (target.kind === "number") return target.logarithm ? "a number, learned as its logarithm" : "a number";
  const { classes, threshold } = target;
  const from = threshold === undefined ? "" : `; ${classes[1]} from a probability of ${short(threshold)} on`;
  return `${classes.length} classes${from}`;
}

/** Names the main scores of the folds. */
function foldsText({ scores }: NonNullable<Notes["folds"]>): string {
  const texts = Object.entries(scores).map(
    ([
      name,
      {
        mean,
        interval: [low, high],
      },
    ]) => {
      return `${scoreNames[name] ?? name} ${short(mean)}, 95 % interval ${short(low)} to ${short(high)}`;
    },
  );
  return `on average ${texts.join("; ")}`;
}

function inputsText({ columns, encoding }: Pipeline): string {
  const [column, ...others] = columns;
  if (column.kind === "picture" && others.length === 0) return `images of ${imagesText(column)}`;
  return `${plural(columns.length, "column")} → ${featuresText(encoding)}`;
}

/** Lists the unused columns, grouped by reason. */
function unusedColumns(reasons: Readonly<Record<string, string>>): string[] {
  const byReason = new Map<string, string[]>();
  for (const [name, why] of Object.entries(reasons)) byReason.set(why, [...(byReason.get(why) ?? []), name]);
  return [...byReason].map(([why, names]) => {
    const more = names.length > mostListedColumns ? ` and ${count(names.length - mostListedColumns)} more` : "";
    return `${names.slice(0, mostListedColumns).join(", ")}${more}: ${why}`;
  });
}

const legend = (...names: readonly Content[]): Markup => html`<span class="legend">${names}</span>`;

const isNumbers = (values: readonly unknown[]): values is readonly number[] =>
  values.every((value) => typeof value === "number");

/** Draws the curves of the losses, of each metric, and of the learning rate. */
async function trainingFigures({ model: { history }, best }: Findings): Promise<Markup[]> {
  if (!history || history.epoch.length === 0) return [html`<p>No epoch was finished.</p>`];
  const { epoch, validation, learningRate } = history;
  const curve = async (title: string, curves: Curves) =>
    figure(
      title + (isLogarithmic([...curves.training, ...curves.validation]) ? ", on a logarithmic scale" : ""),
      await curvesPlot(curves),
      curves.validation.length > 0
        ? legend(
            html`<i class="line first"></i> training <i class="line second"></i> validation`,
            best === undefined ? "" : html` <i class="dot"></i> epoch ${best}, the best`,
          )
        : "",
    );
  const loss = { training: history.loss, validation: validation.loss ?? [] };
  const figures = [await curve("Loss", { what: "Loss", epoch, ...loss, best })];
  const validated: Readonly<Record<string, readonly unknown[]>> = validation;
  for (const [name, values] of Object.entries<readonly unknown[]>(history.metrics)) {
    if (!isNumbers(values)) continue;
    const title = name[0].toUpperCase() + name.slice(1);
    const list = validated[name] ?? [];
    figures.push(
      await curve(title, { what: title, epoch, training: values, validation: isNumbers(list) ? list : [], best }),
    );
  }
  const rates: Curves = { what: "Learning rate", epoch, training: learningRate, validation: [], best: undefined };
  return [...figures, await curve("Learning rate", rates)];
}

async function testFigures({ model: { target }, notes: { test }, points, curves }: Findings): Promise<Markup[]> {
  if (test.kind === "classes") {
    const list = confusions(test);
    if (test.classes.length > mostDrawnClasses) {
      return [html`<figure><h3>Confusions</h3>${list}</figure>`, ...(await classFigures(test, curves))];
    }
    const text =
      "A row for what it is, a column for what the model says; the stronger the colour, the larger the share of its row.";
    return [figure("Confusion matrix", await confusionPlot(test), text, list), ...(await classFigures(test, curves))];
  }
  const errors = points.map(({ is, said }) => said - is);
  const residuals = { what: `errors of ${target.name}`, unit: `predicted − actual ${target.name}`, zero: true };
  const shown =
    points.length < test.rows ? `${count(points.length)} of the ${count(test.rows)} test rows` : "Each test row";
  return [
    figure(
      "Predicted against actual",
      await scatterPlot(points, target.name),
      `${shown}; on the dashed line, both are equal.${points.some(({ interval }) => interval) ? " The upright lines are intervals of some predictions." : ""}`,
    ),
    figure("Errors against predictions", await residualPlot(points, target.name), "On the dashed line, there is none."),
    figure("Errors", await histogramPlot(histogramOf(errors), residuals), "How many test rows are off by how much."),
  ];
}

/** Draws the order of the rows by their probabilities, and how true these are. */
async function classFigures({ calibration, classes }: ClassScore, curves: readonly ClassCurve[]): Promise<Markup[]> {
  const main = curves.find(({ isMain }) => isMain);
  const what =
    classes.length === 2
      ? `Of ${main?.name ?? ""}, at every threshold.`
      : `Each class against all others${classes.length > curves.length ? `, of ${curves.length} classes` : ""}; ${main?.name ?? ""} has the least area.`;
  const legends =
    curves.length > 1
      ? legend(html`<i class="line second solid"></i> ${main?.name ?? ""} <i class="line"></i> the others`)
      : "";
  const ofCurves =
    curves.length === 0
      ? []
      : [
          figure("ROC curve", await rocPlot(curves), what, " On the dashed line, the order is chance. ", legends),
          figure(
            "Precision against recall",
            await precisionPlot(curves),
            what,
            ` The dashed line is the share of ${main?.name ?? ""}. `,
            legends,
          ),
        ];
  const said = classes.length === 2 ? `of ${classes[1]}` : "of the predicted class";
  const text = `Probabilities ${said} in groups, against the share that came true; on the dashed line they are right. The larger the point, the more rows.`;
  return [...ofCurves, figure("Calibration", await calibrationPlot(calibration), text)];
}

/** Lists the most frequent mistakes. */
function confusions({ classes, confusion }: ClassScore): Markup {
  const found = confusion
    .flatMap((counts, is) => counts.map((count, said) => ({ is, said, count })))
    .filter(({ is, said, count }) => is !== said && count > 0)
    .sort((one, other) => other.count - one.count);
  const most = classes.length > mostDrawnClasses ? mostDrawnClasses : mostListedConfusions;
  const items = found
    .slice(0, most)
    .map(
      ({ is, said, count: times }) =>
        html`<li>${String(classes[is])} taken for ${String(classes[said])}: ${count(times)}</li>`,
    );
  return items.length === 0
    ? html`<p>No row is taken for another class.</p>`
    : html`<p>The most frequent mistakes:</p><ul>${items}</ul>`;
}

async function columnsFigure({ model, notes, rows }: Findings): Promise<Markup> {
  const { importance } = notes;
  const drawn = importance.slice(0, mostDrawnColumns);
  const unit = importanceUnit(model);
  const of = rows < notes.test.rows ? `${count(rows)} of the rows` : "the rows";
  const most =
    importance.length > drawn.length ? ` The ${drawn.length} of ${importance.length} columns that matter most.` : "";
  const text = `How much worse the predictions are when a column’s values are shuffled among ${of}: the mean of ${shuffles} shuffles, and a line from the least to the greatest of them.${most}`;
  return figure("Importance", await importancePlot(drawn, unit), text);
}

/** Shows the important columns against the target, and lists all columns with what became of them. */
function columnsSections({ model, notes, columnPlots, missing, sheet }: Findings): Content {
  if (sheet) return "";
  const isNumber = model.target.kind === "number" || model.target.classes.length === 2;
  const both = legend(
    html`<i class="line"></i> actual <i class="line second"></i> predicted; of texts <i class="diamond"></i>`,
  );
  const figures = columnPlots.map(({ name, picture, text }) => figure(name, picture, text));
  const plots =
    figures.length === 0
      ? ""
      : html`<section>
<h2>Columns against ${model.target.name}</h2>
${isNumber ? html`<p>${both}</p>` : ""}<div class="pictures">
${figures}</div>
</section>
`;
  const importanceOf = new Map(notes.importance.map(({ column, mean }) => [column, mean]));
  const used = [...model.columns]
    .map((json) => ({ json, importance: importanceOf.get(json.name) }))
    .sort((one, other) => (other.importance ?? 0) - (one.importance ?? 0))
    .map(({ json, importance }) => {
      const [kind, values, fill] = encodingCells(json);
      const gaps = missing.get(json.name) ?? 0;
      return [
        json.name,
        kind,
        values,
        gaps === 0 ? "" : `${count(gaps)} → ${fill}`,
        importance === undefined ? "" : short(importance),
      ];
    });
  const unused = Object.entries(notes.notUsed).map(([name, why]) => {
    const gaps = missing.get(name) ?? 0;
    return [name, "not used", why, gaps === 0 ? "" : count(gaps), ""];
  });
  const rows = [...used, ...unused].map(
    ([name, kind, values, gaps, importance]) =>
      html`<tr><th scope="row">${name}</th><td>${kind}</td><td class="text">${values}</td><td>${gaps}</td><td>${importance}</td></tr>\n`,
  );
  const table = (rows: readonly Markup[]) => html`<div class="wide"><table class="columns"><thead><tr>${[
    ...["column", "kind", "values", "missing", "importance"],
  ].map((name) => html`<th scope="col"${name === "values" ? html` class="text"` : ""}>${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
  const more = rows.slice(mostListedRows);
  return html`${plots}<section>
<h2>All columns</h2>
${table(rows.slice(0, mostListedRows))}${more.length > 0 ? html`<details><summary>${count(more.length)} more</summary>\n${table(more)}</details>\n` : ""}</section>
`;
}

/** Lists the strongest words for each class; empty if there are no texts. */
function wordsSection({ words: groups, model: { target } }: Findings): Content {
  if (groups.length === 0) return "";
  const lists = groups.map(({ column, towards, words }) => {
    const title = target.kind === "number" ? `${column}: ${towards} ${target.name}` : `${column}: ${towards}`;
    const items = words.map((word) => html`<li>${word}</li>\n`);
    return html`<figure class="words"><h3>${title}</h3>
${words.length > 0 ? html`<ol>${items}</ol>` : html`<p>No word.</p>`}</figure>
`;
  });
  const most = count(mostWords);
  return html`<section>
<h2>Words</h2>
<p>The words that change the answer most where a text is this word alone instead of empty: of the ${most} most frequent.</p>
<div class="pictures">
${lists}</div>
</section>
`;
}

/** Returns a row for each layer: its title, its weights, and its activations for the test rows. */
async function layerRows({ layers }: Findings): Promise<Markup[]> {
  const rows: Markup[] = [];
  for (const { name, title, weights, activations, zeros, units, silentUnits } of layers) {
    const silent = silentUnits > 0 ? `; ${count(silentUnits)} of ${plural(units, "unit")} in every row` : "";
    const zero = zeros > 0 ? html`<p>${percent(zeros)} of the activations are 0${silent}.</p>` : "";
    const picture = async (histogram: Histogram, what: string) =>
      html`<div><h4>${what}</h4>${await histogramPlot(histogram, { what: `the ${what} of ${name}`, unit: null })}</div>`;
    rows.push(html`<div class="layer">
<div class="text"><h3>${name}</h3><p>${title}</p>${zero}</div>
${weights ? await picture(weights, "weights") : ""}
${activations ? await picture(activations, zeros > 0 ? "activations other than 0" : "activations") : ""}
</div>
`);
  }
  return rows;
}
