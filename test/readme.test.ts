/**
 * Every TypeScript program of README and ARCHITECTURE compiles, runs, and prints what its last comment says. Their local links, and
 * those of bench/README and docs/API, lead to files and headings that exist; so do the paths and scripts that they name.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { constant, dense, Network } from "../src/index.ts";

const folder = "build/readme";

interface Worker {
  fetch(request: Request): Promise<Response>;
}

interface Program {
  readonly name: string;
  readonly code: string;
  /** The comment at its end: the first lines of its output. */
  readonly output: readonly string[];
}

function programsOf(file: string): Program[] {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  return blocks.map((code, index) => {
    const lines = code.trimEnd().split("\n");
    const lastCode = lines.findLastIndex((line) => !line.startsWith("// "));
    const output = lines.slice(lastCode + 1).map((line) => line.slice(3));
    return { name: `${file.split(".")[0].toLowerCase()}${index + 1}`, code, output };
  });
}

/** The Worker of README, with the model read from a file beside it, as Node does not import one. */
function workerOf(readme: string): string {
  const [, code] = /^```js\n(.*?)^```$/ms.exec(readme)!;
  const read =
    'import { readFileSync } from "node:fs";\nconst model = readFileSync(new URL("model.bin", import.meta.url));';
  return code.replace(/import model from .*/, read);
}

const programs = [...programsOf("README.md"), ...programsOf("ARCHITECTURE.md")];

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, code } of programs) writeFileSync(`${folder}/${name}.ts`, `${code}\nexport {};\n`);
  const compilerOptions = { noEmit: false, allowImportingTsExtensions: false, rootDir: ".", outDir: "." };
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"], exclude: [] }),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A page of Markdown without its blocks of code, in which `#` is a comment. */
const proseOf = (file: string): string => readFileSync(file, "utf8").replace(/^```.*?^```$/gms, "");

/** The anchors that GitHub gives to a page's headings: in lower case, hyphens for spaces, no other punctuation. */
function anchorsOf(file: string): string[] {
  const headings = [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  return headings.map((heading) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The links of a page to this repository that lead nowhere: no such file, or no such heading. */
function deadLinksOf(page: string): string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, anchor] = link.split("#");
    const file = path ? join(dirname(page), path) : page;
    return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
  });
}

describe("the links of the pages", () => {
  test.each(["README.md", "ARCHITECTURE.md", "bench/README.md", "docs/API.md"])(
    "every local link of %s leads to a file, and to a heading of it",
    (page) => {
      expect(deadLinksOf(page)).toEqual([]);
    },
  );

  test("a link to no file or to no heading is found, and a heading loses its punctuation", () => {
    const page = `${folder}/links.md`;
    writeFileSync(
      page,
      "# What it's: a `page`\n[a](links.md#what-its-a-page) [b](none.md) [c](#none) [d](https://none)\n",
    );
    expect(deadLinksOf(page)).toEqual(["none.md", "#none"]);
  });
});

describe("the files and commands that the pages name", () => {
  const pages = ["README.md", "ARCHITECTURE.md", "bench/README.md"];
  const codeIn = (page: string) => [...readFileSync(page, "utf8").matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);

  /** Paths from the root, but for those of the layer and loss that "Add …" makes up. */
  const pathsIn = (page: string) =>
    codeIn(page).filter(
      (code) => /^(src|assembly|test|scripts|examples|\.ci)\/[\w./-]*$/.test(code) && !/swap/.test(code),
    );
  /** What stands for a file or folder of src/ or assembly/: `training/heads`, `products/packed.ts`. */
  const shortPathsIn = (page: string) =>
    codeIn(page).filter((code) => /^[a-z]+\/[a-zA-Z.]+$/.test(code) && !/swap/.test(code));
  const exists = (path: string) => existsSync(path) || existsSync(`${path}.ts`);
  const folders = ["", "src/", "assembly/", "src/topology/", "test/"];

  test.each(pages)("%s: they exist", (page) => {
    expect(pathsIn(page).filter((path) => !exists(path))).toEqual([]);
    const known = shortPathsIn(page).filter((path) => !/^simdnet\//.test(path));
    expect(known.filter((path) => !folders.some((folder) => exists(`${folder}${path}`)))).toEqual([]);
  });

  test.each(pages)("%s: package.json has its scripts", (page) => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    const named = codeIn(page).flatMap((code) => /^npm (?:run )?([\w:]+)/.exec(code)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !["install", "ci"].includes(name) && !scripts[name])).toEqual([]);
  });

  test("ARCHITECTURE answers where a batch is shuffled and where relu's derivative is", () => {
    const [shuffled, relu] = ["src/training/batches.ts", "assembly/activations/piecewise.ts"];
    expect(pathsIn("ARCHITECTURE.md")).toEqual(expect.arrayContaining([shuffled, relu]));
    expect(readFileSync(shuffled, "utf8")).toMatch(/ start\(\): void \{[^}]*shuffle\(/);
    expect(readFileSync(relu, "utf8")).toMatch(/class Relu extends[\s\S]*?backward/);
  });
});

