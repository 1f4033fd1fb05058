/** Images for a page. */
import { encode } from "fast-png";
import { html } from "./page.mjs";

/**
 * Returns the bytes of a PNG file.
 *
 * @param values of a picture, row by row, from 0 to 1; others are clipped
 * @param shape [height, width, channels], 1 or 3 channels
 */
export function pngOf(values, [height, width, channels]) {
  const data = Uint8Array.from(values, (value) => Math.round(Math.min(Math.max(value, 0), 1) * 255));
  return encode({ data, width, height, channels, depth: 8 });
}

/**
 * Returns an image for a page.
 *
 * @param values as for `pngOf`, with `shape`
 * @param label a description of the image for users who do not see it
 * @param scale pixels of the page for each pixel
 */
export function picture(values, shape, label, scale = 1) {
  const [height, width] = shape;
  const png = Buffer.from(pngOf(values, shape)).toString("base64");
  const size = `width: ${width * scale}px; max-width: 100%; height: auto; image-rendering: ${scale > 1 ? "pixelated" : "auto"}`;
  return html`<img src="data:image/png;base64,${png}" alt="${label}" title="${label}" width="${width * scale}" height="${height * scale}" style="${size}">`;
}
