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

/** `npm run test:long` runs these. It also runs fuzz and sweep, which have fewer cases in `npm test`. */
const long = ["test/**/*.long.test.ts"];
const scaled = ["test/{fuzz,sweep}.test.ts"];

const exclude = [...configDefaults.exclude, ...long];

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [compiledFiles],
        test: { name: "release", include: ["test/**/*.test.ts"], exclude },
      },
      {
        plugins: [useDebugBuild],
        test: {
          name: "debug",
          env: { SIMDNET_BUILD: "debug" },
          include: [
            "test/kernels/*/**/*.test.ts",
            "test/topology/**/*.test.ts",
            "test/training/*.test.ts",
            "test/{gradient,goldens}.test.ts",
          ],
          exclude,
        },
      },
      { test: { name: "long", env: { SIMDNET_LONG: "1" }, include: [...long, ...scaled] } },
    ],
  },
});
