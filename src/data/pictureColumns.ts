/** Columns of a table that hold pictures. They become images of one form. */

import { checkImageOptions, type ImagesOptions, imageOf } from "./images.ts";
import type { Picture } from "./picture.ts";

/** The conversion of a column of pictures by `images`. Default: 3 channels, a scale of 1/255. */
export interface PictureOptions extends ImagesOptions {
  size: number | readonly [height: number, width: number];
}

export interface PictureEncodingJSON {
  kind: "picture";
  size: readonly [height: number, width: number];
  channels: 1 | 3 | 4;
  scale: number;
}

export interface PictureEncoding {
  /** [height, width, channels] */
  readonly shape: readonly number[];
  readonly variableLength: false;
  /** Returns a row for each picture. */
  rowsOf(values: ArrayLike<unknown>): Float32Array[];
}

/** Returns the encoding of a column of pictures: the checked options, each with its value. */
export function pictureEncodingOf(who: string, options: PictureOptions): PictureEncodingJSON {
  const { form, scale } = checkImageOptions(who, options);
  const { height, width, channels = 3 } = form;
  if (height === undefined || width === undefined) {
    throw new TypeError(`${who}: got no size, need the height and width of its images in pixels`);
  }
  return { kind: "picture", size: [height, width], channels, scale };
}

/** Returns the encoding that `json` describes. `who` reports an invalid `json`; `owner` applies the encoding. */
export function picturesFromJSON(who: string, json: PictureEncodingJSON, owner: string): PictureEncoding {
  const { size, channels, scale } = json;
  for (const [name, value] of Object.entries({ size, channels, scale })) {
    if (value === undefined) throw new TypeError(`${who}: got no ${name}, need one`);
  }
  const { form } = checkImageOptions(who, { size, channels, scale });
  const rowsOf = (values: ArrayLike<unknown>) =>
    Array.from(values, (value, row) => imageOf(`${owner} at row ${row}`, value as Picture, { form, scale }));
  return { shape: [form.height!, form.width!, channels], variableLength: false, rowsOf };
}
