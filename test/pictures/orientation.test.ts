import { encode as encodeJpeg } from "jpeg-js";
import { describe, expect, test } from "vitest";
import { readPicture } from "../../src/pictures/decode.ts";
import { orientationOf, turnUpright } from "../../src/pictures/orientation.ts";

/** EXIF data with another entry and one for the orientation, in either order of bytes. */
function exifOf(orientation: number, isLittle: boolean, type = 3): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + 2 * 12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 2, isLittle);
  view.setUint16(10, 0x010f, isLittle);
  view.setUint16(22, 0x0112, isLittle);
  view.setUint16(24, type, isLittle);
  view.setUint32(26, 1, isLittle);
  view.setUint16(30, orientation, isLittle);
  return bytes;
}

describe("orientationOf", () => {
  test("reads 1 to 8 in both orders of bytes", () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      for (const isLittle of [true, false]) expect(orientationOf(exifOf(orientation, isLittle))).toBe(orientation);
    }
  });

  test("gives 1 for what names none: other numbers, another type, and every beginning of the data", () => {
    for (const orientation of [0, 9, 65535]) expect(orientationOf(exifOf(orientation, true))).toBe(1);
    expect(orientationOf(exifOf(6, true, 4))).toBe(1);
    const whole = exifOf(6, false);
    for (let length = 0; length < whole.length; length++) expect(orientationOf(whole.subarray(0, length))).toBe(1);
    const far = exifOf(6, true);
    new DataView(far.buffer).setUint32(4, 0xffffffff, true);
    expect(orientationOf(far)).toBe(1);
  });
});

describe("upright", () => {
  // a b c
  // d e f
  const picture = { data: Uint8Array.from("abcdef", (character) => character.charCodeAt(0)), width: 3, height: 2 };
  test.each<[number, string[]]>([
    [1, ["abc", "def"]],
    [2, ["cba", "fed"]],
    [3, ["fed", "cba"]],
    [4, ["def", "abc"]],
    [5, ["ad", "be", "cf"]],
    [6, ["da", "eb", "fc"]],
    [7, ["fc", "eb", "da"]],
    [8, ["cf", "be", "ad"]],
  ])("shows orientation %i as EXIF says", (orientation, rows) => {
    const { data, width, height } = turnUpright(picture, orientation);
    expect([width, height]).toEqual([rows[0].length, rows.length]);
    expect(String.fromCharCode(...data)).toBe(rows.join(""));
  });

  test("keeps the bytes of a pixel together", () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(turnUpright({ data, width: 2, height: 1 }, 6)).toEqual({ data, width: 1, height: 2 });
    expect(turnUpright({ data, width: 2, height: 1 }, 8).data).toEqual(Uint8Array.of(4, 5, 6, 1, 2, 3));
  });
});

test("readPicture turns a JPEG picture by its EXIF data: what was stored on the left is seen at the top", () => {
  const [width, height] = [16, 8];
  const data = Buffer.from(
    Array.from({ length: width * height }, (_, at) => Array(4).fill(at % width < 8 ? 255 : 0)).flat(),
  );
  // The encoder writes "Exif" and one zero.
  const exifBuffer = Uint8Array.of(0, ...exifOf(6, false));
  const bytes = new Uint8Array(encodeJpeg({ data, width, height, exifBuffer } as never, 95).data);
  const picture = readPicture(bytes);
  expect([picture.width, picture.height]).toEqual([8, 16]);
  expect([picture.data[0], picture.data[15 * 8 * 4]]).toEqual([255, 0]);
  const plain = readPicture(new Uint8Array(encodeJpeg({ data, width, height }, 95).data));
  expect([plain.width, plain.height]).toEqual([16, 8]);
});
