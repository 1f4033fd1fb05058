import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Broken,
  brokenNote,
  eachPicture,
  isFolder,
  pictureFiles,
  readsPictures,
} from "../../src/cli/readPictures.ts";
import { temporaryFolder } from "./command.ts";
import { imagePipeline, photoPipeline } from "./exported/networks.ts";
import { pgm } from "./photos.ts";

const folder = temporaryFolder();
mkdirSync(join(folder, "a/b"), { recursive: true });
mkdirSync(join(folder, "none"));
for (const [index, name] of ["a/10.PGM", "a/2.pgm", "a/b/1.pgm", "a/notes.txt", "a/3.png"].entries()) {
  writeFileSync(join(folder, name), pgm(new Uint8Array(144).fill(index)));
}
writeFileSync(join(folder, "a/3.png"), "broken");
const paths = (...names: string[]) => names.map((name) => join(folder, name));

describe("files of pictures", () => {
  test("are those that are named, and all of a folder, in the order of their numbers", () => {
    expect(pictureFiles(paths("x", "a"))).toEqual(paths("x", "a/2.pgm", "a/3.png", "a/10.PGM", "a/b/1.pgm"));
    expect(() => pictureFiles(paths("none"))).toThrow("none: got no pictures in this folder, need PNG, JPEG");
    expect(paths("a", "a/2.pgm", "x").map(isFolder)).toEqual([true, false, false]);
  });

  test("are read one after the other; those that are broken are named", async () => {
    const broken: Broken[] = [];
    const seen: [number, number][] = [];
    for await (const [place, { data }] of eachPicture(pictureFiles(paths("a")), broken)) seen.push([place, data[0]]);
    expect(seen).toEqual([
      [0, 1],
      [2, 0],
      [3, 2],
    ]);
    expect(brokenNote(broken)).toEqual([
      `1 picture is broken and passed over: ${join(folder, "a/3.png")} (got a file of another kind, need a PNG, JPEG, PGM or PPM picture)`,
    ]);
    expect(brokenNote([...broken, ...broken])[0]).toMatch(/^2 pictures are broken/);
    expect(brokenNote([])).toEqual([]);
    await expect(eachPicture(paths("x"), broken).next()).rejects.toThrow("x: there is no such file");
  });
});

test("a model reads pictures if these are all that it reads", () => {
  expect([photoPipeline(), imagePipeline()].map(readsPictures)).toEqual([true, false]);
});
