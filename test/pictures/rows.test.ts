import { describe, expect, test } from "vitest";
import { readPnm } from "../../src/data/index.ts";
import { pictureRows } from "../../src/pictures/rows.ts";
import { folderOf, greyFile } from "./files.ts";

const folder = folderOf({
  "a.pgm": greyFile(10),
  "b.pgm": greyFile(20, 3, 5),
  "broken.jpg": "",
  "half.pgm": greyFile(30).slice(0, 12),
});
const pathsOf = (...names: string[]) => names.map((name) => `${folder}/${name}`);

describe("pictureRows", () => {
  test("makes a row of each picture, of one size, in three channels unless asked otherwise", async () => {
    const files = pathsOf("a.pgm", "b.pgm");
    const { inputs, targets, skipped, files: read } = await pictureRows(files, ["x", "y"], { size: [1, 2], scale: 1 });
    expect(inputs.map((row) => [...row])).toEqual([Array(6).fill(10), Array(6).fill(20)]);
    expect([targets, read, skipped]).toEqual([["x", "y"], files, []]);
    const grey = await pictureRows(files, [0, 1], { size: 1, channels: 1 });
    expect(grey.inputs.map(([value]) => value)).toEqual([Math.fround(10 / 255), Math.fround(20 / 255)]);
  });

  test("refuses a broken file by its name, or passes it over and says why", async () => {
    const files = pathsOf("broken.jpg", "a.pgm", "half.pgm", "b.pgm");
    await expect(pictureRows(files, [0, 1, 2, 3], { size: 1 })).rejects.toThrow(
      `pictureRows: ${folder}/broken.jpg: got an empty file, need a PNG, JPEG, PGM or PPM picture`,
    );
    const { targets, skipped } = await pictureRows(files, [0, 1, 2, 3], { size: 1, broken: "skip" });
    expect(targets).toEqual([1, 3]);
    expect(skipped.map(({ file }) => file)).toEqual([files[0], files[2]]);
    expect(skipped[1].reason).toContain("it cannot be read as a PGM or PPM picture");
  });

  test("does not pass over a file that is missing", async () => {
    await expect(pictureRows(pathsOf("a.pgm", "none.pgm"), [0, 1], { size: 1, broken: "skip" })).rejects.toThrow(
      `${JSON.stringify(pathsOf("none.pgm")[0])} cannot be read: there is no such file`,
    );
  });

  test("reads whatever has bytes or pictures, and names it where it can", async () => {
    const file = (name: string, text: string) => ({ name, bytes: async () => new TextEncoder().encode(text) });
    const files = [file("one", greyFile(1)), file("two", "?")];
    const read = (file: (typeof files)[number]) => file.bytes();
    await expect(pictureRows(files, [0, 1], { size: 1, read })).rejects.toThrow(
      "pictureRows: two: got a file of another",
    );
    await expect(pictureRows([1], [0], { size: 1, read: () => new Uint8Array(3) })).rejects.toThrow(
      "pictureRows: file 0: ",
    );
    const decoded = await pictureRows([7], [0], {
      size: 1,
      channels: 1,
      scale: 1,
      read: (grey) => readPnm(new TextEncoder().encode(greyFile(grey)))[0],
    });
    expect([...decoded.inputs[0]]).toEqual([7]);
  });

  test("refuses what is no list, lists of other lengths, none, none that is a picture, and unknown options", async () => {
    const paths = pathsOf("a.pgm");
    await expect(pictureRows("a.pgm" as never, [0], { size: 1 })).rejects.toThrow(TypeError);
    await expect(pictureRows(paths, [0, 1], { size: 1 })).rejects.toThrow("got 1 files and 2 targets");
    await expect(pictureRows([], [], { size: 1 })).rejects.toThrow("got no files");
    await expect(pictureRows(pathsOf("broken.jpg"), [0], { size: 1, broken: "skip" })).rejects.toThrow(
      `pictureRows: got 1 files of which none is a picture, need one; ${folder}/broken.jpg: got an empty file`,
    );
    await expect(pictureRows(paths, [0], {} as never)).rejects.toThrow("got no size");
    await expect(pictureRows(paths, [0], { size: 0 })).rejects.toThrow("size: got 0");
    await expect(pictureRows(paths, [0], { size: 1, broken: "drop" as never })).rejects.toThrow('broken: got "drop"');
    await expect(pictureRows(paths, [0], { size: 1, reed: 1 } as never)).rejects.toThrow('did you mean "read"');
    await expect(pictureRows(paths, [0], { size: 1, read: 1 as never })).rejects.toThrow("got read 1, need a function");
    await expect(pictureRows([3] as never, [0], { size: 1 })).rejects.toThrow("got 3 as a file, need a path");
  });
});
