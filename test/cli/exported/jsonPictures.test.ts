import { expect, test } from "vitest";
import { convertPictures } from "../../../src/cli/exported/jsonPictures.ts";

const given = { data: [0, 7, 255, 1], width: 2, height: 2 };
const read = { data: Uint8Array.of(0, 7, 255, 1), width: 2, height: 2 };

test("arrays become bytes where pictures are: as records, in their columns, in arrays of these", () => {
  expect(convertPictures(given, ["photo"])).toEqual(read);
  expect(convertPictures([given, given], ["photo"])).toEqual([read, read]);
  expect(convertPictures({ photo: given, age: [1, 2] }, ["photo"])).toEqual({ photo: read, age: [1, 2] });
});

test("all else stays as it is, for the model to refuse", () => {
  for (const body of [null, 7, "a", {}, { photo: null }, { data: "AAE=", width: 1, height: 2 }, [1]]) {
    expect(convertPictures(body, ["photo"])).toEqual(body);
  }
});

test.each([256, -1, 0.5, "1", null])("%j is no byte", (byte) => {
  const message = `data: got ${JSON.stringify(byte)} at 1, need whole numbers from 0 to 255`;
  expect(() => convertPictures({ ...given, data: [1, byte] }, [])).toThrow(message);
});
