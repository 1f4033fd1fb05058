/** The project on noise, run as a user runs it, on a few small images; its loaders on the layouts of the downloads. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { images } from "../../src/data/index.ts";
import { conv2d, dense, Network } from "../../src/index.ts";
import { readPicture } from "../../src/pictures/index.ts";

const projects = new URL("../../examples/projects/", import.meta.url);
const importOf = (name: string) => import(new URL(name, projects).href);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "denoising-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const programOf = (name: string) => fileURLToPath(new URL(`denoising/${name}.mjs`, projects));
const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });
function complaint(name: string, ...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).not.toContain("    at ");
  return stderr;
}

function write(path: string, bytes: Uint8Array | string) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}
const read = (path: string) => new Uint8Array(readFileSync(join(folder, path)));

const grey = (width: number, height: number, byteAt: (x: number, y: number) => number) => {
  const data = Uint8Array.from({ length: width * height }, (_, at) => byteAt(at % width, Math.floor(at / width)));
  return encode({ data, width, height, channels: 1, depth: 8 });
};

/** A page with lines of its own for each text, and what became of it: darker. */
const cleanPage = (text: number, [width, height]: [number, number] = [70, 80]) =>
  grey(width, height, (x, y) => ((x + text * y) % 7 === 0 ? 0 : 255));
const dirtyPage = (text: number, size: [number, number] = [70, 80]) => {
  const { data, width, height } = readPicture(new Uint8Array(cleanPage(text, size)));
  return grey(width, height, (x, y) => Math.min(data[y * width + x], 150 + (x % 50)));
};

/** An IDX file of images on which a bar stands at different places. */
function bars(count: number, side = 28) {
  const pixels = Array.from({ length: count * side * side }, (_, at) =>
    at % side === 4 + (((at / side ** 2) % 20) | 0) ? 255 : 0,
  );
  return Uint8Array.from([0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, side, 0, 0, 0, side, ...pixels]);
}

describe("digits.mjs", () => {
  const scores = (printed: string) =>
    Object.fromEntries(
      Array.from(printed.matchAll(/^ {2}(.*\S) +(\d\.\d{4}) +[\d.]+ dB$/gm), ([, what, score]) => [
        what,
        Number(score),
      ]),
    );
  let printed: string;
  beforeAll(() => {
    write("bars/train-images-idx3-ubyte.gz", gzipSync(bars(400)));
    write("bars/t10k-images-idx3-ubyte", bars(40));
    printed = run("digits", "bars", "--network", "strided", "--epochs", "1", "--seed", "3", "--output", "out");
  });

  test("says the errors of noise, threshold, network and compression, and those of the noise are right", async () => {
    const said = scores(printed);
    expect(Object.keys(said)).toEqual([
      "noisy, as they are",
      "the best threshold",
      "strided network",
      ...[1, 2, 4, 8, 16, 32].map((units) => `no noise, through ${units}`),
    ]);
    const [{ loadDigits, withNoise }, { meanSquaredError, fitThreshold }] = await Promise.all([
      importOf("denoising/loadDigits.mjs"),
      importOf("denoising/score.mjs"),
    ]);
    const clean = loadDigits(join(folder, "bars"));
    expect([clean.train.length, clean.test.length]).toEqual([400 * 784, 40 * 784]);
    const noisy = withNoise(clean, 3);
    expect(said["noisy, as they are"]).toBeCloseTo(meanSquaredError(noisy.test, clean.test), 4);
    const threshold = fitThreshold([{ noisy: noisy.train, clean: clean.train }], 0);
    expect(said["the best threshold"]).toBeCloseTo(meanSquaredError(threshold(noisy.test), clean.test), 4);
    const network = Network.fromBytes(read("out/model.safetensors"));
    expect(said["strided network"]).toBeCloseTo(meanSquaredError(network.predict(noisy.test), clean.test), 4);
  });

  test("leaves model, page of results and page to try, which needs nothing else", () => {
    expect(readdirSync(join(folder, "out")).toSorted()).toEqual(["model.safetensors", "page.html", "try.html"]);
    const [page, tried] = ["page", "try"].map((name) => readFileSync(join(folder, `out/${name}.html`), "utf8"));
    expect(page.split("<img ")).toHaveLength(1 + 4 + 7);
    expect(page).not.toContain("<script");
    for (const html of [page, tried]) expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(tried).toContain(`content="default-src &#39;none&#39;; script-src &#39;unsafe-inline&#39;`);
    expect(tried.split("</script>")).toHaveLength(2);
  });

  test("refuses networks, folders and files in a sentence", async () => {
    const refused = "--network: got large, need one of dense, convolutional, strided\n";
    expect(complaint("digits", "--network", "large")).toBe(refused);
    const { loadDigits } = await importOf("denoising/loadDigits.mjs");
    const refusal = (name: string) => expect(() => loadDigits(join(folder, name)));
    refusal("none").toThrow("need a folder with train-images-idx3-ubyte or train-images-idx3-ubyte.gz in it");
    write("small/train-images-idx3-ubyte", bars(1, 8));
    refusal("small").toThrow("got the shape [1, 8, 8], need images of 28 × 28");
    write("cut/train-images.idx3-ubyte.gz", gzipSync(bars(2)).subarray(0, 50));
    refusal("cut").toThrow(/cut\/train-images.idx3-ubyte.gz: unexpected end of file/);
  });
});

