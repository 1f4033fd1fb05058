import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Network, positionalEncoding } from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";

const golden: { sinusoids: { steps: number; features: number; values: number[] }[] } = JSON.parse(
  readFileSync("test/fixtures/embedding.json", "utf8"),
);

/** The encoding alone: that of zeros. */
function encodingOf(steps: number, features: number, dtype: "float32" | "float64" = "float64"): number[] {
  const network = new Network({ inputs: [steps, features], layers: [positionalEncoding()], dtype });
  return network.predict(new Array(steps * features).fill(0));
}

test.each(golden.sinusoids)("of $steps steps of $features features is the formula's to 1e-12", (stored) => {
  expectClose(encodingOf(stored.steps, stored.features), stored.values, tolerances.golden.float64);
});

test("is the engine's sine and cosine far out, at step 9999 within 1e-11", () => {
  const encoding = encodingOf(10_000, 6);
  for (const step of [1, 100, 9999]) {
    const expected = [0, 1, 2].flatMap((pair) => {
      const angle = step / 10_000 ** ((2 * pair) / 6);
      return [Math.sin(angle), Math.cos(angle)];
    });
    expected.forEach((value, feature) => {
      expect(Math.abs(encoding[6 * step + feature] - value)).toBeLessThan(1e-11);
    });
  }
});

test("is added to a value, in its type", () => {
  const network = new Network({ inputs: [2, 2], layers: [positionalEncoding()] });
  const [sine, cosine] = encodingOf(2, 2, "float32").slice(2);
  expect(network.predict([1, 2, 3, 4])).toEqual([1, 3, Math.fround(3 + sine), Math.fround(4 + cosine)]);
});

test("goes through a file, and has no parameters", () => {
  const network = new Network({ inputs: [3, 2], layers: [positionalEncoding({ name: "places" })] });
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers[0].description).toEqual({ kind: "positionalEncoding", name: "places" });
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["positional encoding", 0]);
  expect(copy.predict([1, 2, 3, 4, 5, 6])).toEqual(network.predict([1, 2, 3, 4, 5, 6]));
});

test("refuses options that it does not have", () => {
  expect(() => positionalEncoding({ longest: 10 } as never)).toThrow(
    new RangeError('positionalEncoding option: got "longest", need name'),
  );
});
