import { describe, expect, test } from "vitest";
import {
  checkGradients,
  dense,
  embedding,
  globalAveragePool,
  type LayerDescription,
  Network,
  positionalEncoding,
  positionEmbedding,
  Trainer,
} from "../../../src/index.ts";

describe.each<[string, () => LayerDescription]>([
  ["positionalEncoding", () => positionalEncoding()],
  ["positionEmbedding", () => positionEmbedding()],
])("%s", (name, make) => {
  test("refuses what is no sequence", () => {
    for (const inputs of [3, [2, 3, 4]]) {
      const shape = `[${[inputs].flat().join(", ")}]`;
      expect(() => new Network({ inputs, layers: [make()] })).toThrow(
        new RangeError(`${name}: got a value ${shape}, need [steps, features]`),
      );
    }
  });

  test("keeps the shape, and may stand anywhere", () => {
    const layers = [embedding(5, 4), make(), dense(3), make()];
    const network = new Network({ inputs: 6, layers });
    expect(network.layers.map(({ outputShape }) => outputShape)).toEqual([
      [6, 4],
      [6, 4],
      [6, 3],
      [6, 3],
    ]);
    expect(network.predict([0, 1, 2, 3, 4, 0]).length).toBe(18);
  });

  test("a row has the same bits alone and among others", () => {
    const network = new Network({ inputs: 6, layers: [embedding(5, 3), make()] });
    const rows = [
      [0, 1, 2, 3, 4, 0],
      [4, 4, 3, 2, 1, 1],
      [1, 1, 1, 1, 1, 1],
    ];
    expect(rows.map((row) => network.predict(row))).toEqual(network.predict(rows));
  });
});

describe("sequences that differ in length, of tokens", () => {
  const make = (layers: LayerDescription[]) =>
    new Network({ inputs: 6, variableLength: true, layers, dtype: "float64", seed: 4 });
  const rows = [[0, 1, 2], [4], [4, 4, 3, 2, 1, 1]];
  const layers = [embedding(5, 3, { padding: 1 }), positionEmbedding(), positionalEncoding(), dense(2)];

  test("each has the bits that it has alone, and those of the first steps of a longer one", () => {
    const network = make(layers);
    const results = network.predict<number[][][]>(rows);
    expect(results.map(({ length }) => length)).toEqual([3, 1, 6]);
    expect(rows.map((row) => network.predict<number[][]>(row))).toEqual(results);
    expect(network.predict<number[][]>([...rows[0], 3, 3]).slice(0, 3)).toEqual(results[0]);
    const typed = network.predict(Float64Array.of(0, 1, 2, 9, 9, 9, 4, 9, 9, 9, 9, 9, 4, 4, 3, 2, 1, 1), {
      lengths: [3, 1, 6],
    });
    expect(Array.from(typed.slice(0, 6))).toEqual(results[0].flat());
  });

  test("gradients agree with central differences", () => {
    const network = make([...layers.slice(0, 3), globalAveragePool(), dense(2)]);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const targets = rows.map((_, row) => [row, 1 - row]);
    expect(checkGradients(trainer, rows, targets).worst.relativeError).toBeLessThan(1e-7);
  });

  test("a stream gives the bits of the whole sequence, refuses what is no token, and ends with the table", () => {
    const network = make(layers);
    const stream = network.stream();
    const whole = network.predict<number[][]>(rows[2]);
    for (const [step, token] of rows[2].entries()) {
      for (const bad of [5, -1, 1.5, Number.NaN]) {
        expect(() => stream.push(bad)).toThrow(`push: got ${bad} at row 0, column 0, need a whole number from 0 to 4`);
      }
      expect(stream.push(token)).toEqual(whole[step]);
    }
    expect(() => stream.push(0)).toThrow("push: got step 7, need at most 6");
    stream.reset();
    expect(stream.push(Float64Array.of(4))).toEqual(Float64Array.from(whole[0]));
  });

  test("what is no token is refused by its place, and what is behind the end is not read", () => {
    const network = make(layers);
    expect(() =>
      network.predict([
        [0, 1],
        [2, 3, 5],
      ]),
    ).toThrow(new RangeError("predict: got 5 at row 1, place [2], need a whole number from 0 to 4"));
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const targets = [[[1, 1]], [[1, 1]]];
    expect(() => trainer.step([[0], [7]], targets)).toThrow(
      new RangeError("step: inputs: got 7 at row 1, place [0], need a whole number from 0 to 4"),
    );
    trainer.step([[0], [4]], targets);
  });
});
