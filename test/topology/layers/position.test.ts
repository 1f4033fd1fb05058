import { describe, expect, test } from "vitest";
import {
  dense,
  embedding,
  type LayerDescription,
  Network,
  positionalEncoding,
  positionEmbedding,
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
