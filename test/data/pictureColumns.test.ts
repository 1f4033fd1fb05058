import { describe, expect, test } from "vitest";
import {
  encodeRecords,
  images,
  type Picture,
  type PictureOptions,
  type RecordEncodingJSON,
  type SeriesRecord,
  transformFromJSON,
} from "../../src/data/index.ts";

/** Bytes that all differ, as far as they can. */
const pictureOf = (width: number, height: number, bytes: number, first = 0): Picture => ({
  data: Uint8Array.from({ length: width * height * bytes }, (_, at) => (first + 7 * at) % 256),
  width,
  height,
});
const pictures = [pictureOf(5, 4, 3), pictureOf(2, 9, 1, 40), pictureOf(3, 3, 4, 90)];
const records: SeriesRecord[] = pictures.map((photo, row) => ({ photo, age: row, kind: "ab"[row % 2] }));
const form: PictureOptions = { size: [2, 3], channels: 3, scale: 2 };

describe("a column of pictures", () => {
  const encoding = encodeRecords(records, { pictures: { photo: form } });

  test("is an input of its own behind numbers and categories, of the images that images makes", () => {
    expect(encoding.inputs).toEqual([
      { columns: ["age", "kind"], shape: [3], variableLength: false },
      { columns: ["photo"], shape: [2, 3, 3], variableLength: false },
    ]);
    const alone = encodeRecords(records, { ignore: ["photo"] });
    expect(encoding.apply(records)).toEqual([alone.apply(records), images(pictures, form)]);
  });

  test("of a table by columns becomes whole images one after the other", () => {
    const only = encodeRecords({ photo: pictures }, { pictures: { photo: { size: 2 } } });
    const values = only.apply({ photo: pictures });
    expect(values).toEqual(Float32Array.from(images(pictures, { size: 2, channels: 3 }).flatMap((row) => [...row])));
  });

  test("is described by JSON, which makes the same rows", () => {
    const json: RecordEncodingJSON = JSON.parse(JSON.stringify(encoding));
    expect(json.columns[0]).toEqual({ name: "photo", kind: "picture", size: [2, 3], channels: 3, scale: 2 });
    expect(transformFromJSON(json).apply(records)).toEqual(encoding.apply(records));
    const only = encodeRecords({ photo: pictures }, { pictures: { photo: { size: 2 } } });
    expect(only.toJSON().columns).toEqual([
      { name: "photo", kind: "picture", size: [2, 2], channels: 3, scale: 1 / 255 },
    ]);
  });

  test.each<[unknown, string]>([
    [null, 'encodeRecords, column "photo" at row 1: got null, need a picture, { data, width, height }'],
    ["cat.jpg", 'encodeRecords, column "photo" at row 1: got "cat.jpg", need a picture'],
    [{ data: [1], width: 1, height: 1 }, "got an array of 1 as data, need a Uint8Array or a Uint8ClampedArray"],
    [{ ...pictures[0], width: 6 }, "got 60 bytes, need 6 × 4 pixels of 1, 3 or 4 bytes each"],
  ])("refuses %j", (photo, message) => {
    expect(() => encoding.apply([records[0], { ...records[0], photo } as SeriesRecord])).toThrow(message);
  });

  test.each<[object, string]>([
    [{ photo: {} }, 'encodeRecords, column "photo": got no size, need the height and width of its images in pixels'],
    [{ photo: { size: 0 } }, 'encodeRecords, column "photo" size: got 0, need a whole number from 1 to 65535'],
    [{ photo: { size: 2, channels: 2 } }, 'encodeRecords, column "photo" channels: got 2, need 1, 3 or 4'],
    [{ photo: { size: 2, grey: true } }, 'encodeRecords, column "photo" option: got "grey"'],
    [{ foto: { size: 2 } }, 'encodeRecords pictures: got "foto", need one of photo, age, kind; did you mean "photo"?'],
  ])("refuses the options %j", (pictures, message) => {
    expect(() => encodeRecords(records, { pictures } as never)).toThrow(message);
  });

  test("is named by one option alone", () => {
    const options = { texts: { photo: {} }, pictures: { photo: form } };
    expect(() => encodeRecords(records, options)).toThrow('got "photo" in texts and in pictures, need it in one');
  });

  test.each<[object, string]>([
    [{ size: [2, 1e9] }, "column 0 size: got 1000000000, need a whole number from 1 to 65535"],
    [{ size: undefined }, "column 0: got no size, need one"],
    [{ channels: 7 }, "column 0 channels: got 7, need 1, 3 or 4"],
    [{ scale: "1" }, 'column 0 scale: got "1", need a finite number'],
    [{ kind: "image" }, 'column 0, kind: got "image"'],
  ])("refuses JSON with %j", (change, message) => {
    const json = encodeRecords({ photo: pictures }, { pictures: { photo: form } }).toJSON();
    const wrong = { ...json, columns: [{ ...json.columns[0], ...change }] };
    expect(() => transformFromJSON(wrong as never)).toThrow(message);
  });
});
