import { mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { pictureFolder } from "../../src/pictures/folder.ts";
import { folderOf } from "./files.ts";

const listing = (names: readonly string[]) => folderOf(Object.fromEntries(names.map((name) => [name, ""])));
const within = (folder: string, paths: readonly string[]) => paths.map((path) => path.replace(`${folder}/`, ""));

describe("pictureFolder", () => {
  test("reads PetImages: a folder a class, numbers in order; Thumbs.db is listed as ignored, hidden files are not", async () => {
    const names = [
      "Dog/2.jpg",
      "Dog/10.jpg",
      "Dog/Thumbs.db",
      "Dog/.DS_Store",
      "Cat/0.JPG",
      "Cat/9.jpeg",
      "readme.txt",
    ];
    const folder = listing(names);
    const found = await pictureFolder(`${folder}/`);
    expect(found.classes).toEqual(["Cat", "Dog"]);
    expect(within(folder, found.files)).toEqual(["Cat/0.JPG", "Cat/9.jpeg", "Dog/2.jpg", "Dog/10.jpg"]);
    expect(found.targets).toEqual([0, 0, 1, 1]);
    expect(within(folder, found.ignored)).toEqual(["readme.txt", "Dog/Thumbs.db"]);
  });

  test("reads Kaggle's train: the class stands before the number", async () => {
    const folder = listing(["dog.11.jpg", "cat.2.jpg", "cat.10.jpg", "dog.1.jpg", "sub/x.png", "list.csv"]);
    const found = await pictureFolder(folder);
    expect(found.classes).toEqual(["cat", "dog"]);
    expect(within(folder, found.files)).toEqual(["cat.2.jpg", "cat.10.jpg", "dog.1.jpg", "dog.11.jpg"]);
    expect(found.targets).toEqual([0, 0, 1, 1]);
    expect(within(folder, found.ignored)).toEqual(["sub", "list.csv"]);
  });

  test("reads other names with numbers, and faces: s2 before s10", async () => {
    const pets = listing(["great_pyrenees_103.jpg", "Abyssinian_1.png", "beagle-7.ppm"]);
    expect((await pictureFolder(pets)).classes).toEqual(["Abyssinian", "beagle", "great_pyrenees"]);
    const faces = listing(["s10/1.pgm", "s2/10.pgm", "s2/9.pgm"]);
    const found = await pictureFolder(faces);
    expect(found.classes).toEqual(["s2", "s10"]);
    expect(within(faces, found.files)).toEqual(["s2/9.pgm", "s2/10.pgm", "s10/1.pgm"]);
  });

  test("follows links to folders and files", async () => {
    const folder = listing(["a/1.png", "real/2.png", "real/3.png"]);
    mkdirSync(`${folder}/links`);
    symlinkSync(`${folder}/real`, `${folder}/links/b`);
    mkdirSync(`${folder}/links/c`);
    symlinkSync(`${folder}/a/1.png`, `${folder}/links/c/4.png`);
    const found = await pictureFolder(`${folder}/links`);
    expect(within(folder, found.files)).toEqual(["links/b/2.png", "links/b/3.png", "links/c/4.png"]);
  });

  test("refuses a link that leads to nothing, or to itself, by its path", async () => {
    for (const target of ["none.png", "2.png"]) {
      const folder = listing(["a/1.png"]);
      symlinkSync(`${folder}/a/${target}`, `${folder}/a/2.png`);
      const message = /^pictureFolder: got the link ".*2\.png", which leads to nothing, need files and folders$/;
      await expect(pictureFolder(folder)).rejects.toThrow(RangeError);
      await expect(pictureFolder(folder)).rejects.toThrow(message);
    }
  });

  test.each<[string, string[], string, string]>([
    ["no folder", [], "/none", '/none", need a folder; there is nothing'],
    ["a file", ["x.jpg"], "/x.jpg", '/x.jpg", need a folder; there is a file'],
    ["nothing", [], "", '", need PNG, JPEG, PGM or PPM files'],
    [
      "a class without pictures",
      ["Cat/1.jpg", "Dog/Thumbs.db"],
      "",
      '/Dog", need PNG, JPEG, PGM or PPM files; it has "',
    ],
    ["folders one deeper", ["PetImages/Cat/1.jpg"], "", '/PetImages", need PNG, JPEG, PGM or PPM files; it has "'],
    ["names without a class", ["cat.1.jpg", "12.jpg"], "", '/12.jpg", need a name with class and number'],
    ["names without a number", ["kitten.jpg"], "", '/kitten.jpg", need a name with class and number'],
    [
      "a picture beside folders of classes",
      ["cat/1.jpg", "dog/1.jpg", "readme.jpg"],
      "",
      '/readme.jpg" beside the 2 folders "cat", "dog", need pictures in the folders of their classes alone',
    ],
  ])("refuses %s", async (_, names, path, message) => {
    const failed = pictureFolder(listing(names) + path);
    await expect(failed).rejects.toThrow(RangeError);
    await expect(failed).rejects.toThrow(message);
  });

  test("refuses what is no path, and says where there are no files what is needed", async () => {
    await expect(pictureFolder(3 as never)).rejects.toThrow(
      new TypeError("pictureFolder: got 3, need the path of a folder"),
    );
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    await expect(pictureFolder("photos")).rejects.toThrow(
      "pictureFolder: got the name of a file, need Node, Deno or Bun",
    );
  });
});
