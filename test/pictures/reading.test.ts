import { expect, test } from "vitest";
import { readPnm } from "../../src/data/index.ts";
import { PictureReader } from "../../src/pictures/reading.ts";
import { greyFile } from "./files.ts";

const pictureOf = (grey: number) => readPnm(new TextEncoder().encode(greyFile(grey)))[0];

test("Reading gives the pictures asked for in their order, and has at most four files open", async () => {
  let open = 0;
  let most = 0;
  const read = async (grey: number) => {
    most = Math.max(most, ++open);
    await new Promise((done) => setTimeout(done, grey % 3));
    open--;
    return pictureOf(grey);
  };
  const files = Array.from({ length: 20 }, (_, index) => index);
  const places = files.toReversed().filter((place) => place % 2 === 0);
  const seen: number[] = [];
  for await (const [place, { data }] of new PictureReader("who", files, files, { read }).pictures(places)) {
    expect(data[0]).toBe(place);
    seen.push(place);
  }
  expect(seen).toEqual(places);
  expect(most).toBe(4);
});

test("an error of what reads is thrown where its picture is due, and others that fail behind it are no unhandled ones", async () => {
  const read = async (place: number) => {
    if (place > 1) throw new Error(`no ${place}`);
    return pictureOf(place);
  };
  const seen: number[] = [];
  const all = async () => {
    for await (const [place] of new PictureReader("who", [0, 1, 2, 3], [0, 1, 2, 3], { read }).pictures([0, 1, 2, 3])) {
      seen.push(place);
    }
  };
  await expect(all()).rejects.toThrow("no 2");
  expect(seen).toEqual([0, 1]);
});

test.each([undefined, null, "P2 1 1 255 3", new ArrayBuffer(3)])(
  "what reads may not give %s, also to skip what is broken",
  async (content) => {
    const first = async (broken: "refuse" | "skip") => {
      const read = () => content as never;
      return await new PictureReader("who", ["a.pgm"], [0], { read, broken }).pictures([0]).next();
    };
    for (const broken of ["refuse", "skip"] as const) {
      await expect(first(broken)).rejects.toThrow(TypeError);
      await expect(first(broken)).rejects.toThrow(/^who: a\.pgm: got .*, need the bytes of a file or a picture$/);
    }
  },
);
