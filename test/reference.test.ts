/** docs/API.md is what scripts/reference.mjs writes of src/, and each exported name and option has its sentence. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as data from "../src/data/index.ts";
import * as simdnet from "../src/index.ts";
import * as onnx from "../src/onnx/index.ts";
import * as pictures from "../src/pictures/index.ts";

// A name that is no literal, as the script has no types.
const script = "../scripts/reference.mjs";
const { page, reference } = (await import(/* @vite-ignore */ script)) as {
  page: string;
  reference(): { text: string; faults: string[] };
};
const { text, faults } = reference();
const written = readFileSync(page, "utf8");

describe("the reference of the API", () => {
  test("each name and option has a doc comment; each option that may be left out names its default and takes undefined", () => {
    expect(faults).toEqual([]);
  });

  test("is up to date: otherwise `npm run reference` writes it", () => {
    expect(written).toBe(text);
  });

  test("has every value that the entries export, as a row of its own or as a class", () => {
    const names = Object.entries({ ...simdnet, ...data, ...pictures, ...onnx }).map(([name]) => name);
    const isThere = (name: string) => written.includes(`\n| \`${name}`) || written.includes(`\n| \`new ${name}(`);
    // The command's own, marked @internal.
    expect(names.filter((name) => !isThere(name))).toEqual([
      ...[
        "knownBooleans",
        "truthOf",
        "dateFormOf",
        "daysIn",
        "momentIn",
        "hasPointsBetweenThousands",
        "notationOf",
        "linesOf",
        "findMeaning",
        "isCode",
        "isShownBefore",
        "numberReader",
        "plainNumber",
      ],
    ]);
  });

  const rowOf = (start: string) => written.split("\n").find((line) => line.startsWith(`| \`${start}`)) ?? "";

  const { adadelta, adagrad, adam, adamW, adamax, lion, nadam, rmsprop, sgd, sparseAdam } = simdnet;
  test.each([adadelta, adagrad, adam, adamax, lion, nadam, rmsprop, sgd, sparseAdam])(
    "has the defaults that optimizer %# has",
    (make) => {
      const row = rowOf(`${make.name}(`);
      const optimizer: Record<string, unknown> = { ...make() };
      const claims = [...row.matchAll(/`(\w+) = ([^`]*)`/g)].map(([, name, value]) => [name, JSON.parse(value)]);
      const [, rate] = /learning rate's default is ([\d.]*\d)/.exec(row) ?? [];
      claims.push(["learningRate", Number(rate)]);
      expect(claims.map(([name]) => [name, optimizer[name]])).toEqual(claims);
    },
  );

  test("has the default that sets adamW apart", () => {
    expect(adamW().weightDecay).toBe(0.01);
    expect(rowOf("adamW(")).toContain("0.01 for adamW");
  });

  test("marks an option as needed if every form of its call needs it", () => {
    const neededBy = (start: string) => [...rowOf(start).matchAll(/\*\*(\w+)\*\*/g)].map(([, name]) => name);
    expect(neededBy("new Network(")).toEqual(["inputs"]);
    expect(neededBy("trainer.fit(")).toEqual(["epochs"]);
    expect(neededBy("trainer.fitBatches(")).toEqual([]);
    expect(neededBy("new Pipeline(")).toEqual(["network", "encoding", "target"]);
    for (const name of ["outputs", "layers"]) expect(written).not.toContain(`**${name}**`);
  });

  test("has the defaults of calls, layers and options", () => {
    expect(rowOf("maxPool2d(")).toContain("size = 2");
    expect(rowOf("conv2d(")).toContain("`groups = 1`");
    expect(rowOf("adam(")).toContain("`betas = [0.9, 0.999]`");
    expect(rowOf("new Trainer(")).toMatch(/\*\*loss\*\*.*`batchSize = 32`/);
    expect(rowOf("trainTestSplit(")).toContain("`testFraction = 0.2`");
  });
});