describe("documents.mjs", () => {
  const layout = (name: string, pages: readonly (readonly [noisy: string, clean: string, text: number])[]) => {
    for (const [noisy, clean, text] of pages) {
      write(`${name}/${noisy}`, dirtyPage(text));
      if (clean) write(`${name}/${clean}`, cleanPage(text));
    }
    return join(folder, name);
  };
  const load = async (place: string) => {
    const { loadDocuments } = await importOf("denoising/loadDocuments.mjs");
    const { train, test, alone } = loadDocuments(place);
    const namesOf = (pages: { name: string; text: number }[]) => pages.map(({ name, text }) => `${name} of ${text}`);
    return { train: namesOf(train), test: namesOf(test), alone };
  };

  test("reads NoisyOffice by texts, where the folders say what is for the test", async () => {
    const place = layout("texts", [
      ["train/noisy/text01-1.png", "train/clean/text01.png", 1],
      ["train/noisy/text01-2.png", "train/clean/text01.png", 1],
      ["train/noisy/text02-1.png", "train/clean/text02.png", 2],
      ["test/noisy/text03-4.png", "test/clean/text03.png", 3],
    ]);
    expect(await load(place)).toEqual({
      train: ["text01-1 of 0", "text01-2 of 0", "text02-1 of 1"],
      test: ["text03-4 of 2"],
      alone: 0,
    });
  });

  test("reads UCI's NoisyOffice, where the names say it", async () => {
    const [noisy, clean] = ["simulated_noisy_images_grayscale", "clean_images_grayscale"];
    const place = layout("uci/SimulatedNoisyOffice", [
      [`${noisy}/FontLre_Noisec_TR.png`, `${clean}/FontLre_Clean_TR.png`, 1],
      [`${noisy}/FontLre_Noisef_TR.png`, `${clean}/FontLre_Clean_TR.png`, 1],
      [`${noisy}/FontLre_Noisec_VA.png`, `${clean}/FontLre_Clean_VA.png`, 2],
      [`${noisy}/FontLre_Noisec_TE.png`, `${clean}/FontLre_Clean_TE.png`, 3],
    ]);
    for (const folder of [place, dirname(place)]) {
      const { train, test } = await load(folder);
      expect(train).toEqual(["FontLre_Noisec_TR of 1", "FontLre_Noisec_VA of 2", "FontLre_Noisef_TR of 1"]);
      expect(test).toEqual(["FontLre_Noisec_TE of 0"]);
    }
  });

  test.each([
    ["Kaggle's", "train", "train_cleaned"],
    ["the book's", "noisy", "clean"],
  ])("reads %s pages, where every fourth text is for the test, with all of its pages", async (name, noisy, clean) => {
    const texts = [1, 2, 3, 4, 5, 4, 1];
    const pages = texts.map((text, index) => [`${noisy}/${2 * index}.png`, `${clean}/${2 * index}.png`, text] as const);
    const place = layout(name, [...pages, [`${noisy}/50.png`, "", 6]]);
    expect(await load(place)).toEqual({
      train: ["0 of 0", "2 of 1", "4 of 2", "8 of 4", "12 of 0"],
      test: ["6 of 3", "10 of 3"],
      alone: 1,
    });
  });

  test("trains on small pages, and says the errors beside threshold and page as it is", () => {
    layout("lines", [
      ...[1, 2, 3].map((text) => [`train/noisy/a${text}-1.png`, `train/clean/a${text}.png`, text] as const),
      ["test/noisy/a4-1.png", "test/clean/a4.png", 4],
    ]);
    const printed = run("documents", "lines", "--epochs", "1", "--output", "pages");
    expect(printed).toContain("2 pages to learn from, 1 set aside, 1 for the test; a basic network");
    const errors = ["dirty, as they are", "the best threshold", "basic network"].map((what) =>
      Number(new RegExp(`^ {2}${what} +(\\d\\.\\d{4})$`, "m").exec(printed)![1]),
    );
    const [dirty, clean] = [dirtyPage(4), cleanPage(4)].map((png) => images(readPicture(new Uint8Array(png))));
    const square = dirty.reduce((sum, value, at) => sum + (value - clean[at]) ** 2, 0) / dirty.length;
    expect(errors[0]).toBeCloseTo(Math.sqrt(square), 4);
    expect(errors[1]).toBe(0);
    expect(errors[2]).toBeLessThan(0.5);
    expect(readdirSync(join(folder, "pages")).toSorted()).toEqual(["model.safetensors", "page.html", "try.html"]);
  });

  test("refuses folders without pages, pages of two sizes and broken ones in a sentence", async () => {
    layout("one", [["noisy/1.png", "clean/1.png", 1]]);
    const { loadDocuments } = await importOf("denoising/loadDocuments.mjs");
    const refusal = (name: string) => expect(() => loadDocuments(join(folder, name)));
    refusal("one").toThrow("got 1 pages with a clean one to learn from and 0 for the test");
    refusal("none").toThrow("Kaggle's: train, train_cleaned");
    write("sizes/noisy/1.png", dirtyPage(1, [70, 81]));
    write("sizes/clean/1.png", cleanPage(1));
    refusal("sizes").toThrow("1.png: got 70 × 81 pixels and its clean page 70 × 80, need the same size");
    for (const part of ["noisy", "clean"]) write(`tiny/${part}/1.png`, cleanPage(1, [70, 63]));
    refusal("tiny").toThrow("got 70 × 63 pixels, need at least 64 in each direction");
    write("broken/noisy/1.png", dirtyPage(1).subarray(0, 100));
    write("broken/clean/1.png", cleanPage(1));
    refusal("broken").toThrow(/broken\/noisy\/1.png: it cannot be read as a PNG picture/);
  });
});

