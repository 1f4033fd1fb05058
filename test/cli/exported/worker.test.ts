/** The Worker's own files in Node, in which the modules that wrangler makes of files are read. In workerd: examples/worker/test. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import type { Network } from "../../../src/index.ts";
import { simdnet, temporaryFolder } from "../command.ts";
import { digitImages, imageNetwork, photoPipeline, photos, twoInputs } from "./networks.ts";
import { predicted, trained, trainings } from "./penguins.ts";

const folder = temporaryFolder();

type Answer = (request: Request) => Promise<Response>;

/** Loads an exported Worker. */
async function load(worker: string): Promise<Answer> {
  const replace = (file: string, from: RegExp, to: string) => {
    const path = join(worker, file);
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
  };
  const read = (file: string) => `readFileSync(new URL("./${file}", import.meta.url))`;
  for (const file of readdirSync(worker).filter((name) => name.endsWith(".wasm"))) {
    const name = file.replace(".", "\\.");
    replace(
      "runtime.js",
      new RegExp(`import (\\w+) ?from ?"\\./${name}\\?module";`),
      `const $1=new WebAssembly.Module(${read(file)});`,
    );
  }
  for (const file of ["runtime.js", "worker.js"]) replace(file, /^/, 'import { readFileSync } from "node:fs";\n');
  replace("worker.js", /import model from "\.\/model\.safetensors";/, `const model = ${read("model.safetensors")};`);
  return (await import(/* @vite-ignore */ pathToFileURL(join(worker, "worker.js")).href)).default.fetch;
}

const exported = async (name: string) => {
  const model = trained(folder, name);
  return { model, answer: await workerOf(model) };
};

/** Exports a model as a Worker and loads it. */
async function workerOf(model: string): Promise<Answer> {
  const worker = model.replace(".safetensors", "");
  const { code, stderr } = simdnet(folder, ["export", model, "--worker", worker]);
  expect([code, stderr]).toEqual([0, ""]);
  return load(join(folder, worker));
}

function networkWorker(name: string, network: Network): Promise<Answer> {
  writeFileSync(join(folder, `${name}.safetensors`), network.toBytes());
  return workerOf(`${name}.safetensors`);
}

const post = (body: string | Uint8Array<ArrayBuffer>, path = "/predict") =>
  new Request(`http://localhost${path}`, { method: "POST", body });

describe("an exported Worker", () => {
  let model: string;
  let answer: Answer;
  beforeAll(async () => {
    ({ model, answer } = await exported("three classes"));
  });

  test.each(Object.keys(trainings).slice(1))("predicts %s as simdnet predict does, to the bit", async (name) => {
    const { model, answer } = await exported(name);
    const { records, predictions } = predicted(folder, model);
    expect(await (await answer(post(JSON.stringify(records)))).json()).toEqual(predictions);
  });

  test("answers a record with its prediction, an array with an array, as simdnet predict does, to the bit", async () => {
    const { records, predictions } = predicted(folder, model);
    const response = await answer(post(JSON.stringify(records)));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(predictions);
    expect(await (await answer(post("[]"))).json()).toEqual([]);
    for (const [index, record] of records.entries()) {
      expect(await (await answer(post(JSON.stringify(record)))).json()).toEqual(predictions[index]);
    }
  });

  test("says on GET / what it predicts and from what, with an example that it answers", async () => {
    const description = await (await answer(new Request("http://localhost/"))).json();
    expect(description.target).toEqual({
      kind: "classes",
      name: "Species",
      classes: ["Adelie", "Chinstrap", "Gentoo"],
    });
    expect(description.columns.map(({ kind }: { kind: string }) => kind)).toEqual([
      "category",
      "number",
      "number",
      "number",
      "number",
      "category",
    ]);
    const { method, path, body } = description.example;
    const response = await answer(new Request(`http://localhost${path}`, { method, body: JSON.stringify(body) }));
    expect((await response.json()).prediction).toBe("Gentoo");
  });

  test.each<[string, number, string, string?]>([
    ["no body", 400, "body: got 0 characters that are not JSON, need a record or an array of records", ""],
    ["a character", 400, "body: got 1 character that is not JSON", "{"],
    ["half a body", 400, "body: got 9 characters that are not JSON", '{"Island"'],
    ["null", 400, "predict: got null at row 0, need an object with a value for each column", "null"],
    ["a number", 400, "predict: got 7 at row 0", "7"],
    ["arrays in arrays", 400, "predict: got an array of 1 at row 0", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["a record of something else", 400, 'predict, row 0: got "data", need some of "Island"', '{"data":{}}'],
    ["a second record that is none", 400, "at row 0", '["Island", 1]'],
    ["1001 records", 400, "body: got 1001 records, need at most 1000", JSON.stringify(Array(1001).fill({}))],
    ["a megabyte and more", 400, "body: got 1048577 bytes, need at most 1048576", " ".repeat((1 << 20) + 1)],
  ])("refuses %s with %i and a sentence", async (_, status, message, body = "") => {
    const response = await answer(post(body));
    expect(response.status).toBe(status);
    expect((await response.json()).error).toContain(message);
  });

  test("refuses a text for a number, naming the column", async () => {
    const { example } = await (await answer(new Request("http://localhost/"))).json();
    const response = await answer(post(JSON.stringify({ ...example.body, "Body Mass (g)": "heavy" })));
    expect(response.status).toBe(400);
    expect((await response.json()).error).toBe(
      'predict, column "Body Mass (g)": got "heavy" at row 0, need a finite number, or null where it is missing',
    );
  });

  test("answers other paths with 404, other methods with 405 and those that are allowed", async () => {
    for (const path of ["/predictions", "/constructor", "/predict/"]) {
      const response = await answer(post("{}", path));
      expect([response.status, await response.json()]).toEqual([404, { error: `got ${path}, need / or /predict` }]);
    }
    const get = await answer(new Request("http://localhost/predict"));
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await get.json()).toEqual({ error: "/predict: got GET, need POST" });
    const put = await answer(post("{}", "/"));
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET"]);
  });
});

