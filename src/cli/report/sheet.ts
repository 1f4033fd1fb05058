/** Makes the pictures of a report: some test pictures, the surest mistakes, and the filters of the first layer. */

import type { Picture, SeriesColumns } from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";
import { count, percent, placeOfGreatest } from "../numbers.ts";
import type { LayerFilters } from "../pictures/filters.ts";
import { filtersCard, picturesStyle } from "../pictures/page.ts";
import { picture } from "../pictures/raster.ts";
import { type Content, html, Markup } from "./markup.ts";

/** A test picture as the network sees it, with the model's prediction. */
export interface TestedPicture {
  /** The name of its file. */
  readonly name: string;
  readonly image: Picture;
  readonly is: string;
  readonly said: string;
  /** The probability of the predicted class. */
  readonly probability: number;
}

export interface Sheet {
  readonly rows: number;
  /** A random sample. */
  readonly some: readonly TestedPicture[];
  /** The surest first. */
  readonly mistakes: readonly TestedPicture[];
  readonly mistakeCount: number;
  readonly filters: LayerFilters | undefined;
}

/** The most pictures that are drawn. */
const [mostSome, mostMistakes] = [40, 24];

export const sheetStyle = new Markup(`${picturesStyle.text}
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); gap: 12px; }
.sheet figure { padding: 8px; }
.sheet figcaption { font-size: 12px; line-height: 1.3; }
.sheet .wrong b { color: var(--second); }
`);

export interface SheetOptions {
  /** The numbers of the rows in the columns. */
  readonly sample: ArrayLike<number>;
  /** The files of all rows, and the outputs of the network. */
  readonly names: readonly string[];
  readonly outputs: ArrayLike<number>;
  /** The class number of each row of the columns. */
  readonly targets: ArrayLike<number>;
  readonly filters: LayerFilters | undefined;
}

/** @param columns a single column of pictures */
export function sheetOf(
  { target, network }: Pick<Pipeline, "target" | "network">,
  columns: SeriesColumns,
  { sample, names, outputs, targets, filters }: SheetOptions,
): Sheet {
  if (target.kind !== "classes") throw new RangeError("the sheet: got a model of numbers, need one of classes");
  const { classes } = target;
  const width = network.outputs;
  const [images] = Object.values(columns) as readonly (readonly Picture[])[];
  const tested = images.map((image, row): TestedPicture => {
    const at = sample[row] * width;
    const probabilities =
      width === 1 ? [1 - outputs[at], outputs[at]] : classes.map((_, number) => outputs[at + number]);
    const said = placeOfGreatest(probabilities);
    const [is, says] = [targets[row], said].map((number) => String(classes[number]));
    return { name: names[sample[row]], image, is, said: says, probability: probabilities[said] };
  });
  const wrong = tested.filter(({ is, said }) => is !== said);
  const mistakes = [...wrong].sort((one, other) => other.probability - one.probability).slice(0, mostMistakes);
  return { rows: tested.length, some: tested.slice(0, mostSome), mistakes, mistakeCount: wrong.length, filters };
}

/** Returns the sections of the page. */
export function sheetSections({ rows, some, mistakes, mistakeCount, filters }: Sheet): Markup {
  const surest =
    mistakes.length < mistakeCount ? `The ${mistakes.length} surest of ${count(mistakeCount)} mistakes.` : "";
  return html`<section>
<h2>Mistakes</h2>
${mistakes.length === 0 ? html`<p>No picture is taken for another class.</p>` : cards(mistakes)}${surest && html`<p>${surest}</p>`}</section>
<section>
<h2>Pictures of the test</h2>
${cards(some)}${some.length < rows ? html`<p>${some.length} of ${count(rows)}, drawn at random.</p>` : ""}</section>
${filters ? filtersSection(filters) : ""}`;
}

const filtersSection = (filters: LayerFilters): Markup => html`<section>
<h2>Filters of the first layer</h2>
${filtersCard(filters)}</section>
`;

const cards = (list: readonly TestedPicture[]): Markup => html`<div class="sheet">
${list.map(card)}</div>
`;

function card({ name, image: { data, width, height }, is, said, probability }: TestedPicture): Content {
  const isWrong = is !== said;
  const bytes = new Uint8Array(data);
  const text = isWrong ? html`<b>${said}</b>, is ${is}` : html`${said}`;
  return html`<figure${isWrong ? html` class="wrong"` : ""}>${picture(bytes, width, height, name)}
<figcaption>${text}, ${percent(probability)}<br>${name}</figcaption></figure>
`;
}