test("the batches of an epoch are the same each time, and patches lie where their clean ones lie", async () => {
  const { batchesOf } = await importOf("denoising/patches.mjs");
  const noisy = Float32Array.from({ length: 90 * 70 }, (_, at) => at / (90 * 70));
  const pages = [{ noisy, clean: noisy.map((value) => 1 - value), height: 90, width: 70 }];
  const [first, again, second] = [1, 1, 2].map((epoch) => [...batchesOf(pages, 1)(epoch)]);
  expect(first).toHaveLength(50);
  const textOf = ({ inputs }: { inputs: Float32Array }) => Buffer.from(inputs.buffer).toString("base64");
  expect(again.map(textOf)).toEqual(first.map(textOf));
  expect(textOf(second[0])).not.toBe(textOf(first[0]));
  const [{ inputs, targets }] = first;
  expect(inputs).toHaveLength(16 * 64 * 64);
  expect(Math.max(...inputs.map((value: number, at: number) => Math.abs(value + targets[at] - 1)))).toBeLessThan(1e-6);
  expect(inputs[64] - inputs[0]).toBeCloseTo(70 / (90 * 70), 6);
});

test.each([0, 1])("fitThreshold finds the best of all thresholds on a background of %d", async (background) => {
  const { fitThreshold, meanSquaredError } = await importOf("denoising/score.mjs");
  const noisy = Float32Array.from({ length: 500 }, (_, at) => ((at * 97) % 256) / 255);
  const clean = noisy.map((value, at) => (Math.abs(value - background) < 0.4 + 0.1 * (at % 3) ? background : value));
  const errors = Array.from({ length: 257 }, (_, levels) => {
    const isBehind = (value: number) => Math.round(Math.abs(value - background) * 255) < levels;
    return meanSquaredError(
      noisy.map((value) => (isBehind(value) ? background : value)),
      clean,
    );
  });
  const found = meanSquaredError(fitThreshold([{ noisy, clean }], background)(noisy), clean);
  expect(found).toBeCloseTo(Math.min(...errors), 12);
  expect(found).toBeLessThan(errors[0]);
});

