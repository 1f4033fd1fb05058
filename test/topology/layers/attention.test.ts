import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type AttentionOptions,
  adam,
  attention,
  dense,
  flatten,
  input,
  type NamedTensor,
  Network,
  squaredError,
  Trainer,
} from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { parameterBits, randomRows } from "../../training/problem.ts";

interface Stored {
  name: string;
  shape: number[];
  values: number[];
}

interface Case {
  name: string;
  steps: number[];
  inputs: number[][][];
  targets: number[][];
  output: number[][];
  start: Stored[];
  gradients: Stored[];
  losses: number[];
  trained: Stored[];
}

const golden: { features: number; learningRate: number; cases: Case[] } = JSON.parse(
  readFileSync("test/fixtures/attention.json", "utf8"),
);

/** The networks that PyTorch has trained (fixtures/attention.py). */
const options: Record<string, { units: number; valueUnits?: number; options: AttentionOptions }> = {
  self: { units: 6, options: { heads: 2 } },
  "self without bias": { units: 8, options: { heads: 1, bias: false } },
  causal: { units: 6, options: { heads: 3, causal: true } },
  cross: { units: 6, valueUnits: 6, options: { heads: 2 } },
  "cross of other features": { units: 6, valueUnits: 4, options: { heads: 2 } },
};

function networkOf({ name, steps }: Case): Network {
  const { units, valueUnits, options: own } = options[name];
  const inputs = steps.map((each) => input([each, golden.features]));
  const query = dense(units, { name: "query" })(inputs[0]);
  const values = valueUnits === undefined ? [] : [dense(valueUnits, { name: "value" })(inputs[1])];
  const outputs = attention({ ...own, name: "attn" })(query, ...values);
  return new Network({ inputs, outputs, dtype: "float64" });
}

const tensorsOf = (stored: readonly Stored[]): NamedTensor[] =>
  stored.map(({ values, ...tensor }) => ({ ...tensor, values: Float64Array.from(values) }));

/** Tensors of PyTorch as our parameters hold them. */
function ours(stored: Case, tensors: readonly Stored[]): Map<string, Float64Array> {
  const network = networkOf(stored);
  network.load(tensorsOf(tensors), { from: "pytorch" });
  return new Map(network.parameters.map(({ name, values }) => [name, values as Float64Array]));
}

test.each(golden.cases)(
  "$name is PyTorch's MultiheadAttention: output to 1e-10, gradients and five steps of Adam to 1e-8",
  (stored) => {
    const { inputs, targets, losses } = stored;
    const network = networkOf(stored);
    network.load(tensorsOf(stored.start), { from: "pytorch" });
    const examples = inputs.length === 1 ? inputs[0] : inputs;
    expectClose((network.predict(examples) as number[][]).flat(), stored.output.flat(), tolerances.network.float64);
    const optimizer = adam({ learningRate: golden.learningRate });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
    trainer.gradients(examples, targets);
    const gradients = ours(stored, stored.gradients);
    expect(gradients.size).toBe(network.parameters.length);
    for (const each of network.parameters) {
      expectClose(each.gradients!, gradients.get(each.name)!, tolerances.network.float64, `gradient of ${each.name}`);
    }
    const found = losses.map(() => trainer.step(examples, targets));
    expectClose(found, losses, tolerances.network.float64, "losses");
    const trained = ours(stored, stored.trained);
    const close = { absolute: 1e-8, relative: 1e-8 };
    for (const { name, values } of network.parameters) expectClose(values, trained.get(name)!, close, name);
  },
);

const close = tolerances.golden.float64;
const [steps, features] = [7, 6];
const rows = randomRows(4, steps * features, 3);

/** A network of a layer of attention alone. */
const alone = (own: AttentionOptions, dtype: Network["dtype"] = "float64") =>
  new Network({ inputs: [steps, features], layers: [attention(own), flatten()], dtype, seed: 5 });

