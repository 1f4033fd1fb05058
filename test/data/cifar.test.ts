import { describe, expect, test } from "vitest";
import { type CifarOptions, images, readCifar } from "../../src/data/index.ts";

const planeBytes = 1024;

/** A record: labels, then three planes of which pixel i has the value start + i, red, green and blue 0, 50 and 100 further. */
const recordOf = (labels: readonly number[], start: number) => [
  ...labels,
  ...[0, 50, 100].flatMap((more) => Array.from({ length: planeBytes }, (_, pixel) => (start + more + pixel) & 255)),
];

const dataOf = (start: number) =>
  Uint8Array.from({ length: 3 * planeBytes }, (_, at) => start + 50 * (at % 3) + Math.floor(at / 3));

test("CIFAR-10: a class before each picture, whose planes become pixels", () => {
  const { pictures, targets, ...others } = readCifar(Uint8Array.from([...recordOf([9], 3), ...recordOf([0], 7)]));
  expect(targets).toEqual([9, 0]);
  expect(others).toEqual({});
  expect(pictures).toEqual([3, 7].map((start) => ({ data: dataOf(start), width: 32, height: 32 })));
  expect(images(pictures, { scale: 1 })[1].subarray(0, 6)).toEqual(Float32Array.of(7, 57, 107, 8, 58, 108));
});

test("CIFAR-100: a coarse class and a fine one before each picture", () => {
  const bytes = Uint8Array.from([...recordOf([19, 99], 1), ...recordOf([4, 0], 2)]);
  const { pictures, targets, coarseTargets } = readCifar(bytes, { classes: 100 });
  expect([targets, coarseTargets]).toEqual([
    [99, 0],
    [19, 4],
  ]);
  expect(pictures.map(({ data }) => data)).toEqual([1, 2].map(dataOf));
});

describe("readCifar refuses", () => {
  test.each<[string, number[], CifarOptions, string]>([
    ["no bytes", [], {}, "readCifar: got 0 bytes, need pictures of 3073 each, as CIFAR-10 has them"],
    [
      "a picture that is cut off",
      recordOf([1], 0).slice(1),
      {},
      "readCifar: got 3072 bytes, need pictures of 3073 each",
    ],
    ["CIFAR-100 as CIFAR-10", recordOf([1, 1], 0), {}, "readCifar: got 3074 bytes, need pictures of 3073 each"],
    [
      "CIFAR-10 as CIFAR-100",
      recordOf([1], 0),
      { classes: 100 },
      "got 3073 bytes, need pictures of 3074 each, as CIFAR-100",
    ],
    [
      "a class of 10",
      [...recordOf([1], 0), ...recordOf([10], 0)],
      {},
      "readCifar, picture 1, class: got 10, need a whole number from 0 to 9",
    ],
    [
      "a class of 100",
      recordOf([1, 100], 0),
      { classes: 100 },
      "picture 0, class: got 100, need a whole number from 0 to 99",
    ],
    ["a coarse class of 20", recordOf([20, 1], 0), { classes: 100 }, "class: got 20, need a whole number from 0 to 19"],
    ["20 classes", recordOf([1], 0), { classes: 20 as 10 }, "readCifar classes: got 20, need 10 or 100"],
    [
      "an unknown option",
      recordOf([1], 0),
      { class: 10 } as CifarOptions,
      'readCifar option: got "class", need classes',
    ],
  ])("%s", (_, bytes, options, message) => {
    expect(() => readCifar(Uint8Array.from(bytes), options)).toThrow(RangeError);
    expect(() => readCifar(Uint8Array.from(bytes), options)).toThrow(message);
  });

  test("what is no file, and a gzip file", () => {
    expect(() => readCifar([0] as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => readCifar(Uint8Array.of(0x1f, 0x8b))).toThrow("readCifar: got a gzip file, need unpacked bytes");
  });
});
