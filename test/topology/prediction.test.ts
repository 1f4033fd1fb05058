import { describe, expect, expectTypeOf, test } from "vitest";
import { add, dense, flatten, input, Network, type Results, reshape } from "../../src/index.ts";
import { randomRows } from "../training/problem.ts";

/** Two inputs, three and two wide; two outputs, four and one wide. */
function twoByTwo(): Network {
  const [left, right] = [input(3), input(2)];
  const hidden = add(dense(4, { activation: "tanh" })(left), dense(4)(right));
  return new Network({ inputs: [left, right], outputs: [hidden, dense(1)(hidden)], dtype: "float64", seed: 2 });
}

describe("a network of two inputs and two outputs", () => {
  const network = twoByTwo();
  const [left, right] = [randomRows(300, 3, 1), randomRows(300, 2, 2)];
  const [first, second] = network.predict([left, right]) as number[][][];

  test("takes an array of the examples of each and gives one of the results of each", () => {
    expect([network.inputs, network.outputs]).toEqual([5, 5]);
    expect([first.length, first[0].length, second.length, second[0].length]).toEqual([300, 4, 300, 1]);
  });

  test("gives the same bits in every form, and for every row alone", () => {
    const flat = network.predict([
      Float64Array.from(left.flat()),
      Float64Array.from(right.flat()),
    ]) as unknown as Float64Array[];
    expect(flat.map((values) => Array.from(values))).toEqual([first.flat(), second.flat()]);
    for (const row of [0, 127, 128, 299]) {
      expect(network.predict([left[row], right[row]] as never)).toEqual([first[row], second[row]]);
    }
  });

  test("has views of each input and output", () => {
    network.input(2, 0).set(left.slice(0, 2).flat());
    network.input(2, 1).set(right.slice(0, 2).flat());
    network.run(2);
    expect(Array.from(network.output(2))).toEqual(first.slice(0, 2).flat());
    expect(Array.from(network.output(2, 1))).toEqual(second.slice(0, 2).flat());
    expect(() => network.input(2, 2)).toThrow("input: got index 2, need a whole number from 0 to 1");
    expect(() => network.output(2, 0.5)).toThrow("output: got index 0.5, need a whole number from 0 to 1");
  });

  test.each<[string, unknown, string]>([
    ["one for two", left, "predict: got an array of 300, need an array of 2: the examples of each input"],
    ["a flat array for two", new Float64Array(5), "predict: got a Float64Array, need an array of 2"],
    ["fewer rows of the second", [left, right.slice(1)], "predict: got 300 rows for input 0 and 299 for input 1"],
    ["rows of another width", [right, right], "predict: input 0: got 2 numbers in row 0, need 3"],
    ["NaN in the second", [left, right.with(7, [0, Number.NaN])], "predict: input 1: got NaN at row 7, column 1"],
    ["a number", [left, 3], "predict: input 1: got 3, need one example, rows of examples, or a typed array"],
  ])("refuses %s, and the blocks are as they were", (_, examples, message) => {
    network.predict([left.slice(0, 1), right.slice(0, 1)]);
    const before = [0, 1].map((index) => Array.from(network.input(1, index)));
    expect(() => network.predict(examples as never)).toThrow(message);
    expect([0, 1].map((index) => Array.from(network.input(1, index)))).toEqual(before);
  });

  test("goes through a file", () => {
    expect(Network.fromBytes(network.toBytes()).predict([left, right])).toEqual([first, second]);
  });
});

