/**
 * Answers predictions of a network that goes on learning from what it is told afterwards:
 *
 *   POST /predict { inputs } → { outputs }
 *   POST /feedback { inputs, targets } → { right, steps, loss }: targets are class numbers; how many it knew, then it learns
 *   GET /model → the network's file
 *   GET /statistics → { updates, examples }
 *
 * What it has learned is stored before feedback is answered. One feedback learns at a time; the others wait for their turn.
 */

import { bodyOf, checked, handlerOf, quoted, Refusal, refuse } from "./json.js";
import { Learning } from "./learning.js";
import { isOne, predict, rowsOf } from "./predict.js";
import { Turns } from "./turns.js";

const mostRows = 32;
const mostBytes = 1 << 20;
const mostWaiting = 64;
/** What the training has scaled its inputs to. Others would spoil what is learned, for all who ask afterwards. */
const [lowest, highest] = [0, 1];

/**
 * @param {object} options
 * @param {{ get(): Promise<Uint8Array | undefined>, put(bytes: Uint8Array): Promise<void> }} options.store it holds what was put
 *   last, whole, whenever the process ends
 * @param {Uint8Array | ArrayBuffer} options.initial what `Learning.toBytes` has given, for a store that is empty
 * @param {number} options.milliseconds for which one feedback trains
 * @returns {(request: Request) => Promise<Response>}
 */
export function learner({ store, initial, milliseconds }) {
  /** What is stored, but while an update is under way. */
  let loaded;
  const turns = new Turns();

  function learning() {
    loaded ??= store.get().then((bytes) => Learning.fromBytes(bytes ?? initial));
    loaded.catch(forget);
    return loaded;
  }

  function forget() {
    loaded = undefined;
  }

  async function feedback(text) {
    const { inputs, targets } = bodyOf(text, ["inputs", "targets"]);
    const examples = rowsOf(inputs, mostRows);
    const classes = isOne(inputs) ? [targets] : targets;
    const { network } = (await learning()).trainer;
    checkClasses(classes, examples.length, network.outputs);
    const outputs = checked(() => network.predict(examples));
    checkRange(examples);
    const right = outputs.filter((row, index) => row.indexOf(Math.max(...row)) === classes[index]).length;
    if (turns.waiting >= mostWaiting) {
      return refuse(503, `${turns.waiting} others wait to be learned from`, { "retry-after": "1" });
    }
    const { steps, loss } = await turns.take(() => learnAndStore(examples, oneHot(classes, network.outputs)));
    return Response.json({ right, steps, loss });
  }

  async function learnAndStore(inputs, targets) {
    const current = await learning();
    try {
      const result = await current.learn(inputs, targets, milliseconds);
      await store.put(current.toBytes());
      return result;
    } catch (error) {
      // What has been learned is not stored; the next request begins from what is.
      forget();
      throw error;
    }
  }

  async function model() {
    const { trainer, updates } = await turns.take(learning);
    const headers = { "content-type": "application/octet-stream", etag: `"${updates}"` };
    return new Response(trainer.network.toBytes(), { headers });
  }

  async function statistics() {
    const { updates, examples } = await turns.take(learning);
    return Response.json({ updates, examples });
  }

  const routes = {
    "/predict": { POST: async (text) => predict((await learning()).trainer.network, text) },
    "/feedback": { POST: feedback },
    "/model": { GET: model },
    "/statistics": { GET: statistics },
  };
  return handlerOf(routes, mostBytes);
}

/** @throws {Refusal} unless there is a class number for each row */
function checkClasses(classes, rows, count) {
  if (!Array.isArray(classes) || classes.length !== rows) {
    const got = Array.isArray(classes) ? `${classes.length} for ${rows} examples` : "no array for several examples";
    throw new Refusal(`targets: got ${got}, need a class number for each`);
  }
  const bad = classes.findIndex((number) => !(Number.isInteger(number) && number >= 0 && number < count));
  if (bad < 0) return;
  throw new Refusal(`targets: got ${quoted(classes[bad])} for example ${bad}, need a number from 0 to ${count - 1}`);
}

/** @throws {Refusal} unless all numbers of the rows are such as the training has seen */
function checkRange(rows) {
  for (const [row, input] of rows.entries()) {
    const bad = input.findIndex((value) => !(value >= lowest && value <= highest));
    if (bad < 0) continue;
    throw new Refusal(
      `inputs: got ${input[bad]} in column ${bad} of example ${row}, need a number from ${lowest} to ${highest}`,
    );
  }
}

function oneHot(classes, count) {
  return classes.map((number) => Array.from({ length: count }, (_, index) => Number(index === number)));
}
