/**
 * The parts of README and bench/README that come from the committed results: everything between `<!-- results:name -->` and `<!-- /results
 * -->`. `npm run bench:report` writes them; test/report.test.ts checks that they are up to date.
 */
import { readFileSync } from "node:fs";
import { cliffs, figure, megabytes, type Results, type Row, ratioFigure, show, type Table, times } from "../results.ts";
import { type Peers, secondsOf, timesAsFast } from "./peers.ts";

/** The machine whose results are shown: the files in bench/results with its name. */
const machine = { file: "zen4", title: "Zen 4" };
/** The results with relaxed products, on another runtime. */
const relaxedFile = `${machine.file}-relaxed`;
/** The results of images and of sequences, on another machine. */
const imagesFile = "xeon-images";
const sequencesFile = "xeon-sequences";
/** The results of `npm run bench:tables`. */
const tablesFile = "tables";

export interface Committed {
  readonly results: Results;
  readonly relaxed: Results;
  readonly peers: Peers;
  readonly images: Results;
  readonly imagesRelaxed: Results;
  readonly imagePeers: Peers;
  readonly sequences: Results;
  readonly sequencesNode24: Results;
  readonly sequencePeers: Peers;
  readonly runtimes: readonly Runtime[];
  readonly tables: TableResults;
}

/** A mean over splits, and half of the interval that holds it with a chance of 95 %. */
interface Measure {
  readonly mean: number;
  readonly half: number;
}

/** The results of `npm run bench:tables`: each model's scores and seconds, by table. */
interface TableResults {
  readonly machine: { readonly processor: string; readonly runtime: string };
  readonly commit: string;
  readonly seeds: number;
  readonly scikitLearn: string;
  readonly tables: readonly {
    readonly name: string;
    readonly task: "classes" | "number";
    readonly rows: { readonly train: number; readonly test: number };
    readonly models: Readonly<Record<string, Readonly<Record<string, Measure>>>>;
  }[];
}

/** A row of test/runtimes/results.json: a run of the program of test/runtimes, with this build of the package. */
interface Runtime {
  readonly runtime: string;
  readonly version: string;
  readonly engine: string;
  readonly build: "inlined" | "static";
  readonly ok: boolean;
}

export function readCommitted(): Committed {
  const read = (name: string) => JSON.parse(readFileSync(`bench/results/${name}.json`, "utf8"));
  const runtimes = JSON.parse(readFileSync("test/runtimes/results.json", "utf8"));
  return {
    ...{ results: read(machine.file), relaxed: read(relaxedFile), peers: read(`peers-${machine.file}`) },
    ...{
      images: read(imagesFile),
      imagesRelaxed: read(`${imagesFile}-relaxed`),
      imagePeers: read(`peers-${imagesFile}`),
    },
    ...{
      sequences: read(sequencesFile),
      sequencesNode24: read(`${sequencesFile}-node24`),
      sequencePeers: read(`peers-${sequencesFile}`),
    },
    runtimes,
    tables: read(tablesFile),
  };
}

/** Returns `text` with its generated parts renewed. @throws {RangeError} if it names an unknown part */
export function withParts(text: string, committed: Committed): string {
  return text.replaceAll(
    /(<!-- results:(\w+) -->\n).*?(?=<!-- \/results -->)/gs,
    (_, opening: string, name: string) => {
      if (!Object.hasOwn(parts, name)) throw new RangeError(`results: got ${name}, need ${Object.keys(parts)}`);
      return `${opening}${parts[name](committed)}\n`;
    },
  );
}

const parts: Readonly<Record<string, (committed: Committed) => string>> = {
  speed,
  peers,
  imagePeers,
  products,
  relaxed,
  step,
  growth,
  convolution,
  convolutionRelaxed,
  images,
  imagesRelaxed,
  imageGrowth,
  sequencePeers,
  recurrent,
  recurrentNode24,
  attention,
  embedding,
  runtimes,
  tables,
};

/** Returns README's line of measurements. */
function speed({ results }: Committed): string {
  const [table] = results.suites.matmul;
  const row = findRow(table, "forward 256 × 256 × 256");
  const [own, share] = [figure(table, row), ratioFigure(table, row)];
  return [
    `A product of 256 × 256 matrices runs at up to ${own.best} GFLOP/s on one core of an ${where(results)}: ${share.best} of what its`,
    `128-bit vectors can do (${share.median} in the median of ${results.rounds} rounds), \`npm run bench\`.`,
  ].join("\n");
}

