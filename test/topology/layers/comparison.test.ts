import { describe, expect, test } from "vitest";
import {
  checkGradients,
  dense,
  distance,
  dot,
  input,
  Network,
  type Shape,
  Trainer,
  uniform,
} from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { randomRows } from "../../training/problem.ts";

/** A network that only compares its two inputs. */
function comparing(layer: ReturnType<typeof distance | typeof dot>, shape: Shape): Network {
  const inputs = [input(shape), input(shape)];
  return new Network({ inputs, outputs: layer(...inputs), dtype: "float64" });
}

const layers = [
  { name: "distance", layer: distance(), title: "distance", of34: 5, json: { kind: "distance" } },
  { name: "dot", layer: dot(), title: "dot product", of34: 24, json: { kind: "dot" } },
  {
    name: "cosine",
    layer: dot({ normalize: true }),
    title: "cosine",
    of34: 0.96,
    json: { kind: "dot", normalize: true },
  },
];

describe.each(layers)("$name", ({ layer, title, of34, json }) => {
  test("of two rows is one number, and at positions one at each", () => {
    // For the distance [0, 0] and [3, 4], for products [3, 4] and [4, 3].
    const [a, b] =
      json.kind === "distance"
        ? [
            [0, 0],
            [3, 4],
          ]
        : [
            [3, 4],
            [4, 3],
          ];
    const alone = comparing(layer, [2]);
    expect(alone.engine.graph.outputs[0].shape).toEqual([1]);
    expectClose(alone.predict<number[][]>([[a], [b]]).flat(), [of34], tolerances.golden.float64);
    const steps = comparing(layer, [3, 2]);
    expect(steps.engine.graph.outputs[0].shape).toEqual([3, 1]);
    const nested = steps.predict<number[][][]>([[[a, b, a]], [[b, b, a]]]);
    const [[ofA]] = alone.predict<number[][]>([[a], [a]]);
    const [[ofB]] = alone.predict<number[][]>([[b], [b]]);
    expectClose(nested.flat(2), [of34, ofB, ofA], tolerances.golden.float64);
  });

  test("refuses one value, three values, and two of different shapes", () => {
    const [a, b] = [input([2, 3]), input([3, 3])];
    const { kind } = json;
    expect(() => layer(a)).toThrow(new RangeError(`${kind}: got 1 value, need 2`));
    expect(() => layer(a, a, a)).toThrow(new RangeError(`${kind}: got 3 values, need 2`));
    expect(() => layer(a, b)).toThrow(
      new RangeError(`${kind}: got values of shapes [2, 3] and [3, 3], need one shape`),
    );
    expect(() => new Network({ inputs: 3, layers: [layer] })).toThrow(`${kind}: got 1 value, need 2`);
  });

  test("goes through a file and JSON, with its title", () => {
    const network = comparing(layer, [4]);
    const copy = Network.fromBytes(network.toBytes());
    const rows = [randomRows(3, 4, 1), randomRows(3, 4, 2)];
    expect(copy.predict(rows)).toEqual(network.predict(rows));
    expect([copy.layers[0].description, copy.layers[0].title]).toEqual([{ ...json, name: `${json.kind}1` }, title]);
    expect(JSON.parse(JSON.stringify(layer))).toEqual(json);
  });

  test.each(["11", "10", "01"])("gradients of the inputs %s are the central differences", (trained) => {
    const first = input([2, 3]);
    const [a, b] = [...trained].map((digit, place) => {
      return digit === "1" || place === 1
        ? dense(3, { weightInitializer: uniform(-1, 1), trainable: digit === "1" })(first)
        : first;
    });
    const network = new Network({ inputs: first, outputs: layer(a, b), dtype: "float64", seed: 2 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const { worst } = checkGradients(trainer, randomRows(5, 6, 1), randomRows(5, 2, 2));
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("of a value with itself has the sum of both gradients", () => {
    const first = input(3);
    const tower = dense(3, { weightInitializer: uniform(-1, 1) })(first);
    const network = new Network({ inputs: first, outputs: layer(tower, tower), dtype: "float64", seed: 2 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.gradients(randomRows(5, 3, 1), randomRows(5, 1, 2));
    const gradients = network.parameters.flatMap(({ gradients: values }) => Array.from(values!));
    // The dot product is the square of the length; the distance and the cosine are constant.
    if (title === "dot product") expect(Math.hypot(...gradients)).toBeGreaterThan(0.1);
    else expectClose(gradients, new Array(gradients.length).fill(0), tolerances.golden.float64);
  });
});

test("a network that trains nothing before a comparison has no gradient to compute", () => {
  const inputs = [input(2), input(2)];
  const network = new Network({ inputs, outputs: dense(1)(distance()(...inputs)) });
  new Trainer(network, { loss: "meanSquaredError" });
  const names = network.engine.trainingPlan(1).backward.operations.map(({ name }) => name);
  expect(names).toEqual(["denseBackwardWeight", "denseBackwardBias"]);
});

test("options that are none are refused", () => {
  expect(() => distance({ normalize: true } as never)).toThrow('distance option: got "normalize", need name');
  expect(() => distance({ name: 3 as never })).toThrow("distance: got name 3, need a text");
  expect(() => dot({ normalise: true } as never)).toThrow('did you mean "normalize"?');
  expect(() => dot({ normalize: 1 as never })).toThrow("dot: got normalize 1, need true or false");
  expect(() => dot({ name: "" })).toThrow('dot: got name "", need a text');
  const made = [distance({ name: "near" }), dot({ name: "like", normalize: false })];
  const described = [
    { kind: "distance", name: "near" },
    { kind: "dot", name: "like" },
  ];
  expect(JSON.parse(JSON.stringify(made))).toEqual(described);
});
