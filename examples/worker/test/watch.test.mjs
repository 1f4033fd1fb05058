/** watch.js in workerd, on Node and on Deno: over HTTP, under load, restarted and killed. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pcg32 } from "simdnet";
import { readings } from "../readings.js";
import { Watching, warmUp } from "../watching.js";
import { checkAnswer, measureLoad, shown } from "./load.mjs";
import { bundleWorker, folder, serveInWorkerd, serveOnDeno, serveOnNode } from "./servers.mjs";

const [model, initial] = ["readings.safetensors", "readings.bin"].map((file) => readFileSync(`${folder}${file}`));
const newWatching = () => Watching.fromBytes(model, initial);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

let bundle;
let storage;
before(() => {
  bundle = bundleWorker("watch");
  storage = mkdtempSync(join(tmpdir(), "simdnet-worker-"));
});
after(() => rmSync(storage, { recursive: true, force: true }));

/** Returns a separate place for each test and server. */
const place = (...names) => mkdtempSync(join(storage, `${names.join("-")}-`));
const starts = {
  workerd: (where) => serveInWorkerd(bundle, { storage: where, binding: "watcher", className: "ReadingsWatcher" }),
  node: (where) => serveOnNode("watch", join(where, "watching.bin")),
  deno: (where) => serveOnDeno("watch", join(where, "watching.bin")),
};

