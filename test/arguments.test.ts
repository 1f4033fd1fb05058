/** A surplus argument of any public function or method is refused, before anything else is looked at. */
import { describe, expect, test } from "vitest";
import * as data from "../src/data/index.ts";
import * as main from "../src/index.ts";
import { dense, input, Network, simpleRnn, Trainer } from "../src/index.ts";
import * as onnx from "../src/onnx/index.ts";
import * as pictures from "../src/pictures/index.ts";

type Callable = (this: unknown, ...values: unknown[]) => unknown;

const isClass = (value: unknown): value is { prototype: object } =>
  typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));

/** The methods of an object that it does not have from Object. `JSON.stringify` calls `toJSON` with an argument. */
function methodsOf(owner: object): string[] {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(owner));
  const methods = fields.filter(
    ([name, { value }]) => typeof value === "function" && !isClass(value) && name !== "toJSON",
  );
  return methods.map(([name]) => name).filter((name) => name !== "constructor");
}

/** Everything that can be called, by its title. Values are called with what may be `this`. */
const callables = new Map<string, Callable>();
const rooms = { simdnet: main, "simdnet/data": data, "simdnet/pictures": pictures, "simdnet/onnx": onnx };
for (const [room, names] of Object.entries(rooms)) {
  for (const [name, value] of Object.entries(names) as [string, unknown][]) {
    if (!isClass(value)) {
      if (typeof value === "function") callables.set(`${room} ${name}`, value as Callable);
      continue;
    }
    for (const owner of [value, value.prototype]) {
      for (const method of methodsOf(owner)) {
        callables.set(`${room} ${name} ${method}`, (owner as Record<string, Callable>)[method]);
      }
    }
  }
}
const vocabulary = data.vocabulary(["a b"]);
const objects = {
  encoding: data.encodeRecords([{ a: 1 }, { a: 2 }]),
  categories: data.encodeCategories(["a", "b"]),
  scale: data.standardize([[1], [2]]),
  imputation: data.impute([[1], [2]]),
  vocabulary,
  stream: new Network({ inputs: [3, 2], layers: [simpleRnn(2)] }).stream(),
};
for (const [title, object] of Object.entries(objects)) {
  for (const method of methodsOf(Object.getPrototypeOf(object)).filter((name) => name !== "columnOf")) {
    callables.set(
      `${title}.${method}`,
      (object as unknown as Record<string, Callable>)[method].bind(object) as Callable,
    );
  }
}

/** They take any number of values, and look at each. */
const others = ["add", "concatenate", "multiply", "subtract"].map((name) => `simdnet ${name}`);
/** What only the command uses. */
const commands = [
  "linesOf",
  "findMeaning",
  "isCode",
  "momentIn",
  "daysIn",
  "dateFormOf",
  "hasPointsBetweenThousands",
  "isShownBefore",
  "notationOf",
  "numberReader",
  "plainNumber",
  "knownBooleans",
  "truthOf",
];
const internal = ["simdnet Network tensors", ...commands.map((name) => `simdnet/data ${name}`)];

const cases = [...callables].filter(([title]) => ![...others, ...internal].includes(title));

test.each(cases)("%s", async (_, call) => {
  const answer = async () => call.apply({}, new Array(12).fill(undefined));
  await expect(answer()).rejects.toThrow(/^\w+ arguments: got 12, need at most \d$/);
});

test("there are 150 of them or more, and what is left out exists", () => {
  expect(cases.length).toBeGreaterThanOrEqual(150);
  for (const title of [...others, ...internal]) expect(callables.has(title), title).toBe(true);
});

describe("as users write them:", () => {
  const network = new Network({ inputs: 2, layers: [dense(1)] });
  const loss = "meanSquaredError";

  test.each<[string, (...values: never[]) => unknown, unknown[], string]>([
    ["dense", dense, [3, {}, "relu"], "dense arguments: got 3, need at most 2"],
    ["flatten", main.flatten, [{}, 2], "flatten arguments: got 2, need at most 1"],
    ["conv2d", main.conv2d, [8, 3, {}, 2], "conv2d arguments: got 4, need at most 3"],
    ["lstm", main.lstm, [8, {}, true], "lstm arguments: got 3, need at most 2"],
    ["glorotUniform", main.glorotUniform, [{ seed: 1 }], "glorotUniform arguments: got 1, need at most 0"],
    [
      "a new Network",
      (...values) => Reflect.construct(Network, values),
      [{ inputs: 2, layers: [] }, { dtype: "float64" }],
      "network arguments: got 2, need at most 1",
    ],
    [
      "a new Trainer",
      (...values) => Reflect.construct(Trainer, values),
      [network, { loss }, {}],
      "trainer arguments: got 3, need at most 2",
    ],
    [
      "a new Pipeline",
      (...values) => Reflect.construct(main.Pipeline, values),
      [{}, {}],
      "pipeline arguments: got 2, need at most 1",
    ],
    // These are the last options of functions that have some.
    ["dense, misplaced", dense, [3, "relu"], 'dense: got "relu", need an object of options'],
    ["conv2d, misplaced", main.conv2d, [8, 3, 2], "conv2d: got 2, need an object of options"],
    ["maxPool2d, misplaced", main.maxPool2d, [2, 2], "maxPool2d: got 2, need an object of options"],
    [
      "add",
      main.add,
      [input(2), input(2), { name: "a" }],
      "add: got an object, need values, which input() and layers return",
    ],
    ["a layer", dense(2), [input(2), 3], "dense: got 3, need values, which input() and layers return"],
  ])("%s", (_, call, values, message) => expect(() => call(...(values as never[]))).toThrow(message));
});
