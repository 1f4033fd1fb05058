/**
 * Builds the kernels: a module for each family and type of elements, and its description for src/kernels in build/<family>.js.
 * The package carries the modules as text, so that it needs no file access, no bundler plugin and no `await` to start.
 */
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import asc from "assemblyscript/asc";
import binaryen from "binaryen";
import { declarationsOf, typesOf } from "./declarations.mjs";
import { optimize } from "./optimize.mjs";
import { bytesOf, textCode, textOf } from "./text.mjs";
import { bodiesOf, checkPatched, withoutNames } from "./wasm.mjs";

/**
 * The families. Each is built from assembly/<name>.ts. A network has instances of those that its layers need, all with one memory and one
 * function table. The position in this list determines the place of a family's data and operations there.
 */
export const families = [
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

/** The families of the package; elementary is for tests and benchmarks. */
export const shipped = families.filter((name) => name !== "elementary");

/** The types of elements, and the endings of the names of their modules. */
const types = { float32: "32", float64: "64" };

/** The bytes for the data of a family. In the debug build they include the texts of the assertions. */
const slotBytes = { release: 1024, debug: 24576 };
/** The places in the function table for the operations of a family. */
const slotPlaces = 128;

const slotOf = (family) => families.indexOf(family) + 1;
/** The first slot is unused, because address 0 means no block and place 0 means no operation. */
const slots = families.length + 1;
const tableSize = slots * slotPlaces;
const firstPlaceOf = (family) => slotOf(family) * slotPlaces;

/** The instructions of a product that relaxed arithmetic changes (src/kernels/fuse.ts): the byte after 0xfd of each. */
const fusedBytes = {
  float32: { multiply: 0xe6, add: 0xe4, fused: 0x85 },
  float64: { multiply: 0xf2, add: 0xf0, fused: 0x87 },
};

/** Returns the names of the modules' files, without their extension. */
export const moduleFiles = (family) => Object.values(types).map((type) => `${family}${type}`);

/** Writes all of build/. */
export async function buildKernels() {
  mkdirSync("build/debug", { recursive: true });
  // There is a thread for each type: the machine may have two cores, and a compiler that has already run is four times as fast.
  const products = await Promise.all(Object.keys(types).map(buildTypeBeside));
  for (const name of ["decode", "bench"]) await compileUntyped(name, "untyped");
  await compileUntyped("threads", "shared");
  writeText("threadsModule", builtFile("threads"));
  const descriptions = families.map((name) => ({ name, ...descriptionOf(`build/${name}32.wasm`) }));
  writeFileSync("build/kernels.d.ts", typesOf(descriptions));
  for (const build of ["release", "debug"]) writeLayout(build);
  const contents = new Map(families.map((name) => [name, bytesOf(...moduleFiles(name).map(builtFile))]));
  const code = textCode(shipped.flatMap((name) => Object.values(contents.get(name))));
  writeText("decoder", code.decoder);
  for (const description of descriptions) {
    const { name } = description;
    const common = commonOf(description);
    const bodies = Object.fromEntries(products.flatMap((each) => each[name] ?? []));
    const edge = modulesOf(name);
    const codeOf = (modules) => `export const ${name} = {\n${common}  ${modules},\n};\n`;
    writeFileSync(
      `build/${name}.js`,
      codeOf(`products: ${JSON.stringify(bodies)},\n  text: ${textOf(contents.get(name), code.codes)}`),
    );
    writeFileSync(`build/${name}.edge.js`, edge.imports + codeOf(`modules: ${edge.modules}`));
    for (const file of [name, `${name}.edge`]) writeFileSync(`build/${file}.d.ts`, declarationsOf(name));
  }
}

/** Writes a module as text in base64. */
function writeText(name, bytes) {
  writeFileSync(`build/${name}.js`, `export const ${name} =\n  "${bytes.toString("base64")}";\n`);
  writeFileSync(`build/${name}.d.ts`, `export const ${name}: string;\n`);
}

const builtFile = (name) => readFileSync(`build/${name}.wasm`);

/** Runs `buildType` in a thread. */
async function buildTypeBeside(dtype) {
  const [products] = await once(new Worker(new URL(import.meta.url), { workerData: { dtype } }), "message");
  return products;
}

/** Builds the modules of a type. @returns by family, the products in its module that relaxed arithmetic changes */
async function buildType(dtype) {
  const products = {};
  for (const family of families) {
    const bodies = await buildModule(family, dtype, "release");
    await buildModule(family, dtype, "debug");
    if (bodies.length > 0) products[family] = [[dtype, { bodies, ...fusedBytes[dtype] }]];
  }
  return products;
}

/** Builds a module. @returns in the release build, the byte ranges of the functions with products */
async function buildModule(family, dtype, build) {
  const file = `build/${build === "debug" ? "debug/" : ""}${family}${types[dtype]}.wasm`;
  const dataBase = slotOf(family) * slotBytes[build];
  const type = `ElementType=${dtype.replace("loat", "")}`;
  await compile(`assembly/${family}.ts`, file, "--target", build, "--memoryBase", String(dataBase), "--use", type);
  place(family, file, dataBase + slotBytes[build]);
  if (build === "debug") return [];
  optimize(file);
  const named = readFileSync(file);
  const bodies = bodiesOf(named, /^assembly\/(products\/|convolution\/(bands|depthwise|depthwiseWeights)\/)/);
  checkPatched(named, bodies, fusedBytes[dtype]);
  writeFileSync(file, withoutNames(named));
  return bodies;
}

/** Gives the operations of a module their places in the function table instead of exports. */
function place(family, file, dataLimit) {
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(readFileSync(file));
  const { operations } = descriptionOf(file);
  if (operations.length > slotPlaces) {
    throw new Error(`${family}: got ${operations.length} operations, need at most ${slotPlaces} (slotPlaces)`);
  }
  const internal = (name) => binaryen.getExportInfo(module.getExport(name)).value;
  const { init } = binaryen.getGlobalInfo(module.getGlobal(internal("dataEnd")));
  const { value: dataEnd } = binaryen.getExpressionInfo(init);
  if (dataEnd > dataLimit) {
    throw new Error(`${family}: got data up to address ${dataEnd}, need them to end at ${dataLimit} (slotBytes)`);
  }
  if (operations.length > 0) {
    const { name: table } = binaryen.getTableInfo(module.getTableByIndex(0));
    const functions = operations.map(({ name }) => internal(name));
    module.addActiveElementSegment(table, "operations", functions, module.i32.const(firstPlaceOf(family)));
  }
  for (const { name } of operations) module.removeExport(name);
  module.removeExport("dataEnd");
  writeFileSync(file, module.emitBinary());
  module.dispose();
}

async function compileUntyped(name, target) {
  const file = `build/${name}.wasm`;
  await compile(`assembly/${name}.ts`, file, "--target", target, "--bindings", "raw");
  optimize(file);
  writeFileSync(file, withoutNames(readFileSync(file)));
}

/** Compiles an entry to a file, and writes its description (scripts/assembly-transform.mjs) beside it. */
async function compile(entry, file, ...options) {
  process.env.KERNELS_DESCRIPTION = descriptionFile(file);
  const transform = ["--transform", "./scripts/assembly-transform.mjs", "--disableWarning", "112"];
  const { error, stderr } = await asc.main([entry, "--outFile", file, ...options, ...transform]);
  process.stderr.write(stderr.toString());
  if (error) throw error;
}

const descriptionFile = (file) => file.replace(".wasm", ".json");
const descriptionOf = (file) => JSON.parse(readFileSync(descriptionFile(file), "utf8"));

/** Writes the end of the families: the first address after them, the bytes of the panels there, and the table's size. */
function writeLayout(build) {
  const folder = build === "debug" ? "build/debug" : "build";
  const layout = { dataEnd: slots * slotBytes[build], panelBytes: panelBytes(), tableSize };
  const lines = Object.entries(layout).map(([name, value]) => [
    `export const ${name} = ${value};\n`,
    `export const ${name}: number;\n`,
  ]);
  writeFileSync(`${folder}/layout.js`, lines.map(([code]) => code).join(""));
  writeFileSync(`${folder}/layout.d.ts`, lines.map(([, type]) => type).join(""));
}

/** Returns the panel bytes that the core exports. */
function panelBytes() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const table = new WebAssembly.Table({ initial: tableSize, element: "anyfunc" });
  const module = new WebAssembly.Module(readFileSync("build/core32.wasm"));
  return new WebAssembly.Instance(module, { env: { memory, table }, panel: { panels: 0 } }).exports.panelBytes.value;
}

/** Returns the fields of a family that its two files share. */
function commonOf({ name, operations, records }) {
  const marks = { i32: "#", u32: "#", f64: "*" };
  const layout = (record) => record.fields.map((field) => field.name + (marks[field.type] ?? "")).join(" ");
  const groups = records.map((record) => {
    const names = operations.flatMap((operation) => (operation.record === record.name ? operation.name : []));
    return [layout(record), names.join(" ")];
  });
  return [
    `  name: "${name}",\n`,
    `  firstPlace: ${firstPlaceOf(name)},\n`,
    `  operations: ${JSON.stringify(groups)},\n`,
  ].join("");
}

/** Returns the source text of a family's modules as files, for a runtime that compiles them itself. */
function modulesOf(family) {
  const imports = Object.entries(types).map(
    ([dtype, type]) => `import ${dtype} from "./${family}${type}.wasm?module";\n`,
  );
  return { imports: imports.join(""), modules: `{ ${Object.keys(types).join(", ")} }` };
}

if (!isMainThread && workerData?.dtype) parentPort.postMessage(await buildType(workerData.dtype));
