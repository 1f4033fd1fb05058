/** The project of faces, run on a few of Omniglot's letters and on patterns in place of faces; its loading and scores. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { zipSync } from "fflate";
import { createTar } from "nanotar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../../src/index.ts";

const projects = new URL("../../examples/projects/", import.meta.url);
const urlOf = (name: string) => new URL(name, projects).href;
const programOf = (name: string) => fileURLToPath(urlOf(`faces/${name}.mjs`));
const build = fileURLToPath(new URL("../../build", import.meta.url));

let folder: string;
const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });

function write(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
  writeFileSync(`${folder}/${path}`, bytes);
}

/** A pattern for each person, brighter from picture to picture, of as many pixels as a face. */
function face(person: number, picture: number): Uint8Array {
  const [width, height] = [92, 112];
  const pixels = Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const wave = Math.sin((x * (person + 2)) / 40) + Math.cos((y * ((person % 3) + 1)) / 20);
    return Math.round(110 + 50 * wave + 10 * picture);
  });
  return new Uint8Array(Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Uint8Array.from(pixels)]));
}

const people = 8;
const pictures = 3;
const faces = Array.from({ length: people * pictures }, (_, at) => {
  const [person, picture] = [Math.floor(at / pictures), at % pictures];
  return { name: `att_faces/s${person + 1}/${picture + 1}.pgm`, data: face(person, picture) };
});

