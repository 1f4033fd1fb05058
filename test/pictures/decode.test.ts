import { encode as encodeJpeg } from "jpeg-js";
import { describe, expect, test } from "vitest";
import { readPicture } from "../../src/pictures/decode.ts";
import { type PngParts, pngOf } from "../cli/pictures/files.ts";

describe("a PNG picture", () => {
  const cases: [string, PngParts, number[]][] = [
    ["grey of 8 bits", { width: 3, height: 1, depth: 8, type: 0, rows: [[0, 7, 255]] }, [0, 7, 255]],
    ["grey of 16 bits", { width: 2, height: 1, depth: 16, type: 0, rows: [[255, 255, 128, 0]] }, [255, 128]],
    [
      "grey of 1 bit, whose rows end within a byte",
      {
        width: 9,
        height: 2,
        depth: 1,
        type: 0,
        rows: [
          [0b10100000, 0b10000000],
          [0b00000001, 0],
        ],
      },
      [255, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 255, 0],
    ],
    ["grey of 2 bits", { width: 4, height: 1, depth: 2, type: 0, rows: [[0b00011011]] }, [0, 85, 170, 255]],
    ["grey of 4 bits", { width: 3, height: 1, depth: 4, type: 0, rows: [[0x0f, 0x80]] }, [0, 255, 136]],
    ["colours", { width: 2, height: 1, depth: 8, type: 2, rows: [[1, 2, 3, 4, 5, 6]] }, [1, 2, 3, 4, 5, 6]],
    ["grey with alpha", { width: 1, height: 1, depth: 8, type: 4, rows: [[9, 40]] }, [9, 9, 9, 40]],
    ["colours with alpha", { width: 1, height: 1, depth: 8, type: 6, rows: [[1, 2, 3, 4]] }, [1, 2, 3, 4]],
    [
      "colours with alpha of 16 bits",
      { width: 1, height: 1, depth: 16, type: 6, rows: [[255, 255, 0, 0, 1, 1, 128, 128]] },
      [255, 0, 1, 128],
    ],
    [
      "a palette of 4 bits",
      { width: 3, height: 1, depth: 4, type: 3, palette: [10, 20, 30, 40, 50, 60], rows: [[0x10, 0x10]] },
      [40, 50, 60, 10, 20, 30, 40, 50, 60],
    ],
    [
      "a palette with alpha",
      { width: 2, height: 1, depth: 8, type: 3, palette: [1, 2, 3, 4, 5, 6], transparency: [0], rows: [[0, 1]] },
      [1, 2, 3, 0, 4, 5, 6, 255],
    ],
    [
      "grey of which one is transparent",
      { width: 2, height: 1, depth: 8, type: 0, transparency: [0, 7], rows: [[7, 8]] },
      [7, 7, 7, 0, 8, 8, 8, 255],
    ],
    [
      "a colour that is transparent",
      { width: 3, height: 1, depth: 8, type: 2, transparency: [0, 1, 0, 2, 0, 3], rows: [[1, 2, 3, 1, 2, 4, 0, 2, 3]] },
      [1, 2, 3, 0, 1, 2, 4, 255, 0, 2, 3, 255],
    ],
  ];
  test.each(cases)("of %s", (_, parts, data) => {
    const picture = readPicture(pngOf(parts));
    expect([picture.width, picture.height, [...picture.data]]).toEqual([parts.width, parts.height, data]);
  });

  const small = pngOf(cases[0][1]);
  test.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["half of one", small.slice(0, small.length / 2), "it cannot be read as a PNG picture: "],
    ["its first bytes", small.slice(0, 8), "it cannot be read as a PNG picture: got 8 bytes, need at least 29"],
    ["a changed byte", small.with(45, small[45] ^ 1), "it cannot be read as a PNG picture: "],
    [
      "more pixels than there is memory for",
      pngOf({ width: 1e5, height: 1e5, depth: 8, type: 0, rows: [] }),
      "got 100000 × 100000 pixels, need at most 100000000",
    ],
    [
      "small pixels that are interlaced",
      pngOf({ width: 1, height: 1, depth: 1, type: 0, interlace: 1, rows: [[0]] }),
      "got interlaced pixels of less than a byte",
    ],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => readPicture(bytes)).toThrow(RangeError);
    expect(() => readPicture(bytes)).toThrow(message);
  });
});

test("a JPEG picture has four bytes a pixel, nearly what was written; half of one and a huge one are refused", () => {
  const data = Buffer.from(Array.from({ length: 64 }, () => [200, 100, 50, 255]).flat());
  const bytes = new Uint8Array(encodeJpeg({ data, width: 8, height: 8 }, 95).data);
  const picture = readPicture(bytes);
  expect([picture.width, picture.height]).toEqual([8, 8]);
  expect(Math.max(...picture.data.map((byte, at) => Math.abs(byte - data[at])))).toBeLessThan(4);
  expect(() => readPicture(bytes.slice(0, 40))).toThrow("it cannot be read as a JPEG picture: ");
  const huge = bytes.slice();
  const at = huge.findIndex((byte, index) => byte === 0xff && huge[index + 1] === 0xc0);
  huge.set([0xff, 0xff, 0xff, 0xff], at + 5);
  expect(() => readPicture(huge)).toThrow("it cannot be read as a JPEG picture: ");
});

test("PGM and PPM pictures are read, and what is none of these is refused", () => {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  expect(readPicture(bytesOf("P2 2 1 255 3 4"))).toEqual({ data: Uint8Array.of(3, 4), width: 2, height: 1 });
  expect(readPicture(bytesOf("P3 1 1 255 1 2 3")).data).toEqual(Uint8Array.of(1, 2, 3));
  expect(() => readPicture(bytesOf("P2 2 1 255 3"))).toThrow("it cannot be read as a PGM or PPM picture: readPnm");
  expect(() => readPicture(new Uint8Array())).toThrow("got an empty file, need a PNG, JPEG, PGM or PPM picture");
  for (const text of ["GIF89a", "P1 1 1 0"]) {
    expect(() => readPicture(bytesOf(text))).toThrow(
      "got a file of another kind, need a PNG, JPEG, PGM or PPM picture",
    );
  }
});

test.each([
  [undefined, "undefined"],
  ["P2 1 1 255 3", '"P2 1 1 255 3"'],
  [new ArrayBuffer(8), "an object"],
])("what are no bytes is refused: %s", (given, got) => {
  const message = `readPicture: got ${got}, need the bytes of a file, a Uint8Array`;
  expect(() => readPicture(given as never)).toThrow(new TypeError(message));
});
