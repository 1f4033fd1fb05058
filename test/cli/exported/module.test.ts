import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { simdnet, temporaryFolder } from "../command.ts";
import { digitRecords, imagePipeline } from "./networks.ts";
import { predicted, trained, trainings } from "./penguins.ts";

const folder = temporaryFolder();

function exported(name: string) {
  const model = trained(folder, name);
  const file = model.replace("safetensors", "mjs");
  const { code, stderr } = simdnet(folder, ["export", model, "--module", file]);
  expect([code, stderr]).toEqual([0, ""]);
  return { model, path: join(folder, file) };
}

/** Each training's module. */
let modules: Record<string, ReturnType<typeof exported>>;
beforeAll(() => {
  modules = Object.fromEntries(Object.keys(trainings).map((name) => [name, exported(name)]));
}, 30_000);

const load = (path: string) => import(/* @vite-ignore */ pathToFileURL(path).href);

describe("an exported module", () => {
  test.each(Object.keys(trainings))("predicts %s as simdnet predict does, to the bit", async (name) => {
    const { model, path } = modules[name];
    const { records, predictions } = predicted(folder, model);
    const { predict } = await load(path);
    expect(predict(records)).toEqual(predictions);
    expect(records.map((record) => predict(record))).toEqual(predictions);
  });

  test("predicts from pixels in columns as a pipeline with a convolutional network does, to the bit", async () => {
    const pipeline = imagePipeline();
    writeFileSync(join(folder, "pixels.safetensors"), pipeline.toBytes());
    expect(simdnet(folder, ["export", "pixels.safetensors", "--module", "pixels.mjs"]).code).toBe(0);
    const { predict } = await load(join(folder, "pixels.mjs"));
    const records = digitRecords();
    expect(predict(records)).toEqual(pipeline.predict(records));
  });

  test("says what it needs and what it predicts, and refuses what does not fit", async () => {
    const { columns, target, predict } = await load(modules["three classes"].path);
    expect(target).toEqual({ kind: "classes", name: "Species", classes: ["Adelie", "Chinstrap", "Gentoo"] });
    expect(columns.length).toBe(6);
    expect(columns[0]).toEqual({ name: "Island", kind: "category", categories: ["Biscoe", "Dream", "Torgersen"] });
    expect(columns[1]).toEqual({ name: "Beak Length (mm)", kind: "number" });
    expect(() => predict({ Island: "Biscoe", "Beak Length": 1 })).toThrow(
      'predict, row 0: got "Beak Length", need one of Beak Length (mm), Beak Depth (mm), Flipper Length (mm), Body Mass (g), Sex; did you mean "Beak Length (mm)"?',
    );
  });

  test("is one file without imports, of which all but the model has less than 78 kB compressed, and nothing that trains", () => {
    const { path } = modules["three classes"];
    const text = readFileSync(path, "utf8");
    expect(text).not.toMatch(/\bimport\b(?! \{ predict \})|\brequire\(|\bBuffer\b|\bprocess\b/);
    expect(text).not.toMatch(/\badam|crossEntropy|batchSize|patience|trainingModule|parseCsv|fingerprint/i);
    const [, model] = /simdnetModel =\s+"([^"]+)"/.exec(text)!;
    expect(gzipSync(text.replace(model, ""), { level: 9 }).length).toBeLessThan(78_000);
    expect(text).toContain("MIT License");
    expect(text).toContain("Sun Microsystems");
  });

  test("begins with an example that it answers as it says", async () => {
    const { path } = modules["a number"];
    const { predict } = await load(path);
    const [, example, answer] = /predict\((\{.*\})\)\n\/\/ {3}\/\/ (.*)/.exec(readFileSync(path, "utf8"))!;
    expect(predict(JSON.parse(example))).toEqual(JSON.parse(answer));
  });
});
