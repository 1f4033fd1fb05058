/** Draws a plot of Vega-Lite as SVG in the colours of its page. */

import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml, sanitizePage } from "../display.ts";
import { Markup } from "./markup.ts";

/** The colours of the page (page.ts), which differ in dark mode. */
export const ink = "var(--ink)";
export const soft = "var(--soft)";
export const grid = "var(--grid)";
export const first = "var(--first)";
export const second = "var(--second)";
/** The colour of text on the first colour. */
export const onFirst = "var(--on-first)";

/** The width of a telephone's screen without margins, so that letters keep their size there. */
export const pictureWidth = 360;
export const fontSize = 11;

/** Returns the format of the numbers at an axis: 0.001, 12,000, 1.25M. */
export function axisFormat(values: readonly number[]): string {
  const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (greatest >= 1e5) return ".4~s";
  return greatest < 1e-3 ? ".3~g" : ",.6~r";
}

/** Space around the axes. */
export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const axis = {
  labelColor: soft,
  labelFontSize: fontSize,
  labelPadding: 5,
  titleColor: soft,
  titleFontSize: fontSize,
  titleFontWeight: "normal",
  titlePadding: 6,
  gridColor: grid,
  domain: false,
  ticks: false,
};
const config = { aria: false, font: "system-ui, sans-serif", view: { stroke: null }, axis };

/** The mean width of a letter of `config.font`. Chinese, Japanese and Korean letters are twice as wide. */
const letterWidth = 0.62 * fontSize;
const lettersOf = (character: string) => (character.codePointAt(0)! >= 0x2e80 ? 2 : 1);

/** Returns the approximate width of a text, in pixels. */
export const widthOf = (text: string): number =>
  letterWidth * Array.from(text).reduce((sum, character) => sum + lettersOf(character), 0);

/** Cuts the middle of a text to fit the width. Similar names differ at their ends. */
export function clipMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = Array.from(text);
  for (let kept = characters.length - 1; kept > 1; kept--) {
    const head = Math.ceil(kept / 2);
    const shorter = `${characters.slice(0, head).join("")}…${characters.slice(head - kept).join("")}`;
    if (widthOf(shorter) <= width) return shorter;
  }
  return `${characters[0]}…`;
}

/**
 * @param plot a view or layers of Vega-Lite, without sizes
 * @param height of the picture, with its margins
 * @param label the alternative text
 */
export async function draw(
  plot: object,
  { height, margins: { left, right, top, bottom }, label }: { height: number; margins: Margins; label: string },
): Promise<Markup> {
  const size = { width: pictureWidth - left - right, height: height - top - bottom };
  const padding = { left, right, top, bottom };
  const spec = { ...size, padding, autosize: "none", background: null, config, ...plot };
  const view = new View(parse(compile(spec as object as TopLevelSpec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  const head = `<svg viewBox="0 0 ${pictureWidth} ${height}" role="img" aria-label="${escapeHtml(label)}">`;
  // Vega escapes the texts of a plot for XML only.
  return new Markup(head + sanitizePage(svg.slice(svg.indexOf(">") + 1)));
}