describe("results come back as the examples went in", () => {
  /** A network whose every value is sides of the same numbers, doubled. */
  const twice = (inputs: number | number[], outputs: number | number[]) => {
    const first = input(inputs);
    return new Network({ inputs: first, outputs: reshape(outputs)(add(first, first)), dtype: "float64" });
  };
  const nest = (values: number[], shape: number[]): unknown => {
    if (shape.length === 1) return values;
    const size = values.length / shape[0];
    return Array.from({ length: shape[0] }, (_, part) =>
      nest(values.slice(part * size, (part + 1) * size), shape.slice(1)),
    );
  };
  const one = Array.from({ length: 12 }, (_, index) => index + 1);
  const rows = Array.from({ length: 300 }, (_, row) => one.map((value) => value + row));
  const doubled = (row: number[]) => row.map((value) => 2 * value);
  const shapes = [[12], [4, 3], [1, 12], [12, 1], [2, 3, 2], [1, 1, 12], [2, 1, 3, 2]];
  const pairs = shapes.flatMap((from) => shapes.map((to): [number[], number[]] => [from, to]));

  test.each(pairs)("%j to %j: flat for flat, nested for nested, typed for typed", (from, to) => {
    const network = twice(from, to);
    expect(network.predict(one)).toEqual(doubled(one));
    expect(network.predict(rows)).toEqual(rows.map(doubled));
    expect(network.predict(rows.map((row) => Float32Array.from(row)))).toEqual(rows.map(doubled));
    expect(network.predict(Float32Array.from(rows.flat()))).toEqual(Float64Array.from(rows.flatMap(doubled)));
    if (from.length === 1) return;
    const nested = rows.map((row) => nest(row, from)) as number[][][];
    expect(network.predict(nested)).toEqual(rows.map((row) => nest(doubled(row), to)));
    // One of [1, 12] is a batch of one flat row.
    const isRow = from.length === 2 && from[0] === 1;
    expect(network.predict(nested[0])).toEqual(isRow ? [doubled(one)] : nest(doubled(one), to));
  });

  test("typed arrays may be the innermost of nested examples", () => {
    const network = twice([2, 2], [2, 2]);
    const image = [Float32Array.of(1, 2), Int8Array.of(3, 4)];
    const answer = [
      [2, 4],
      [6, 8],
    ];
    expect(network.predict(image)).toEqual(answer);
    expect(network.predict([image, image])).toEqual([answer, answer]);
  });

  test.each<[string, unknown, string]>([
    [
      "rows of another width",
      [[1, 2]],
      "predict: got 1 row, the first of 2 numbers, need rows of 4 numbers, or examples nested as [2, 2]",
    ],
    [
      "a ragged example",
      [[[1, 2], [3]]],
      "predict: got 1 at row 0, place [1], need 2 numbers, as the shape [2, 2] has",
    ],
    [
      "a ragged example in a later part",
      [
        ...Array.from({ length: 200 }, () => [
          [1, 2],
          [3, 4],
        ]),
        [[1, 2]],
      ],
      "predict: got 1 at row 200, need 2 arrays",
    ],
    [
      "NaN",
      [
        [1, 2],
        [3, Number.NaN],
      ],
      "predict: got NaN at row 0, place [1, 1], need a finite number",
    ],
    [
      "text",
      [
        [
          [1, 2],
          [3, "4"],
        ],
      ],
      'predict: got "4" at row 0, place [1, 1], need a number',
    ],
    [
      "too many levels",
      [
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ],
      "predict: got arrays nested 4 deep, need rows of 4 numbers",
    ],
  ])("refuses %s, and the block is as it was", (_, examples, message) => {
    const network = twice([2, 2], [2, 2]);
    network.predict([9, 9, 9, 9]);
    expect(() => network.predict(examples as number[][])).toThrow(message);
    expect(Array.from(network.input(1))).toEqual([9, 9, 9, 9]);
  });

  test("of several inputs each is read by its own shape: all one example, or all a batch", () => {
    const [image, row] = [input([2, 2]), input(3)];
    const network = new Network({
      inputs: [image, row],
      outputs: [add(image, image), add(row, row)],
      dtype: "float64",
    });
    const matrix = [
      [1, 2],
      [3, 4],
    ];
    const answer = [
      [2, 4],
      [6, 8],
    ];
    expect(network.predict([matrix, [1, 2, 3]])).toEqual([answer, [2, 4, 6]]);
    expect(
      network.predict([
        [matrix, matrix],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ]),
    ).toEqual([
      [answer, answer],
      [
        [2, 4, 6],
        [8, 10, 12],
      ],
    ]);
    expect(network.predict([[[1, 2, 3, 4]], [[1, 2, 3]]])).toEqual([[[2, 4, 6, 8]], [[2, 4, 6]]]);
    expect(() => network.predict([[matrix], [1, 2, 3]])).toThrow(
      "predict: got one example for input 1 and a batch for input 0, need one example of each, or a batch of each",
    );
  });
});

