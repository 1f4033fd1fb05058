/** Checks of the package that do not depend on a runtime: its manifest, its types, and that a second build gives the same bytes. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputOf, packages, versionOf } from "./commands.mjs";

const root = join(import.meta.dirname, "../..");
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const packageIn = (folder) => join(folder, "node_modules/simdnet");

/** Runs a file in Node. If it fails, its output is the error. */
async function runNode(file, args, cwd) {
  try {
    await outputOf(process.execPath, [file, ...args], { cwd, timeout: 300_000 });
  } catch ({ stdout, stderr }) {
    throw new Error(`${stdout}\n${stderr}`);
  }
}

export const publint = {
  version: () => versionOf("publint"),
  run: ({ tarball, folder }) => runNode(join(packages, "publint/src/cli.js"), ["run", tarball, "--strict"], folder),
};

export const areTheTypesWrong = {
  version: () => versionOf("@arethetypeswrong/cli"),
  run: ({ tarball, folder }) =>
    runNode(join(packages, "@arethetypeswrong/cli/dist/index.js"), [tarball, "--profile", "node16"], folder),
};

/**
 * Checks a strict consumer of every entry, imported and required. It has only ES2022, neither browsers nor Node, and reads every
 * declaration.
 */
export const typescript = (folderOfCompiler) => ({
  version: () => manifestOf(folderOfCompiler).version,
  async run({ folder, scratch }) {
    const project = join(folder, `types-${manifestOf(folderOfCompiler).version}`);
    mkdirSync(project);
    const { exports } = manifestOf(packageIn(folder));
    const entries = Object.keys(exports).filter((entry) => exports[entry].types);
    const imports = entries.map((entry, index) => `import * as entry${index} from "${join("simdnet", entry)}";\n`);
    const everything = `export type Everything = [${entries.map((_, index) => `typeof entry${index}`)}];\n`;
    // The first is an ES module, the second CommonJS.
    const files = ["everything.ts", "everything.cts"];
    for (const file of files) writeFileSync(join(project, file), imports.join("") + everything);
    const compilerOptions = {
      target: "ES2022",
      lib: ["ES2022"],
      types: [],
      module: "NodeNext",
      strict: true,
      skipLibCheck: false,
      outDir: join(scratch, "types"),
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    await runNode(join(folderOfCompiler, "bin/tsc"), ["-p", "."], project);
  },
});

export const typescript5 = typescript(join(packages, "typescript5"));
export const typescript7 = typescript(join(root, "node_modules/typescript"));

/** Builds a copy of the sources in another folder, and compares every packed file. */
export const rebuilt = {
  version: () => manifestOf(root).version,
  async run({ folder, scratch }) {
    const copy = join(scratch, "copy");
    const made = ["node_modules", "build", "dist", ".git", "test"];
    mkdirSync(copy);
    for (const name of readdirSync(root).filter((name) => !made.includes(name))) {
      cpSync(join(root, name), join(copy, name), { recursive: true, filter: (file) => !file.endsWith("node_modules") });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    await runNode("scripts/build.mjs", ["--package"], copy);
    const packed = packageIn(folder);
    const files = readdirSync(packed, { recursive: true }).filter((file) => statSync(join(packed, file)).isFile());
    const bytesOf = (place, file) => readFileSync(join(place, file));
    const others = files.filter((file) => !bytesOf(packed, file).equals(bytesOf(copy, file)));
    if (others.length > 0) throw new Error(`built twice, these differ: ${others.join(", ")}`);
  },
};
