/**
 * Answers readings with their forecasts, and tells which readings are unusual:
 *
 *   POST /readings { readings } → { results }: a number, or up to 256 in order; for each { forecast, distance, limit, isUnusual }
 *   GET /statistics → { readings, unusual, spread, forecast }
 *
 * The state after all readings is stored before they are answered. Requests are handled one after the other.
 */

import { bodyOf, handlerOf, quoted, Refusal, refuse, refuseConflict } from "./json.js";
import { Stored } from "./store.js";
import { Turns } from "./turns.js";
import { Watching } from "./watching.js";

const mostReadings = 256;
const mostBytes = 1 << 14;
const mostWaiting = 64;
/** The range of a thermometer, in degrees. */
const [lowest, highest] = [-90, 60];

/**
 * @param {object} options
 * @param {import("./store.js").Store} options.store
 * @param {Uint8Array | ArrayBuffer} options.model the network's file
 * @param {Uint8Array | ArrayBuffer} options.initial the result of `Watching.toBytes`, for an empty store
 * @returns {(request: Request) => Promise<Response>}
 */
export function watcher({ store, model, initial }) {
  const turns = new Turns();
  const stored = new Stored(store, (bytes) => Watching.fromBytes(model, bytes ?? initial));
  const watching = () => stored.current();

  async function answer(text) {
    const { readings } = bodyOf(text, ["readings"]);
    const numbers = checkReadings(readings);
    if (turns.waiting >= mostWaiting) {
      return refuse(503, `${turns.waiting} others wait to be taken in`, { "retry-after": "1" });
    }
    const take = (current) => numbers.map((reading) => current.push(reading));
    const results = await turns.take(() => stored.change(take)).catch(refuseConflict);
    if (results instanceof Response) return results;
    return Response.json({ results: Array.isArray(readings) ? results : results[0] });
  }

  async function statistics() {
    const { readings, unusual, spread, forecast } = await turns.take(watching);
    return Response.json({ readings, unusual, spread, forecast: readings > 0 ? forecast : null });
  }

  return handlerOf({ "/readings": { POST: answer }, "/statistics": { GET: statistics } }, mostBytes);
}

/** Returns the readings as an array. @throws {Refusal} unless they are a number, or 1 to 256 numbers, that a thermometer can show */
function checkReadings(readings) {
  const numbers = Array.isArray(readings) ? readings : [readings];
  if (numbers.length < 1 || numbers.length > mostReadings) {
    throw new Refusal(`readings: got ${numbers.length}, need 1 to ${mostReadings}`);
  }
  const bad = numbers.findIndex((value) => !(typeof value === "number" && value >= lowest && value <= highest));
  if (bad < 0) return numbers;
  throw new Refusal(`readings: got ${quoted(numbers[bad])} at ${bad}, need a number from ${lowest} to ${highest}`);
}
