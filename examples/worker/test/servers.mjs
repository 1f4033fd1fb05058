/** The handlers as servers on loopback: in workerd, bundled by wrangler, on Node and on Deno. Each is a process that the test ends. */

import { execFileSync, spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const folder = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const workerd = require("workerd").default;

/** Returns the sorted names of the modules that a Worker for predictions loads: all of the package except those of training. */
export function modulesOfPrediction() {
  const files = readdirSync(`${folder}../../dist`).filter((file) => file.endsWith(".wasm"));
  return files
    .map((file) => file.replace(".wasm", ""))
    .filter((name) => !/training/i.test(name))
    .sort();
}

/** Bundles a Worker as wrangler would publish it. @param cwd the folder of its configuration @returns the folder of the bundle */
export function bundleWorker(name, cwd = folder) {
  const out = `${cwd}.wrangler/bundle/${name}`;
  const wrangler = require.resolve("wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--config", `${name}.jsonc`, "--outdir", out], {
    cwd,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
  });
  return out;
}

/**
 * Starts the bundle of a Worker in workerd. V8 always collects all garbage, so any growth of the process is memory in use.
 *
 * @param {{ storage?: string, milliseconds?: number, binding?: string, className?: string }} options of a Worker with a Durable Object:
 *   a folder for its storage, its training time, and the names of the object; by default those of the Worker that learns
 */
export async function serveInWorkerd(
  bundle,
  { storage, milliseconds = 0, binding = "learner", className = "DigitsLearner" } = {},
) {
  const kinds = { js: "esModule", wasm: "wasm", safetensors: "data", bin: "data" };
  const modules = readdirSync(bundle)
    .map((file) => ({ file, kind: kinds[file.slice(file.lastIndexOf(".") + 1)] }))
    .filter(({ kind }) => kind)
    // The first module is the Worker.
    .sort((a, b) => Number(b.kind === "esModule") - Number(a.kind === "esModule"))
    .map(({ file, kind }) => `(name = "./${file}", ${kind} = embed "${file}")`);
  const durableObject = `
    durableObjectNamespaces = [(className = "${className}", uniqueKey = "${binding}", enableSql = true)],
    durableObjectStorage = (localDisk = "disk"),
    bindings = [
      (name = "${binding}", durableObjectNamespace = "${className}"),
      (name = "milliseconds", json = "${milliseconds}"),
    ],`;
  const port = await freePort();
  const config = `${bundle}/${port}.capnp`;
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ["--gc-global", "--max-semi-space-size=1"],
  services = [(name = "main", worker = .worker)${storage ? `, (name = "disk", disk = (path = "${storage}", writable = true))` : ""}],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  compatibilityDate = "2026-04-01",
  modules = [${modules.join(", ")}],${storage ? durableObject : ""}
);
`,
  );
  return startServer(spawn(workerd, ["serve", config], { stdio: ["ignore", "inherit", "inherit"] }), port);
}

/** @param {[string, string?]} args the name of the server for serve.mjs, and the file of its learned state */
export const serveOnNode = (...args) => serve(process.execPath, [], args);

/** The same as serveOnNode. */
export function serveOnDeno(...args) {
  // The package's own command is a Node program that starts Deno, but does not end it when it is ended itself.
  const deno = require("deno/install_api.cjs").runInstall();
  const may = ["--allow-read", "--allow-write", "--allow-env", "--allow-net=127.0.0.1"];
  return serve(deno, ["run", "--no-lock", "--node-modules-dir=manual", ...may], args);
}

async function serve(program, options, [name, file]) {
  const port = await freePort();
  const args = [...options, `${folder}serve.mjs`, name, `${port}`, ...(file ? [file] : [])];
  return startServer(spawn(program, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }), port);
}

/** Returns a running server, with functions to send requests and to end it. */
async function startServer(child, port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const ended = new Promise((done) => child.once("exit", done));
  const server = {
    pid: child.pid,
    send: (options) => send(agent, port, options),
    sendPart: (text) => sendPart(port, text),
    /** Ends it. @param {NodeJS.Signals} signal */
    async stop(signal = "SIGTERM") {
      // A server waits for open connections before it ends.
      agent.destroy();
      child.kill(signal);
      await ended;
    },
  };
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await server.send({ method: "GET", path: "/" });
      return server;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await server.stop("SIGKILL");
        throw error;
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

/**
 * Sends one request.
 *
 * @param {{ method: string, path: string, body?: string, signal?: AbortSignal }} options
 * @returns {Promise<{ status: number, headers: object, bytes: Buffer, json: any }>}
 */
function send(agent, port, { method, path, body, signal }) {
  return new Promise((done, fail) => {
    const headers =
      body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request({ agent, host: "127.0.0.1", port, method, path, headers, signal }, (incoming) => {
      const parts = [];
      incoming.on("data", (part) => parts.push(part));
      incoming.on("error", fail);
      incoming.on("end", () => {
        const bytes = Buffer.concat(parts);
        const isJson = incoming.headers["content-type"]?.startsWith("application/json");
        const json = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
        done({ status: incoming.statusCode, headers: incoming.headers, bytes, json });
      });
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

/** Sends an incomplete request, and closes the connection 100 ms later. */
function sendPart(port, text) {
  return new Promise((done, fail) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(text);
      setTimeout(() => socket.destroy(), 100);
    });
    // The server may close the connection first.
    socket.on("error", (error) => error.code !== "ECONNRESET" && fail(error));
    socket.on("close", done);
  });
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
