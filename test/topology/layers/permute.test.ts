import { describe, expect, test } from "vitest";
import { checkGradients, dense, input, Network, permute, Trainer } from "../../../src/index.ts";
import { permuteKind, sidesOf } from "../../../src/topology/layers/permute.ts";
import { permute as twin } from "../../reference/vector/permute.ts";
import { randomRows } from "../../training/problem.ts";

const ordersOf = (sides: number) =>
  Array.from({ length: sides }, (_, side) => side).reduce<number[][]>(
    (all, side) => all.flatMap((order) => [...order, side].map((_, place) => order.toSpliced(place, 0, side))),
    [[]],
  );

describe("permute", () => {
  test.each([[[5]], [[2, 3]], [[2, 3, 4]], [[1, 3, 2]], [[2, 1, 3, 1]], [[2, 3, 2, 2]]])(
    "puts the sides of %j in every order, as its slow twin",
    (shape) => {
      for (const order of ordersOf(shape.length)) {
        const network = new Network({ inputs: shape, layers: [permute(order)] });
        const rows = randomRows(3, network.inputs, 1).map((row) => row.map(Math.fround));
        const expected = twin(rows.flat(), shape, order, 3);
        expect(network.layers[0].outputShape).toEqual(order.map((side) => shape[side]));
        expect((network.predict(rows) as number[][]).flat(), `${order}`).toEqual(expected);
        expect(Array.from(network.layers[0].preactivation)).toEqual(expected);
      }
    },
  );

  test("of a nested example gives the nested transpose", () => {
    const network = new Network({ inputs: [2, 3], layers: [permute([1, 0])] });
    const matrix = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(network.predict(matrix)).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  test("takes 32 sides, of which 14 are of two", () => {
    const shape = Array.from({ length: 32 }, (_, side) => (side < 14 ? 2 : 1));
    const order = shape.map((_, side) => 31 - side);
    const network = new Network({ inputs: shape, layers: [permute(order)] });
    const row = Float32Array.from({ length: 2 ** 14 }, (_, index) => index);
    const result = network.predict(row);
    expect([1, 2, 3].map((index) => result[index])).toEqual([2 ** 13, 2 ** 12, 2 ** 12 + 2 ** 13]);
    const back = new Network({ inputs: order.map((side) => shape[side]), layers: [permute(order)] });
    expect(back.predict(result)).toEqual(row);
  });

  test("joins sides that stay neighbours, leaves out those of one element, and copies where nothing moves", () => {
    expect(sidesOf([2, 3, 4], [0, 1, 2])).toEqual([{ count: 24, stride: 1 }]);
    expect(sidesOf([2, 3, 4], [2, 0, 1])).toEqual([
      { count: 4, stride: 1 },
      { count: 6, stride: 4 },
    ]);
    expect(sidesOf([4, 1, 3], [1, 0, 2])).toEqual([{ count: 12, stride: 1 }]);
    expect(sidesOf([2, 3, 4], [1, 0, 2])).toEqual([
      { count: 3, stride: 4 },
      { count: 2, stride: 12 },
      { count: 4, stride: 1 },
    ]);
  });

  test.each([[[1, 0]], [[0, 1]]])(
    "in the order %j, gradients differ from central differences by less than 1e-7",
    (order) => {
      const first = input([3, 2]);
      const moved = permute(order)(dense(4, { activation: "tanh" })(first));
      const outputs = dense(2)(moved);
      const network = new Network({ inputs: first, outputs, dtype: "float64", seed: 2 });
      const trainer = new Trainer(network, { loss: "meanSquaredError" });
      const { worst } = checkGradients(trainer, randomRows(5, 6, 1), randomRows(5, network.outputs, 2));
      expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
    },
  );

  test("goes through a file, with its sides", () => {
    const network = new Network({ inputs: [2, 3], layers: [permute([1, 0]), dense(2)] });
    const copy = Network.fromBytes(network.toBytes());
    expect(copy.summary()).toBe(network.summary());
    expect(copy.predict([1, 2, 3, 4, 5, 6])).toEqual(network.predict([1, 2, 3, 4, 5, 6]));
    expect(permuteKind.title(permute([1, 0]))).toBe("permute [1, 0]");
  });

  test.each<[string, () => unknown, string]>([
    [
      "a side twice",
      () => permute([0, 0]),
      "permute: got sides [0, 0], need each of 0 to 1 once, counted without the batch",
    ],
    ["a side too many", () => permute([0, 2]), "permute: got sides [0, 2], need each of 0 to 1 once"],
    ["a negative side", () => permute([0, -1]), "permute: got sides [0, -1], need each of 0 to 1 once"],
    ["a batch's side", () => permute([1]), "permute: got sides [1], need at least the side 0"],
    ["no sides", () => permute([]), "permute: got sides [], need at least the side 0"],
    ["sides as text", () => permute("10" as never), 'permute: got sides "10", need an array of sides'],
    [
      "33 sides",
      () => permute(Array.from({ length: 33 }, (_, side) => side)),
      "permute: got 33 sides, need at most 32",
    ],
    [
      "a value of other sides",
      () => permute([1, 0])(input([2, 3, 4])),
      "permute: got a value [2, 3, 4] of 3 sides, need 2 for the order [1, 0]",
    ],
    ["an unknown option", () => permute([0], { x: 1 } as never), 'permute option: got "x", need name'],
    ["two values", () => permute([0])(input(1), input(1)), "permute: got 2 values, need 1"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
