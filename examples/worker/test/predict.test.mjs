/** predict.js in workerd, on Node and on Deno: over HTTP, under load. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Network } from "simdnet";
import { checkAnswer, measureLoad, sendAll, shown } from "./load.mjs";
import { bad, predictions, tooLarge } from "./requests.mjs";
import { bundleWorker, folder, modulesOfPrediction, serveInWorkerd, serveOnDeno, serveOnNode } from "./servers.mjs";

const network = Network.fromBytes(readFileSync(`${folder}digits.safetensors`));

const head = "POST /predict HTTP/1.1\r\nHost: localhost\r\n";
/** Incomplete requests. */
const parts = [
  `${head}Content-Length: 1000\r\n\r\n${'{"inputs":'.padEnd(500)}`,
  `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"inp\r\nZZ\r\n`,
  "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
];

/** Checks as `checkAnswer` does. It also checks that the outputs are bit-identical to those of the same network here. */
function check(request, answer) {
  checkAnswer(request, answer);
  if (request.status === 200) assert.deepEqual(answer.json, { outputs: network.predict(request.inputs) });
}

describe("predict.js", () => {
  let servers;
  const bundle = bundleWorker("predict");
  before(async () => {
    servers = {
      workerd: await serveInWorkerd(bundle),
      node: await serveOnNode("predict"),
      deno: await serveOnDeno("predict"),
    };
  });
  after(() => Promise.all(Object.values(servers ?? {}).map((server) => server.stop())));

  // wrangler uploads every file that it has seen. Files that no import names are not loaded.
  test("loads the modules of prediction alone", () => {
    const imports = readFileSync(`${bundle}/predict.worker.js`, "utf8").match(/^import .*\.wasm";$/gm);
    assert.deepEqual(imports.map((line) => /-(\w+)\.wasm"/.exec(line)[1]).sort(), modulesOfPrediction());
  });

  test("refuses every kind of bad request with the same sentence in workerd, on Node and on Deno", async () => {
    for (const request of bad.predict) {
      const answers = [];
      for (const server of Object.values(servers)) answers.push(await server.send(request));
      for (const answer of answers) {
        checkAnswer(request, answer);
        assert.equal(answer.json.error, answers[0].json.error);
      }
    }
  });

  test("goes on after requests cut off in the middle, chunks that are none, and addresses that are none, on Node and on Deno", async () => {
    const [request] = Array.from(predictions(1, 100)).filter(({ status }) => status === 200);
    for (const server of [servers.node, servers.deno]) {
      for (const part of parts) await server.sendPart(part);
      check(request, await server.send(request));
    }
  });

  for (const name of ["node", "deno"]) {
    test(`answers the first 1,000 requests of the program on ${name}, every output to the bit`, async () => {
      await sendAll(servers[name], predictions(1, 1000), check);
    });
  }

  test("answers 20,000 requests in workerd, 32 at a time, every output to the bit, and grows by less than 16 MB after the first 1,000", async (t) => {
    // If 1 kB of each request stayed, it would be 19 MB; if an instance of the kernels stayed, more than 1 GB.
    const { speed, settled, memories } = await measureLoad(servers.workerd, predictions(1, 20_000), check);
    t.diagnostic(
      `${speed.toFixed(0)} requests/s; ${shown(settled)} MB after 1,000, then ${memories.map(shown).join(" ")}`,
    );
    assert.ok(memories.at(-1) - settled < 16, `${settled} MB, then ${memories.at(-1)}`);
  });

  test("refuses 200 bodies of a megabyte among 2,000 requests", async () => {
    const requests = Array.from(predictions(2, 2000), (request, index) =>
      index % 10 === 0 ? tooLarge.predict : request,
    );
    await sendAll(servers.workerd, requests, check);
  });
});

test("serve.mjs says what it needs in one line where it is told nothing, or something else", () => {
  for (const [args, got] of [
    [[], "nothing"],
    [["train"], "train"],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [`${folder}serve.mjs`, ...args], { encoding: "utf8" });
    assert.equal(status, 1);
    const usage = "node serve.mjs predict|learn|watch [port] [file]";
    assert.equal(stderr, `serve: got ${got}, need predict, learn or watch: ${usage}\n`);
  }
});
