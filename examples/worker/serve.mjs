// The same handlers on Node and Deno: node serve.mjs predict|learn|watch [port] [file], or deno run -A serve.mjs …
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileStore } from "./file.js";
import { learner } from "./learn.js";
import { predictor } from "./predict.js";
import { watcher } from "./watch.js";

const [name, port = "8787", path = `${name}ing.bin`] = globalThis.Deno?.args ?? process.argv.slice(2);
const hostname = "127.0.0.1";
const file = (name) => readFileSync(new URL(name, import.meta.url));
const handlers = {
  predict: () => predictor(file("digits.safetensors")),
  learn: () => learner({ store: fileStore(path), initial: file("digits.bin"), milliseconds: 20 }),
  watch: () => watcher({ store: fileStore(path), model: file("readings.safetensors"), initial: file("readings.bin") }),
};
const usage = "node serve.mjs predict|learn|watch [port] [file]";
if (!Object.hasOwn(handlers, name)) refuse(`got ${name ?? "nothing"}, need predict, learn or watch: ${usage}`);
const models = ["digits.safetensors", "digits.bin", "readings.safetensors", "readings.bin"];
const missing = models.find((model) => !existsSync(new URL(model, import.meta.url)));
if (missing) refuse(`got no ${missing}, need npm run train first`);
const handle = handlers[name]();
const onListen = ({ port }) => console.log(`${name}: http://${hostname}:${port}`);

if (globalThis.Deno) Deno.serve({ port: Number(port), hostname, onListen }, (request) => handle(request));
else await serveOnNode();

function refuse(sentence) {
  console.error(`serve: ${sentence}`);
  process.exit(1);
}

async function serveOnNode() {
  const { createServer } = await import("node:http");
  const server = createServer(async (incoming, outgoing) => {
    const { method, url } = incoming;
    // This is not a Request: Node lets TRACE and invalid addresses through, which Request would refuse.
    const response = await handle({ method, url: `http://${hostname}${url}`, body: ReadableStream.from(incoming) });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  });
  server.listen(Number(port), hostname, () => onListen(server.address()));
}