describe("predict.mjs", () => {
  const pages = new Network({
    inputs: [64, 64, 1],
    layers: [conv2d(1, 3, { padding: "same", activation: "sigmoid" })],
    seed: 2,
  });
  const digits = new Network({ inputs: 784, layers: [dense(784, { activation: "sigmoid" })], seed: 2 });
  const bytesOf = (values: ArrayLike<number>) => Uint8Array.from(values, (value) => Math.round(value * 255));
  beforeAll(() => {
    write("pages.safetensors", pages.toBytes());
    write("digits.safetensors", digits.toBytes());
  });

  test("cleans a page of another size than those of the training", () => {
    const file = write("letter.png", dirtyPage(5, [90, 75]));
    const printed = run("predict", "pages.safetensors", "letter.png");
    expect(printed).toContain("denoising-results/letter-denoised.png: 90 × 75 pixels");
    expect(existsSync(join(folder, "denoising-results/letter-denoised.html"))).toBe(true);
    const cleaned = readPicture(read("denoising-results/letter-denoised.png"));
    expect([cleaned.width, cleaned.height]).toEqual([90, 75]);
    const values = images(readPicture(new Uint8Array(readFileSync(file))));
    expect(Uint8Array.from(cleaned.data)).toEqual(bytesOf(pages.withInputs([75, 90, 1]).predict(values)));
  });

  test("scales a digit, turns it around if it is dark on light, and back", () => {
    const side = (place: number) => (place >= 20 && place < 36 ? 1 : 0);
    write(
      "digit.png",
      grey(56, 56, (x, y) => 255 * (1 - side(x) * side(y))),
    );
    const printed = run("predict", "digits.safetensors", "digit.png", "--output", "small");
    expect(printed).toContain("digit.png: scaled to 28 × 28 pixels, dark on light");
    const { data, width, height } = readPicture(read("small/digit-denoised.png"));
    expect([width, height]).toEqual([28, 28]);
    const values = Float32Array.from({ length: 784 }, (_, at) => side(2 * (at % 28)) * side(2 * Math.floor(at / 28)));
    expect(Uint8Array.from(data)).toEqual(bytesOf(digits.predict(values).map((value) => 1 - value)));
  });

  test("refuses what is no model or no picture in a sentence", async () => {
    write("letter.txt", "Dear all");
    const { readPage } = await importOf("denoising/loadDocuments.mjs");
    expect(() => readPage(join(folder, "letter.txt"))).toThrow("letter.txt: got a file of another kind");
    expect(complaint("predict", "letter.txt", "letter.png")).toMatch(/^letter.txt: safetensors: /);
    expect(complaint("predict", "pages.safetensors", "letter.png", "--noise=-1")).toMatch(/^--noise: got -1, need/);
  });
});
