/** Sends many requests at a time, and measures their cost for a server. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const atATime = 32;

/** Sends all of `requests`, 32 at a time, and passes each answer to `check`. @returns requests a second */
export async function sendAll(server, requests, check) {
  const iterator = requests[Symbol.iterator]();
  const began = performance.now();
  let count = 0;
  const one = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      check(next.value, await server.send(next.value));
      count++;
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
  return count / ((performance.now() - began) / 1000);
}

/**
 * Sends all of `requests`, and measures the server's memory after each thousand.
 *
 * @returns requests a second, and megabytes: after the first thousand, then after each further thousand
 */
export async function measureLoad(server, requests, check) {
  const thousand = () => Array.from({ length: 1000 }, () => requests.next().value).filter(Boolean);
  await sendAll(server, thousand(), check);
  const settled = memoryOf(server);
  const memories = [];
  const speeds = [];
  for (let part = thousand(); part.length > 0; part = thousand()) {
    speeds.push(await sendAll(server, part, check));
    memories.push(memoryOf(server));
  }
  return { settled, memories, speed: speeds.reduce((sum, speed) => sum + speed) / speeds.length };
}

export const shown = (megabytes) => megabytes.toFixed(1);

/** Returns the memory of a process in megabytes. */
export function memoryOf({ pid }) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

/** Asserts the status, and that every refusal has a sentence. */
export function checkAnswer({ method, path, body, status, says }, answer) {
  const what = `${method} ${path} ${body?.slice(0, 60)}: ${answer.bytes.toString().slice(0, 200)}`;
  assert.equal(answer.status, status, what);
  if (status === 200) return;
  assert.deepEqual(Object.keys(answer.json), ["error"], what);
  assert.match(answer.json.error, /got .*, need /, what);
  if (says) assert.equal(answer.json.error, says);
  assert.equal(answer.headers.allow, status === 405 ? "POST" : undefined, what);
}
