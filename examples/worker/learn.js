/**
 * Answers predictions with a network that continues to learn from feedback:
 *
 *   POST /predict { inputs } → { outputs }
 *   POST /feedback { inputs, targets } → { right, steps, loss, kept }: targets are class numbers. It counts how many the network
 *     knew, then trains on them, and says whether it has kept the result
 *   GET /model → the network's file
 *   GET /statistics → { updates, examples, takenBack }
 *
 * The result is stored before feedback is answered. One feedback is learned at a time; the others wait for their turn.
 */

import { bodyOf, handlerOf, orRefuse, quoted, Refusal, refuse, refuseConflict } from "./json.js";
import { Learning } from "./learning.js";
import { isOne, predict, rowsOf } from "./predict.js";
import { Stored } from "./store.js";
import { Turns } from "./turns.js";

const mostRows = 32;
const mostBytes = 1 << 20;
const mostWaiting = 64;
/** The range of the inputs in the training. Values outside of it would spoil the network for all later requests. */
const [lowest, highest] = [0, 1];

/**
 * @param {object} options
 * @param {import("./store.js").Store} options.store
 * @param {Uint8Array | ArrayBuffer} options.initial the result of `Learning.toBytes`, for an empty store
 * @param {number} options.milliseconds the training time for one feedback
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

/** @throws {Refusal} unless all numbers of the rows are in the range of the training */
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
