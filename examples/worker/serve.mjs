// The same handlers on Node and Deno: node serve.mjs predict|learn [port] [file], or deno run -A serve.mjs …
import { readFileSync } from "node:fs";
import { fileStore } from "./file.js";
import { learner } from "./learn.js";
import { predictor } from "./predict.js";

const [name, port = "8787", path = "learning.bin"] = globalThis.Deno?.args ?? process.argv.slice(2);
const hostname = "127.0.0.1";
const file = (name) => readFileSync(new URL(name, import.meta.url));
const handlers = {
  predict: () => predictor(file("digits.safetensors")),
  learn: () => learner({ store: fileStore(path), initial: file("digits.bin"), milliseconds: 20 }),
};
if (!Object.hasOwn(handlers, name)) throw new RangeError(`serve: got ${name}, need predict or learn`);
const handle = handlers[name]();
const onListen = ({ port }) => console.log(`${name}: http://${hostname}:${port}`);

if (globalThis.Deno) Deno.serve({ port: Number(port), hostname, onListen }, (request) => handle(request));
else await serveOnNode();

async function serveOnNode() {
  const { createServer } = await import("node:http");
  const server = createServer(async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const body = method === "GET" || method === "HEAD" ? undefined : incoming;
    const request = new Request(`http://${hostname}${url}`, { method, headers, body, duplex: "half" });
    const response = await handle(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  });
  server.listen(Number(port), hostname, () => onListen(server.address()));
}
