/** Converts pictures from JSON, where `data` is an array of whole numbers from 0 to 255. */

import type { Picture } from "../../data/index.ts";
import { jsonText } from "../display.ts";

/**
 * Returns the same records with the arrays of pictures as bytes.
 *
 * @param body a record, a picture that stands for one, or an array of these
 * @param names of the columns of pictures
 * @throws {RangeError} if such an array holds other values than bytes
 */
export function convertPictures(body: unknown, names: readonly string[]): unknown {
  if (Array.isArray(body)) return body.map((record) => convertRecord(record, names));
  return convertRecord(body, names);
}

function convertRecord(record: unknown, names: readonly string[]): unknown {
  if (typeof record !== "object" || record === null) return record;
  const columns = names.filter((name) => Object.hasOwn(record, name));
  if (columns.length === 0) return pictureOf(record);
  const values = record as Readonly<Record<string, unknown>>;
  return { ...values, ...Object.fromEntries(columns.map((name) => [name, pictureOf(values[name])])) };
}

function pictureOf(value: unknown): unknown {
  const { data } = Object(value) as { readonly data?: unknown };
  if (!Array.isArray(data)) return value;
  const wrong = data.findIndex((byte) => !(Number.isInteger(byte) && byte >= 0 && byte <= 255));
  if (wrong >= 0) {
    throw new RangeError(`data: got ${jsonText(data[wrong])} at ${wrong}, need whole numbers from 0 to 255`);
  }
  return { ...(value as Picture), data: Uint8Array.from(data) };
}