async function withServer(start, work) {
  const server = await start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

const post = (body) => ({
  method: "POST",
  path: "/readings",
  body: typeof body === "string" ? body : JSON.stringify(body),
});

async function sendReadings(server, numbers) {
  const request = { ...post({ readings: numbers }), status: 200 };
  const answer = await server.send(request);
  checkAnswer(request, answer);
  return answer.json.results;
}

const statisticsOf = async (server) => (await server.send({ method: "GET", path: "/statistics" })).json;
const known = ({ readings, unusual, spread, forecast }) => ({ readings, unusual, spread, forecast });

/** Yields readings in the parts of requests: one alone, or up to 20. */
function* parts(numbers, random) {
  for (let from = 0; from < numbers.length; ) {
    const count = 1 + random.integer(20);
    yield count === 1 ? numbers[from] : numbers.slice(from, from + count);
    from += count;
  }
}

const many = (count, value = 15) => Array(count).fill(value);
const bad = [
  ...["", "readings", '{"readings": [15', "[]", "null", "15", "{}", '{"reading": 15}'].map(post),
  post({ readings: 15, inputs: 15 }),
  ...["NaN", "null", "true", '"15"', "1e999", "-91", "60.1", "{}", "[[15]]", "[]"].map((value) =>
    post(`{"readings": ${value}}`),
  ),
  { ...post({ readings: many(257) }), says: "readings: got 257, need 1 to 256" },
  {
    ...post({ readings: many(256).with(255, null) }),
    says: "readings: got null at 255, need a number from -90 to 60",
  },
  { ...post({ readings: many(1 << 14) }), says: "body: got 49166 bytes, need at most 16384" },
  { method: "GET", path: "/readings", status: 405 },
  { method: "PUT", path: "/readings", status: 405 },
  { method: "POST", path: "/", body: '{"readings": 15}', status: 404 },
].map((request) => ({ status: 400, ...request }));

test("forecasts err by less than half of what the last reading does; of 5,000 readings all 50 that are 3 degrees off are unusual, no others", () => {
  const numbers = readings(pcg32(3), 5000);
  const watching = newWatching();
  const differences = numbers.slice(1).map((reading, hour) => Math.abs(reading - numbers[hour]));
  const repeated = differences.reduce((sum, difference) => sum + difference) / differences.length;
  const spikes = Array.from({ length: 50 }, (_, index) => 99 * (index + 1));
  for (const hour of spikes) numbers[hour] += hour % 2 ? 3 : -3;
  const unusual = numbers.flatMap((reading, hour) => (watching.push(reading).isUnusual ? [hour] : []));
  assert.deepEqual(unusual, spikes);
  assert.ok(watching.spread < repeated / 2, `${watching.spread}, ${repeated}`);
});

test("a level 10 degrees higher is unusual at once, and usual after four days", () => {
  const random = pcg32(4);
  const watching = newWatching();
  for (const reading of readings(random, 240)) assert.ok(!watching.push(reading).isUnusual);
  const higher = readings(random, 240).map((reading) => watching.push(reading + 10).isUnusual);
  assert.ok(higher[0]);
  assert.ok(higher.lastIndexOf(true) < 96, `${higher.lastIndexOf(true)}`);
});

describe("watch.js", () => {
  test("refuses every kind of bad request with the same sentence in workerd, on Node and on Deno, and nothing changes", async () => {
    const sentences = [];
    for (const [name, start] of Object.entries(starts)) {
      await withServer(start.bind(null, place("bad", name)), async (server) => {
        const said = [];
        for (const request of bad) {
          const answer = await server.send(request);
          checkAnswer(request, answer);
          said.push(answer.json.error);
        }
        sentences.push(said);
        assert.deepEqual(await statisticsOf(server), { ...known(newWatching()), forecast: null });
      });
    }
    for (const said of sentences) assert.deepEqual(said, sentences[0]);
  });

  for (const [name, start] of Object.entries(starts)) {
    test(`answers 600 readings, and is started again four times, with the bits of a watch that was never stopped: ${name}`, async () => {
      const random = pcg32(5);
      const numbers = readings(random, 600);
      for (const hour of [100, 333, 555]) numbers[hour] -= 4;
      const requests = Array.from(parts(numbers, random));
      const where = place("bits", name);
      const watching = newWatching();
      const unusual = [];
      const share = Math.ceil(requests.length / 5);
      for (let from = 0; from < requests.length; from += share) {
        await withServer(start.bind(null, where), async (server) => {
          for (const sent of requests.slice(from, from + share)) {
            const results = [await sendReadings(server, sent)].flat();
            const expected = [sent].flat().map((reading) => watching.push(reading));
            assert.deepEqual(results, JSON.parse(JSON.stringify(expected)));
            assert.deepEqual(await statisticsOf(server), known(watching));
            unusual.push(...results.map(({ isUnusual }) => isUnusual));
          }
        });
      }
      const found = unusual.flatMap((isUnusual, hour) => (isUnusual ? [hour] : []));
      assert.deepEqual(found, [100, 333, 555]);
    });

    test(`killed 10 times, has taken in what it has answered, and one request more or none: ${name}`, async () => {
      const random = pcg32(6);
      const where = place("killed", name);
      let watching = newWatching();
      let server = await start(where);
      try {
        for (let time = 0; time < 10; time++) {
          const numbers = readings(random, 2 * warmUp);
          const [sent, late] = [numbers.slice(0, warmUp), numbers.slice(warmUp)];
          await sendReadings(server, sent);
          for (const reading of sent) watching.push(reading);
          const gone = server.send(post({ readings: late })).catch(() => undefined);
          await pause(random.integer(8));
          await server.stop("SIGKILL");
          const isAnswered = (await gone) !== undefined;
          server = await start(where);
          const statistics = await statisticsOf(server);
          const further = Watching.fromBytes(model, watching.toBytes());
          for (const reading of late) further.push(reading);
          if (isAnswered || statistics.readings > watching.readings) watching = further;
          assert.deepEqual(statistics, known(watching));
        }
      } finally {
        await server.stop();
      }
    });
  }

  test("answers 10,000 requests in workerd, 32 at a time, each once, and grows by less than 16 MB after the first 1,000", async (t) => {
    const random = pcg32(7);
    const requests = Array.from(readings(random, 10_000), (reading, index) =>
      index % 10 === 9 ? bad[random.integer(bad.length)] : { ...post({ readings: reading }), status: 200 },
    );
    await withServer(starts.workerd.bind(null, place("load")), async (server) => {
      const { speed, settled, memories } = await measureLoad(server, requests.values(), checkAnswer);
      t.diagnostic(
        `${speed.toFixed(0)} requests/s; ${shown(settled)} MB after 1,000, then ${memories.map(shown).join(" ")}`,
      );
      assert.equal((await statisticsOf(server)).readings, 9000);
      assert.ok(memories.at(-1) - settled < 16, `${settled} MB, then ${memories.at(-1)}`);
    });
  });
});
