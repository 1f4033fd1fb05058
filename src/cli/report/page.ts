/** Writes the page of a report: one self-contained file without scripts, with colours for light and dark. */

import type { Pipeline } from "../../index.ts";
import { type Importance, shuffles } from "../importance.ts";
import { featuresText, imagesText } from "../listed.ts";
import type { Notes } from "../notes.ts";
import { count, isLogarithmic, percent, plural, short } from "../numbers.ts";
import type { ClassScore, NumberScore } from "../score.ts";
import { type Histogram, histogramOf, type LayerHistograms } from "./histograms.ts";
import { type Content, html, type Markup } from "./markup.ts";
import {
  type Curves,
  confusionPlot,
  curvesPlot,
  histogramPlot,
  importancePlot,
  mostDrawnClasses,
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
  /** The number of test rows behind the importances. */
  readonly rows: number;
  /** Targets and predictions, if numbers are predicted. */
  readonly points: readonly { readonly is: number; readonly said: number }[];
  /** The pictures of a model of pictures. */
  readonly sheet: Sheet | undefined;
  /** The importances of all columns, the greatest first. */
  readonly importances: readonly Importance[];
  /** The groups of words of each column of texts. */
  readonly words: readonly WordGroup[];
  readonly layers: readonly LayerHistograms[];
}

/** The most columns that are drawn. */
const mostDrawnColumns = 20;
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
${tiles(notes.test, name, findings.sheet ? "picture" : "row")}
</header>
<main>
${facts(findings)}
<section>
<h2>Training and test</h2>
<div class="pictures">
${[await trainingFigures(findings), await testFigures(findings), findings.sheet ? "" : await columnsFigure(findings)]}</div>
</section>
${findings.sheet ? sheetSections(findings.sheet) : ""}${wordsSection(findings)}<section>
<h2>Layers</h2>
${await layerRows(findings)}</section>
</main>
<footer>Made by simdnet train.</footer>
</body>
</html>
`;
  return page.text;
}

/** Shows the test score next to the naive baseline. */
function tiles(score: ClassScore | NumberScore, unit: string, row: string): Markup {
  const tile = (value: string, what: string, naive: string) =>
    html`<div class="tile"><strong>${value}</strong><span>${what}</span>${naive && html`<small>${naive}</small>`}</div>
`;
  const { rows, baseline } = score;
  const on = `on ${plural(rows, `test ${row}`)}`;
  if (score.kind === "classes") {
    const { accuracy, right, crossEntropy } = score;
    const naive = `always saying “${baseline.says}”: ${percent(score.baseline.accuracy)}`;
    return html`<div class="tiles">
${tile(percent(accuracy), `accuracy ${on}`, naive)}${tile(`${count(right)} of ${count(rows)}`, `test ${row}s right`, "")}${tile(short(crossEntropy), "cross-entropy", "")}</div>`;
  }
  const { meanAbsoluteError, rootMeanSquaredError, r2 } = score;
  const naive = (error: number) => `always saying ${short(score.baseline.says)}, the mean of ${unit}: ${short(error)}`;
  return html`<div class="tiles">
${tile(short(rootMeanSquaredError), `root mean squared error ${on}`, naive(score.baseline.rootMeanSquaredError))}${tile(
  short(meanAbsoluteError),
  "mean absolute error",
  naive(score.baseline.meanAbsoluteError),
)}${tile(r2 === null ? "–" : short(r2), "R², the share of the variance that is explained", "")}</div>`;
}

/** Summarizes the training in a few lines. */
function facts({ model, notes, best, sheet }: Findings): Markup {
  const { target, network } = model;
  const { rows, settings, notUsed, checkpoint } = notes;
  const epochs = model.history?.epoch.at(-1) ?? 0;
  const without =
    rows.withoutTarget > 0 ? `; ${plural(rows.withoutTarget, "row")} without ${target.name} left out` : "";
  const kept = best === undefined ? "" : `; the best was epoch ${best}, which is kept`;
  const lines: readonly [string, Content][] = [
    ["Target", `${target.name}: ${target.kind === "number" ? "a number" : `${target.classes.length} classes`}`],
    [
      sheet ? "Pictures" : "Rows",
      `${count(rows.train)} to train, ${count(rows.validation)} to say when to stop, ${count(rows.test)} to test${without}`,
    ],
    ["Inputs", inputsText(model)],
    ...unusedColumns(notUsed).map((text): [string, Content] => ["Not used", text]),
    [
      "Network",
      `${network.layers.map(({ title }) => title).join(" → ")}; ${plural(network.parameterCount, "parameter")}, ${network.dtype}`,
    ],
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

async function testFigures({ model: { target }, notes: { test }, points }: Findings): Promise<Markup[]> {
  if (test.kind === "classes") {
    const list = confusions(test);
    if (test.classes.length > mostDrawnClasses) return [html`<figure><h3>Confusions</h3>${list}</figure>`];
    const text =
      "A row for what it is, a column for what the model says; the stronger the colour, the larger the share of its row.";
    return [figure("Confusion matrix", await confusionPlot(test), text, list)];
  }
  const errors = points.map(({ is, said }) => said - is);
  const residuals = { what: `errors of ${target.name}`, unit: `predicted − actual ${target.name}`, zero: true };
  const shown =
    points.length < test.rows ? `${count(points.length)} of the ${count(test.rows)} test rows` : "Each test row";
  return [
    figure(
      "Predicted against actual",
      await scatterPlot(points, target.name),
      `${shown}; on the line, both are equal.`,
    ),
    figure("Errors", await histogramPlot(histogramOf(errors), residuals), "How many test rows are off by how much."),
  ];
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

async function columnsFigure({ model: { target }, notes, rows, importances }: Findings): Promise<Markup> {
  const drawn = importances.slice(0, mostDrawnColumns);
  const [unit, worse] =
    target.kind === "number"
      ? ["added root mean squared error", `the root mean squared error of ${target.name} grows`]
      : ["accuracy lost, in percentage points", "accuracy is lost"];
  const of = rows < notes.test.rows ? `${count(rows)} of the ${count(notes.test.rows)} test rows` : "the test rows";
  const most =
    importances.length > drawn.length ? ` The ${drawn.length} of ${importances.length} columns that matter most.` : "";
  const text = `How much ${worse} when a column’s values are shuffled among ${of}: the mean of ${shuffles} shuffles, and a line from the least to the greatest of them.${most}`;
  const lines = drawn.map(
    ({ column, mean, least, greatest }) =>
      html`<tr><th scope="row">${column}</th><td>${short(mean)}</td><td>${short(least)}</td><td>${short(greatest)}</td></tr>\n`,
  );
  const numbers = html`<details><summary>In numbers</summary>
<table><thead><tr><th scope="col">column</th><th scope="col">mean</th><th scope="col">least</th><th scope="col">greatest</th></tr></thead>
<tbody>
${lines}</tbody></table></details>`;
  return figure("Importance", await importancePlot(drawn, unit), text, numbers);
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
${weights ? await picture(weights, "weights") : html`<div></div>`}
${activations ? await picture(activations, zeros > 0 ? "activations other than 0" : "activations") : html`<div></div>`}
</div>
`);
  }
  return rows;
}
