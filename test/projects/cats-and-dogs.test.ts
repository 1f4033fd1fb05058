/** The project as a user runs it, on a few of the pictures that it has with it, and on folders as they are downloaded. */
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encode as encodeJpeg } from "jpeg-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/picturesRuntime.ts";
import { dense, Network } from "../../src/index.ts";
import { readPicture } from "../../src/pictures/index.ts";

const projects = fileURLToPath(new URL("../../examples/projects/", import.meta.url));
const programOf = (name: string) => `${projects}cats-and-dogs/${name}.mjs`;
const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const build = fileURLToPath(new URL("../../build", import.meta.url));
const imported = (name: string) =>
  import(new URL(`../../examples/projects/cats-and-dogs/${name}.mjs`, import.meta.url).href);

let folder: string;
const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });
/** What the program says as it ends with code 1. */
const refusal = (name: string, ...args: string[]) =>
  new Promise<string>((done) =>
    execFile(process.execPath, [programOf(name), ...args], { cwd: folder }, (error, _, stderr) => {
      done(error?.code === 1 ? stderr.trim() : `ended with ${error?.code}: ${stderr}`);
    }),
  );

/** Copies clothes as `nameOf` says, the first `count` of each kind. */
function lay(path: string, count: number, nameOf: (kind: string, index: number) => string): void {
  for (const kind of ["coat", "pullover"]) {
    for (let index = 0; index < count; index++) {
      const to = `${folder}/${path}/${nameOf(kind, index)}`;
      mkdirSync(to.replace(/\/[^/]*$/, ""), { recursive: true });
      copyFileSync(`${projects}data/clothes/${kind}/${index}.png`, to);
    }
  }
}

