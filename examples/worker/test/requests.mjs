/**
 * Series of good and bad requests; the same seed gives the same series. Each has the status of its answer, and some have the text of the
 * answer's message.
 */

import { pcg32 } from "simdnet";
import { digits } from "simdnet/data";

const { inputs, targets } = digits();
export const scaled = inputs.map((pixels) => pixels.map((pixel) => pixel / 16));
export const classes = targets;

const row = scaled[0];
const post = (path, body) => ({ method: "POST", path, body: typeof body === "string" ? body : JSON.stringify(body) });
const replaced = (value) => JSON.stringify({ inputs: row }).replace(/\d[^,]*/, value);

/** Wrong values in an example: the value, its column, and the message. */
const notNumbers = [
  [null, 0, "inputs: got null in column 0, need a number"],
  ["a".repeat(1000), 0, `inputs: got "${"a".repeat(59)}… in column 0, need a number`],
  [[1], 63, "inputs: got [1] in column 63, need a number"],
];

/** Requests that are refused wherever inputs are sent. */
const badInputs = (path, rest = "") => {
  const send = (text) => post(path, text.replace(/\}$/, `${rest}}`));
  return [
    post(path, ""),
    post(path, "inputs"),
    post(path, '{"inputs": [0, 1'),
    post(path, `${"[".repeat(20_000)}`),
    post(path, `{"inputs": ${"[".repeat(20_000)}${"]".repeat(20_000)}${rest}}`),
    post(path, "[]"),
    post(path, "null"),
    post(path, '"inputs"'),
    post(path, "{}"),
    post(path, `{"input": [0]${rest}}`),
    post(path, `{"inputs": [0], "__proto__": [0]${rest}}`),
    send('{"inputs": []}'),
    send('{"inputs": [[]]}'),
    send('{"inputs": {"length": 64}}'),
    send('{"inputs": [{"length": 64}]}'),
    send('{"inputs": null}'),
    send(JSON.stringify({ inputs: row.slice(1) })),
    send(JSON.stringify({ inputs: [row, row.slice(1)] })),
    send(JSON.stringify({ inputs: [row, null] })),
    send(JSON.stringify({ inputs: [...row, row] })),
    ...["NaN", "null", "true", '"0"', "1e999", "-1e300", "[0]"].map((value) => send(replaced(value))),
    send(JSON.stringify({ inputs: Array(257).fill(row.map(() => 0)) })),
    ...notNumbers.map(([value, column, says]) => ({
      ...send(JSON.stringify({ inputs: row.with(column, value) })),
      says,
    })),
    send(JSON.stringify({ inputs: row.map(() => 1e38) })),
  ].map((request) => ({ ...request, status: 400 }));
};

const wrongRoutes = (path) => [
  { method: "TRACE", path, status: 405, says: `${path}: got TRACE, need POST` },
  { ...post("/", {}), status: 404 },
  { ...post("/predictions", { inputs: row }), status: 404 },
  { ...post("/constructor", {}), status: 404 },
  { method: "GET", path: "/%00", status: 404 },
  { method: "GET", path, status: 405 },
  { method: "DELETE", path, status: 405 },
  { ...post(path, { inputs: row }), method: "PUT", status: 405 },
];

const huge = [row.map(() => 0), row.map(() => 1e38)];
const overflow = "inputs: got such numbers in example 1 that no finite ones come out, need smaller ones";
const badPredictions = [
  ...badInputs("/predict"),
  { ...post("/predict", { inputs: huge }), status: 400, says: overflow },
  ...wrongRoutes("/predict"),
];

/** Values outside of the range of the training, with the messages. */
const outside = [1e38, 1.01, -0.01].map((value) => [
  value,
  `inputs: got ${value} in column 9 of example 1, need a number from 0 to 1`,
]);

const badFeedback = [
  ...badInputs("/feedback", ', "targets": 1'),
  ...[undefined, null, -1, 10, 1.5, "1", [1]].map((target) => post("/feedback", { inputs: row, targets: target })),
  ...[3, [], [1], [1, 2, 3], [1, null]].map((wrong) => post("/feedback", { inputs: [row, row], targets: wrong })),
  post("/feedback", { inputs: Array(33).fill(row), targets: Array(33).fill(0) }),
  ...outside.map(([value, says]) => ({
    ...post("/feedback", { inputs: [row, row.with(9, value)], targets: [0, 0] }),
    says,
  })),
  {
    ...post("/feedback", { inputs: row, targets: "a".repeat(100_000) }),
    says: `targets: got "${"a".repeat(59)}… for example 0, need a number from 0 to 9`,
  },
].map((request) => ({ ...request, status: 400 }));

/** Returns one example, or up to eight, of the digits. */
function examples(random) {
  const rows = Array.from({ length: 1 + random.integer(8) }, () => random.integer(scaled.length));
  return random.next() < 0.5 ? rows[0] : rows;
}

const pick = (random, list) => list[random.integer(list.length)];
const of = (table, rows) => (Array.isArray(rows) ? rows.map((each) => table[each]) : table[rows]);

/**
 * Yields requests, two thirds of them good. @returns {Generator<{ method: string, path: string, body?: string, status: number, inputs?: any
 * }>}
 */
export function* predictions(seed, count) {
  const random = pcg32(seed);
  for (let number = 0; number < count; number++) {
    if (random.next() < 1 / 3) yield pick(random, badPredictions);
    else {
      const inputs = of(scaled, examples(random));
      yield { ...post("/predict", { inputs }), status: 200, inputs };
    }
  }
}

/** Yields requests: a tenth are feedback to learn from, a fifth are bad, the others are predictions. */
export function* feedbacks(seed, count) {
  const random = pcg32(seed);
  for (let number = 0; number < count; number++) {
    const kind = random.next();
    if (kind < 0.1) yield feedback(random);
    else if (kind < 0.3)
      yield pick(random, kind < 0.2 ? badPredictions : [...badFeedback, ...wrongRoutes("/feedback")]);
    else yield predictions(random.integer(2 ** 31), 1).next().value;
  }
}

/** Returns a request with examples and their classes. */
export function feedback(random) {
  const rows = examples(random);
  const [inputs, targets] = [of(scaled, rows), of(classes, rows)];
  return {
    ...post("/feedback", { inputs, targets }),
    status: 200,
    feedback: [inputs, targets].map((part) => [part].flat(Array.isArray(rows) ? 1 : 0)),
  };
}

/** Returns a request whose body is longer than a Worker reads. */
const long = (path) => ({ ...post(path, { inputs: Array(9000).fill(row.map(() => 0)) }), status: 400 });
export const tooLarge = { predict: long("/predict"), learn: long("/feedback") };

/** Every kind of bad request, once. */
export const bad = {
  predict: [...badPredictions, tooLarge.predict],
  learn: [...badPredictions, ...badFeedback, ...wrongRoutes("/feedback"), tooLarge.learn],
};
