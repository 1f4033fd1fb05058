import { describe, expect, test } from "vitest";
import {
  add,
  type BidirectionalOptions,
  bidirectional,
  checkGradients,
  concatenate,
  dense,
  gru,
  input,
  lstm,
  multiply,
  Network,
  pcg32,
  simpleRnn,
  Trainer,
  uniform,
  zeros,
} from "../../../src/index.ts";
import { checkLayer, kindOf } from "../../../src/topology/layers/kinds.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { randomRows } from "../../training/problem.ts";
import { expectFile } from "./images.ts";

const merges = ["concatenate", "sum", "average", "multiply"] as const;
const makers = { simpleRnn, lstm, gru };
const numbersOf = (rows: unknown) => (rows as number[][]).flat(9) as number[];

test("joins the features of both directions, unless it is told otherwise", () => {
  const { name: _, ...inner } = { ...lstm(4) };
  expect({ ...bidirectional(lstm(4)) }).toEqual({ kind: "bidirectional", layer: inner, merge: "concatenate" });
  const kind = kindOf(bidirectional(lstm(4)));
  for (const merge of merges) {
    const width = merge === "concatenate" ? 8 : 4;
    expect(kind.outputShape!(bidirectional(lstm(4), { merge }), [[5, 3]])).toEqual([width]);
    const steps = bidirectional(lstm(4, { returnSequences: true }), { merge });
    expect(kind.outputShape!(steps, [[5, 3]])).toEqual([5, width]);
  }
});

test.each<[string, () => unknown, string]>([
  ["a layer of another kind", () => bidirectional(dense(3) as never), 'bidirectional: got a layer "dense", need what'],
  ["itself", () => bidirectional(bidirectional(gru(1)) as never), 'bidirectional: got a layer "bidirectional", need'],
  ["a function that is not called", () => bidirectional(lstm as never), "bidirectional: got a function, need what"],
  [
    "nothing",
    () => bidirectional(undefined as never),
    "bidirectional: got undefined, need what simpleRnn(), lstm() or",
  ],
  [
    "a layer in reverse",
    () => bidirectional(gru(2, { reverse: true })),
    "bidirectional: got a layer with reverse: true",
  ],
  [
    "a layer with a name",
    () => bidirectional(gru(2, { name: "inner" })),
    "bidirectional: got a layer with name, need that as an option of bidirectional",
  ],
  [
    "a layer that is not trained",
    () => bidirectional(gru(2, { trainable: false })),
    "got a layer with trainable, need",
  ],
  [
    "another merge",
    () => bidirectional(gru(2), { merge: "add" as never }),
    'bidirectional: merge: got "add", need one of concatenate, sum, average, multiply',
  ],
  ["a misspelt option", () => bidirectional(gru(2), { merges: "sum" } as never), 'did you mean "merge"?'],
  [
    "features",
    () => new Network({ inputs: 3, layers: [bidirectional(gru(2))] }),
    "gru: got a value [3], need [steps, f",
  ],
  ["no units", () => bidirectional({ kind: "gru", units: 0 } as never), "gru: units: got 0, need"],
  ["a stranger in JSON", () => bidirectional({ kind: "gru", units: 1, layer: {} } as never), 'gru option: got "layer"'],
])("refuses %s", (_, made, message) => {
  expect(made).toThrow(message);
});

