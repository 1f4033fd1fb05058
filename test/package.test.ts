/** The package as a user gets it: packed, installed in an empty folder, imported, run and type-checked there. */
import { execFileSync, execSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../.", import.meta.url));

/** The first program of the README. */
const firstProgram = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "README.md"), "utf8"))![1];

/** Every name of every entry, as values and as types, so that all declarations are read. */
const allNames = `import * as simdnet from "simdnet";
import * as data from "simdnet/data";
import * as pictures from "simdnet/pictures";
import * as onnx from "simdnet/onnx";
export type Everything = [typeof simdnet, typeof data, typeof pictures, typeof onnx];
console.log([simdnet, data, pictures, onnx].every((entry) => Object.keys(entry).length > 0));
`;

/** A consumer without the types of browsers and of Node. */
const tsconfig = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2022"],
    types: [],
    module: "NodeNext",
    strict: true,
    skipLibCheck: false,
    outDir: "compiled",
  },
  files: ["console.d.ts", "program.ts", "names.ts", "names.cts"],
};

describe("the packed package", () => {
  let folder: string;
  const npm = (command: string, cwd: string) =>
    execSync(`npm ${command} --offline --no-audit --no-fund --loglevel=error`, { cwd, encoding: "utf8" });
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "simdnet-"));
    npm(`pack --ignore-scripts --pack-destination "${folder}"`, root);
    write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    npm(`install ${readdirSync(folder).find((file) => file.endsWith(".tgz"))}`, folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is built anew only if sources are newer than these files, all of which a build writes", () => {
    const [, list] = /const builds = \[([^\]]*)\]/.exec(readFileSync("scripts/prepare.mjs", "utf8"))!;
    const files = Array.from(list.matchAll(/"([^"]+)"/g), ([, file]) => file);
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  test("installs nothing but itself", () => {
    expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["simdnet"]);
    expect(existsSync(join(folder, "node_modules/simdnet/node_modules"))).toBe(false);
  });

  test("carries no sources, no tests and no debug build", () => {
    const files = readdirSync(join(folder, "node_modules/simdnet"), { recursive: true }).map(String);
    expect(files).toContain(join("dist", "index.js"));
    expect(files.filter((file) => /debug|^(src|test|assembly)\b|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  test("reads CSV where there is nothing of Node, and carries the parser in simdnet/data only, with its licence", () => {
    const bundle = (file: string) => readFileSync(join(folder, "node_modules/simdnet/dist", file), "utf8");
    expect(bundle("data/index.js")).toContain("Papa Parse");
    expect(bundle("data/index.js")).not.toMatch(/\brequire\(|\bfrom "(?!\.)|\bBuffer\b|\bprocess\b/);
    expect(bundle("index.js")).not.toMatch(/papa ?parse/i);
    expect(readFileSync(join(folder, "node_modules/simdnet/NOTICE"), "utf8")).toMatch(/Papa Parse.*\n.*Matthew Holt/s);
    write("table.mjs", 'import { parseCsv } from "simdnet/data";\nconsole.log(parseCsv(`a;b\\n1;"x;y"`).records);\n');
    expect(node("table.mjs")).toBe("[ { a: 1, b: 'x;y' } ]\n");
  }, 20_000);

  test("runs the first program", () => {
    write("program.mjs", firstProgram);
    expect(node("program.mjs").length).toBeGreaterThan(0);
  }, 20_000);

  test("compiles under strict with nothing but ES2022, every declaration checked, and runs compiled", () => {
    mkdirSync(join(folder, "compiled"), { recursive: true });
    write("console.d.ts", "declare const console: { log(...values: unknown[]): void };\n");
    write("tsconfig.json", JSON.stringify(tsconfig));
    write("program.ts", firstProgram);
    write("names.ts", allNames);
    write("names.cts", allNames);
    let complaints = "";
    try {
      node(join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
    } catch (error) {
      complaints = (error as { stdout: string }).stdout;
    }
    expect(complaints).toBe("");
    expect(node("compiled/program.js")).toBe(node("program.mjs"));
    expect(node("compiled/names.js")).toBe("true\n");
    expect(node("compiled/names.cjs")).toBe("true\n");
  }, 20_000);

  test("has the same names in CommonJS, for tools that take require alone, such as jest", () => {
    const text = (entry: { require: string; default: string }) => `
      const required = require(${JSON.stringify(join(folder, "node_modules/simdnet", entry.require))});
      const imported = require(${JSON.stringify(join(folder, "node_modules/simdnet", entry.default))});
      console.log(required !== imported, Object.keys(required).sort().join() === Object.keys(imported).sort().join());
    `;
    const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
    const entries = Object.values(exports).filter((entry) => typeof entry === "object");
    expect(entries).toHaveLength(4);
    for (const entry of entries) {
      write("entries.cjs", text(entry as { require: string; default: string }));
      expect(node("--disable-warning=ExperimentalWarning", "entries.cjs")).toBe("true true\n");
    }
  }, 20_000);
});
