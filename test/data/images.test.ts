import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ImagesOptions, images, type Picture } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

interface ResizeCase {
  height: number;
  width: number;
  channels: number;
  size: [height: number, width: number];
  data: number[];
  resized: number[];
  grey?: number[];
}

const golden: { resize: ResizeCase[] } = JSON.parse(readFileSync("test/fixtures/images.json", "utf8"));

const pictureOf = (width: number, height: number, data: readonly number[]): Picture => ({
  data: Uint8Array.from(data),
  width,
  height,
});
const grey = pictureOf(2, 1, [0, 255]);
const red = pictureOf(1, 1, [255, 0, 0]);
const alike = (values: Iterable<number>) => Float32Array.from(values);

describe("rows", () => {
  test("one picture gives a row, pictures give an array of rows", () => {
    expect(images(grey)).toEqual(alike([0, 1]));
    expect(images([grey])).toEqual([alike([0, 1])]);
    expect(images([grey, grey, pictureOf(2, 1, [51, 102])])).toEqual(
      [
        [0, 1],
        [0, 1],
        [0.2, 0.4],
      ].map(alike),
    );
  });

  test("pictures of an iterator are taken one at a time, each after the row before it", () => {
    const taken: number[] = [];
    const source = pictureOf(1, 1, [0]);
    function* decode() {
      for (let value = 0; value < 3; value++) {
        taken.push(value);
        // Were a row made later, it would have the last value.
        source.data[0] = value;
        yield source;
      }
    }
    expect(images(decode(), { scale: 1 })).toEqual([[0], [1], [2]].map(alike));
    expect(taken).toEqual([0, 1, 2]);
  });

  test("rows are new memory, and the picture stays as it is", () => {
    const picture = pictureOf(2, 2, [1, 2, 3, 4]);
    const [first, second] = images([picture, picture], { scale: 1 });
    first.fill(9);
    expect(second).toEqual(alike([1, 2, 3, 4]));
    expect([...picture.data]).toEqual([1, 2, 3, 4]);
  });

  test("by default every byte is divided by 255, to the nearest float32", () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    expect(images(pictureOf(16, 16, bytes))).toEqual(alike(bytes.map((byte) => byte / 255)));
    expect(images(pictureOf(16, 16, bytes), { scale: -2 })).toEqual(alike(bytes.map((byte) => byte * -2)));
  });
});

describe("size", () => {
  test.each(golden.resize)("$height × $width × $channels to $size is PyTorch's, rounded to float32", (expected) => {
    const { height, width, channels, size, data, resized } = expected;
    const picture = pictureOf(width, height, data);
    const options = { size, channels: channels as 1 | 3 | 4, scale: 1 };
    const far = images(picture, options).map((value, index) => Math.abs(value - resized[index]));
    expect(Math.max(...far)).toBeLessThanOrEqual(255 * 2 ** -24);
  });

  test("a number is height and width; [height, width] is in this order", () => {
    const picture = pictureOf(4, 2, [0, 2, 4, 6, 8, 10, 12, 14]);
    expect(images(picture, { size: 2, scale: 1 })).toEqual(alike([1, 5, 9, 13]));
    expect(images(picture, { size: [1, 2], scale: 1 })).toEqual(alike([5, 9]));
    expect(images(picture, { size: [2, 1], scale: 1 })).toEqual(alike([3, 11]));
  });

  test("enlarged, pixels become blocks, mixed where a border falls within one", () => {
    expect(images(grey, { size: [1, 4] })).toEqual(alike([0, 0, 1, 1]));
    expect(images(grey, { size: [2, 3] })).toEqual(alike([0, 0.5, 1, 0, 0.5, 1]));
  });

  test("an even picture stays even at every size from 1 to 20", () => {
    const picture = pictureOf(7, 5, new Array(35).fill(200));
    for (let size = 1; size <= 20; size++) {
      expect(images(picture, { size, scale: 1 })).toEqual(alike(new Array(size * size).fill(200)));
    }
  });

  test("pictures of different sizes fit one asked for", () => {
    const rows = images([pictureOf(2, 2, [0, 1, 2, 3]), pictureOf(1, 1, [7])], { size: 1, scale: 2 });
    expect(rows).toEqual([alike([3]), alike([14])]);
  });
});