beforeAll(() => {
  mkdirSync(build, { recursive: true });
  folder = mkdtempSync(`${build}/faces-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("says what is of the letters that come with the examples, where the files have no such", async () => {
  const { load } = await import(urlOf("faces/load.mjs"));
  const { omniglot } = await import(urlOf("data/omniglot.mjs"));
  const { pictures, texts } = omniglot();
  const labels = "run01/class_labels.txt";
  const files: [string, Uint8Array][] = [[labels, Buffer.from(texts.get(labels))]];
  for (const [path, { data, width, height }] of pictures) {
    if (path.startsWith("run01/")) files.push([path, encode({ data, width, height, channels: 1, depth: 8 })]);
  }
  write("one-shot.zip", zipSync(Object.fromEntries(files)));
  const data = load([`${folder}/one-shot.zip`]);
  expect([data.borrowed, data.runs.length, data.train.length]).toEqual([["letters to learn from"], 1, 242 * 20]);
  expect(load([]).borrowed).toEqual([]);
});

describe("letters", () => {
  let printed: string;

  beforeAll(async () => {
    const { omniglot } = await import(urlOf("data/omniglot.mjs"));
    const { pictures, texts } = omniglot();
    expect([pictures.size, texts.size]).toEqual([242 * 20 + 20 * 40, 20]);
    const isFew = (path: string) =>
      /^(Greek|Korean)\/character0[1-8]\/\d+_(0[1-6])/.test(path) || /^run0[12]\//.test(path);
    for (const [path, { data, width, height }] of pictures) {
      const place = path.startsWith("run") ? path : `images_background_small1/${path}`;
      if (isFew(path)) write(`omniglot/${place}`, encode({ data, width, height, channels: 1, depth: 8 }));
    }
    for (const run of ["run01", "run02"]) {
      write(`omniglot/${run}/class_labels.txt`, texts.get(`${run}/class_labels.txt`));
    }
    printed = run("train", "omniglot", "--epochs", "3");
  }, 60_000);

  test("are trained on, and the scores on others stand beside those of pixels and of chance", () => {
    expect(printed).not.toContain("it has no");
    expect(printed).toContain("176 letters of 35 x 35 pixels; trains on 96 of 16 classes");
    const share = (line: string) =>
      new RegExp(`^  ${line}.* ([\\d.]+) +([\\d.]+) +([\\d.]+)$`, "m").exec(printed)!.slice(1);
    const [area, oneShot] = ["area under the ROC curve of 800 pairs", "one-shot, among 20 new letters"].map((line) =>
      share(line).map(Number),
    );
    expect(area[0]).toBeGreaterThan(0.55);
    expect(oneShot[0]).toBeGreaterThan(0.1);
    // What pixels say hangs on no training.
    expect([oneShot[1], oneShot[2]]).toEqual([0.2, 0.05]);
    expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test("leave a page and a model, and nothing else", () => {
    expect(readdirSync(`${folder}/faces-results`).sort()).toEqual(["model.safetensors", "page.html", "try.html"]);
    const page = readFileSync(`${folder}/faces-results/page.html`, "utf8");
    for (const title of ["How far pairs are apart", "One-shot mistakes", "The letters of run 2"]) {
      expect(page).toContain(title);
    }
    expect(page).not.toMatch(/<script|undefined|NaN/);
  });

  test("are compared by the model, whose answer is the threshold less the distance", () => {
    const model = "faces-results/model.safetensors";
    const [item, reference] = ["omniglot/run01/test/item01.png", "omniglot/run01/training/class08.png"];
    const said = /^(not )?the same letter: the distance is ([\d.]+), the threshold ([\d.]+)$/m;
    const [, not, distance, threshold] = said.exec(run("predict", model, item, reference))!;
    expect(not === undefined).toBe(Number(distance) < Number(threshold));
    const { parameters } = Network.fromBytes(readFileSync(`${folder}/${model}`));
    expect(parameters.find(({ name }) => name === "same.bias")!.values[0]).toBeCloseTo(Number(threshold), 3);

    // The picture lies in the folder, and is not compared with itself.
    const lines = run("predict", model, reference, "omniglot/run01/training").trim().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toContain(" of 19 pictures are nearer than the threshold");
    const nearest = lines.slice(1).map((line) => Number(line.split(" ")[0]));
    expect(nearest).toEqual(nearest.toSorted((a, b) => a - b));
  });
});

describe("faces", () => {
  beforeAll(() => {
    for (const { name, data } of faces) write(name, data);
    write("att_faces/README", "no picture");
    write("faces.zip", zipSync(Object.fromEntries(faces.map(({ name, data }) => [name, data]))));
    write("faces.tar.gz", gzipSync(createTar(faces)));
  });

  test("of a folder, a zip and a tar are the same: the last five people are kept, each picture a reference once", async () => {
    const { load } = await import(urlOf("faces/load.mjs"));
    const data = load([`${folder}/att_faces`]);
    expect(data.rows.length).toBe(24);
    expect(data.train).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(data.classes.slice(0, 4)).toEqual(["s1", "s1", "s1", "s2"]);
    expect(data.pairs.length).toBe((15 * 14) / 2);
    expect(data.runs).toHaveLength(3);
    expect(data.runs[1]).toEqual({
      references: [10, 13, 16, 19, 22],
      items: [9, 11, 12, 14, 15, 17, 18, 20, 21, 23],
    });
    expect(data.crowd[1].references).toEqual([1, 4, 7, 10, 13, 16, 19, 22]);
    for (const name of ["faces.zip", "faces.tar.gz"]) {
      const same = load([`${folder}/${name}`]);
      expect([same.rows, same.runs, same.classes]).toEqual([data.rows, data.runs, data.classes]);
    }
    // A pixel is the mean of four.
    const pixels = faces[0].data.subarray(-92 * 112);
    expect(data.rows[0][47]).toBeCloseTo((pixels[186] + pixels[187] + pixels[278] + pixels[279]) / 4 / 255, 6);
    expect(load([`${folder}/att_faces`], true).rows[0].length).toBe(92 * 112);
  });

  test("are trained on by each network, which tells the patterns of new people apart", () => {
    const printed = run("train", "att_faces", "--network", "deeper", "--epochs", "2", "--output", "patterns");
    expect(printed).toContain("one-shot, among 5 new people");
    expect(printed).toMatch(/^ {2}one-shot, the new people among all +[\d.]+ +[\d.]+ +0.125$/m);
    expect(Number(/among 5 new people +([\d.]+)/.exec(printed)![1])).toBeGreaterThan(0.4);
    expect(readFileSync(`${folder}/patterns/page.html`, "utf8")).toContain("All 8 people");
  });

  test("count as people do: s10 after s9", async () => {
    const { load } = await import(urlOf("faces/load.mjs"));
    for (const name of ["s9", "s10"]) for (const at of [1, 2]) write(`orl_faces/${name}/${at}.pgm`, face(0, 0));
    for (const name of ["a", "b", "c", "d", "e"])
      for (const at of [1, 2]) write(`orl_faces/${name}/${at}.pgm`, face(1, 0));
    expect(load([`${folder}/orl_faces`]).classes.slice(-4)).toEqual(["s9", "s9", "s10", "s10"]);
  });

  test.each<[string, () => void, string]>([
    [
      "a person without pictures",
      () => mkdirSync(`${folder}/bad/s9`, { recursive: true }),
      "s9: got 0 pictures in the folder of a person, need at least two",
    ],
    [
      "a person with one picture",
      () => write("bad/s9/1.pgm", face(1, 1)),
      "s9: got 1 pictures in the folder of a person, need at least two",
    ],
    [
      "few people",
      () => rmSync(`${folder}/bad/s9`, { recursive: true }),
      "bad: got 3 people, need at least 7: a folder each, as s1/1.pgm",
    ],
    [
      "a broken picture",
      () => {
        for (let at = 4; at < 9; at++)
          for (const name of ["1", "2"]) write(`bad/s${at}/${name}.pgm`, "P5\n92 112\n255\nabc");
      },
      "s4/1.pgm: it cannot be read as a PGM or PPM picture: ",
    ],
  ])("with %s end in a sentence", async (_, spoil, message) => {
    const { load } = await import(urlOf("faces/load.mjs"));
    for (let at = 1; at < 4; at++) for (const name of ["1", "2"]) write(`bad/s${at}/${name}.pgm`, face(at, 1));
    spoil();
    expect(() => load([`${folder}/bad`])).toThrow(message);
  });

  test("that are not there, and files that are no archives, are refused by name", async () => {
    const { load } = await import(urlOf("faces/load.mjs"));
    write("broken.zip", "no zip");
    expect(() => load([`${folder}/nowhere`])).toThrow(/nowhere: there is no such file or folder$/);
    expect(() => load([`${folder}/att_faces/README`])).toThrow(/README: got a file, need a folder or an archive/);
    expect(() => load([`${folder}/broken.zip`])).toThrow(/broken.zip: it cannot be read as an archive: /);
  });

  test("with a wrong option end the program with a sentence and code 1", () => {
    const args = [programOf("train"), "att_faces", "--network", "deep"];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect([status, stderr]).toEqual([1, "--network: got deep, need one of book, deeper, letters\n"]);
  });
});

test("the book's tower has 18,707,264 parameters on whole faces, and ends in 32,000 numbers on halved ones", async () => {
  const { untrained } = await import(urlOf("faces/network.mjs"));
  expect(untrained([112, 92, 1], "book", 1).parameterCount).toBe(18_707_264);
  const layers = untrained([56, 46, 1], "book", 1).layers.map(
    ({ outputShape }: { outputShape: number[] }) => outputShape,
  );
  expect(layers).toContainEqual([32_000]);
});

describe("scores", () => {
  test("one-shot takes the nearest reference, and the threshold lies between the distances of both kinds", async () => {
    const { balancedAccuracy, scoresOf, thresholdOf } = await import(urlOf("faces/score.mjs"));
    const data = {
      classes: ["a", "a", "b", "b", "c", "c", "d", "d"],
      train: [0, 1, 2, 3],
      pairs: [
        [4, 5],
        [6, 7],
        [4, 6],
        [5, 7],
      ],
      runs: [{ references: [4, 6], items: [5, 7] }],
    };
    const rows = [[0], [1], [10], [11], [0], [3], [5], [4]];
    const threshold = thresholdOf(data, rows, 1);
    expect(threshold).toBeGreaterThan(1);
    expect(threshold).toBeLessThan(9);
    const { oneShot, auc, crowd, answers } = scoresOf(data, rows, 2);
    // 3 is nearer to 5 than to 0; distances 3 and 1 are of one class, 5 and 1 of two.
    expect([oneShot, auc, crowd]).toEqual([0.5, 0.625, undefined]);
    expect(answers[0]).toEqual({ item: 5, nearest: 6, right: 4, isRight: false });
    expect(balancedAccuracy([3, 1, 5, 1], [true, true, false, false], 2)).toBe(0.5);
  });

  test("the plane is that of the two directions in which rows differ most", async () => {
    const { projectRows } = await import(urlOf("faces/projection.mjs"));
    const rows = [
      [5, 0, 1],
      [-5, 0, 1],
      [0, 2, 1],
      [0, -2, 1],
    ];
    const lengths = projectRows(rows).map(([x, y]: number[]) =>
      [Math.abs(x), Math.abs(y)].map((each) => Math.round(each * 1e6) / 1e6),
    );
    expect(lengths).toEqual([
      [5, 0],
      [5, 0],
      [0, 2],
      [0, 2],
    ]);
  });
});
