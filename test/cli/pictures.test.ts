/** Pictures as `simdnet inspect --pictures` writes them, through the executable. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { beforeAll, describe, expect, test } from "vitest";
import { picturesOf } from "../../src/cli/pictures.ts";
import { conv2d, dense, flatten, input, maxPool2d, Network } from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";
import { imageNetwork, imagePipeline, twoInputs } from "./exported/networks.ts";

const folder = temporaryFolder();
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const inspect = (...args: string[]) => simdnet(folder, ["inspect", ...args]);

const filters = { padding: "same", activation: "relu" } as const;
const coloured = [conv2d(6, 3, filters), maxPool2d(), conv2d(4, 3, filters), flatten(), dense(5)];

beforeAll(() => {
  const models = {
    grey: imageNetwork(),
    colours: new Network({ inputs: [8, 8, 3], layers: coloured, seed: 1 }),
    two: twoInputs(),
    five: new Network({ inputs: [8, 8, 5], layers: [conv2d(2, 3), flatten(), dense(2)] }),
    plain: new Network({ inputs: 64, layers: [dense(2)] }),
    flat: new Network({ inputs: [8, 8, 1], layers: [flatten(), dense(2)] }),
    model: imagePipeline(),
  };
  for (const [name, model] of Object.entries(models)) writeFileSync(join(folder, name), model.toBytes());
  const data = Uint8Array.from({ length: 16 * 12 * 4 }, (_, index) => (index % 4 === 3 ? 255 : (index * 7) % 256));
  writeFileSync(join(folder, "photo.png"), encode({ data, width: 16, height: 12, channels: 4 }));
  writeFileSync(join(folder, "photo.jpg"), encodeJpeg({ data, width: 16, height: 12 }, 90).data);
  writeFileSync(join(folder, "photo.ppm"), `P3 2 2 255 ${Array(12).fill(99).join(" ")}`);
  writeFileSync(join(folder, "text.png"), "no picture");
});

/** That a page needs nothing else, runs nothing, and has no images but those within it. */
function expectWhole(page: string) {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/);
  expect(page).not.toMatch(/https?:|<script|<link|\bhref=|url\(|@import|\son\w+=/i);
  expect(page.replace(/base64,[^"]*/g, "")).not.toMatch(/NaN|undefined|\[object|Infinity/);
  const images = page.match(/<img [^>]*>/g)!;
  const form = /^<img src="data:image\/png;base64,[\w+/=]+" width="\d+" height="\d+" alt="[^"]{5,}">$/;
  expect(images.filter((image) => !form.test(image))).toEqual([]);
  for (const name of ["figure", "section", "div", "p"]) {
    const [begun, ended] = [`<${name}\\b`, `</${name}>`].map((tag) => page.match(new RegExp(tag, "g"))?.length);
    expect(begun).toBe(ended);
  }
}

const headingsOf = (page: string) => [...page.matchAll(/<h[23]>([^<]*)<\/h[23]>/g)].map(([, heading]) => heading);
const altsOf = (page: string, start: string) => page.match(new RegExp(`alt="${start}`, "g"))?.length ?? 0;

describe("simdnet inspect", () => {
  test("names the convolutions among the layers", () => {
    expect(inspect("grey").stdout).toMatch(/^conv2d1 +conv2d 8, 3×3, same, relu +\[8, 8, 8\] +80$/m);
  });

  test("--pictures shows the filters of every convolution", () => {
    const { code, stdout, stderr } = inspect("colours", "--pictures", "filters.html");
    expect([code, stderr]).toEqual([0, ""]);
    const page = read("filters.html");
    expectWhole(page);
    expect(stdout).toContain(`\nPictures    filters.html (${(Buffer.byteLength(page) / 1000).toFixed(1)} kB)\n`);
    expect(headingsOf(page)).toEqual(["Filters", "conv2d1", "conv2d2"]);
    expect([altsOf(page, "filter \\d of conv2d1"), altsOf(page, "filter \\d of conv2d2")]).toEqual([6, 4]);
    expect(page).toContain("6 filters, in the red, green and blue of the image, where 0 is grey; weights up to");
    expect(page).toContain("4 filters, each with 6 kernels, one for each channel of its input; weights up to");
  });

  test.each(["photo.png", "photo.jpg", "photo.ppm"])("--image shows what the network makes of %s", (image) => {
    const { code, stderr } = inspect("colours", "--pictures", "image.html", "--image", image);
    expect([code, stderr]).toEqual([0, ""]);
    const page = read("image.html");
    expectWhole(page);
    expect(headingsOf(page)).toEqual([
      ...["The image", "As the network sees it", "The answer", "Where it looked"],
      ...["Filters", "conv2d1", "conv2d2"],
      ...["What each layer makes of the image", "conv2d1", "maxPool2d1", "conv2d2"],
    ]);
    expect([altsOf(page, "map \\d of maxPool2d1"), altsOf(page, "map \\d of conv2d2")]).toEqual([6, 4]);
    expect(page.match(/<b>output \d<\/b>/g)).toHaveLength(5);
  });

  test("the same image writes the same page, which JSON names, and --scale changes it", () => {
    const write = (file: string, ...more: string[]) =>
      JSON.parse(inspect("grey", "--pictures", file, "--image", "photo.png", "--json", ...more).stdout);
    expect(write("one.html").pictures).toBe("one.html");
    write("other.html");
    expect(read("other.html")).toBe(read("one.html"));
    write("scaled.html", "--scale", "1");
    expect(read("scaled.html")).toContain("numbers from 0 to 255.");
    expect(inspect("grey", "--json").stdout).not.toContain('"pictures"');
  });

  test("an image is shown to a network without convolutions, too, and filters of a model of a table", () => {
    expect(inspect("flat", "--pictures", "flat.html", "--image", "photo.png").code).toBe(0);
    expect(headingsOf(read("flat.html"))).toEqual([
      ...["The image", "As the network sees it", "The answer", "Where it looked"],
    ]);
    expect(inspect("model", "--pictures", "model.html").code).toBe(0);
    expect(headingsOf(read("model.html"))).toEqual(["Filters", "conv2d1", "conv2d2"]);
  });

  test.each<[string, string[], string]>([
    ["no image network", ["plain"], "plain: got a network without convolutions of images, need one whose filters can"],
    [
      "an image for rows",
      ["plain", "--image", "photo.png"],
      "plain: got a network that takes [64], need one of [height, width, channels] for --image",
    ],
    [
      "an image for two inputs",
      ["two", "--image", "photo.png"],
      "two: got a network that takes [6, 4, 3] and [2], need",
    ],
    [
      "an image for five channels",
      ["five", "--image", "photo.png"],
      "five: got a network of images of 5 channels, [8, 8, 5], need 1 (grey), 3 (red, green, blue) or 4",
    ],
    [
      "an image for a table",
      ["model", "--image", "photo.png"],
      "model: got a model that reads the columns of a table, need a network of images for --image",
    ],
    ["what is no picture", ["grey", "--image", "text.png"], "text.png: got a file of another kind, need a PNG, JPEG"],
    ["no file", ["grey", "--image", "gone.png"], "gone.png: there is no such file"],
  ])("refuses %s with a sentence", (_, args, message) => {
    const { code, stdout, stderr } = inspect(...args, "--pictures", "never.html");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^simdnet: .*\n$/);
    expect(stderr).toContain(message);
    expect(() => read("never.html")).toThrow("ENOENT");
  });

  test("refuses a page in the place of the model or the image, or in no folder, and options without what they are for", () => {
    const refused = (...args: string[]) => inspect("grey", ...args).stderr;
    expect(refused("--pictures", "./grey")).toContain("got it for the model and for the pictures, need two files");
    expect(refused("--pictures", "photo.png", "--image", "photo.png")).toContain("got it for the image and for");
    expect(refused("--pictures", "no/where.html")).toContain("there is no folder no");
    expect(refused("--image", "photo.png")).toContain("got --image without --pictures");
    expect(refused("--pictures", "a.html", "--scale", "2")).toContain("got --scale without --image");
    expect(refused("--pictures", "a.html", "--image", "photo.png", "--scale", "0")).toContain("Need a number above 0.");
  });

  test("loads what decodes pictures only for them", () => {
    const command = readFileSync("dist/cli/main.js", "utf8");
    for (const message of ["SOI not found", "wrong PNG signature"]) {
      expect(command).not.toContain(message);
      expect(readFileSync("dist/pictures/index.js", "utf8")).toContain(message);
    }
    expect(command).toContain('import("../pictures/index.js")');
    expect(command).toContain('import("./pictures.js")');
  });
});

test("picturesOf takes a network with several inputs if there is no image", () => {
  const [image, other] = [input([4, 4, 1]), input([4, 4, 1])];
  const network = new Network({ inputs: [image, other], outputs: [conv2d(1, 3)(image), conv2d(1, 3)(other)] });
  expect(headingsOf(picturesOf("m", network, undefined))).toEqual(["Filters", "conv2d1", "conv2d2"]);
});
