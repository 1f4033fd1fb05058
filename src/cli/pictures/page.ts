/** Writes the page of pictures of a network: one self-contained file without scripts, with colours for light and dark. */

import type { Network } from "../../index.ts";
import { count, plural, short } from "../numbers.ts";
import { type Content, html, Markup } from "../report/markup.ts";
import { style } from "../report/style.ts";
import type { LayerFilters } from "./filters.ts";
import type { Answer, LayerMaps, NetworkView } from "./look.ts";
import { above, below, greatestMagnitude, imagePicture, picture, signedPicture, size, tileGrids } from "./raster.ts";

export interface Subject {
  /** The name of the model's file. */
  readonly file: string;
  readonly network: Network;
  readonly filters: readonly LayerFilters[];
  readonly image: ImageView | undefined;
}

/** An image, and the network's view of it. */
export interface ImageView {
  readonly file: string;
  /** The size of the picture in the file, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The factor for each of its bytes. */
  readonly scale: number;
  readonly view: NetworkView;
  /** The class of each output, if known. */
  readonly classes?: readonly string[];
}

/** The style of grids of pictures. */
export const picturesStyle = new Markup(`
.card { margin: 0 0 12px; padding: 12px; border-radius: 8px; background: var(--card); }
.card p { margin: 0 0 8px; color: var(--soft); font-size: 13px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(64px, 1fr)); gap: 6px; }
img { display: block; width: 100%; height: auto; outline: 1px solid var(--grid); image-rendering: pixelated; }
figure img { max-width: 360px; margin: 0 auto 8px; }
`);

const ownStyle = new Markup(`${picturesStyle.text}
.signs { color: var(--soft); font-size: 13px; }
.signs i { display: inline-block; width: 12px; height: 12px; margin: 0 2px 0 10px; border-radius: 2px; vertical-align: -1px; }
.signs i:first-child { margin-left: 0; }
.above { background: rgb(${above.join(" ")}); }
.below { background: rgb(${below.join(" ")}); }
.grid.large { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); }
.image { grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
.over { display: grid; }
.over img { grid-area: 1 / 1; width: 100%; }
.over img:first-child { opacity: 0.35; filter: grayscale(1); }
.answers { display: grid; grid-template-columns: auto 1fr auto; gap: 6px 10px; align-items: center; margin-bottom: 8px; }
.answers b { font-weight: normal; }
.answers i { display: block; height: 12px; border-radius: 2px; background: var(--first); }
.answers span { text-align: right; font-variant-numeric: tabular-nums; }
`);

/** @returns HTML; the same subject gives the same bytes */
export function pageOf({ file, network, filters, image }: Subject): string {
  const title = html`Inside ${file}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}${ownStyle}</style>
</head>
<body>
<header>
<h1>${title}</h1>
</header>
<main>
<dl>
<div><dt>Network</dt><dd>${network.layers.map(({ title }) => title).join(" → ")}; ${plural(network.parameterCount, "parameter")}, ${network.dtype}</dd></div>
</dl>
${image ? imageSection(image) : ""}${filters.length > 0 ? filtersSection(filters) : ""}${image && image.view.layers.length > 0 ? mapsSection(image.view.layers) : ""}</main>
<footer>Made by simdnet inspect.</footer>
</body>
</html>
`;
  return page.text;
}

const figure = (title: string, ...contents: readonly Content[]): Markup => html`<figure>
<h3>${title}</h3>
${contents}
</figure>
`;

const signs = (
  how: string,
) => html`<p class="signs"><i class="above"></i> above 0 <i class="below"></i> below 0; the stronger, the further from 0${how}</p>
`;

function imageSection({ file, width, height, scale, view: look, classes }: ImageView): Markup {
  const { shape, input, answer } = look;
  const image = imagePicture({ ...shape, values: input }, 255 * scale, "The image as the network sees it");
  const stretched = width * shape.height === height * shape.width ? "" : ", which stretches it";
  const resized =
    width === shape.width && height === shape.height
      ? `${width} × ${height} pixels`
      : `${width} × ${height} pixels, here ${shape.width} × ${shape.height}${stretched}`;
  const colours =
    shape.channels === 1 ? "grey" : `red, green${shape.channels === 3 ? " and blue" : ", blue and alpha"}`;
  const range = `numbers from 0 to ${short(255 * scale)}`;
  return html`<section>
<h2>The image</h2>
<div class="pictures image">
${figure("As the network sees it", image, html`<figcaption>${file}: ${resized}; ${colours}, ${range}.</figcaption>`)}${answer ? answerFigures(answer, image, classes) : ""}</div>
</section>
`;
}