describe.each(["simpleRnn", "lstm", "gru"] as const)("of %s", (name) => {
  const make = makers[name];
  const start = { biasInitializer: uniform(-1, 1) };

  test("has the parameters of both directions, drawn one direction after the other", () => {
    const network = new Network({ inputs: [5, 3], layers: [bidirectional(make(4))], seed: pcg32(7) });
    const [first, second] = [input([5, 3]), input([5, 3])];
    const apart = new Network({ inputs: [first, second], outputs: [make(4)(first), make(4)(second)], seed: pcg32(7) });
    const half = network.parameters.length / 2;
    for (const [index, parameter] of network.parameters.entries()) {
      const [layer, own] = apart.parameters[index].name.split(".");
      const direction = layer.endsWith("1") ? "forward" : "backward";
      expect(direction).toBe(index < half ? "forward" : "backward");
      expect(parameter.name).toBe(`bidirectional1.${direction}.${own}`);
      expect(parameter.values).toEqual(apart.parameters[index].values);
    }
  });

  test("has the bits, the loss and the gradients of two layers whose outputs are merged", () => {
    for (const returnSequences of [false, true]) {
      for (const merge of merges) {
        const both = bidirectional(make(3, { returnSequences, ...start }), { merge });
        const layers = [dense(2), both];
        const network = new Network({ inputs: [4, 2], layers, dtype: "float64", seed: 2 });
        const value = input([4, 2]);
        const hidden = dense(2)(value);
        const ahead = make(3, { returnSequences, ...start })(hidden);
        const back = make(3, { returnSequences, reverse: true, ...start })(hidden);
        const outputs = { concatenate, sum: add, average: add, multiply }[merge](ahead, back);
        const twin = new Network({ inputs: value, outputs, dtype: "float64" });
        for (const [index, { values }] of network.parameters.entries()) twin.parameters[index].values.set(values);
        const rows = randomRows(5, 8, 1);
        const scale = merge === "average" ? 0.5 : 1;
        const expected = numbersOf(twin.predict(rows)).map((x) => scale * x);
        expect(numbersOf(network.predict(rows))).toEqual(expected);

        const targets = randomRows(5, expected.length / 5, 2);
        const larger = targets.map((row) => row.map((x) => x / scale));
        const [loss, other] = [
          new Trainer(network, { loss: "meanSquaredError" }).gradients(rows, targets),
          new Trainer(twin, { loss: "meanSquaredError" }).gradients(rows, larger),
        ];
        expectClose([loss], [scale ** 2 * other], tolerances.rounded.float64, "loss");
        for (const [index, { gradients, name: parameter }] of network.parameters.entries()) {
          const of = Array.from(twin.parameters[index].gradients!, (x) => scale ** 2 * x);
          expectClose(gradients!, of, tolerances.rounded.float64, `${merge}, ${returnSequences}, ${parameter}`);
        }
      }
    }
  });

  test("goes through a file with its options, and says them in its title", () => {
    for (const merge of merges) {
      const options: BidirectionalOptions = { merge, trainable: false, learningRateFactor: 0.5 };
      for (const returnSequences of [false, true]) {
        const layers = [bidirectional(make(2, { returnSequences }), options)];
        const network = new Network({ inputs: [4, 2], layers, seed: 2 });
        expectFile(network);
        const title = `bidirectional ${name} 2${returnSequences ? ", sequences" : ""}, ${merge}`;
        expect(network.layers[0].title).toBe(title);
      }
    }
  });

  test("comes from JSON with the first values of its layer", () => {
    const layer = bidirectional(make(2, { recurrentWeightInitializer: zeros() }), { name: "both", merge: "sum" });
    expect(checkLayer(JSON.parse(JSON.stringify(layer)))).toEqual({ ...layer });
    const plain = { kind: "bidirectional", layer: { kind: name, units: 2 } };
    expect(checkLayer(plain as never)).toEqual({ ...bidirectional(make(2)), name: undefined });
    for (const wrong of [
      undefined,
      null,
      3,
      "lstm",
      {},
      { kind: "toString" },
      { kind: name, units: 2, reverse: true },
    ]) {
      expect(() => checkLayer({ kind: "bidirectional", layer: wrong } as never)).toThrow(/^bidirectional: got /);
    }
    expect(() => checkLayer({ kind: "bidirectional", layer: { kind: name, units: 2, mode: 1 } } as never)).toThrow(
      `${name} option: got "mode"`,
    );
  });

  test("changes nothing if it is not trained", () => {
    const layers = [dense(2), bidirectional(make(2), { trainable: false, name: "both" })];
    const network = new Network({ inputs: [4, 2], layers, dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.gradients(randomRows(3, 8, 1), randomRows(3, 4, 2));
    for (const { name: parameter, gradients } of network.parameters) {
      expect(gradients!.some((value) => value !== 0)).toBe(!parameter.startsWith("both"));
    }
  });

  test("reads sequences that differ in length from both of their ends, as each alone", () => {
    for (const merge of merges) {
      for (const returnSequences of [false, true]) {
        const layers = [dense(2, start), bidirectional(make(3, { returnSequences, ...start }), { merge })];
        const network = new Network({ inputs: [5, 2], variableLength: true, layers, dtype: "float64", seed: 3 });
        const rows = [3, 1, 5, 2].map((length, index) => randomRows(length, 2, index + 1));
        const together = network.predict(rows) as unknown as number[][];
        rows.forEach((row, index) => {
          expect(numbersOf(network.predict([row]))).toEqual(numbersOf(together[index]));
        });
        const trainer = new Trainer(network, { loss: "meanSquaredError" });
        const targets = together.map((row) => JSON.parse(JSON.stringify(row), (_, x) => (x.length ? x : 2 * x + 0.1)));
        const { worst } = checkGradients(trainer, rows as never, targets as never);
        expect(worst.relativeError, `${merge} ${worst.name}`).toBeLessThan(1e-6);
      }
    }
  });
});

test("has no stream, as each step needs the later ones", () => {
  const network = new Network({ inputs: [4, 2], layers: [bidirectional(gru(2, { returnSequences: true }))] });
  expect(() => network.stream()).toThrow(/bidirectional/);
});

test("two tensors of one name are refused, as names may have dots", () => {
  const layers = [bidirectional(gru(2, { returnSequences: true }), { name: "a" }), dense(2, { name: "a.forward" })];
  expect(() => new Network({ inputs: [3, 2], layers })).toThrow(
    'network: got two tensors named "a.forward.weight", need layers whose names differ more',
  );
});
