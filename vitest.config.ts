import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

/** All tests run on the release build, which users have. Tests of kernels also run on the debug build, which asserts. */
const debugModule = fileURLToPath(new URL("test/debug-instance.ts", import.meta.url));
const useDebugBuild = {
  name: "debug-build",
  enforce: "pre" as const,
  resolveId: (id: string) => (/(^|\/)instance\.ts$/.test(id) && !id.includes("debug") ? debugModule : undefined),
};

/** What an edge runtime does with an import of `name.wasm?module`: its default export is the compiled module. */
const compiledFiles = {
  name: "compiled-files",
  enforce: "pre" as const,
  resolveId: (id: string) => (/\.wasm\?module$/.test(id) ? `\0${id}` : undefined),
  load(id: string) {
    const name = /^\0.*\/(\w+)\.wasm\?module$/.exec(id)?.[1];
    return (
      name &&
      `import { readFileSync } from "node:fs";
      export default new WebAssembly.Module(readFileSync("build/${name}.wasm"));`
    );
  },
};

/** Kernels at so many sizes that it takes long. */
const sweeps = [
  "test/kernels/convolution/*.test.ts",
  "test/kernels/{metrics/tallies,normalization/groupNorm,program/part,regularization/dropout}.test.ts",
  "test/kernels/{optimizers/rmsprop,pooling/max,pooling/sum,products/dense,products/strided,vector/exponential}.test.ts",
];
/** Only for `npm run test:long`. */
const apart = ["test/**/*.long.test.ts"];
/** `npm run test:long` runs these. It also runs others that have fewer cases in `npm test`. */
const long = [
  ...apart,
  ...sweeps,
  // These start a process for nearly every test, or read what is large.
  "test/projects/{cats-and-dogs,denoising,diabetes,faces,sentiment,taxi}.test.ts",
  "test/cli/{compare,evaluate,export,inspect,main,meaning,missing,onnx,photos,pictures,place,predict,report,texts,train}.test.ts",
  "test/{examples,package,worker}.test.ts",
  "test/cli/exported/{module,networkModule,worker}.test.ts",
  "test/robustness/{fuzz,growth,properties,sweep}.test.ts",
  "test/{defaults,files/json,topology/initializers,training/optimizers/limits}.test.ts",
];
const scaled = ["test/{gradient,threads}.test.ts"];
/** Tests that take long on the debug build, which is slow: there, too. */
const wide = [...sweeps, "test/{topology,training}/**/*.test.ts"];

/** These tests set flags of V8, replace parts of WebAssembly or measure garbage, so each file has its own process. */
const alone = ["test/kernels/*.test.ts", "test/memory/*.test.ts", "test/garbage.test.ts"];

/** On a busy machine, a product at every size or a training before all tests takes longer than the 5 or 10 seconds that vitest allows. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Before each test, vitest restores spies and globals. Projects do not inherit options, so each has these. */
const restored = { restoreMocks: true, unstubGlobals: true };

/**
 * The other files share two processes a project: to start one and to load src/ takes longer than the tests of most files. The
 * projects run one after another (`groupOrder`), since a process is replaced when the next file is another project's.
 */
const shared = {
  ...patience,
  isolate: false,
  ...restored,
  exclude: [...configDefaults.exclude, ...long, ...alone],
};

export default defineConfig({
  test: {
    maxWorkers: "100%",
    projects: [
      {
        plugins: [compiledFiles],
        test: { name: "release", include: ["test/**/*.test.ts"], ...shared, sequence: { groupOrder: 1 } },
      },
      {
        plugins: [useDebugBuild],
        test: {
          name: "debug",
          env: { SIMDNET_BUILD: "debug" },
          include: ["test/kernels/*/**/*.test.ts", "test/goldens.test.ts"],
          ...shared,
          exclude: [...shared.exclude, ...wide],
          sequence: { groupOrder: 2 },
        },
      },
      {
        plugins: [useDebugBuild],
        test: {
          name: "long-debug",
          env: { SIMDNET_BUILD: "debug" },
          include: wide,
          exclude: [...configDefaults.exclude, ...apart, ...alone],
          ...patience,
          ...restored,
        },
      },
      { plugins: [compiledFiles], test: { name: "alone", include: alone, ...patience, ...restored } },
      { test: { name: "long", env: { SIMDNET_LONG: "1" }, include: [...long, ...scaled], ...patience, ...restored } },
    ],
  },
});