/** The workloads that README shows, if there are results. */
const shownWorkloads = ["train 32", "train 128", "infer 1", "infer 256", "R1", "tiny", "matmul 256", "cold"];

const shownImageWorkloads = ["trainImages small", "trainImages large", "inferImages 1", "inferImages 256"];

/** Returns the table of how many times as fast as each peer simdnet is. */
function peers({ peers }: Committed): string {
  return peersTable(peers, shownWorkloads, "");
}

/** Returns the same for networks of convolutions. */
function imagePeers({ imagePeers }: Committed): string {
  return peersTable(imagePeers, shownImageWorkloads, " -- --work trainImages,inferImages");
}

/** Returns the same for recurrent networks. */
function sequencePeers({ sequencePeers }: Committed): string {
  const shown = Object.keys(sequencePeers.workloads);
  return peersTable(sequencePeers, shown, " -- --work trainSequences,inferSequences");
}

/** @param options of the command */
function peersTable(peers: Peers, shown: readonly string[], options: string): string {
  const workloads = shown.flatMap((name) => peers.workloads[name] ?? []);
  const all = [...new Set(workloads.flatMap((workload) => Object.keys(workload.peers)))];
  const hasRun = (name: string) => workloads.some(({ peers }) => peers[name] && secondsOf(peers[name]) !== undefined);
  const names = all.filter((name) => name !== "simdnet" && hasRun(name));
  const rows = workloads.map((workload) => {
    const { title, unit } = workload;
    const ratios = names.map((name) => {
      const ratio = workload.peers[name] && timesAsFast(workload, workload.peers[name]);
      return ratio === undefined ? "–" : times(ratio);
    });
    const seconds = secondsOf(workload.peers.simdnet);
    return [title, seconds === undefined ? "–" : `${show(unit, seconds)} ${unit}`, ...ratios];
  });
  return [
    `One thread of an ${where(peers)}, ${peers.date}: \`npm run bench:peers${options}\`.`,
    "",
    markdown(["", "simdnet", ...names], rows),
  ].join("\n");
}

/** Returns the products' shares of the peak. */
function products({ results }: Committed): string {
  return productTable(results, ["float32", "float64"], results.suites.matmul, "matmul");
}

/** Returns those of the strict and the relaxed products, on a runtime that has both. */
function relaxed({ relaxed: results }: Committed): string {
  const tables = [results.suites.matmul[0], results.suites.relaxed[0]];
  return productTable(results, ["strict", "relaxed"], tables, "matmul relaxed");
}

function productTable(results: Results, titles: readonly string[], tables: readonly Table[], suites: string): string {
  const cells = (table: Table, row: Row) => {
    const share = ratioFigure(table, row);
    return [figure(table, row).best, share.best, share.median];
  };
  const rows = tables[0].rows.map(({ name }) => [
    name,
    ...tables.flatMap((table) => cells(table, findRow(table, name))),
  ]);
  const header = titles.flatMap((title) => [`${title}, GFLOP/s`, "of the peak", "median"]);
  return [
    `The best and the median of ${results.rounds} rounds on one core of an ${where(results)}, commit ${results.commit}:`,
    `\`npm run bench -- ${suites}\`.`,
    "",
    markdown(["rows × fan-in × fan-out", ...header], rows),
  ].join("\n");
}

/** Returns the times of the parts of a step. */
function step({ results }: Committed): string {
  const tables = results.suites.parts;
  const rows = tables[0].rows.map(({ name }) => [
    name,
    ...tables.flatMap((table) => {
      const row = findRow(table, name);
      return [figure(table, row).median, ratioFigure(table, row).median];
    }),
  ]);
  const header = tables.flatMap(({ title }) => [`${title.split(", ")[1]}, µs`, "share"]);
  return markdown(["784-128-10, relu, float32", ...header], rows);
}

/** Returns the passes of each convolution as shares of the peak: float32, and some in float64. */
function convolution({ images }: Committed): string {
  const [single, double] = images.suites.convolution;
  return [
    `The best and the median of ${images.rounds} rounds on one core of an ${where(images)}, commit ${images.commit}:`,
    "`npm run bench -- convolution`.",
    "",
    convolutionTable([["float32", single]], ["best", "median"]),
    "",
    convolutionTable([["float64", double]], ["best", "median"]),
  ].join("\n");
}

