import { describe, expect, test } from "vitest";
import {
  add,
  checkGradients,
  concatenate,
  dense,
  input,
  multiply,
  Network,
  split,
  Trainer,
  type Value,
} from "../../../src/index.ts";
import { sizeOf } from "../../../src/topology/layers/layer.ts";
import { shownShape } from "../../../src/topology/layers/shape.ts";
import { splitKind } from "../../../src/topology/layers/split.ts";
import { randomRows } from "../../training/problem.ts";

const tanh = (units: number) => dense(units, { activation: "tanh" });

describe("split", () => {
  test.each([[[5]], [[2, 5]], [[3, 2, 5]]])("cuts %j along its last side, as concatenate joins it", (shape) => {
    const whole = input(shape);
    const parts = split([2, 1, 2])(whole);
    expect(parts.map((part) => part.shape.at(-1))).toEqual([2, 1, 2]);
    const network = new Network({ inputs: whole, outputs: [...parts, concatenate(parts)] });
    const rows = randomRows(3, network.inputs, 1).map((row) => row.map(Math.fround));
    const [first, second, third, joined] = network.predict(rows) as unknown as number[][][];
    expect(joined).toEqual(rows);
    rows.forEach((row, index) => {
      const positions = Array.from({ length: row.length / 5 }, (_, position) =>
        row.slice(5 * position, 5 * position + 5),
      );
      expect(first[index]).toEqual(positions.flatMap((position) => position.slice(0, 2)));
      expect(second[index]).toEqual(positions.flatMap((position) => position.slice(2, 3)));
      expect(third[index]).toEqual(positions.flatMap((position) => position.slice(3)));
    });
  });

  /** A value through split; what becomes of its parts; and one output behind that, 2 wide. */
  const network = (join: (parts: readonly Value[]) => Value, shape: number | number[] = 3) => {
    const first = input(shape);
    const outputs = dense(2)(join(split([2, 2, 2])(tanh(6)(first))));
    return new Network({ inputs: first, outputs, dtype: "float64", seed: 3 });
  };

  /** Checks the gradients of 4 rows against targets for each output. */
  const expectGradients = (made: Network) => {
    const { outputs } = made.engine.graph;
    const targets = outputs.map(({ shape }, index) => randomRows(4, sizeOf(shape), 2 + index));
    const loss = outputs.map(() => "meanSquaredError" as const);
    const isOne = outputs.length === 1;
    const trainer = new Trainer(made, { loss: isOne ? loss[0] : loss });
    const { worst } = checkGradients(trainer, randomRows(4, made.inputs, 1), isOne ? targets[0] : targets);
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  };

  describe.each<[string, number[]]>([
    ["[6]", [3]],
    ["[2, 6], two positions,", [2, 3]],
  ])("of %s has the gradients of central differences", (_, shape) => {
    test.each<[string, (parts: readonly Value[]) => Value]>([
      ["each part is used", ([a, b, c]) => multiply(a, add(b, c))],
      ["a part is used twice, and one by a layer", ([a, b, c]) => concatenate(multiply(a, a), tanh(2)(b), c)],
      ["only the last part is used", ([, , c]) => c],
      ["only the first part is used", ([a]) => a],
    ])("where %s", (_, join) => {
      expectGradients(network(join, shape));
    });

    test("where a part is an output of the network and a layer reads it, too", () => {
      const first = input(shape);
      const [a, b] = split([2, 2, 2])(tanh(6)(first));
      const outputs = [a, dense(2)(multiply(tanh(2)(a), b))];
      expectGradients(new Network({ inputs: first, outputs, dtype: "float64", seed: 3 }));
    });

    test.each([
      ["two values", 2],
      ["one value", 1],
    ])("where one split is used twice, of %s, and the parts meet", (_, values) => {
      const first = input(shape);
      const halves = split([1, 2]);
      const wholes = Array.from({ length: values }, () => tanh(3)(first));
      const [[a, b], [c, d]] = [halves(wholes[0]), halves(wholes.at(-1)!)];
      const outputs = dense(2)(concatenate(multiply(a, c), add(b, d), multiply(b, d)));
      expectGradients(new Network({ inputs: first, outputs, dtype: "float64", seed: 3 }));
    });
  });

  test("goes through a file, whatever is used of it, and predicts and trains to the same bits", () => {
    const made = network(([a, , c]) => multiply(a, c));
    const loaded = Network.fromBytes(made.toBytes());
    const rows = randomRows(4, 3, 5);
    expect(loaded.predict(rows)).toEqual(made.predict(rows));
    const [one, other] = [made, loaded].map((each) => {
      new Trainer(each, { loss: "meanSquaredError" }).step(rows, randomRows(4, 2, 6));
      return each.predict(rows);
    });
    expect(other).toEqual(one);
    expect(loaded.layers.map(({ title }) => title)).toContain("split [2, 2, 2]");
  });

  test("used twice, shares no values", () => {
    const halves = split([1, 2]);
    const [first, second] = [input(3), input(3)];
    const [[a], [, b]] = [halves(first), halves(second)];
    const both = new Network({ inputs: [first, second], outputs: [a, b] });
    expect(both.predict([[[1, 2, 3]], [[4, 5, 6]]])).toEqual([[[1]], [[5, 6]]]);
  });

  test("a part may be an input of a network, beside the others that come from the whole", () => {
    const whole = input(4);
    const [left, right] = split([2, 2])(whole);
    const cut = new Network({ inputs: [whole, left], outputs: add(left, right), dtype: "float64" });
    expect(cut.predict([[[1, 2, 3, 4]], [[10, 20]]])).toEqual([[13, 24]]);
    expect(Network.fromBytes(cut.toBytes()).predict([[[1, 2, 3, 4]], [[10, 20]]])).toEqual([[13, 24]]);
    // Nobody needs this input, although a part of it stands in its place.
    expect(() => new Network({ inputs: [whole, left], outputs: right })).toThrow(
      "network: got input 1, which no output",
    );
  });

  test.each<[string, unknown, unknown, string]>([
    ["no sizes", undefined, [4], "split: got sizes undefined, need an array of the features of each part"],
    ["an empty list", [], [4], "split: got sizes an array of 0, need an array of the features of each part"],
    ["a size of 0", [4, 0], [4], "split: a size: got 0, need a whole number from 1"],
    ["half a feature", [0.5], [4], "split: a size: got 0.5, need a whole number from 1"],
    ["1025 parts", new Array(1025).fill(1), [1025], "split: got 1025 sizes, need at most 1024"],
    ["too few", [1, 2], [2, 4], "split: got sizes that add up to 3 for a value [2, 4], need 4 in all"],
  ])("refuses %s", (_, sizes, shape, message) => {
    expect(() => split(sizes as number[])(input(shape as number[]))).toThrow(message);
  });

  test("in a list of layers is refused, for it makes several values; with one size it is not", () => {
    const layers = (sizes: number[]) => [dense(4), split(sizes), dense(1)];
    expect(() => new Network({ inputs: 2, layers: layers([2, 2]) })).toThrow(
      "network: got split in a list, which makes 2 values, need layers of one",
    );
    expect(new Network({ inputs: 2, layers: layers([4]) }).outputs).toBe(1);
  });

  test("its options go through JSON", () => {
    const description = split([1, 2], { name: "parts" });
    expect({ ...splitKind.fromJSON({ sizes: [1, 2], name: "parts" }) }).toEqual({ ...description });
    expect(splitKind.title(description)).toBe(`split ${shownShape([1, 2])}`);
  });
});