function answerFigures({ best, gradient }: Answer, image: Markup, classes?: readonly string[]): Markup {
  const nameOf = (output: number) => (classes ? classes[output] : `output ${output}`);
  const most = best.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
  const lines = best.map(({ output, value }) => {
    const share = value > 0 && most > 0 ? Math.round((1000 * value) / most) / 10 : 0;
    return html`<b>${nameOf(output)}</b><div><i style="width: ${share}%"></i></div><span>${short(value)}</span>\n`;
  });
  const [{ output }] = best;
  const limit = greatestMagnitude(gradient.values);
  const map = signedPicture(gradient, {
    limit,
    text: `How far ${nameOf(output)} hangs on each pixel`,
    colours: [size, size],
  });
  const text =
    limit > 0
      ? `How far ${nameOf(output)} moves for a small change of a pixel: the size of the derivative, the greatest over the channels, up to ${short(limit)}.`
      : `No pixel moves ${nameOf(output)}: its derivatives are 0 everywhere.`;
  return html`${figure(
    "The answer",
    html`<div class="answers">\n${lines}</div>`,
    html`<figcaption>${classes ? "The greatest of its probabilities." : "The greatest of its outputs, which are counted from 0."}</figcaption>`,
  )}${figure("Where it looked", html`<div class="over">${image}${map}</div>`, html`<figcaption>${text}</figcaption>`)}`;
}

const first = (drawn: number, all: number, what: string) =>
  drawn < all ? `the first ${drawn} of ${count(all)} ${what}` : plural(all, what.replace(/s$/, ""));

function filtersSection(layers: readonly LayerFilters[]): Markup {
  return html`<section>
<h2>Filters</h2>
${signs("")}${layers.map(filtersCard)}</section>
`;
}

export function filtersCard({
  name,
  title,
  filters,
  filterCount,
  kernelCount,
  isColoured,
  limit,
}: LayerFilters): Markup {
  const [{ length: kernels }] = filters;
  const what = first(filters.length, filterCount, "filters");
  const form = isColoured
    ? "in the red, green and blue of the image, where 0 is grey"
    : kernelCount === 1
      ? "each with one kernel"
      : `each with ${first(kernels, kernelCount, "kernels")}, one for each channel of its input`;
  const pictures = filters.map((kernels, index) => {
    const text = `filter ${index} of ${name}`;
    return isColoured ? colourFilterPicture(kernels, limit, text) : signedPicture(tileGrids(kernels), { limit, text });
  });
  return card(
    name,
    title,
    `${what}, ${form}; weights up to ${short(limit)} from 0.`,
    pictures,
    !isColoured && kernels > fewKernels,
  );
}

/** A filter whose three kernels are red, green and blue. */
function colourFilterPicture(kernels: LayerFilters["filters"][number], limit: number, text: string): Markup {
  const [{ width, height }] = kernels;
  const data = new Uint8Array(3 * width * height);
  for (let index = 0; index < data.length; index++) {
    const weight = kernels[index % 3].values[Math.floor(index / 3)];
    data[index] = Math.round(127.5 + (limit > 0 ? (127.5 * weight) / limit : 0));
  }
  return picture(data, width, height, text);
}

function mapsSection(layers: readonly LayerMaps[]): Markup {
  return html`<section>
<h2>What each layer makes of the image</h2>
${signs(", by the square root")}${layers.map(mapsCard)}</section>
`;
}

function mapsCard({ name, title, shape, maps, block, silent, limit }: LayerMaps): Markup {
  const [height, width, channels] = shape;
  const blocks = block > 1 ? `, drawn as means of ${block} × ${block}` : "";
  const silence = silent > 0 ? `; ${count(silent)} of the ${count(channels)} are 0 everywhere` : "";
  const what = first(maps.length, channels, "maps");
  const text = `${what} of ${width} × ${height}${blocks}; numbers up to ${short(limit)} from 0${silence}.`;
  const pictures = maps.map((map, index) =>
    signedPicture(map, { limit, text: `map ${index} of ${name}`, strength: Math.sqrt }),
  );
  return card(name, title, text, pictures);
}

/** Pictures of more kernels are drawn larger. */
const fewKernels = 4;

const card = (
  name: string,
  title: string,
  text: string,
  pictures: readonly Markup[],
  isLarge = false,
): Markup => html`<div class="card">
<h3>${name}</h3>
<p>${title}: ${text}</p>
<div class="grid${isLarge ? " large" : ""}">
${pictures.map((each) => html`${each}\n`)}</div>
</div>
`;