/** Returns the best of the strict and the relaxed ones, on a runtime that has both. */
function convolutionRelaxed({ imagesRelaxed: results }: Committed): string {
  const [[strict], [relaxed]] = [results.suites.convolution, results.suites.convolutionRelaxed];
  return [
    `The best of ${results.rounds} rounds on one core of an ${where(results)}, commit ${results.commit}:`,
    "`npm run bench -- convolution convolutionRelaxed`.",
    "",
    convolutionTable(
      [
        ["strict", strict],
        ["relaxed", relaxed],
      ],
      ["best"],
    ),
  ].join("\n");
}

const passes = ["forward", "input gradient", "weight gradient"];

/** Returns a line for each shape, whose rows are named "shape: pass". A first layer has no gradient of its input. */
function convolutionTable(tables: readonly [string, Table][], kinds: readonly ("best" | "median")[]): string {
  const shapes = [...new Set(tables[0][1].rows.map(({ name }) => name.split(": ")[0]))];
  const columns = tables.flatMap(([title, table]) =>
    passes.flatMap((pass) => kinds.map((kind) => ({ title, table, pass, kind }))),
  );
  const header = columns.map(({ title, pass, kind }) => (kind === "best" ? `${title}, ${pass}` : "median"));
  const rows = shapes.map((shape) => [
    shape,
    ...columns.map(({ table, pass, kind }) => {
      const row = table.rows.find(({ name }) => name === `${shape}: ${pass}`);
      return row ? ratioFigure(table, row)[kind] : "–";
    }),
  ]);
  return markdown(["pixels × channels → filters, kernel", ...header], rows);
}

/** Returns the speed of networks of images, and their memory. */
function images({ images: results }: Committed): string {
  const memory = results.suites.images.flatMap(({ memory = [] }) => memory);
  return [
    `The best and the median of ${results.rounds} rounds on one core of an ${where(results)}, commit ${results.commit}:`,
    "`npm run bench -- images`.",
    "",
    imagesTable(results, [["", "images"]]),
    "",
    ...memory.map(({ name, bytes, goal }) => `- memory, ${name}: ${megabytes(bytes)} (goal ≤ ${megabytes(goal)})`),
  ].join("\n");
}

/** Returns those with the strict and with the relaxed products, on a runtime that has both. */
function imagesRelaxed({ imagesRelaxed: results }: Committed): string {
  return [
    `On ${results.machine.runtime}, \`npm run bench -- images imagesRelaxed\`:`,
    "",
    imagesTable(results, [
      ["strict, ", "images"],
      ["relaxed, ", "imagesRelaxed"],
    ]),
  ].join("\n");
}

/** @param suites by the beginning of their columns' titles */
function imagesTable({ suites }: Results, chosen: readonly [string, string][]): string {
  const tables = chosen.flatMap(([title, name]) => suites[name].map((table) => ({ title, table })));
  const header = tables.flatMap(({ title, table }) => [
    `${title}${table.unit === "µs" ? "one image, µs" : `training, ${table.unit}`}`,
    "median",
    "of the peak",
  ]);
  const rows = tables[0].table.rows.map(({ name }) => [
    name,
    ...tables.flatMap(({ table }) => {
      const row = findRow(table, name);
      const { best, median } = figure(table, row);
      return [best, median, ratioFigure(table, row).best];
    }),
  ]);
  return markdown(["", ...header], rows);
}

/** Returns the speed of recurrent networks: in training, with batches and with one sequence. */
function recurrent({ sequences }: Committed): string {
  return recurrentTable(sequences);
}

/** Returns the same for Node 24. */
function recurrentNode24({ sequencesNode24 }: Committed): string {
  return recurrentTable(sequencesNode24);
}

function recurrentTable(results: Results): string {
  const [training, forward, one] = results.suites.recurrent;
  const titles = ["training, examples/s", "forward, examples/s", "one sequence, µs"];
  const header = titles.flatMap((title) => [title, "median", "of the peak"]);
  const rows = training.rows.map(({ name }) => [
    name,
    ...[training, forward, one].flatMap((table) => {
      const row = findRow(table, name);
      const { best, median } = figure(table, row);
      return [best, median, ratioFigure(table, row).best];
    }),
  ]);
  return [measuredBy(results, "recurrent"), "", markdown(["", ...header], rows)].join("\n");
}

