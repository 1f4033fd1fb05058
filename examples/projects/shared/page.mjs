/** Pages of results: one file each, without scripts and dependencies, with colours for light and dark. */
import { html } from "#dist/cli/report/markup.js";
import { style } from "#dist/cli/report/style.js";

export { importances } from "#dist/cli/importance.js";
export { draw, first, fontSize, grid, ink, second, soft } from "#dist/cli/report/draw.js";
export { html, Markup } from "#dist/cli/report/markup.js";
export { confusionPlot, curvesPlot, importancePlot, scatterPlot } from "#dist/cli/report/plots.js";

/**
 * @param tiles the main figures: `{ value, what, beside }`, where `beside` is a figure for comparison
 * @param sections `{ title, figures }`
 * @returns HTML
 */
export function page({ title, lead, tiles, sections }) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${lead}</p>
<div class="tiles">
${tiles.map(({ value, what, beside = "" }) => html`<div class="tile"><strong>${value}</strong><span>${what}</span><small>${beside}</small></div>\n`)}</div>
</header>
<main>
${sections.map(
  ({ title, figures }) => html`<section>
<h2>${title}</h2>
<div class="pictures">
${figures}</div>
</section>
`,
)}</main>
<footer>Made with simdnet.</footer>
</body>
</html>
`.text;
}

/** Returns a picture with a heading and an explanation. */
export const figure = (title, picture, text = "") => html`<figure>
<h3>${title}</h3>
${picture}
<figcaption>${text}</figcaption>
</figure>
`;