describe("channels", () => {
  const colour = pictureOf(1, 1, [10, 20, 30]);

  test("by default grey pictures have 1, others 3", () => {
    expect(images(pictureOf(1, 1, [10]), { scale: 1 })).toEqual(alike([10]));
    expect(images(colour, { scale: 1 })).toEqual(alike([10, 20, 30]));
    expect(images(pictureOf(1, 1, [10, 20, 30, 255]), { scale: 1 })).toEqual(alike([10, 20, 30]));
    expect(images([colour, pictureOf(1, 1, [10, 20, 30, 255])], { scale: 1 })).toEqual([
      alike([10, 20, 30]),
      alike([10, 20, 30]),
    ]);
  });

  test("1 is Rec. 601's grey, which leaves grey as it is", () => {
    expect(images(red, { channels: 1, scale: 1000 / 255 })).toEqual(alike([299]));
    expect(images(pictureOf(1, 1, [0, 255, 0]), { channels: 1, scale: 1000 / 255 })).toEqual(alike([587]));
    expect(images(pictureOf(1, 1, [0, 0, 255]), { channels: 1, scale: 1000 / 255 })).toEqual(alike([114]));
    for (let value = 0; value < 256; value++) {
      expect(images(pictureOf(1, 1, [value, value, value]), { channels: 1, scale: 1 })[0]).toBe(value);
    }
  });

  test.each(golden.resize.filter(({ grey }) => grey))("1 of $height × $width is PyTorch's mean in grey", (expected) => {
    const { height, width, size, data, grey = [] } = expected;
    const far = images(pictureOf(width, height, data), { size, channels: 1, scale: 1 }).map((value, index) =>
      Math.abs(value - grey[index]),
    );
    expect(Math.max(...far)).toBeLessThanOrEqual(255 * 2 ** -24);
  });

  test("3 and 4 repeat grey; 4 adds an alpha of 255", () => {
    expect(images(pictureOf(1, 1, [10]), { channels: 3, scale: 1 })).toEqual(alike([10, 10, 10]));
    expect(images(pictureOf(2, 1, [10, 20]), { channels: 4, scale: 1 })).toEqual(
      alike([10, 10, 10, 255, 20, 20, 20, 255]),
    );
    expect(images(colour, { channels: 4, scale: 1 })).toEqual(alike([10, 20, 30, 255]));
  });

  test("with 1 or 3 a transparent picture is laid over white, with 4 it keeps its numbers", () => {
    const picture = pictureOf(3, 1, [0, 0, 0, 0, 10, 20, 30, 255, 0, 255, 100, 51]);
    expect(images(picture, { scale: 1 })).toEqual(alike([255, 255, 255, 10, 20, 30, 204, 255, 224]));
    expect(images(picture, { channels: 1, scale: 1 })).toEqual(
      alike([255, 0.299 * 10 + 0.587 * 20 + 0.114 * 30, 0.299 * 204 + 0.587 * 255 + 0.114 * 224]),
    );
    expect(images(picture, { channels: 4, scale: 1 })).toEqual(alike(picture.data));
  });
});

test("the bits are these", () => {
  const random = pcg32(3);
  const data = Array.from({ length: 23 * 17 * 4 }, () => random.integer(256));
  const [first, second, third] = new Uint32Array(images(pictureOf(23, 17, data), { size: 5, channels: 1 }).buffer);
  expect([first, second, third]).toEqual([1061024950, 1060721368, 1062440183]);
});

describe("images refuses", () => {
  test.each<[ImagesOptions, string]>([
    [{ size: 0 }, "images size: got 0, need a whole number from 1 to 65535"],
    [{ size: [2, 2.5] }, "images size: got 2.5, need"],
    [{ channels: 2 as 1 }, "images channels: got 2, need 1, 3 or 4"],
    [{ scale: Number.NaN }, "images scale: got NaN, need a finite number"],
    [{ scale: 1e38 }, "images scale: 255 times 1e+38 as a float32: got Infinity, need a finite number"],
    [
      { sizes: 2 } as ImagesOptions,
      'images option: got "sizes", need one of size, channels, scale; did you mean "size"?',
    ],
  ])("options %o", (options, message) => {
    expect(() => images(grey, options)).toThrow(RangeError);
    expect(() => images(grey, options)).toThrow(message);
  });

  test("a size that is neither a number nor two", () => {
    for (const size of ["2", [2], [2, 2, 3], null] as unknown[]) {
      expect(() => images(grey, { size: size as number })).toThrow(TypeError);
    }
    expect(() => images(grey, { size: [2] as unknown as number })).toThrow(
      "images size: got an array of 1, need a number or [height, width]",
    );
  });

  test("no pictures, and what is no picture, by its place", () => {
    expect(() => images([])).toThrow(new RangeError("images: got no pictures, need at least one"));
    expect(() => images(5 as unknown as Picture)).toThrow(
      new TypeError("images: got 5, need a picture, { data, width, height }"),
    );
    expect(() => images("ab" as unknown as Picture)).toThrow('images: got "ab", need a picture');
    expect(() => images([grey, null as unknown as Picture])).toThrow("images, picture 1: got null, need a picture");
    expect(() => images([grey, pictureOf(2, 2, [1])])).toThrow("images, picture 1: got 1 byte, need 2 × 2 pixels");
  });

  test("pictures of several sizes or kinds, unless one is asked for", () => {
    const wide = pictureOf(3, 1, [1, 2, 3]);
    expect(() => images([grey, wide])).toThrow(
      new RangeError("images, picture 1: got 3 × 1 pixels, need 2 × 1 as picture 0 has, or the option size"),
    );
    expect(() => images([pictureOf(1, 1, [1]), red])).toThrow(
      "images, picture 1: got a picture in colour, need a grey picture as picture 0 is, or the option channels",
    );
    expect(() => images([red, pictureOf(1, 1, [1])])).toThrow("got a grey picture, need a picture in colour");
    expect(images([red, pictureOf(1, 1, [1])], { channels: 1 }).length).toBe(2);
  });
});
