/** learn.js in workerd, on Node and on Deno: over HTTP, under load, interrupted and killed. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Network, pcg32 } from "simdnet";
import { Learning } from "../learning.js";
import { checkAnswer, measureLoad, sendAll, shown } from "./load.mjs";
import { bad, classes, feedback, feedbacks, predictions, scaled } from "./requests.mjs";
import { bundleWorker, folder, serveInWorkerd, serveOnDeno, serveOnNode } from "./servers.mjs";

const initial = readFileSync(`${folder}digits.bin`);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

let bundle;
let storage;
before(() => {
  bundle = bundleWorker("learn");
  storage = mkdtempSync(join(tmpdir(), "simdnet-worker-"));
});
after(() => rmSync(storage, { recursive: true, force: true }));

/** Starts each server with a place for its learned state. */
const starts = {
  workerd: (milliseconds) => serveInWorkerd(bundle, { storage, milliseconds }),
  node: () => serveOnNode("learn", join(storage, "node.bin")),
  deno: () => serveOnDeno("learn", join(storage, "deno.bin")),
};

/** Runs `work` with a server, and always ends the server. */
async function withServer(start, work) {
  const server = await start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

const learn = async (server, request) => {
  const answer = await server.send(request);
  checkAnswer(request, answer);
  return answer.json;
};

async function modelOf(server) {
  const { status, headers, bytes } = await server.send({ method: "GET", path: "/model" });
  assert.equal(status, 200);
  return { updates: JSON.parse(JSON.parse(headers.etag)), bytes };
}

const statisticsOf = async (server) => (await server.send({ method: "GET", path: "/statistics" })).json;

/** Returns a training in this process that makes as many steps for each feedback as the server has made. */
function twin() {
  const learning = Learning.fromBytes(initial);
  learning.train = async (steps, inputs, targets) => {
    // A busy machine may have no time for a single step.
    if (steps === 0) return { steps };
    const { trainer } = learning;
    const controller = new AbortController();
    let count = 0;
    const onBatch = () => ++count === steps && controller.abort();
    await trainer.fit(inputs, targets, { epochs: 1_000_000, every: 1_000_000, onBatch, signal: controller.signal });
    return { steps };
  };
  return learning;
}

/** Returns the share of all digits that a network reads right. */
function accuracyOf(bytes) {
  const outputs = Network.fromBytes(bytes).predict(scaled);
  const right = outputs.filter((row, index) => row.indexOf(Math.max(...row)) === classes[index]).length;
  return right / scaled.length;
}

/**
 * Checks as `checkAnswer` does. It also checks that predictions are probabilities, and that a loss is a number if there was time for a
 * step.
 */
function check(request, answer) {
  checkAnswer(request, answer);
  if (request.feedback) assert.ok(answer.json.steps === 0 || Number.isFinite(answer.json.loss), `${answer.bytes}`);
  else if (request.status === 200) {
    for (const row of typeof request.inputs[0] === "number" ? [answer.json.outputs] : answer.json.outputs) {
      assert.ok(
        Math.abs(row.reduce((sum, value) => sum + value) - 1) < 1e-5 && row.every((value) => value >= 0),
        `${row}`,
      );
    }
  }
}

describe("learn.js", () => {
  for (const [name, start] of Object.entries(starts)) {
    test(`refuses every kind of bad request, and after 20 feedbacks has the bits of Node's training, here and started again: ${name}`, async () => {
      const random = pcg32(1);
      const learning = twin();
      const last = await withServer(start.bind(null, 20), async (server) => {
        for (const request of bad.learn) checkAnswer(request, await server.send(request));
        for (let update = 0; update < 20; update++) {
          const request = feedback(random);
          const { steps, right } = await learn(server, request);
          const outputs = learning.trainer.network.predict(request.feedback[0]);
          const known = outputs.filter((row, index) => row.indexOf(Math.max(...row)) === request.feedback[1][index]);
          assert.equal(right, known.length);
          await learning.learn(...oneHot(request.feedback), steps);
        }
        return modelOf(server);
      });
      assert.equal(last.updates, 20);
      assert.deepEqual(last.bytes, Buffer.from(learning.trainer.network.toBytes()));
      const again = await withServer(start.bind(null, 20), async (server) => {
        const { bytes, updates } = await modelOf(server);
        assert.deepEqual({ bytes, updates }, last);
        const request = feedback(random);
        await learning.learn(...oneHot(request.feedback), (await learn(server, request)).steps);
        return modelOf(server);
      });
      assert.deepEqual(again.bytes, Buffer.from(learning.trainer.network.toBytes()));
    });
  }

  test("answers 20,000 requests in workerd, 32 at a time, a tenth of them feedback, and grows by less than 16 MB after the first 1,000", async (t) => {
    await withServer(starts.workerd.bind(null, 4), async (server) => {
      const { updates } = await statisticsOf(server);
      const program = Array.from(feedbacks(1, 20_000));
      const { speed, settled, memories } = await measureLoad(server, program.values(), check);
      const learned = program.filter((request) => request.feedback);
      const { bytes, updates: now } = await modelOf(server);
      t.diagnostic(
        `${speed.toFixed(0)} requests/s, ${learned.length} feedbacks of 4 ms; ${shown(settled)} MB after 1,000, then ` +
          `${memories.map(shown).join(" ")}; ${(100 * accuracyOf(initialModel())).toFixed(1)} % right before, ` +
          `${(100 * accuracyOf(bytes)).toFixed(1)} % after`,
      );
      assert.equal(now - updates, learned.length);
      assert.ok(accuracyOf(bytes) > 0.97);
      const network = Network.fromBytes(bytes);
      await sendAll(server, predictions(3, 500), (request, answer) => {
        checkAnswer(request, answer);
        if (request.status === 200) assert.deepEqual(answer.json, { outputs: network.predict(request.inputs) });
      });
      assert.ok(memories.at(-1) - settled < 16, `${settled} MB, then ${memories.at(-1)}`);
    });
  });

  test("goes on after 30 clients have gone away in the middle of training, each with at most its own update lost", async () => {
    const random = pcg32(5);
    await withServer(starts.workerd.bind(null, 100), async (server) => {
      for (let time = 0; time < 10; time++) {
        const before = await modelOf(server);
        const sent = Array.from({ length: 3 }, () => {
          const signal = AbortSignal.timeout(10 + random.integer(200));
          return server.send({ ...feedback(random), signal }).catch(() => undefined);
        });
        const answered = (await Promise.all(sent)).filter(Boolean).length;
        await learn(server, feedback(random));
        const { updates, bytes } = await modelOf(server);
        assert.ok(
          updates > before.updates + answered && updates <= before.updates + 4,
          `${before.updates}, ${updates}`,
        );
        assert.ok(accuracyOf(bytes) > 0.9);
      }
    });
  });

  for (const name of ["workerd", "node", "deno"]) {
    test(`killed 10 times in the middle of training, loses at most the update under way: ${name}`, async () => {
      const random = pcg32(7);
      let server = await starts[name](100);
      let lost = 0;
      try {
        for (let time = 0; time < 10; time++) {
          await learn(server, feedback(random));
          const before = await modelOf(server);
          const gone = server.send(feedback(random)).catch(() => undefined);
          await pause(random.integer(name === "workerd" ? 120 : 30));
          await server.stop("SIGKILL");
          const isAnswered = (await gone) !== undefined;
          server = await starts[name](100);
          const { updates, bytes } = await modelOf(server);
          if (updates === before.updates) {
            assert.ok(!isAnswered, "what is answered is stored");
            assert.deepEqual(bytes, before.bytes);
            lost++;
          } else assert.equal(updates, before.updates + 1);
          assert.ok(accuracyOf(bytes) > 0.9);
        }
      } finally {
        await server.stop();
      }
      assert.ok(lost > 0, "some were killed while they trained");
    });
  }
});

const initialModel = () => Learning.fromBytes(initial).trainer.network.toBytes();

function oneHot([inputs, numbers]) {
  return [inputs, numbers.map((number) => Array.from({ length: 10 }, (_, index) => Number(index === number)))];
}