describe("after a prediction of 300 rows fails at row 200", () => {
  const spoilt = (spoil: (row: number[]) => unknown) =>
    randomRows(300, 3, 1).map((row, index) => (index === 200 ? spoil(row) : row));
  const withNaN = ([first, second]: number[]) => [first, second, Number.NaN];

  test.each<[string, unknown]>([
    ["NaN in rows", spoilt(withNaN)],
    ["NaN in a flat array of doubles", Float64Array.from((spoilt(withNaN) as number[][]).flat())],
    ["a short row", spoilt((row) => row.slice(1))],
    ["text", spoilt(([first, second]) => [first, second, "3"])],
    ["null for a row", spoilt(() => null)],
  ])("because of %s, the network is as before and the next prediction gives the same bits", (_, examples) => {
    const network = new Network({ inputs: 3, layers: [dense(4, { activation: "tanh" }), dense(2)], seed: 2 });
    const rows = randomRows(300, 3, 7);
    const results = network.predict(rows);
    // The last part has 44 rows.
    const views = () => [network.input(44), network.output(44), ...network.parameters.map(({ values }) => values)];
    const [before, bytes] = [views().map((view) => Array.from(view)), network.toBytes()];
    expect(() => network.predict(examples as number[][])).toThrow(/^predict: got .*row 200/);
    expect(views().map((view) => Array.from(view))).toEqual(before);
    expect(network.toBytes()).toEqual(bytes);
    expect(network.predict(rows)).toEqual(results);
  });

  test("because of NaN in the second input, the network is as before and the next prediction gives the same bits", () => {
    const network = twoByTwo();
    const [left, right] = [randomRows(300, 3, 1), randomRows(300, 2, 2)];
    const results = network.predict([left, right]);
    const views = () => [0, 1].flatMap((index) => [network.input(44, index), network.output(44, index)]);
    const before = views().map((view) => Array.from(view));
    expect(() => network.predict([left, right.with(200, [0, Number.NaN])])).toThrow(
      "predict: input 1: got NaN at row 200, column 1",
    );
    expect(views().map((view) => Array.from(view))).toEqual(before);
    expect(network.predict([left, right])).toEqual(results);
  });

  test("because a number becomes NaN after 128 rows were run, the next prediction gives the same bits", () => {
    const network = twoByTwo();
    const [left, right] = [randomRows(300, 3, 1), randomRows(300, 2, 2)];
    const results = network.predict([left, right]);
    const bytes = network.toBytes();
    let reads = 0;
    const changing = Object.defineProperty([0, 0], 1, { get: () => (reads++ === 0 ? 0 : Number.NaN) });
    expect(() => network.predict([left, right.with(200, changing)])).toThrow("got NaN at row 200, column 1");
    expect(reads).toBeGreaterThan(1);
    expect(network.toBytes()).toEqual(bytes);
    expect(network.predict([left, right])).toEqual(results);
  });
});

test("predict says what it returns: flat for flat, typed for typed, what the caller says where the shape decides", () => {
  const network = new Network({ inputs: [2, 2], layers: [flatten(), dense(3)] });
  const image = [
    [1, 2],
    [3, 4],
  ];
  expectTypeOf(network.predict([1, 2, 3, 4])).toEqualTypeOf<number[]>();
  expectTypeOf(network.predict([[1, 2, 3, 4]])).toEqualTypeOf<number[][]>();
  expectTypeOf(network.predict([Float32Array.of(1, 2, 3, 4)])).toEqualTypeOf<number[][]>();
  expectTypeOf(network.predict(Float32Array.of(1, 2, 3, 4))).toEqualTypeOf<Float32Array<ArrayBuffer>>();
  expectTypeOf(network.predict([image])).toEqualTypeOf<Results | Results[]>();
  const answer = network.predict<number[]>(image);
  expectTypeOf(answer).toEqualTypeOf<number[]>();
  expect(network.predict<number[][]>([image])).toEqual([answer]);
});

test.each<[string, object, string]>([
  [
    "layers and outputs",
    { layers: [dense(1)], outputs: input(2) },
    "network: got layers and outputs, need one of them",
  ],
  ["an output that is no value", { outputs: dense(1) }, "network: got a function in outputs, need values"],
  ["no outputs", { outputs: [] }, "network: got 0 values in outputs, need values"],
  ["undefined outputs", { outputs: undefined }, "network: got undefined in outputs, need values"],
  ["an input twice", { inputs: [input(2), 3], outputs: input(2) }, "network: got 3 in inputs, need values"],
])("a network is refused with %s", (_, options, message) => {
  expect(() => new Network({ inputs: input(2), ...options } as never)).toThrow(message);
});
