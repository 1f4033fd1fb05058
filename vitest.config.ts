import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Every test runs on the release build, which users have, and on the debug build, whose kernels assert. */
const debugModule = fileURLToPath(new URL("test/debug-module.ts", import.meta.url));
const useDebugBuild = {
  name: "debug-build",
  enforce: "pre" as const,
  resolveId: (id: string) => (/(^|\/)module\.ts$/.test(id) && !id.includes("debug") ? debugModule : undefined),
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: "release", include: ["test/**/*.test.ts"] } },
      {
        plugins: [useDebugBuild],
        test: {
          name: "debug",
          env: { SIMDNET_BUILD: "debug" },
          include: ["test/kernels/*.test.ts", "test/gradient.test.ts"],
        },
      },
    ],
  },
});
