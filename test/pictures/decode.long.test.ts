/** Photos as large as telephones take them. */
import { encode } from "jpeg-js";
import { expect, test } from "vitest";
import { readPicture } from "../../src/pictures/index.ts";

test("a JPEG of 48 million pixels is read", () => {
  const [width, height] = [8000, 6000];
  const { data } = encode({ data: Buffer.alloc(width * height * 4, 128), width, height }, 50);
  const picture = readPicture(new Uint8Array(data));
  expect([picture.width, picture.height, picture.data.length]).toEqual([width, height, width * height * 4]);
  expect([...picture.data.subarray(-4)]).toEqual([128, 128, 128, 255]);
});