describe("an exported Worker of a network", () => {
  const network = imageNetwork();
  let answer: Answer;
  beforeAll(async () => {
    answer = await networkWorker("image", network);
  });
  const answered = async (examples: unknown) => (await answer(post(JSON.stringify(examples)))).json();

  test("answers images as predict does, to the bit, one or many, flat or nested", async () => {
    const { flat, nested } = digitImages(150);
    for (const examples of [flat, nested, flat[3], nested[3]]) {
      expect(await answered(examples)).toEqual(network.predict(examples as number[][]));
    }
  });

  test("answers examples of two inputs and float64, too", async () => {
    const [two, double] = [twoInputs(), imageNetwork("float64")];
    const examples = [Array.from({ length: 72 }, (_, index) => index / 72), [0.5, -1]];
    const response = await (await networkWorker("two", two))(post(JSON.stringify(examples)));
    expect(await response.json()).toEqual(two.predict(examples));
    const { flat } = digitImages(3);
    const precise = await (await networkWorker("double", double))(post(JSON.stringify(flat)));
    expect(await precise.json()).toEqual(double.predict(flat));
  });

  test("says on GET / which shapes it takes", async () => {
    expect(await (await answer(new Request("http://localhost/"))).json()).toEqual({
      inputs: [[8, 8, 1]],
      outputs: [[3]],
      request: {
        method: "POST",
        path: "/predict",
        body: "an example of [8, 8, 1], flat or nested, or an array of such examples",
      },
    });
  });

  test.each<[string, string, string]>([
    ["half a body", "[1, 2", "body: got 5 characters that are not JSON, need an example or an array of examples"],
    ["null", "null", "predict: got null, need one example"],
    ["an object", '{"0":1}', "predict: got "],
    ["another shape", "[[1, 2], [3, 4]]", "predict: got "],
    ["a number too few", JSON.stringify(Array(63).fill(0)), "predict: got 63 numbers"],
    ["what is no number", JSON.stringify(Array(64).fill("1")), "predict: got "],
  ])("refuses %s with 400 and a sentence", async (_, body, message) => {
    const response = await answer(post(body));
    expect(response.status).toBe(400);
    expect((await response.json()).error).toContain(message);
  });
});

describe("an exported Worker of pictures", () => {
  test("takes the file of a picture, and pictures as JSON, and answers as the pipeline does, to the bit", async () => {
    const pipeline = photoPipeline();
    writeFileSync(join(folder, "photos.safetensors"), pipeline.toBytes());
    const answer = await workerOf("photos.safetensors");
    const [picture] = photos;
    const wanted = pipeline.predict(photos);
    const png = new Uint8Array(encode({ ...picture, channels: 3, depth: 8 }));
    expect(await (await answer(post(png))).json()).toEqual(wanted[0]);
    const json = JSON.stringify(photos.map((photo) => ({ ...photo, data: [...photo.data] })));
    expect(await (await answer(post(json))).json()).toEqual(wanted);
    const refused = await answer(post("GIF89a"));
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: "body: got a file of another kind, need a PNG, JPEG, PGM or PPM picture" },
    ]);
    expect(readFileSync(join(folder, "photos/README.md"), "utf8")).toContain("--data-binary @photo.jpg");
  });
});