/** Returns the shares of the peak of attention's kernels and of whole layers. */
function attention({ sequences: results }: Committed): string {
  const [kernels, layers] = results.suites.attention;
  const shapes = [...new Set(kernels.rows.map(({ name }) => name.split(": ")[0]))];
  const passes = ["forward", "forward and backward"];
  const rows = shapes.map((shape) => [
    shape,
    ...[kernels, layers].flatMap((table) =>
      passes.flatMap((pass) => {
        const { best, median } = ratioFigure(table, findRow(table, `${shape}: ${pass}`));
        return [best, median];
      }),
    ),
  ]);
  const header = ["kernels", "layers"].flatMap((what) => passes.flatMap((pass) => [`${what}, ${pass}`, "median"]));
  return [measuredBy(results, "attention"), "", markdown(["steps × features", ...header], rows)].join("\n");
}

/** Returns the cost of a large table of tokens, and its speed compared with a table of the batch's rows alone. */
function embedding({ sequences: results }: Committed): string {
  const [table] = results.suites.embedding;
  const rows = table.rows.map((row) => {
    const { best, median } = figure(table, row);
    return [row.name, best, median, row.other ? ratioFigure(table, row).median : "–"];
  });
  const header = ["", "ns a token", "median", "of a small table's speed"];
  return [measuredBy(results, "embedding"), "", markdown(header, rows)].join("\n");
}

/** Returns the line above a table of one suite. */
function measuredBy(results: Results, suite: string): string {
  return [
    `The best and the median of ${results.rounds} rounds on one core of an ${where(results)}, commit ${results.commit}:`,
    `\`npm run bench -- ${suite}\`.`,
  ].join("\n");
}

/** Lists the cliffs, if there are any. */
function growth({ results }: Committed): string {
  return cliffsOf(results.suites.growth);
}

function imageGrowth({ images }: Committed): string {
  return cliffsOf(images.suites.imageGrowth);
}

function cliffsOf(tables: readonly Table[]): string {
  const found = tables.flatMap(cliffs);
  if (found.length === 0) return "No point is below half of a neighbour.";
  return ["Points below half of a neighbour:", "", ...found.map((cliff) => `- ${cliff}`)].join("\n");
}

/**
 * Returns the runtimes where the program of test/runtimes has run, a line for all versions of one. @throws {RangeError} if it has failed in
 * one
 */
function runtimes({ runtimes }: Committed): string {
  const failed = runtimes.filter(({ ok }) => !ok).map(({ runtime }) => runtime);
  if (failed.length > 0) throw new RangeError(`runtimes: got failures in ${failed}, need results without`);
  const nameOf = ({ runtime }: Runtime) => runtime.split(/ \d/)[0];
  const names = [...new Set(runtimes.map(nameOf))];
  const rows = names.map((name) => {
    const same = runtimes.filter((each) => nameOf(each) === name);
    const versions = [...new Set(same.map(({ version }) => version))].join(", ");
    return [name, versions, same[0].engine, same[0].build];
  });
  return markdown(["", "versions", "engine", "`build`"], rows);
}

function where({ machine: { processor, runtime } }: Pick<Results, "machine">): string {
  const title = /EPYC/.test(processor) ? ` (${machine.title})` : "";
  return `${processor.replace(/\(R\)/g, "")}${title} in ${runtime}`;
}

function findRow({ title, rows }: Table, name: string): Row {
  const row = rows.find((row) => row.name === name);
  if (!row) throw new RangeError(`${title}: got no row ${name}`);
  return row;
}

/** Returns a table with its first column aligned left and the others right. */
function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/** The models of `npm run bench:tables`, with their titles. */
const tableModels = {
  simdnet: "simdnet",
  alone: "one network",
  mlp: "its network",
  boosting: "its boosting",
  linear: "its linear model",
};

function tables({ tables: { machine, commit, seeds, scikitLearn, tables } }: Committed): string {
  const rows = tables.map(({ name, task, rows, models }) => {
    const scores = Object.keys(tableModels).map((model) => {
      const { r2, accuracy, crossEntropy } = models[model];
      if (task === "number") return `${r2.mean.toFixed(3)} ± ${r2.half.toFixed(3)}`;
      return `${(100 * accuracy.mean).toFixed(1)} ± ${(100 * accuracy.half).toFixed(1)} %, ${crossEntropy.mean.toFixed(3)}`;
    });
    return [name, String(rows.train), ...scores];
  });
  return [
    `The mean of ${seeds} splits, on an ${machine.processor} in ${machine.runtime}, beside scikit-learn ${scikitLearn}, commit ${commit}:`,
    "",
    markdown(["", "rows", ...Object.values(tableModels)], rows),
  ].join("\n");
}