describe("the numbers of README", () => {
  const readme = readFileSync("README.md", "utf8");

  test("the size is what test/runtimes measures of the whole", () => {
    const [, claimed] = /(\d+) kB minified and compressed/.exec(readme)!;
    const [, allowed] = /'export \* from .*, (\d+)\);/.exec(readFileSync("test/runtimes/size.mjs", "utf8"))!;
    expect(claimed).toBe(allowed);
  });

  test("the runtimes are those that test/runtimes installs, in the same versions; the browsers are Debian's", () => {
    const json = (file: string) => JSON.parse(readFileSync(`test/runtimes/${file}`, "utf8"));
    const installed: Record<string, string> = json("package.json").dependencies;
    const results: { runtime: string; version: string }[] = json("results.json");
    const packages = results.map(({ runtime, version }) => {
      const name = runtime
        .split(/,| in /)[0]
        .replace(" ", "")
        .toLowerCase();
      return { name, version, installed: installed[name]?.split("@").at(-1) };
    });
    expect(packages.filter(({ version, installed }) => installed && installed !== version)).toEqual([]);
    const others = new Set(packages.filter(({ installed }) => !installed).map(({ name }) => name));
    expect([...others]).toEqual(["chromium", "firefox"]);
  });
});

describe("the programs of README and ARCHITECTURE", () => {
  test("there are some, and the first says what it prints", () => {
    expect(programs.length).toBeGreaterThan(4);
    expect(programs[0].output.length).toBeGreaterThan(2);
  });

  test("the first has at most twenty lines of code and comment before its output", () => {
    expect(programs[0].code.trim().split("\n").length - programs[0].output.length).toBeLessThanOrEqual(20);
  });

  test("they compile", () => {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { encoding: "utf8" });
  });

  test.each(programs)("$name runs and prints what it says", ({ name, output }) => {
    const printed = execFileSync(process.execPath, [`${folder}/${name}.js`], { encoding: "utf8" });
    expect(printed.split("\n").slice(0, output.length)).toEqual(output);
  });
});

test("the Worker answers predictions, and bad input with 400 and a sentence", async () => {
  const network = new Network({ inputs: 2, layers: [dense(3, { weightInitializer: constant(2) })] });
  writeFileSync(`${folder}/model.bin`, network.toBytes());
  writeFileSync(`${folder}/worker.js`, workerOf(readFileSync("README.md", "utf8")));
  const file = pathToFileURL(`${folder}/worker.js`).href;
  const { default: worker } = (await import(/* @vite-ignore */ file)) as { default: Worker };
  const answer = async (body: string) => {
    const response = await worker.fetch(new Request("http://localhost", { method: "POST", body }));
    return [response.status, await response.json()];
  };
  expect(await answer("[1, 2]")).toEqual([200, network.predict([1, 2])]);
  expect(await answer("[[1, 2], [3, 4]]")).toEqual([
    200,
    network.predict([
      [1, 2],
      [3, 4],
    ]),
  ]);
  expect(await answer("[1]")).toEqual([400, { error: expect.stringMatching(/^predict: got 1 number/) }]);
  expect((await answer("{"))[0]).toBe(400);
  for (const body of ["[3e38, 3e38]", "[3e38, -3e38]", "[[1, 2], [3e38, 3e38]]"]) {
    expect(await answer(body)).toEqual([400, { error: "outputs: not finite, need smaller numbers" }]);
  }
});
