// Measures scores and times of the projects on complete data, with PyTorch's times on one core in the same run. Run by hand:
//
//   node examples/projects/measure.mjs <folder> [project …] [--seeds 1,2,3]
//
// The folder has a folder of data for each project. The program writes results.json, and the table of README.md from it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tableOf, withTable } from "./shared/table.mjs";

const projects = ["diabetes", "taxi", "cats-and-dogs", "denoising", "sentiment", "faces"];
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = "/usr/bin/python3";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "1,2,3" } },
});
const [folder, ...chosen] = positionals;
if (folder === undefined) throw new Error("got no folder, need that of the data");
const seeds = values.seeds.split(",").map(Number);

const file = pathOf("results.json");
const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { projects: {} };
for (const project of chosen.length > 0 ? chosen : projects) {
  const { measure } = await import(`./${project}/measure.mjs`);
  const output = mkdtempSync(join(tmpdir(), `${project}-`));
  const { rows } = await measure({ folder: join(folder, dataOf(project)), seeds, output });
  rmSync(output, { recursive: true });
  const peers = peersOf(project);
  for (const row of rows) row.peer = peers.find(({ what }) => what === row.what)?.secondsPerEpoch ?? null;
  results.projects[project] = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: cpus()[0].model,
    seeds,
    rows,
  };
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
const readme = pathOf("README.md");
writeFileSync(readme, withTable(readFileSync(readme, "utf8"), tableOf(results)));

/** Returns PyTorch's seconds for an epoch of each network that its program names. */
function peersOf(project) {
  const script = pathOf(`${project}/peer.py`);
  const printed = execFileSync(python, [script], { encoding: "utf8" });
  return printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Returns the folder of a project's data. */
function dataOf(project) {
  return { "cats-and-dogs": "cats-dogs" }[project] ?? project;
}
