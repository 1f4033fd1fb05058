import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeRecords } from "../../src/data/index.ts";
import { adam, dense, Network, Pipeline, Trainer } from "../../src/index.ts";
import { fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const asked = ["train", fixture("penguins.csv"), "-t", "Species", "--epochs", "5"];
simdnet(folder, [...asked, "--ensemble", "1", "--bins", "0"]);

describe("simdnet inspect", () => {
  test("shows layers, parameters, preprocessing and training of a model", () => {
    const { stdout, code } = simdnet(folder, ["inspect", "model.safetensors"]);
    expect(code).toBe(0);
    for (const line of [
      /^File {8}model\.safetensors: [\d.]+ kB, a model with its preprocessing$/m,
      /^dense1 +dense 64, relu +\[64\] +768$/m,
      /^ {2}dense1\.weight +11 × 64 +-?[\d.]+ +[\d.]+ +-[\d.]+ +[\d.]+$/m,
      /^Predicts {4}Species: 3 classes: Adelie, Chinstrap, Gentoo$/m,
      /^ {2}Beak Length \(mm\) +number +45 +\(x − 44\.17\) \/ 5\.382$/m,
      /^Trained {5}on 206 rows of penguins\.csv, adamw, learning rate 0\.001 \(plateau\), batches of 32, seed 0$/m,
      /● loss/,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  test("shows every network of an ensemble, and the layer that makes their mean", () => {
    simdnet(folder, [...asked, "--ensemble", "3", "--bins", "5", "-o", "three.safetensors"]);
    const { stdout, code } = simdnet(folder, ["inspect", "three.safetensors"]);
    expect(code).toBe(0);
    for (const line of [
      /^network1\.dense1 +dense 64, relu +\[64\] +768$/m,
      // Four numbers have five ranges each.
      /^bins +dense 20, hardSigmoid, frozen +\[20\] +240$/m,
      /^network2\.dense1 +dense 64, relu +\[64\] +2048$/m,
      /^output +dense 3, softmax +\[3\] +291$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  test("gives all of it as JSON", () => {
    const content = JSON.parse(simdnet(folder, ["inspect", "model.safetensors", "--json"]).stdout);
    expect(content).toMatchObject({ dtype: "float32", inputs: 11, outputs: 3, parameterCount: 2947 });
    expect(content.history.epoch).toEqual([1, 2, 3, 4, 5]);
    expect(content.parameters[0]).toMatchObject({ name: "dense1.weight", shape: [11, 64] });
    expect(content.target.classes).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
  });

  test("shows a network alone, and that of a checkpoint", () => {
    const network = new Network({ inputs: 2, layers: [dense(3)] });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam() });
    for (const [name, bytes] of Object.entries({ n: network.toBytes(), t: trainer.toBytes() })) {
      writeFileSync(join(folder, name), bytes);
      const { stdout, code } = simdnet(folder, ["inspect", name]);
      expect([code, stdout]).toEqual([0, expect.stringContaining("a network\n")]);
      expect(stdout).toMatch(/^dense1 +dense 3, linear +\[3\] +9$/m);
    }
  });

  test("shows a model that somebody else has made, with their notes and without a test, and evaluate and compare take it", () => {
    const columns = { x: [1, 2, 3, 4] };
    const network = new Network({ inputs: 1, layers: [dense(2, { activation: "softmax" })] });
    const encoding = encodeRecords(columns);
    const target = { kind: "classes", name: "y", classes: ["a", "b"] } as const;
    const notes = { settings: "mine", rows: 100, test: { accuracy: 0.9 } };
    writeFileSync(join(folder, "own"), new Pipeline({ network, encoding, target, notes }).toBytes());
    const shown = simdnet(folder, ["inspect", "own"]);
    expect([shown.code, shown.stderr]).toEqual([0, ""]);
    expect(shown.stdout).toMatch(/^Predicts {4}y: 2 classes: a, b$/m);
    expect(shown.stdout).not.toContain("Trained");
    expect(JSON.parse(simdnet(folder, ["inspect", "own", "--json"]).stdout).notes).toEqual(notes);
    writeFileSync(join(folder, "own.csv"), "x,y\n1,b\n2,b\n3,a\n");
    expect(simdnet(folder, ["evaluate", "own", "own.csv"]).stdout).toMatch(/^ {12}always saying "b": 66.7 %$/m);
    expect(simdnet(folder, ["compare", "own", "model.safetensors"]).stdout).toMatch(/^ {2}parameters +4 +2,947$/m);
  });

  test("refuses what is neither", () => {
    const { code, stderr } = simdnet(folder, ["inspect", fixture("penguins.csv")]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("got a text, need a model or network of simdnet, or an ONNX file"),
    ]);
  });
});