const stepsOf = (row: ArrayLike<number>) =>
  Array.from({ length: steps }, (_, step) => Array.from(row).slice(step * features, (step + 1) * features));

describe("parameters", () => {
  test("have the names, shapes and first values that CONVENTIONS says: glorotUniform a projection, biases 0", () => {
    const [query, value] = [input([3, 6]), input([4, 5])];
    const outputs = attention({ heads: 2, keyUnits: 4 })(query, value);
    const { parameters } = new Network({ inputs: [query, value], outputs });
    expect(parameters.map(({ name, shape }) => [name.replace("attention1.", ""), ...shape])).toEqual([
      ["queryWeight", 6, 8],
      ["keyWeight", 5, 8],
      ["valueWeight", 5, 8],
      ["outputWeight", 8, 6],
      ["queryBias", 8],
      ["keyBias", 8],
      ["valueBias", 8],
      ["outputBias", 6],
    ]);
    for (const [index, { values, shape }] of parameters.entries()) {
      if (index > 3) expect(values.every((x) => x === 0)).toBe(true);
      else {
        const limit = Math.sqrt(6 / (shape[0] + shape[1]));
        const greatest = Math.max(...Array.from(values, Math.abs));
        expect(greatest).toBeLessThanOrEqual(limit);
        expect(greatest).toBeGreaterThan(0.8 * limit);
      }
    }
  });

  test("of Keras have a side for the heads, and predict the same", () => {
    const network = alone({ heads: 2 });
    const ends = {
      query: "query",
      key: "key",
      value: "value",
      output: "attention_output",
    };
    const tensors = network.parameters.map(({ name, values, shape }): NamedTensor => {
      const [, projection, kind] = /\.(\w+?)(Weight|Bias)/.exec(name)!;
      const end = ends[projection as keyof typeof ends];
      const isOutput = projection === "output";
      const sides = kind === "Bias" ? (isOutput ? shape : [2, 3]) : isOutput ? [2, 3, 6] : [6, 2, 3];
      const values64 = Float64Array.from(values, (x) => x + 0.1);
      return { name: `mha/${end}/${kind === "Bias" ? "bias" : "kernel"}`, shape: sides, values: values64 };
    });
    for (const { values } of network.parameters) values.set(values.map((x) => x + 0.1));
    const copy = alone({ heads: 2 });
    copy.load(tensors, { from: "keras" });
    expect(copy.predict(rows)).toEqual(network.predict(rows));
    const wrong = tensors.map((tensor) => (tensor.shape.length === 3 ? { ...tensor, shape: [6, 6] } : tensor));
    expect(() => alone({ heads: 2 }).load(wrong, { from: "keras" })).toThrow("need it as [6, 2, 3]");
  });

  test("of PyTorch with another number of features are refused by name", () => {
    const stored = golden.cases[0].start.filter(({ name }) => name.startsWith("attn"));
    const network = new Network({ inputs: [3, 4], layers: [attention({ heads: 2 })] });
    expect(() => network.load(tensorsOf(stored), { from: "pytorch" })).toThrow(
      'load: got "attn.in_proj_weight" as [18, 6], need it as [12, 4] for attention1.queryWeight',
    );
  });
});

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test("a batch and its parts have the same bits", () => {
    const own = { heads: 2, causal: true };
    const whole = alone(own, dtype).predict(rows);
    for (const cut of [1, 3]) {
      const apart = alone(own, dtype);
      expect([...apart.predict(rows.slice(0, cut)), ...apart.predict(rows.slice(cut))]).toEqual(whole);
    }
  });

  test("an example with NaN changes no bit of the others", () => {
    const clean = alone({ heads: 2 }, dtype).predict(rows);
    const bad = alone({ heads: 2 }, dtype).predict(rows.with(1, rows[1].with(4, Number.NaN)), { validate: false });
    expect(bad[1].every(Number.isNaN)).toBe(true);
    for (const at of [0, 2, 3]) expect(bad[at]).toEqual(clean[at]);
  });

  test("with causal, no bit of a step depends on later steps; without, every step sees all", () => {
    for (const causal of [true, false]) {
      const network = alone({ heads: 3, causal }, dtype);
      const whole = stepsOf(network.predict(rows)[0]);
      for (let count = 1; count < steps; count++) {
        const changed = rows[0].map((x, index) => (index < count * features ? x : -2 * x));
        const found = stepsOf(network.predict([changed])[0]);
        expect(found.slice(0, count).join() === whole.slice(0, count).join()).toBe(causal);
      }
    }
  });
});