beforeAll(() => {
  mkdirSync(build, { recursive: true });
  folder = mkdtempSync(`${build}/cats-and-dogs-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("examples/projects/cats-and-dogs", () => {
  test("trains on a folder as it is downloaded, leaves out what is broken and says so, and predicts", () => {
    lay("PetImages", 20, (kind, index) => `${kind === "coat" ? "Cat" : "Dog"}/${index}.png`);
    writeFileSync(`${folder}/PetImages/Cat/6.png`, "");
    writeFileSync(`${folder}/PetImages/Dog/19.png`, "GIF89a");
    writeFileSync(`${folder}/PetImages/Dog/Thumbs.db`, "");
    const printed = run("train", "PetImages", "--epochs", "1", "--output", "results");
    expect(printed).toContain("Cat or Dog? 32 pictures to learn from, 8 to test.");
    expect(printed).toContain("no pictures: PetImages/Dog/Thumbs.db\n");
    expect(printed).toContain("broken, left out: PetImages/Cat/6.png, PetImages/Dog/19.png\n");
    expect(printed).toContain("Right of 7 pictures that no network has learned from:");
    // Four of the seven are the first class.
    expect(printed).toMatch(/^ {2}always the same class +(57\.1|42\.9) %$/m);
    for (const name of ["logistic regression of pixels", "convolutional network", "SqueezeNet's features"]) {
      expect(printed).toMatch(new RegExp(`^  ${name} +[\\d.]+ %$`, "m"));
    }
    expect(readdirSync(`${folder}/results`).sort()).toEqual([
      "basic.safetensors",
      "model.safetensors",
      "page.html",
      "try.html",
    ]);
    const page = readFileSync(`${folder}/results/page.html`, "utf8");
    expect(page).not.toMatch(/<script|https?:(?!\/\/www\.w3\.org)|NaN|undefined/);
    expect(page).toContain("Left out, because they are broken: Cat/6.png, Dog/19.png.");
    for (const model of ["model", "basic"]) {
      const answer = run("predict", `results/${model}.safetensors`, "PetImages/Cat/0.png", "PetImages/Dog/0.png");
      expect(answer).toMatch(
        /^PetImages\/Cat\/0\.png: (Cat|Dog), [\d.]+ %\nPetImages\/Dog\/0\.png: (Cat|Dog), [\d.]+ %\n$/,
      );
    }
  });

  test.each(["model", "basic"])("%s answers for a picture the same bits by every way", async (name) => {
    const [model, file] = [`results/${name}.safetensors`, "PetImages/Dog/0.png"];
    const simdnet = (...args: string[]) =>
      execFileSync(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8" });
    const { predicted_class: prediction, probabilities } = JSON.parse(simdnet("predict", model, file, "--json"));
    expect(Object.keys(probabilities)).toEqual(["Cat", "Dog"]);
    const wanted = { prediction, probabilities };

    simdnet("export", model, "--module", `${name}.mjs`);
    const { predict } = await import(/* @vite-ignore */ `${folder}/${name}.mjs`);
    const picture = readPicture(new Uint8Array(readFileSync(`${folder}/${file}`)));
    expect(predict(picture)).toEqual(wanted);

    simdnet("export", model, "--worker", `${name}-worker`);
    const worker = predictorOf(readFileSync(`${folder}/${name}-worker/model.safetensors`));
    const answerTo = (body: Uint8Array<ArrayBuffer>) => worker.predict(worker.parse(body));
    expect(answerTo(new Uint8Array(readFileSync(`${folder}/${file}`)))).toEqual(wanted);
    const json = JSON.stringify({ ...picture, data: [...picture.data] });
    expect(answerTo(new TextEncoder().encode(json))).toEqual(wanted);

    const said = (100 * probabilities[prediction]).toFixed(1);
    expect(run("predict", model, file)).toBe(`${file}: ${prediction}, ${said} %\n`);
  });

  test("mistakes end in a sentence", async () => {
    lay("three", 1, (kind, index) => `${kind}/${index}.png`);
    mkdirSync(`${folder}/three/hat`);
    copyFileSync(`${projects}data/clothes/coat/0.png`, `${folder}/three/hat/1.png`);
    lay("empty", 1, (kind, index) => `${kind}/${index}.png`);
    mkdirSync(`${folder}/empty/hat`);
    const { load, weightsFile, checkWhole } = await imported("load");
    const refused = (name: string) => expect(load(`${folder}/${name}`)).rejects;
    await refused("empty").toThrow('/empty/hat", need PNG, JPEG, PGM or PPM files');
    await refused("three").toThrow("three: got 3 classes (coat, hat, pullover), need two, such as cats and dogs");
    await refused("none").toThrow('/none", need a folder; there is nothing');
    expect(() => weightsFile("other.safetensors")).toThrow("other.safetensors: there is no such file; need SqueezeNet");
    expect(() => checkWhole(["coat", "pullover"], [[0, 1], [1]])).toThrow("coat: got only broken pictures to learn");
    writeFileSync(`${folder}/empty.png`, "");
    writeFileSync(`${folder}/network.safetensors`, new Network({ inputs: 2, layers: [dense(1)] }).toBytes());
    const cases: [string[], string][] = [
      [["train", "--epochs", "0"], "--epochs: got 0, need a whole number from 1 on"],
      [["predict", "empty.png", "empty.png"], "empty.png: safetensors: got"],
      [
        ["predict", "network.safetensors", "empty.png"],
        "network.safetensors: fromBytes: got a file of a network alone",
      ],
      [["predict", "results/model.safetensors", "empty.png"], "empty.png: got an empty file, need a PNG,"],
    ];
    const said = await Promise.all(cases.map(([[name, ...args]]) => refusal(name, ...args)));
    for (const [at, [, message]] of cases.entries()) expect(said[at].startsWith(message), said[at]).toBe(true);
  });

  test("sets aside the last fifth of Kaggle's cat.0.jpg and dog.0.jpg, in the order of their numbers", async () => {
    const { load } = await imported("load");
    lay("train", 15, (kind, index) => `${kind === "coat" ? "cat" : "dog"}.${index}.png`);
    const { classes, train, test: held } = await load(`${folder}/train`);
    expect(classes).toEqual(["cat", "dog"]);
    expect(train.inputs.length).toBe(24);
    expect(held.inputs.map((path: string) => path.replace(/.*\//, ""))).toEqual(
      ["cat", "dog"].flatMap((name) => [12, 13, 14].map((index) => `${name}.${index}.png`)),
    );
    expect(held.targets).toEqual([0, 0, 0, 1, 1, 1]);
  });
});

describe("SqueezeNet", () => {
  const golden: { features: number[] } = JSON.parse(
    readFileSync(new URL("../fixtures/squeezenet.json", import.meta.url), "utf8"),
  );
  /** The colour gradient of test/fixtures/squeezenet.py, from 0 to 1. */
  const gradient = Float32Array.from({ length: 128 * 128 * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % 128, Math.floor(at / 384)];
    return [2 * x, 2 * y, (x * y) % 256][at % 3] / 255;
  });
  let network: Network;
  let networks: Awaited<ReturnType<typeof imported>>;
  let weights: Uint8Array;
  beforeAll(async () => {
    networks = await imported("network");
    weights = readFileSync(`${projects}data/squeezenet-f16.safetensors`);
    network = networks.transferNetwork(1);
    networks.loadSqueezeNet(network, weights);
  });

  test("sees blue, green and red from 0 to 255 less ImageNet's means", () => {
    const image = new Float32Array(128 * 128 * 3);
    image.set([1, 0.5, 0.25]);
    const [blue, green, red, ...others] = network.part({ outputs: "prepare" }).predict(image);
    [63.75 - 103.939, 127.5 - 116.779, 255 - 123.68].forEach((value, at) => {
      expect([blue, green, red][at]).toBeCloseTo(value, 4);
    });
    expect(others.slice(0, 3).map((value) => Math.round(value * 1000))).toEqual([-103939, -116779, -123680]);
  });

  test("makes PyTorch's features of a picture, to 1e-4 of the largest; with red for blue it does not", () => {
    const features = network.part({ outputs: "features" });
    const largest = Math.max(...golden.features);
    const farthest = (image: Float32Array) =>
      Math.max(...features.predict(image).map((value, at) => Math.abs(value - golden.features[at]))) / largest;
    expect(golden.features.length).toBe(512);
    expect(farthest(gradient)).toBeLessThan(1e-4);
    expect(farthest(gradient.map((_, at) => gradient[at - (at % 3) + 2 - (at % 3)]))).toBeGreaterThan(0.1);
  });

  test("with its features standardized and an answer for them, it is one network in one file", () => {
    const [trunk, head] = [network.part({ outputs: "features" }), network.part({ inputs: "features" })];
    const features = Array.from({ length: 4 }, (_, row) => Float32Array.from(golden.features, (value) => value * row));
    const [offsets, divisors] = [golden.features.map((value) => value), golden.features.map(() => 2)];
    const trainer = networks.headTrainer(head, { toJSON: () => ({ offsets, divisors }) }, 1);
    trainer.step(features, [0, 0, 1, 1]);
    networks.join(network, [trunk, head]);
    const whole = Network.fromBytes(network.toBytes());
    const [[one]] = head.predict([trunk.predict(gradient)]) as unknown as number[][];
    expect(whole.predict(gradient)[0]).toBeCloseTo(one, 6);
    // The statistics are those of the features to train on, and no step moves them.
    const { values } = whole.statistics.find(({ name }) => name === "standardize.runningMean")!;
    expect(values[golden.features.indexOf(Math.max(...golden.features))]).toBeCloseTo(Math.max(...golden.features), 4);
  });

  test("weights that are missing or another network's are refused by name, and change nothing", () => {
    const before = network.toBytes();
    const other = networks.basicNetwork(1).toBytes();
    expect(() => networks.loadSqueezeNet(network, other)).toThrow(/^load: got .*conv2d1/);
    expect(Buffer.compare(network.toBytes(), before)).toBe(0);
  });
});

test("tiles are cut out of mosaics in the order of their names", async () => {
  const { tiles } = await imported("mosaics");
  const side = 16;
  const data = Buffer.alloc(2 * side * 2 * side * 4);
  for (let at = 0; at < data.length; at++) {
    const [x, y] = [Math.floor(at / 4) % (2 * side), Math.floor(at / (8 * side))];
    data[at] = at % 4 === 3 ? 255 : 60 * (2 * Math.floor(y / side) + Math.floor(x / side));
  }
  mkdirSync(`${folder}/tar/part`, { recursive: true });
  writeFileSync(`${folder}/tar/part.txt`, "Cat/0.jpg\nDog/0.jpg\nCat/1.jpg\n");
  writeFileSync(`${folder}/tar/part/000.jpg`, encodeJpeg({ data, width: 2 * side, height: 2 * side }, 95).data);
  execFileSync("tar", ["-cf", `${folder}/all.tar`, "-C", `${folder}/tar`, "part.txt", "part/000.jpg"]);
  const { pictures, names, targets } = tiles(`${folder}/all.tar`, "part", side);
  expect(names).toEqual(["Cat/0.jpg", "Dog/0.jpg", "Cat/1.jpg"]);
  expect(targets).toEqual([0, 1, 0]);
  expect(pictures.map(({ data }: { data: Uint8Array }) => data.length)).toEqual(Array(3).fill(side * side * 4));
  expect(pictures.map(({ data }: { data: Uint8Array }) => Math.round(data[4 * 40] / 60))).toEqual([0, 1, 2]);
});
