import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { dense, Network, Pipeline } from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";
import { trained } from "./exported/penguins.ts";

const folder = temporaryFolder();
const projectFiles = [
  "worker.js",
  "runtime.js",
  "attention32.wasm",
  "attention64.wasm",
  "convolution32.wasm",
  "convolution64.wasm",
  "core32.wasm",
  "core64.wasm",
  "embedding32.wasm",
  "embedding64.wasm",
  "normalization32.wasm",
  "normalization64.wasm",
  "recurrent32.wasm",
  "recurrent64.wasm",
  "model.safetensors",
  "wrangler.jsonc",
  "package.json",
  "README.md",
];

let model: string;
beforeAll(() => {
  model = trained(folder, "three classes");
  writeFileSync(join(folder, "network.safetensors"), new Network({ inputs: 2, layers: [dense(1)] }).toBytes());
  writeFileSync(join(folder, "taken.js"), "taken");
  mkdirSync(join(folder, "taken"));
  writeFileSync(join(folder, "taken/notes.txt"), "mine");
});

const read = (file: string) => readFileSync(join(folder, file), "utf8");
const run = (...args: string[]) => simdnet(folder, ["export", model, ...args]);

describe("simdnet export", () => {
  test("lists the files it has written with --json", () => {
    expect(JSON.parse(run("--module", "listed.js", "--json").stdout)).toEqual({ model, files: ["listed.js"] });
    const { stdout } = run("--worker", "listed", "--json");
    expect(JSON.parse(stdout)).toEqual({ model, files: projectFiles.map((file) => join("listed", file)) });
    expect(readdirSync(join(folder, "listed")).sort()).toEqual([...projectFiles].sort());
  });

  test("says what it has saved and how to use it", () => {
    expect(run("--module", "said.js").stdout).toMatch(
      /^Saved {7}said\.js \([\d.]+ kB, [\d.]+ kB compressed by gzip\)\nUse it with import \{ predict \} from "\.\/said\.js";\n +predict\(\{"Island":"Biscoe",/,
    );
    const { stdout } = run("--worker", "My penguins");
    expect(stdout).toMatch(/^Saved {7}My penguins \(18 files, [\d.]+ kB\)\n/);
    expect(stdout).toContain("cd 'My penguins' && npm install && npm run dev\n");
  });

  test("a Worker has the model's file as it is, wrangler alone as a package, and a README whose example the model answers so", () => {
    expect(run("--worker", "deep/er").code).toBe(0);
    expect(readFileSync(join(folder, "deep/er/model.safetensors"))).toEqual(readFileSync(join(folder, model)));
    expect(JSON.parse(read("deep/er/package.json"))).toEqual({
      name: "er",
      private: true,
      type: "module",
      scripts: { dev: "wrangler dev", deploy: "wrangler deploy" },
      devDependencies: { wrangler: "4.86.0" },
    });
    expect(JSON.parse(read("deep/er/wrangler.jsonc"))).toEqual({
      name: "er",
      main: "worker.js",
      compatibility_date: "2026-04-01",
      rules: [{ type: "Data", globs: ["**/*.safetensors"], fallthrough: true }],
    });
    const [, example, answer] = /-d '(.*)'\n```\n\n```json\n(.*)\n/.exec(read("deep/er/README.md"))!;
    const pipeline = Pipeline.fromBytes(readFileSync(join(folder, model)));
    expect(pipeline.predict(JSON.parse(example))).toEqual(JSON.parse(answer));
    for (const file of ["worker.js", "runtime.js"]) expect(read(join("deep/er", file))).not.toMatch(/from ?"simdnet/);
  });

  test.each<[string, string[], string]>([
    ["a file that is there", ["--module", "taken.js"], "taken.js: it is there already; --force overwrites it"],
    ["a folder as a file", ["--module", "taken", "--force"], "taken: need a file whose name ends with .js or .mjs"],
    ["a model as the module", ["--module", "three-classes.safetensors", "--force"], "ends with .js or .mjs"],
    ["a folder that is not empty", ["--worker", "taken"], "taken: this folder is not empty; --force overwrites the"],
    ["a file as a folder", ["--worker", "taken.js", "--force"], "taken.js: this is a file, need a folder"],
    [
      "a folder within a file",
      ["--worker", "taken.js/worker"],
      "taken.js/worker: a part of its path is a file, need folders (ENOTDIR)",
    ],
    [
      "a file in a folder that is not there",
      ["--module", "gone/a.js"],
      "gone/a.js: there is no folder gone, need one to write the file to",
    ],
  ])("refuses %s", (_, args, message) => {
    const { code, stdout, stderr } = run(...args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^simdnet: .*\n$/);
    expect(stderr).toContain(message);
    expect([read("taken.js"), readdirSync(join(folder, "taken"))]).toEqual(["taken", ["notes.txt"]]);
  });

  test("takes a network alone, and says how its shape is given", () => {
    const { code, stdout } = simdnet(folder, ["export", "network.safetensors", "--module", "network.js"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +predict\(Array\(2\)\.fill\(0\)\)$/m);
    expect(simdnet(folder, ["export", "network.safetensors", "--worker", "network"]).code).toBe(0);
    expect(readdirSync(join(folder, "network")).sort()).toEqual([...projectFiles].sort());
    const readme = read("network/README.md");
    expect(readme).toContain("node -p 'JSON.stringify(Array(2).fill(0))' | curl localhost:8787/predict -d @-\n");
    expect(readme).toContain("An example is of the shape `[2]`, flat or nested, its answer of the shape `[1]`.");
    expect(readme).toContain("\n```json\n[0]\n```\n");
  });

  test("refuses what is no model, and a file that is not there", () => {
    const refused = (path: string) => simdnet(folder, ["export", path, "--module", "never.js"]);
    expect(refused("taken.js")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("taken.js: got a text, need a model or network of simdnet"),
    });
    expect(refused("gone")).toEqual({ code: 1, stdout: "", stderr: "simdnet: gone: there is no such file\n" });
    expect(readdirSync(folder)).not.toContain("never.js");
  });

  test("--force overwrites a module, and the files of a Worker, but no others", () => {
    writeFileSync(join(folder, "old.js"), "old");
    expect(run("--module", "old.js", "--force").code).toBe(0);
    expect(read("old.js")).toContain("simdnetModel");
    mkdirSync(join(folder, "old"));
    writeFileSync(join(folder, "old/worker.js"), "old");
    writeFileSync(join(folder, "old/notes.txt"), "mine");
    expect(run("--worker", "old", "--force").code).toBe(0);
    expect(read("old/worker.js")).toContain("fetch");
    expect(read("old/notes.txt")).toBe("mine");
  });
});