test("the order of the steps does not matter to self-attention: its outputs move with its inputs", () => {
  const network = alone({ heads: 2 });
  const order = [3, 0, 6, 2, 1, 5, 4];
  const moved = order.flatMap((step) => stepsOf(rows[0])[step]);
  const expected = order.flatMap((step) => stepsOf(network.predict(rows)[0])[step]);
  expectClose(network.predict([moved])[0], expected, close);
});

test("a query sees the value alone: on a value of one step, every step of the query has the same answer", () => {
  const [query, value] = [input([4, 6]), input([1, 3])];
  const network = new Network({ inputs: [query, value], outputs: attention({ heads: 2 })(query, value), seed: 1 });
  const [answer] = network.predict([randomRows(1, 24, 1), randomRows(1, 3, 2)]) as number[][];
  for (let step = 1; step < 4; step++) expect(answer.slice(6 * step, 6 * step + 6)).toEqual(answer.slice(0, 6));
});

test("queries and values of different lengths have the bits that they have alone, and so have their gradients, added up", () => {
  const lengths = [
    [2, 5],
    [4, 1],
    [3, 3],
  ];
  const networkOf = ([querySteps, valueSteps]: number[], variableLength: boolean) => {
    const query = input([querySteps, 3], { variableLength });
    const value = input([valueSteps, 2], { variableLength });
    const outputs = attention({ heads: 2, keyUnits: 2 })(query, dense(4)(value));
    return new Network({ inputs: [query, value], outputs, dtype: "float64", seed: 4 });
  };
  const drawn = lengths.map((each, row) => [randomRows(each[0], 3, row), randomRows(each[1], 2, row + 9)]);
  const together = [drawn.map(([query]) => query), drawn.map(([, value]) => value)];
  const network = networkOf([4, 5], true);
  const answers = network.predict<number[][][]>(together);
  const trainer = new Trainer(network, { loss: squaredError({ reduction: "sum" }) });
  trainer.gradients(together, together[0]);
  const sums = network.parameters.map(({ values }) => new Float64Array(values.length));
  lengths.forEach((each, row) => {
    const single = networkOf(each, false);
    const own = drawn[row].map((matrix) => [matrix]);
    expect(answers[row]).toEqual(single.predict<number[][][]>(own)[0]);
    new Trainer(single, { loss: squaredError({ reduction: "sum" }) }).gradients(own, own[0]);
    single.parameters.forEach(({ gradients }, index) => {
      gradients!.forEach((gradient, at) => {
        sums[index][at] += gradient;
      });
    });
  });
  network.parameters.forEach(({ name, gradients }, index) => {
    expectClose(gradients!, sums[index], tolerances.network.float64, name);
  });
});

describe.each(["float32", "float64"] as const)("a stream of %s", (dtype) => {
  const most = 40;
  const network = () => {
    const layers = [
      dense(4),
      attention({ heads: 2, causal: true }),
      attention({ heads: 1, keyUnits: 3, causal: true }),
    ];
    return new Network({ inputs: [most, 3], layers, dtype, seed: 6 });
  };

  test("has the bits of the whole sequence, again after a reset, and no more steps than the shape", () => {
    const sequence = randomRows(most, 3, 8);
    const whole = network().predict<number[][]>(sequence);
    const stream = network().stream();
    for (let round = 0; round < 2; round++) {
      expect(sequence.map((step) => stream.push(step))).toEqual(whole);
      expect(() => stream.push(sequence[0])).toThrow(`push: got step ${most + 1}, need at most ${most}`);
      stream.reset();
    }
  });

  test("goes on from the state of another", () => {
    const sequence = randomRows(6, 3, 9);
    const [one, other] = [network().stream(), network().stream()];
    for (const step of sequence) one.push(step);
    other.push(sequence[3]);
    other.state = one.state;
    expect(other.push([1, 2, 3])).toEqual(one.push([1, 2, 3]));
  });

  test("is refused where steps see later ones", () => {
    const looking = new Network({ inputs: [most, 3], layers: [attention({ heads: 1 })], dtype });
    expect(() => looking.stream()).toThrow("stream: got attention1, which looks at later steps");
  });
});

