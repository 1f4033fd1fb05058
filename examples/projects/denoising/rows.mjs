/** Figures of images in rows, and other parts that the pages of this project share. */
import { figure, html } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";
import { digitSize } from "./networks.mjs";

/** The black between two images of a row, in pixels. */
const gap = 2;
const pixels = digitSize * digitSize;

/** Returns images of digits as one picture, side by side. @param digits values of whole digits, one after the other */
export function strip(digits, label, scale = 3) {
  const count = digits.length / pixels;
  const width = count * (digitSize + gap) - gap;
  const values = new Float32Array(width * digitSize);
  for (let digit = 0; digit < count; digit++) {
    for (let row = 0; row < digitSize; row++) {
      const from = digit * pixels + row * digitSize;
      values.set(digits.subarray(from, from + digitSize), row * width + digit * (digitSize + gap));
    }
  }
  return picture(values, [digitSize, width, 1], label, scale);
}

/** Returns a figure of the page's width. */
export const wide = (title, content, text) =>
  html`<div style="grid-column: 1 / -1">${figure(title, content, text)}</div>\n`;

/** @param rows `[what, picture]`: the words above each picture, and the picture */
export const labelled = (rows) =>
  rows.map(([what, image]) => html`<p style="margin: 8px 0 2px; font-size: 13px">${what}</p>\n${image}\n`);

export const fixed = (value) => value.toFixed(4);
