/** Folders of pictures, through the executable: trained, resumed, predicted from, evaluated, inspected and exported. */
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { notesOf } from "../../src/cli/notes.ts";
import { squeezeNetFeatures } from "../../src/cli/squeezenet.ts";
import { images } from "../../src/data/index.ts";
import { input, Network, Pipeline } from "../../src/index.ts";
import { readPicture } from "../../src/pictures/index.ts";
import { begun, fixture, simdnet, temporaryFolder, trained } from "./command.ts";
import { writePhotos } from "./photos.ts";

const folder = temporaryFolder();
const read = (name: string) => readFileSync(join(folder, name));
const pipelineOf = (name: string) => Pipeline.fromBytes(read(name));
const pictureOf = (path: string) => readPicture(new Uint8Array(read(path)));
const run = (...args: string[]) => {
  const { code, stdout, stderr } = simdnet(folder, args);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

const files = writePhotos(join(folder, "photos"), 20).map((path) => `photos/${path}`);
writePhotos(join(folder, "one"), 12);
const quick = ["--filters", "4,8", "--hidden", "8", "--learning-rate", "0.01", "--augment", "shift"];
const output = run(
  "train",
  "photos",
  ...quick,
  "--epochs",
  "12",
  "-o",
  "photos.safetensors",
  "--report",
  "photos.html",
);

describe("simdnet train", () => {
  test("decides by the pictures what they become, says so, and learns them", () => {
    for (const line of [
      /^Read {8}photos: 40 pictures$/m,
      /^Target {6}class: 2 classes \(left 20, top 20\)$/m,
      /^Inputs {6}images of 12 × 12 pixels, as most pictures have$/m,
      /^ {12}in grey, as no picture has colours$/m,
      /^Variation {3}anew in each epoch: moved by up to 10 %, as --augment says$/m,
      /^Split {7}24 pictures to train, 8 to say when to stop, 8 to test, each with its share of every class$/m,
      /^Network {5}12 × 12 × 1 → 4 filters → 8 filters → 8 relu → 1 sigmoid/m,
      /^Use it with simdnet predict photos\.safetensors new\.jpg$/m,
    ]) {
      expect(output).toMatch(line);
    }
    expect(notesOf(pipelineOf("photos.safetensors"))?.test).toMatchObject({ accuracy: 1 });
  });

  test("writes a report with pictures of the test and filters", () => {
    const page = String(read("photos.html"));
    for (const text of [
      "No picture is taken for another class",
      "Pictures of the test",
      "Filters of the first layer",
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toMatch(/<img src="data:image\/png;base64,[^"]+" width="12" height="12" alt="(left|top)\/\d+\.\w+">/);
    expect(page).not.toContain("shuffled");
  });

  test("names files that are broken, and goes on without them", () => {
    writePhotos(join(folder, "broken"), 8);
    writeFileSync(join(folder, "broken/top/1.png"), "no picture");
    const args = ["broken", "-o", "broken.safetensors", "--report", "broken.html", "--epochs", "1", "--size", "8"];
    const said = run("train", ...args);
    expect(said).toMatch(/^Read {8}broken: 16 pictures; 15 of them used$/m);
    expect(said).toMatch(/^Target {6}class: 2 classes \(left 8, top 7\)$/m);
    const { notUsed, rows, settings } = trained(folder, args);
    expect(notUsed).toEqual({ "top/1.png": "got a file of another kind, need a PNG, JPEG, PGM or PPM picture" });
    expect(rows.train + rows.validation + rows.test).toBe(15);
    expect(settings.pictures.size).toEqual([8, 8]);
    expect(String(read("broken.html"))).toContain("top/1.png: got a file of another kind");
  });

  test("interrupted, goes on to the same bits", async () => {
    const options = [...quick, "--epochs", "60", "--patience", "60", "--sample", "30"];
    const training = begun(folder, ["train", "photos", ...options, "-o", "stopped.safetensors"]);
    const ended = once(training, "exit");
    await new Promise<void>((resolve) => {
      training.stdout.on("data", (text) => String(text).includes("Training") && setTimeout(resolve, 100));
    });
    training.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    expect(readdirSync(folder).some((name) => /^stopped\.\w+\.checkpoint\.safetensors$/.test(name))).toBe(true);
    const other = simdnet(folder, ["train", "one", "--resume", "-o", "stopped.safetensors"]);
    expect(other.stderr).toContain("one: its pictures are not those that stopped.safetensors was trained on");
    for (const option of [
      ["--size", "13"],
      ["--augment", "flip"],
      ["--sample", "31"],
    ]) {
      const changed = simdnet(folder, ["train", "photos", "--resume", "-o", "stopped.safetensors", ...option]);
      expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining(`${option[0]} cannot be changed`)]);
    }
    run("train", "photos", "--resume", "-o", "stopped.safetensors", ...options, "--size", "12");
    run("train", "photos", ...options, "-o", "whole.safetensors");
    expect(read("stopped.safetensors")).toEqual(read("whole.safetensors"));
  });

  mkdirSync(join(folder, "nothing"));
  writeFileSync(join(folder, "a.csv"), "a,b\n");
  test.each<[string[], number, string]>([
    [["nothing"], 1, 'got no pictures in "nothing", need PNG, JPEG, PGM or PPM files'],
    [["photos", "-t", "class"], 2, "--target is for tables; photos is a folder"],
    [["photos", "--text", "lstm"], 2, "--text is for tables; photos is a folder"],
    [["a.csv", "-t", "a", "--size", "8"], 2, "--size is for folders of pictures; a.csv is none"],
    [["photo/", "--size", "8"], 1, "photo/: there is no such file or folder"],
    [["photos", "--augment", "spin"], 2, 'Got "spin", need none or some of flip, shift, rotate, zoom, brightness.'],
    [["photos", "--from", "x.safetensors", "--filters", "3"], 2, "got --filters and --from"],
    [["photos", "--filters", "4,4,4,4,4"], 1, "the network: "],
  ])("refuses %j with a sentence", (args, exitCode, message) => {
    const { code, stderr } = simdnet(folder, ["train", ...args, "-o", "refused.safetensors"]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(exitCode);
  });
});

describe("simdnet train --from", () => {
  test("trains a head on features, and the file holds the whole network", () => {
    const image = input([32, 32, 3]);
    const network = new Network({ inputs: image, outputs: squeezeNetFeatures(image), seed: 3 });
    const weights = network.part({ inputs: "prepare", outputs: "features" });
    writeFileSync(join(folder, "squeezenet.safetensors"), weights.toBytes());
    const args = ["photos", "--from", "squeezenet.safetensors", "--size", "32", "-o", "features.safetensors"];
    const { settings, test: score } = trained(folder, [...args, "--epochs", "30"]);
    expect(settings).toMatchObject({
      hidden: [],
      dropout: 0,
      pictures: { from: "squeezenet.safetensors", filters: [] },
    });
    const model = pipelineOf("features.safetensors");
    const known = new Map(model.network.parameters.map(({ name, values }) => [name, values]));
    for (const { name, values } of weights.parameters) expect(known.get(name)).toEqual(values);
    // Of filters drawn at random, whose features say little.
    const { accuracy, rows } = JSON.parse(run("evaluate", "features.safetensors", "one", "--json"));
    expect([rows, score.rows, accuracy >= 0.5]).toEqual([24, 8, true]);
    expect(run("inspect", "features.safetensors")).toMatch(
      /^ {2}picture +picture +nothing +32 × 32 pixels in colour$/m,
    );
  });
});

describe("simdnet predict", () => {
  beforeAll(() => {
    run("train", fixture("penguins.csv"), "-t", "Species", "--epochs", "1", "-o", "penguins.safetensors");
  });
  const model = () => pipelineOf("photos.safetensors");

  test("says of files what the pipeline does, to the bit: that of the network of their images", () => {
    const lines = run("predict", "photos.safetensors", files[2], files[21], "--json").trimEnd().split("\n");
    const pictures = [files[2], files[21]].map(pictureOf);
    const { network } = model();
    const rights = pictures.map((picture) => network.predict(images(picture, { size: 12, channels: 1 }))[0]);
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      model()
        .predict(pictures)
        .map(({ prediction, probabilities }, row) => {
          expect(probabilities).toEqual({ left: 1 - rights[row], top: rights[row] });
          return { file: [files[2], files[21]][row], predicted_class: prediction, probabilities };
        }),
    );
  });

  test("goes through folders, notes what is broken, and ends with 1 then", () => {
    writeFileSync(join(folder, "bad.png"), "no picture");
    const { code, stdout, stderr } = simdnet(folder, ["predict", "photos.safetensors", "bad.png", "photos"]);
    const lines = stdout.trimEnd().split("\n");
    expect([code, lines.length]).toEqual([1, 41]);
    expect(lines[0]).toBe("file,predicted_class,probability_left,probability_top");
    expect(lines.slice(1, 4).map((line) => line.split(",").slice(0, 2))).toEqual([
      ["photos/left/0.pgm", "left"],
      ["photos/left/1.png", "left"],
      ["photos/left/2.jpg", "left"],
    ]);
    expect(stderr).toBe(
      "note: 1 picture is broken and passed over: bad.png (got a file of another kind, need a PNG, JPEG, PGM or PPM picture)\n",
    );
  });

  test.each<[string[], string]>([
    [["photos.safetensors", "bad.png"], "bad.png: got a file of another kind, need a PNG, JPEG, PGM or PPM picture"],
    [["photos.safetensors", "none.png"], "none.png: there is no such file"],
    [["photos.safetensors", "nothing"], "nothing: got no pictures in this folder"],
    [["photos.safetensors", "--text", "a"], "--text: the model needs one column of texts, it has none"],
    [["penguins.safetensors", "photos"], "photos, a folder: the model reads tables, need one file of a table"],
    [["penguins.safetensors", "a.csv", "b.csv"], "2 files: the model reads tables, need one file of a table"],
  ])("refuses %j with a sentence", (args, message) => {
    const { code, stderr } = simdnet(folder, ["predict", ...args]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("a model of pictures", () => {
  test("is evaluated on a folder", () => {
    const { stdout, stderr } = simdnet(folder, ["evaluate", "photos.safetensors", "one"]);
    expect(stdout).toMatch(/^Pictures {4}one: 24 pictures\nScore {7}accuracy 100\.0 % \(24 of 24; 95.% interval/m);
    expect(stderr).toBe("");
    expect(simdnet(folder, ["evaluate", "photos.safetensors", "photos"]).stderr).toContain("on a folder of this name");
    for (const [given, message] of [
      ["photos.html", 'got "photos.html", need a folder'],
      [".", "need pictures in the folders of their classes alone"],
    ]) {
      expect(simdnet(folder, ["evaluate", "photos.safetensors", given])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(message),
      });
    }
  });

  test("is inspected, with what it makes of an image and the names of its classes", () => {
    const look = ["inspect", "photos.safetensors", "--pictures", "look.html", "--image", files[0]];
    expect(run(...look)).toMatch(/^From {8}1 column, 1 picture$/m);
    expect(String(read("look.html"))).toMatch(/<b>top<\/b>[\s\S]*How far top moves/);
    const { code, stderr } = simdnet(folder, [...look, "--scale", "1"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("got --scale, need none: the model multiplies bytes by"),
    ]);
  });

  test("is compared with another", () => {
    expect(run("compare", "photos.safetensors", "features.safetensors")).toMatch(
      /^ {2}images +12 × 12 pixels in grey/m,
    );
  });

  test("becomes a module that answers as the pipeline does, to the bit, with an example", async () => {
    run("export", "photos.safetensors", "--module", "photos.mjs");
    const { predict, columns } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "photos.mjs")).href);
    expect(columns).toEqual([{ name: "picture", kind: "picture", size: [12, 12] }]);
    const pictures = files.slice(15, 25).map(pictureOf);
    expect(predict(pictures)).toEqual(pipelineOf("photos.safetensors").predict(pictures));
    const [, example, said] = /predict\((\{.*\})\)\n\/\/ {3}\/\/ (.*)/.exec(String(read("photos.mjs")))!;
    expect(example).toBe('{"data":Uint8Array.of(128),"width":1,"height":1}');
    expect(predict({ data: Uint8Array.of(128), width: 1, height: 1 })).toEqual(JSON.parse(said));
  });
});