test("takes sequences of another length with the same parameters", () => {
  const network = new Network({ inputs: [steps, features], layers: [attention({ heads: 2 })], seed: 3 });
  const longer = network.withInputs([2 * steps, features]);
  const twice = longer.predict([[...rows[0], ...rows[0]]])[0];
  const [once] = network.predict([rows[0]]);
  // Every key is there twice, so the weights are halves and the sums the same.
  expectClose(twice, [...once, ...once], tolerances.golden.float32);
});

test("goes through a file", () => {
  const own = { heads: 2, keyUnits: 4, causal: true, dropout: 0.1, bias: false, name: "look" };
  const network = new Network({ inputs: [steps, features], layers: [attention(own)], seed: 3 });
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers[0].description).toMatchObject({ kind: "attention", ...own });
  expect(copy.layers[0].title).toBe("attention, 2 heads of 4, causal, dropout 0.1, no bias");
  expect(parameterBits(copy)).toBe(parameterBits(network));
  expect(copy.predict(rows)).toEqual(network.predict(rows));
  const plain = Network.fromBytes(new Network({ inputs: [2, 3], layers: [attention({ heads: 1 })] }).toBytes());
  expect(plain.layers[0].title).toBe("attention, 1 head");
});

test.each<[object, string]>([
  [{ heads: 0 }, "attention: heads: got 0, need a whole number from 1 to 2147483647"],
  [{}, "attention: heads: got undefined, need"],
  [{ heads: 2, keyUnits: 1.5 }, "attention: keyUnits: got 1.5, need"],
  [{ heads: 2, causal: 1 }, "attention: got causal 1, need true or false"],
  [{ heads: 2, bias: "no" }, 'attention: got bias "no", need true or false'],
  [{ heads: 2, dropout: 1 }, "attention: got dropout 1, need a number from 0 to below 1"],
  [{ heads: 2, dropout: Number.NaN }, "attention: dropout"],
  [{ heads: 2, head: 2 }, "attention"],
])("refuses %o", (wrong, message) => {
  expect(() => attention(wrong as AttentionOptions)).toThrow(message);
});

test("refuses values that are no sequences, or that do not suit the options", () => {
  const use = (own: AttentionOptions, ...shapes: number[][]) => attention(own)(shapes.map((shape) => input(shape)));
  expect(() => use({ heads: 2 }, [6])).toThrow("attention: got a value [6], need [steps, features]");
  expect(() => use({ heads: 2 }, [2, 6], [2, 2, 2])).toThrow(
    "attention: got a value [2, 2, 2], need [steps, features]",
  );
  expect(() => use({ heads: 4 }, [3, 6])).toThrow(
    "attention: got 4 heads for a value [3, 6], need a number that divides its 6 features, or keyUnits",
  );
  expect(() => use({ heads: 2, causal: true }, [3, 6], [4, 6])).toThrow(
    "attention: got a query of 3 steps and a value of 4, need the same number of both with causal",
  );
  expect(() => use({ heads: 2 }, [3, 6], [3, 6], [3, 6])).toThrow(
    "attention: got 3 values, need one, or a query and a value",
  );
  expect(() => use({ heads: 2 ** 20, keyUnits: 2 ** 20 }, [3, 6])).toThrow("need fewer than 2³¹ numbers");
});
