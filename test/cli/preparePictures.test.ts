import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PictureQuestion } from "../../src/cli/decidePictures.ts";
import { readBytes } from "../../src/cli/files.ts";
import { preparePictures } from "../../src/cli/preparePictures.ts";
import { images } from "../../src/data/index.ts";
import { readPicture } from "../../src/pictures/index.ts";
import { temporaryFolder } from "./command.ts";
import { pgm, writePhotos } from "./photos.ts";

const folder = temporaryFolder();
const photos = join(folder, "photos");
writePhotos(photos, 10);
const pictures: PictureQuestion = { size: null, channels: null, filters: null, augment: null, from: null };
const shares = { testFraction: 0.2, validationFraction: 0.2, seed: 0, dtype: "float32" } as const;
const prepared = await preparePictures(photos, { sample: null, pictures }, shares);

describe("a folder of pictures", () => {
  test("becomes the images of its files, dealt out with each class's share", () => {
    const { parts, test: tested, encoding, goal, naive, sampleSize: drawn, files } = prepared;
    expect([parts.train, parts.validation, parts.test].map(({ length }) => length)).toEqual([12, 4, 4]);
    expect(goal).toEqual({ kind: "classes", name: "class", classes: ["left", "top"] });
    const { columns, names } = prepared.testRows();
    const rows = names!.map((name) => images(readPicture(readBytes(join(photos, name))), { size: 12, channels: 1 }));
    expect(tested.inputs).toEqual(Float32Array.from(rows.flatMap((row) => [...row])));
    expect([...tested.targets]).toEqual(names!.map((name) => (name.startsWith("left") ? 0 : 1)));
    expect([encoding.inputs[0].shape, columns.picture.length, naive, drawn, files]).toEqual([
      [12, 12, 1],
      4,
      0,
      20,
      20,
    ]);
  });

  test("is known again by its fingerprint, and by the settings that were decided", async () => {
    const again = { sample: null, pictures: prepared.pictures };
    const { fingerprint, why } = await preparePictures(photos, again, shares);
    expect([fingerprint, why]).toEqual([prepared.fingerprint, undefined]);
    const others = [
      preparePictures(photos, again, { ...shares, seed: 1 }),
      preparePictures(photos, { sample: 15, pictures }, shares),
      preparePictures(photos, { sample: null, pictures: { ...pictures, size: 6 } }, shares),
    ];
    for (const other of others) expect((await other).fingerprint).not.toBe(fingerprint);
    expect((await others[1]).sampleSize).toBe(15);
  });

  test("that memory does not hold is refused", async () => {
    const few = preparePictures(photos, { sample: null, pictures }, shares, 12 * 144 + 4 * 144 + 8 * 8 * 144 - 1);
    await expect(few).rejects.toThrow(
      "20 pictures that become images of 12 × 12 pixels, more than memory holds; --size makes them smaller, --sample takes some",
    );
    await preparePictures(photos, { sample: null, pictures }, shares, 12 * 144 + 4 * 144 + 8 * 8 * 144);
  });

  test.each<[string, string[], string]>([
    ["all", ["a", "b"], "got only broken pictures, need whole ones"],
    ["a class", ["a"], 'got no whole picture of "a" to train on, need some'],
  ])("of which %s is broken is refused", async (name, classes, message) => {
    for (const kind of ["a", "b"]) {
      mkdirSync(join(folder, name, kind), { recursive: true });
      for (let number = 0; number < 8; number++) {
        const bytes = classes.includes(kind) ? new Uint8Array(3) : pgm(new Uint8Array(144));
        writeFileSync(join(folder, name, kind, `${number}.pgm`), bytes);
      }
    }
    await expect(preparePictures(join(folder, name), { sample: null, pictures }, shares)).rejects.toThrow(message);
  });

  const writeSame = (kind: string) => {
    mkdirSync(join(folder, kind), { recursive: true });
    for (const number of [1, 2, 3]) writeFileSync(join(folder, kind, `${number}.pgm`), pgm(new Uint8Array(144)));
  };
  for (const kind of ["few/a", "few/b", "single/only"]) writeSame(kind);
  mkdirSync(join(folder, "empty/cats"), { recursive: true });
  test.each<[string, string]>([
    ["photos/left", 'photos/left/0.pgm", need a name with class and number'],
    ["empty", 'empty/cats", need PNG, JPEG, PGM or PPM files'],
    ["single", 'single: got pictures of one class only, "only", need a folder for each of at least two classes'],
    ["few", "few: got 6 pictures, need at least 10 to train and test on"],
  ])("that cannot be learned from, %s, is refused", async (name, message) => {
    await expect(preparePictures(join(folder, name), { sample: null, pictures }, shares)).rejects.toThrow(message);
  });

  test("is too small for SqueezeNet below 32 pixels", async () => {
    const small = { ...pictures, from: "squeezenet.safetensors", size: 31 };
    await expect(preparePictures(photos, { sample: null, pictures: small }, shares)).rejects.toThrow(
      "--size: got 31 pixels, need at least 32 for SqueezeNet",
    );
  });
});
