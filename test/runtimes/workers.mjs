/**
 * Edge runtimes: the program answers a request. None of them compiles WebAssembly during a request. So the package's edge entry imports its
 * modules statically, as `./name.wasm?module`, and the bundler provides them.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { EdgeRuntime } from "edge-runtime";
import { build } from "esbuild";
import { outputOf, packages, versionOf } from "./commands.mjs";

/** The longest wait, in milliseconds. */
const patience = 60_000;
const compatibilityDate = "2026-04-01";

const moduleWorker = `import { program } from "./program.js";
export default { fetch: async () => Response.json(await program()) };
`;

const eventWorker = `import { program } from "./program.js";
addEventListener("fetch", (event) => event.respondWith(program().then((result) => Response.json(result))));
`;

/**
 * Bundles a worker as the makers of these runtimes do.
 *
 * @param condition of the entry in package.json
 * @param load returns the code for a module, from its file and its number
 * @returns the code, and the files of the modules it imports
 */
async function bundle({ folder, scratch }, worker, condition, format, load) {
  const entry = join(folder, `${condition}.js`);
  writeFileSync(entry, worker);
  const modules = [];
  const plugin = {
    name: "modules",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.slice(0, -"?module".length)),
        namespace: "module",
      }));
      onLoad({ filter: /./, namespace: "module" }, ({ path }) => {
        modules.push(path);
        return { contents: load(path, modules.length - 1) };
      });
      onResolve({ filter: /^module:/ }, ({ path }) => ({ path: path.slice("module:".length), external: true }));
    },
  };
  const outfile = join(scratch, condition, "worker.js");
  const conditions = [condition, "worker", "browser"];
  await build({ entryPoints: [entry], bundle: true, format, outfile, conditions, plugins: [plugin] });
  return { code: readFileSync(outfile, "utf8"), modules, output: dirname(outfile) };
}

/** Serves a folder with worker.js and its modules on a free port of the loopback, answers one request, and ends. */
async function answerOf(binary, folder) {
  const files = readdirSync(folder).filter((name) => /\.(js|wasm\??.*)$/.test(name));
  // The module that answers must come first.
  files.sort((name) => (name === "worker.js" ? -1 : 1));
  const modules = files.map((name) => {
    const kind = name.endsWith(".js") ? "esModule" : "wasm";
    return `(name = ${JSON.stringify(name)}, ${kind} = embed ${JSON.stringify(name)})`;
  });
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = (compatibilityDate = "${compatibilityDate}", modules = [${modules.join(", ")}]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`;
  writeFileSync(join(folder, "config.capnp"), config);
  // It writes its port to the fourth stream.
  const stdio = ["ignore", "ignore", "pipe", "pipe"];
  const server = spawn(binary, ["serve", "config.capnp", "--control-fd=3"], { cwd: folder, stdio });
  let complaints = "";
  server.stderr.on("data", (text) => {
    complaints += text;
  });
  try {
    const port = await new Promise((resolve, reject) => {
      server.stdio[3].once("data", (line) => resolve(JSON.parse(line).port));
      server.once("error", reject);
      server.once("close", () => reject(new Error(`workerd has ended: ${complaints}`)));
    });
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(patience) });
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${complaints}`);
    return await response.json();
  } finally {
    server.kill();
  }
}

/** Returns the program of the package workerd that a package gets when it requires workerd. */
const workerdOf = (name) => createRequire(join(packages, name, "package.json"))("workerd").default;

export const workerd = {
  version: () => versionOf("workerd"),
  async run(context) {
    const load = (file) => `export { default } from ${JSON.stringify(`module:${basename(file)}`)};`;
    const { modules, output } = await bundle(context, moduleWorker, "workerd", "esm", load);
    for (const file of modules) writeFileSync(join(output, basename(file)), readFileSync(file));
    return answerOf(workerdOf("workerd"), output);
  },
};

/** The files that `wrangler deploy` would send, in wrangler's own workerd. */
export const wrangler = {
  version: () => versionOf("wrangler"),
  async run({ folder, scratch }) {
    const output = join(scratch, "wrangler");
    mkdirSync(output);
    writeFileSync(join(folder, "worker.js"), moduleWorker);
    writeFileSync(
      join(folder, "wrangler.json"),
      JSON.stringify({ name: "worker", main: "worker.js", compatibility_date: compatibilityDate }),
    );
    const args = ["deploy", "--dry-run", "--outdir", output];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };
    const program = join(packages, "wrangler/bin/wrangler.js");
    await outputOf(process.execPath, [program, ...args], { cwd: folder, env });
    return answerOf(workerdOf("wrangler"), output);
  },
};

/** Compiling at run time is forbidden here, as at Vercel; edge-runtime alone would allow it. */
export const edgeRuntime = {
  version: () => versionOf("edge-runtime"),
  async run(context) {
    const load = (_file, number) => `export default module${number};`;
    const { code, modules } = await bundle(context, eventWorker, "edge-light", "iife", load);
    const compiled = modules.map((file, number) => [`module${number}`, new WebAssembly.Module(readFileSync(file))]);
    const runtime = new EdgeRuntime({
      initialCode: code,
      codeGeneration: { strings: false, wasm: false },
      extend: (context) => Object.assign(context, Object.fromEntries(compiled)),
    });
    const response = await runtime.dispatchFetch("http://localhost/");
    if (!response.ok) throw new Error(`edge-runtime answered ${response.status}`);
    return response.json();
  },
};
