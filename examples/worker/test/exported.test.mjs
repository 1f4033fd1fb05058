/** The exports of `simdnet export`, used away from this package: the Worker in workerd, the module on Deno. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { conv2d, dense, flatten, groupNorm, maxPool2d, Network } from "simdnet";
import { bundleWorker, modulesOfPrediction, serveInWorkerd } from "./servers.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("an exported model of penguins", () => {
  let folder;
  let records;
  let predictions;
  const run = (...args) =>
    execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "simdnet-export-"));
    copyFileSync(join(root, "test/fixtures/penguins.csv"), join(folder, "penguins.csv"));
    run("train", "penguins.csv", "--target", "Species", "--epochs", "20");
    const lines = run("predict", "model.safetensors", "penguins.csv", "--json").trimEnd().split("\n");
    const rows = lines.map((line) => JSON.parse(line));
    assert.equal(rows.length, 344);
    // Each row is also a record.
    records = rows;
    predictions = rows.map(({ predicted_Species: prediction, probabilities }) => ({ prediction, probabilities }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("as a Worker answers in workerd as simdnet predict does, to the bit, and refuses with sentences", async () => {
    run("export", "model.safetensors", "--worker", "penguins");
    const bundle = bundleWorker("wrangler", `${folder}/penguins/`);
    const modules = readdirSync(bundle).filter((file) => file.endsWith(".wasm"));
    assert.equal(modules.length, modulesOfPrediction().length);
    const server = await serveInWorkerd(bundle);
    const post = (body) => server.send({ method: "POST", path: "/predict", body: JSON.stringify(body) });
    try {
      assert.deepEqual((await post(records)).json, predictions);
      for (const [index, record] of records.entries()) assert.deepEqual((await post(record)).json, predictions[index]);

      const { json: description } = await server.send({ method: "GET", path: "/" });
      assert.equal(description.target.name, "Species");
      const { method, path, body } = description.example;
      const example = await server.send({ method, path, body: JSON.stringify(body) });
      const readme = readFileSync(join(folder, "penguins/README.md"), "utf8");
      assert.ok(readme.includes(example.bytes.toString()), "the README's answer");

      for (const record of [{ Island: "Biscoe" }, {}])
        assert.deepEqual((await post(record)).status, 200, "missing keys are missing values");
      const refusal = await post({ data: {} });
      assert.equal(refusal.status, 400);
      assert.match(refusal.json.error, /got "data", need some of "[^"]+"/);
      assert.equal((await server.send({ method: "GET", path: "/predict" })).status, 405);
      assert.equal((await server.send({ method: "GET", path: "/else" })).status, 404);
    } finally {
      await server.stop();
    }
  });

  test("as a module says on Deno, without any permission, what simdnet predict says, to the bit", () => {
    run("export", "model.safetensors", "--module", "penguins.js");
    writeFileSync(
      join(folder, "print.js"),
      `import { predict } from "./penguins.js";\nconsole.log(JSON.stringify(predict(${JSON.stringify(records)})));\n`,
    );
    const deno = createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
    const printed = execFileSync(deno, ["run", "--no-prompt", "--no-lock", "print.js"], { cwd: folder });
    assert.deepEqual(JSON.parse(printed), predictions);
  });
});

describe("an exported network of images", () => {
  const layers = [
    conv2d(4, 3, { padding: "same", activation: "relu" }),
    groupNorm(2),
    maxPool2d(),
    flatten(),
    dense(3),
  ];
  const network = new Network({ inputs: [8, 6, 1], layers, seed: 1 });
  const flat = Array.from({ length: 5 }, (_, row) => Array.from({ length: 48 }, (_, pixel) => ((row + pixel) % 7) / 7));
  const nested = flat.map((pixels) =>
    Array.from({ length: 8 }, (_, y) => pixels.slice(6 * y, 6 * y + 6).map((pixel) => [pixel])),
  );
  let folder;
  const run = (...args) =>
    execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...args], { cwd: folder, stdio: "pipe" });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "simdnet-export-"));
    writeFileSync(join(folder, "network.safetensors"), network.toBytes());
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("as a Worker answers in workerd as predict does, to the bit, flat and nested", async () => {
    run("export", "network.safetensors", "--worker", "images");
    const server = await serveInWorkerd(bundleWorker("wrangler", `${folder}/images/`));
    try {
      for (const body of [flat, nested, flat[2], nested[2]]) {
        const { json } = await server.send({ method: "POST", path: "/predict", body: JSON.stringify(body) });
        assert.deepEqual(json, network.predict(body));
      }
      assert.equal((await server.send({ method: "POST", path: "/predict", body: "[1]" })).status, 400);
    } finally {
      await server.stop();
    }
  });

  test("as a module says on Deno, without any permission, what predict says, to the bit", () => {
    run("export", "network.safetensors", "--module", "images.js");
    const print = `console.log(JSON.stringify([predict(${JSON.stringify(flat)}), predict(${JSON.stringify(nested)})]));`;
    writeFileSync(join(folder, "print.js"), `import { predict } from "./images.js";\n${print}\n`);
    const deno = createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
    const printed = execFileSync(deno, ["run", "--no-prompt", "--no-lock", "print.js"], { cwd: folder });
    assert.deepEqual(JSON.parse(printed), [network.predict(flat), network.predict(nested)]);
  });
});
