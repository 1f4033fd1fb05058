import { expect, test } from "vitest";
import { Network, positionalEncoding } from "../../src/index.ts";
import { sinusoid } from "../../src/onnx/positions.ts";

test("the sinusoids are those of the layer, to the bit", () => {
  const [steps, features] = [9, 6];
  const network = new Network({ inputs: [steps, features], layers: [positionalEncoding()], dtype: "float64" });
  const table = Float64Array.from({ length: steps * features }, (_, index) =>
    sinusoid(Math.floor(index / features), index % features, features),
  );
  expect(network.predict(new Float64Array(steps * features))).toEqual(table);
});
