/**
 * Answers predictions of a network that goes on learning from what it is told afterwards:
 *
 *   POST /predict { inputs } → { outputs }
 *   POST /feedback { inputs, targets } → { right, steps, loss, kept }: targets are class numbers; how many it knew, then it learns,
 *     and whether it has kept what it learned
 *   GET /model → the network's file
 *   GET /statistics → { updates, examples, takenBack }
 *
 * What it has learned is stored before feedback is answered. One feedback learns at a time; the others wait for their turn.
 */

import { bodyOf, handlerOf, orRefuse, quoted, Refusal, refuse, refuseConflict } from "./json.js";
import { Learning } from "./learning.js";
import { isOne, predict, rowsOf } from "./predict.js";
import { Stored } from "./store.js";
import { Turns } from "./turns.js";

const mostRows = 32;
const mostBytes = 1 << 20;
const mostWaiting = 64;
/** What the training has scaled its inputs to. Others would spoil what is learned, for all who ask afterwards. */
const [lowest, highest] = [0, 1];

/**
 * @param {object} options
 * @param {import("./store.js").Store} options.store
 * @param {Uint8Array | ArrayBuffer} options.initial what `Learning.toBytes` has given, for a store that is empty
 * @param {number} options.milliseconds for which one feedback trains
 * @returns {(request: Request) => Promise<Response>}
 */
export function learner({ store, initial, milliseconds }) {
  const stored = new Stored(store, (bytes) => Learning.fromBytes(bytes ?? initial));
  const learning = () => stored.current();
  const turns = new Turns();

  async function feedback(text) {
    const { inputs, targets } = bodyOf(text, ["inputs", "targets"]);
    const examples = rowsOf(inputs, mostRows);
    const classes = isOne(inputs) ? [targets] : targets;
    const { network } = (await learning()).trainer;
    checkClasses(classes, examples.length, network.outputs);
    const outputs = orRefuse(() => network.predict(examples));
    checkRange(examples);
    const right = outputs.filter((row, index) => row.indexOf(Math.max(...row)) === classes[index]).length;
    if (turns.waiting >= mostWaiting) {
      return refuse(503, `${turns.waiting} others wait to be learned from`, { "retry-after": "1" });
    }
    const rows = oneHot(classes, network.outputs);
    const learn = (current) => current.learn(examples, rows, milliseconds);
    const result = await turns.take(() => stored.change(learn)).catch(refuseConflict);
    return result instanceof Response ? result : Response.json({ right, ...result });
  }

  async function model() {
    const { trainer, updates } = await turns.take(learning);
    const headers = { "content-type": "application/octet-stream", etag: `"${updates}"` };
    return new Response(trainer.network.toBytes(), { headers });
  }

  async function statistics() {
    const { updates, examples, takenBack } = await turns.take(learning);
    return Response.json({ updates, examples, takenBack });
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
