import { expect, test } from "vitest";
import { LatinDecoder } from "../../src/pictures/codecs.ts";

test("a byte is a character of Latin-1", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(new LatinDecoder().decode(bytes)).toBe(Buffer.from(bytes).toString("latin1"));
  expect(new LatinDecoder().decode()).toBe("");
});
