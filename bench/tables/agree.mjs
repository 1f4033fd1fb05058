/**
 * Checks that a model gives the same bits by every way: `node bench/tables/agree.mjs`, or with names of tables. On each table it trains a
 * model, blanks some values and replaces others by texts that no row had, and predicts from the texts of these rows by `simdnet predict`,
 * a Pipeline, an exported module and a Worker; and once more from the objects that `simdnet predict --json` writes.
 */
import { deepEqual } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Pipeline, pcg32 } from "../../dist/index.js";
import { linesOf, tables, valuesIn } from "./tables.mjs";

const command = join(import.meta.dirname, "../../dist/cli/main.js");
const simdnet = (...args) =>
  execFileSync(process.execPath, [command, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 30,
  });

/** The rows that are predicted, and the shares of their values that are blank, unknown, and far from all others. */
const predictedRows = 200;
const [blank, unknown, far] = [0.05, 0.05, 0.05];

/** Returns rows with some values changed. Numbers and dates stay such: others are refused. */
function damaged(rows, random) {
  return rows.map((row) =>
    row.map((text) => {
      const draw = random.next();
      if (draw < blank || text === "") return "";
      const isNumber = Number.isFinite(Number(text));
      const isDate = /^\d{4}-\d\d-\d\d/.test(text);
      if (draw < blank + unknown && !isNumber && !isDate) return "a text that no row had";
      if (draw < blank + unknown + far && isNumber) return String(3 * Number(text));
      return text;
    }),
  );
}

const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvOf = (names, rows) => `${[names, ...rows].map((values) => values.map(cell).join(",")).join("\n")}\n`;

/** Loads an exported Worker in Node, where a bundler's imports of files are read. */
async function loadWorker(folder) {
  const read = (file) => `readFileSync(new URL("./${file}", import.meta.url))`;
  const edit = (file, change) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
  const head = 'import { readFileSync } from "node:fs";\n';
  edit("runtime.js", (text) => {
    const kernels = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
    const replaced = kernels.reduce(
      (code, file) =>
        code.replace(
          new RegExp(`import (\\w+) ?from ?"\\./${file}\\?module";`),
          (_, name) => `const ${name}=new WebAssembly.Module(${read(file)});`,
        ),
      text,
    );
    return head + replaced;
  });
  edit(
    "worker.js",
    (text) => head + text.replace(/import model from "[^"]+";/, `const model = ${read("model.safetensors")};`),
  );
  const { default: worker } = await import(pathToFileURL(join(folder, "worker.js")).href);
  return async (records) => {
    const body = JSON.stringify(records);
    const answer = await worker.fetch(new Request("http://localhost/predict", { method: "POST", body }));
    return answer.json();
  };
}

async function check({ name, target, task, most = 2000 }, room) {
  const { names: head, rows: lines } = linesOf({ name, target });
  const names = valuesIn(head);
  const random = pcg32(1);
  const rows = random
    .shuffle([...lines])
    .slice(0, most)
    .map(valuesIn);
  const path = (file) => join(room, `${name}${file}`);
  const model = path(".safetensors");
  writeFileSync(path(".csv"), csvOf(names, rows));
  const chosen = ["--target", target, "--task", task === "number" ? "regression" : "classification"];
  simdnet("train", path(".csv"), ...chosen, "--epochs", "5", "--output", model);

  // The target is no input, and a damaged one would be refused.
  const place = names.indexOf(target);
  const inputs = names.filter((_, index) => index !== place);
  const texts = damaged(
    rows.slice(0, predictedRows).map((row) => row.toSpliced(place, 1)),
    random,
  );
  writeFileSync(path("-new.csv"), csvOf(inputs, texts));
  const objects = simdnet("predict", model, path("-new.csv"), "--json")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const expected = objects.map(({ [`predicted_${target}`]: prediction, probabilities, interval, unseen }) => ({
    prediction,
    ...(probabilities && { probabilities }),
    ...(interval && { interval }),
    ...(unseen && { unseen }),
  }));
  const records = texts.map((row) => Object.fromEntries(row.map((text, index) => [inputs[index], text])));
  simdnet("export", model, "--module", path(".mjs"));
  simdnet("export", model, "--worker", path("-worker"));
  const plain = (predictions) => JSON.parse(JSON.stringify(predictions));
  const pipeline = Pipeline.fromBytes(readFileSync(model));
  const module = await import(pathToFileURL(path(".mjs")).href);
  const worker = await loadWorker(path("-worker"));
  for (const given of [records, objects]) {
    deepEqual(plain(pipeline.predict(given)), expected);
    deepEqual(plain(module.predict(given)), expected);
    deepEqual(await worker(given), expected);
  }
  const flagged = expected.filter(({ unseen }) => unseen).length;
  console.log(`${name.padEnd(14)} ${expected.length} rows agree by every way; ${flagged} have unseen values`);
}

const chosen = process.argv.slice(2);
const room = mkdtempSync(join(tmpdir(), "simdnet-agree-"));
try {
  for (const table of tables) if (chosen.length === 0 || chosen.includes(table.name)) await check(table, room);
} finally {
  rmSync(room, { recursive: true });
}
