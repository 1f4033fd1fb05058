/** The page of results on documents. */
import { curvesPlot, figure, html, page } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";
import { fixed, labelled, wide } from "./rows.mjs";

/** The number of pages before and after, and of pages in the table, which has those with the greatest errors. */
const [shownPages, tableRows] = [4, 12];

/**
 * @param errors `{ noisy, threshold, network }`, root mean squared errors of the test pages, means over pages
 * @param pages the test pages with `cleaned`, the network's output, and `errors`, those of this page
 * @param records of the training
 * @returns HTML
 */
export async function documentsPage({ name, source, errors, pages, records, seconds }) {
  const validation = records.flatMap(({ validation }) => validation?.rootMeanSquaredError ?? []);
  const curves = await curvesPlot({
    what: "Root mean squared error",
    epoch: records.map(({ epoch }) => epoch),
    training: records.map(({ metrics }) => metrics.rootMeanSquaredError),
    validation,
    best: undefined,
  });
  const worst = pages.toSorted((a, b) => b.errors.network - a.errors.network).slice(0, tableRows);
  return page({
    title: "Noise out of documents",
    lead: `A ${name} network has learned from ${source.train} dirty pages and what they were when they were clean. These are ${source.test} others, of other texts.`,
    tiles: [
      {
        value: fixed(errors.network),
        what: "root mean squared error of a page",
        beside: `trained in ${seconds.toFixed(0)} s`,
      },
      { value: fixed(errors.threshold), what: "the best threshold, without a network" },
      { value: fixed(errors.noisy), what: "the dirty pages as they are" },
    ],
    sections: [
      {
        title: "Pages that it has not seen",
        figures: pages.slice(0, shownPages).map((shown) => wide(shown.name, rowsOf(shown), "")),
      },
      {
        title: "How it learned, and where it errs",
        figures: [
          figure(
            "Root mean squared error by epoch",
            curves,
            validation.length > 0
              ? "Solid: parts of the pages it learns from. Dashed: parts of a text set aside."
              : "Parts of the pages it learns from.",
          ),
          figure(
            worst.length < pages.length ? `The ${worst.length} worst pages` : "Every page",
            table(worst),
            "Root mean squared errors over all pixels, where black is 0 and white is 1.",
          ),
        ],
      },
    ],
  });
}

const rowsOf = ({ noisy, cleaned, clean, height, width, errors }) =>
  labelled([
    [`dirty: ${fixed(errors.noisy)}`, picture(noisy, [height, width, 1], "a dirty page")],
    [
      `cleaned: ${fixed(errors.network)}`,
      picture(cleaned, [height, width, 1], "the same page, cleaned by the network"),
    ],
    ["as it was", picture(clean, [height, width, 1], "the same page before it became dirty")],
  ]);

const table = (pages) => html`<table>
<tr><th>page</th><th>dirty</th><th>threshold</th><th>network</th></tr>
${pages.map(({ name, errors }) => html`<tr><th>${name}</th>${[errors.noisy, errors.threshold, errors.network].map((error) => html`<td>${fixed(error)}</td>`)}</tr>\n`)}</table>
`;
