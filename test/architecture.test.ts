/** What holds of the files themselves: who imports whom, what has a test and a twin, and what package.json promises. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../.", import.meta.url));
const skipped = ["node_modules", "build", "dist", ".git"];

const exists = (path: string) => existsSync(join(root, path));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const codeOf = (path: string) => read(path).replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g, "");

/** Every file below a folder of the project, by its path from the root. */
function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return skipped.includes(entry.name) ? [] : filesOf(path);
  });
}

const sourcesOf = (folder: string) => filesOf(folder).filter((path) => path.endsWith(".ts"));

/** The files of the project, and the packages, that a file imports or exports from. */
function importsOf(path: string): string[] {
  const named = [...codeOf(path).matchAll(/(?<!")(?:\bfrom|\bimport|\bimport\() ?"([^"]+)"/g)].map(([, name]) => name);
  const extension = path.startsWith("assembly/") ? ".ts" : "";
  return named.map((name) => (name.startsWith(".") ? join(dirname(path), name) + extension : name));
}

/** A path from a file back to itself, or undefined if there is none. */
function cycleOf(files: readonly string[]): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file) || !files.includes(file)) return undefined;
    for (const next of importsOf(file)) {
      const cycle = visit(next, [...way, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const sources = sourcesOf("src");
const kernels = sourcesOf("assembly");
const stem = (path: string) => basename(path, ".ts");

/** The rooms that a room may import from, beside itself: some of those earlier in the list of ARCHITECTURE.md. Any other file of src/ is a room of its own. */
const earlier: Readonly<Record<string, readonly string[]>> = {
  "src/hidden.ts": [],
  "src/errors.ts": ["src/hidden.ts"],
  "src/systemErrors.ts": ["src/hidden.ts"],
  "src/host.ts": [],
  "src/scalar.ts": [],
  "src/random.ts": ["src/errors.ts", "src/scalar.ts"],
  "src/kernels": ["src/host.ts", "build"],
  "src/memory": ["src/kernels", "build"],
  "src/files": ["src/errors.ts", "src/host.ts", "src/kernels"],
  "src/topology": [
    "src/hidden.ts",
    "src/errors.ts",
    "src/scalar.ts",
    "src/random.ts",
    "src/kernels",
    "src/memory",
    "src/files",
    "build",
  ],
  "src/training": [
    "src/hidden.ts",
    "src/errors.ts",
    "src/host.ts",
    "src/scalar.ts",
    "src/random.ts",
    "src/kernels",
    "src/memory",
    "src/files",
    "src/topology",
    "build",
  ],
  "src/pipeline": [
    "src/errors.ts",
    "src/scalar.ts",
    "src/kernels",
    "src/files",
    "src/topology",
    "src/training",
    "src/data",
  ],
  "src/index.ts": ["src/errors.ts", "src/random.ts", "src/kernels", "src/topology", "src/training", "src/pipeline"],
  "src/data": ["src/errors.ts", "src/host.ts", "src/scalar.ts", "src/random.ts"],
  "src/pictures": ["src/hidden.ts", "src/errors.ts", "src/systemErrors.ts", "src/random.ts", "src/data/index.ts"],
  "src/onnx": [
    "src/hidden.ts",
    "src/errors.ts",
    "src/host.ts",
    "src/scalar.ts",
    "src/index.ts",
    "src/data/booleans.ts",
  ],
  "src/cli": [
    "src/hidden.ts",
    "src/host.ts",
    "src/systemErrors.ts",
    "src/scalar.ts",
    "src/pipeline/target.ts",
    "src/index.ts",
    "src/data/index.ts",
    "src/pictures/index.ts",
    "src/onnx/index.ts",
    "src/onnx/formats.ts",
  ],
};
const isWithin = (path: string, room: string) => path === room || path.startsWith(`${room}/`);

describe("rooms of src/", () => {
  test.each(sources)("%s is in a room and imports only from it and from those that it may", (path) => {
    const room = Object.keys(earlier).find((name) => isWithin(path, name));
    expect(room, "its room").toBeDefined();
    const allowed = [room!, ...earlier[room!]];
    const packages = ["src/cli", "src/data", "src/pictures"].includes(room!);
    const strangers = importsOf(path).filter((name) => {
      const isFile = name.startsWith("src/") || name.startsWith("build/");
      return isFile ? !allowed.some((other) => isWithin(name, other)) : !packages;
    });
    expect(strangers).toEqual([]);
  });

  test("no file imports itself by way of others", () => expect(cycleOf(sources)).toBeUndefined());

  test("src/index.ts has fewer than 80 lines", () => {
    expect(read("src/index.ts").trimEnd().split("\n").length).toBeLessThan(80);
  });
});

describe("files of assembly/", () => {
  const families = [
    "core",
    "training",
    "normalization",
    "convolution",
    "convolutionTraining",
    "recurrent",
    "embedding",
    "attention",
    "attentionTraining",
    "elementary",
  ];
  const modules = families.map((name) => `assembly/${name}.ts`);
  const entries = [...modules, "assembly/decode.ts", "assembly/bench.ts", "assembly/threads.ts"];
  /** What an entry exports from others; what it imports only, it needs itself. */
  const exportsOf = (path: string) => {
    const named = [...codeOf(path).matchAll(/\bexport \{[^}]*\} from "([^"]+)"/g)].map(([, name]) => name);
    return named.map((name) => `${join(dirname(path), name)}.ts`);
  };
  const exported = [...new Set(modules.flatMap(exportsOf))];

  test.each(kernels)("%s imports no operation: what a module exports stands alone", (path) => {
    // What the core lends to other families, it has for itself.
    if ([...entries, "assembly/program/coreExports.ts"].includes(path)) return;
    expect(importsOf(path).filter((name) => exported.includes(name) || !kernels.includes(name))).toEqual([]);
  });

  test("no file imports itself by way of others, and each is exported or imported", () => {
    expect(cycleOf(kernels)).toBeUndefined();
    const used = kernels.flatMap(importsOf);
    expect(kernels.filter((path) => !entries.includes(path) && !used.includes(path))).toEqual([]);
  });

  /** The path within assembly/, without the extension. */
  const operation = (path: string) => path.slice("assembly/".length, -".ts".length);

  // What only walks operations computes nothing.
  const computing = exported.filter((path) => !["run", "part", "update", "coreExports"].includes(stem(path)));

  test.each(computing)("%s has a test and a slow twin at the same place", (path) => {
    const twins = [`test/kernels/${operation(path)}.test.ts`, `test/reference/${operation(path)}.ts`];
    expect(twins.filter((twin) => !exists(twin))).toEqual([]);
  });

  test("every kernel test and every twin belongs to a file of assembly/", () => {
    // Those of src/kernels/ lie beside the folders.
    const isKernels = (path: string) => path.endsWith(".test.ts") && dirname(path) !== "test/kernels";
    const tests = sourcesOf("test/kernels").filter(isKernels);
    const kernelOf = (path: string) => path.replace(/^test\/\w+/, "assembly").replace(".test.ts", ".ts");
    expect([...tests, ...sourcesOf("test/reference")].filter((path) => !exists(kernelOf(path)))).toEqual([]);
  });
});

describe("tests of src/", () => {
  /** Data written by a script; test/data/dataset.test.ts checks it through the functions that read it. */
  const generated = ["src/data/samples.ts"];
  const isRun = (path: string) => /^(export )?(abstract |async )?(function|class|const) /m.test(codeOf(path));
  const tested = sources.filter((path) => stem(path) !== "index" && isRun(path) && !generated.includes(path));

  test.each(tested)("%s has its test", (path) => {
    const [, ...folders] = dirname(path).split("/");
    const places = new Set([folders.join("/"), folders[0] ?? ""]);
    const files = [...places].map((place) => join("test", place, `${stem(path)}.test.ts`));
    expect(files.some(exists), `one of ${files.join(", ")}`).toBe(true);
  });
});

describe("classes", () => {
  /** What a user never holds, an Error, which names itself, and a schedule, which is frozen. A class of src/cli is in a process of its own. */
  const internal = [
    ..."Arena Batches Calls Differentiator Engine EpochSums Evaluator Graph GraphBuilder Heads InputPlan InputRows".split(
      " ",
    ),
    ..."LatinDecoder Learner Loader LossSums Mean Measurement Measurements MemorySource OneRow OptimizerState OutputMetrics PartList Plan".split(
      " ",
    ),
    ..."ColumnMean PictureReader Predictor Present Program Ranking Rate Reader Regularization Runs Scanner Scores SeenValues SequenceLengths".split(
      " ",
    ),
    ..."SequenceList Sequences Stack Staging StreamPlan StreamSource Tally TextReader TrainingPlan Turn".split(" "),
    ..."LineEnds RaggedLines UnusedEncoder DivergenceError Schedule StepPrograms StepRecord Team Updates".split(" "),
    ..."Budget CellSteps Constant Directions GraphSource GraphWriter LengthWriter Lengths MessageReader MixedBatch Operator Pending WireReader WireWriter".split(
      " ",
    ),
  ];

  test("that a user holds name themselves, so that frameworks leave them alone (reactive.test.ts)", () => {
    const classes = sources
      .filter((path) => !isWithin(path, "src/cli"))
      .flatMap((path) => [
        ...codeOf(path).matchAll(
          /^(?:export )?(?:abstract )?class (\w+)([^{]*)\{([\s\S]*?)^\}|^(?:export )?class (\w+) \{\}/gm,
        ),
      ])
      .map(([, name, heritage, body, empty]) => ({ name: name ?? empty, heritage: heritage ?? "", body: body ?? "" }));
    const tagged = classes.filter(({ body }) => body.includes("get [Symbol.toStringTag]")).map(({ name }) => name);
    const inherits = (heritage: string) => tagged.some((name) => heritage.includes(`extends ${name} `));
    const isKnown = (name: string) => tagged.includes(name) || internal.includes(name);
    expect(tagged).toContain("Network");
    expect(classes.filter(({ name, heritage }) => !isKnown(name) && !inherits(heritage))).toEqual([]);
  });
});

describe("package.json", () => {
  const manifest = JSON.parse(read("package.json"));
  const manifests = filesOf(".").filter((path) => basename(path) === "package.json");

  test("has no dependencies: installing simdnet installs nothing else", () => {
    const kinds = ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"];
    expect(kinds.filter((kind) => manifest[kind] !== undefined)).toEqual([]);
  });

  test.each(manifests)("%s names exact versions", (path) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path));
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(
      versions.filter(
        ([, version]) => !/^file:\.\.\/\.\.$|^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
      ),
    ).toEqual([]);
  });

  test("names only files that exist after the build", () => {
    const targets = (entry: unknown): string[] =>
      typeof entry === "string" ? [entry] : Object.values(entry as object).flatMap(targets);
    const { main, types, bin = {}, exports, files } = manifest;
    expect(targets([main, types, bin, exports, files]).filter((path) => !exists(path.replace(/\/\*.*/, "")))).toEqual(
      [],
    );
  });
});

describe("package-lock.json", () => {
  interface Locked {
    readonly integrity?: string;
    readonly resolved?: string;
    readonly dependencies?: object;
    readonly devDependencies?: object;
    readonly optionalDependencies?: object;
  }
  const { "": root, ...packages }: Record<string, Locked> = JSON.parse(read("package-lock.json")).packages;
  const places = Object.keys(packages);
  const needed = ({ dependencies, optionalDependencies }: Locked) =>
    Object.keys({ ...dependencies, ...optionalDependencies });

  test("asks for what package.json asks for", () => {
    expect(root.devDependencies).toEqual(JSON.parse(read("package.json")).devDependencies);
  });

  // npm ci refuses a lock file without a package of another system.
  test("has every package that one of its packages needs on some system", () => {
    const found = (name: string) => places.some((place) => place.endsWith(`node_modules/${name}`));
    expect(
      Object.values(packages)
        .flatMap(needed)
        .filter((name) => !found(name)),
    ).toEqual([]);
  });

  const tools = ["@biomejs/cli", "@rolldown/binding", "@typescript/typescript", "lightningcss"];
  test.each(tools)("has %s for every system", (tool) => {
    const systems = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"];
    // TypeScript's program needs no C library.
    if (tool !== "@typescript/typescript") systems.push("linux-x64-musl", "linux-arm64-musl");
    const builds = places.map((place) => place.slice("node_modules/".length).replace(/-(gnu|msvc)$/, ""));
    expect(systems.filter((system) => !builds.includes(`${tool}-${system}`))).toEqual([]);
  });

  test("has the hash of every package, and the address of no registry", () => {
    expect(places.filter((place) => !/^sha512-/.test(packages[place].integrity ?? ""))).toEqual([]);
    expect(places.filter((place) => packages[place].resolved !== undefined)).toEqual([]);
  });
});

describe("what hosts add to ECMAScript", () => {
  const names =
    "TextEncoder|TextDecoder|atob|btoa|structuredClone|performance|setTimeout|queueMicrotask|MessageChannel|Buffer";
  /** Where host.ts stands in for them, and the command and its Workers, which run where all of them are. */
  const free = sources.filter(
    (path) => path !== "src/host.ts" && !/^src\/cli\/(?!exported\/(content|kernel|\w*[mM]odule)\b)/.test(path),
  );

  test.each(free)("%s has from src/host.ts alone", (path) => {
    const code = codeOf(path).replace(/"[^"]*"|'[^']*'|`[^`]*`/g, "");
    expect(code.match(new RegExp(`(?<![.\\w])(${names})\\b`, "g")) ?? []).toEqual([]);
  });
});

describe("the same bits on every engine", () => {
  /** Those whose results the language fixes to the bit, or that do no rounding. */
  const exact = ["abs", "ceil", "clz32", "floor", "fround", "imul", "max", "min", "round", "sign", "sqrt", "trunc"];

  /** The command runs on Node alone, whose Math is one library, and names its examples by their hash. */
  const everywhere = [...sources.filter((path) => !isWithin(path, "src/cli")), ...kernels];

  test.each(everywhere)("%s uses no function whose result differs between engines or runs", (path) => {
    const code = codeOf(path);
    const functions = [...code.matchAll(/\b(?:Native)?Mathf?\.(\w+)/g)].map(([, name]) => name);
    expect(functions.filter((name) => !exact.includes(name) && !/^[A-Z\d_]+$/.test(name))).toEqual([]);
    const powers = [...code.matchAll(/(\S+) ?\*\*=? ?(\S+)/g)].map(([power]) => power);
    expect(powers.filter((power) => !/(?<![.\w])\d+ \*\* \d+(?![.\w])/.test(power))).toEqual([]);
    if (path !== "src/host.ts") expect(code).not.toMatch(/\bDate\b/);
    expect(code).not.toMatch(/\bcrypto\b/);
  });
});
