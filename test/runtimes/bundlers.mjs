/** Bundlers, each with its own defaults for the web: one file, which runs away from the package in the host's Node. */
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuildBuild } from "esbuild";
import { rollup as rollupBuild } from "rollup";
import { build as viteBuild } from "vite";
import webpackBuild from "webpack";
import { runInHost, versionOf } from "./commands.mjs";

/** @param write bundles the program `entry` of `folder` into the file `file` of the folder `output` */
const bundler = (name, write) => ({
  version: () => versionOf(name),
  async run({ folder, scratch }) {
    const output = join(scratch, name);
    const file = "print.mjs";
    await write({ folder, entry: join(folder, "print.js"), output, file });
    return runInHost(output, file);
  },
});

export const esbuild = bundler("esbuild", ({ entry, output, file }) =>
  esbuildBuild({ entryPoints: [entry], bundle: true, minify: true, format: "esm", outfile: join(output, file) }),
);

export const rollup = bundler("rollup", async ({ entry, output, file }) => {
  const bundle = await rollupBuild({ input: entry, plugins: [nodeResolve()] });
  await bundle.write({ file: join(output, file), format: "es" });
  await bundle.close();
});

export const webpack = bundler("webpack", async ({ folder, entry, output, file }) => {
  const written = { path: output, filename: file };
  const options = { mode: "production", target: ["web", "es2022"], context: folder, entry, output: written };
  const compiler = webpackBuild({ ...options, performance: false });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
});

export const vite = bundler("vite", ({ folder, entry, output, file }) => {
  const lib = { entry, formats: ["es"], fileName: () => file };
  const options = { lib, outDir: output, emptyOutDir: true };
  return viteBuild({ root: folder, configFile: false, logLevel: "warn", build: options });
});
