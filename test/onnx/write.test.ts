/** What toOnnx writes: fromOnnx reads it back to the same bits. */
import { describe, expect, test } from "vitest";
import { Network } from "../../src/index.ts";
import { fromOnnx, toOnnx } from "../../src/onnx/index.ts";
import { activations, denseCase, graphOf } from "../cases.ts";
import { examplesOf, kinds, networks, raggedLengths, raggedNetworks } from "./examples.ts";
import { goldenNetworks } from "./goldens.ts";

describe.each(["float32", "float64"] as const)(
  "a network of %s that is written and read gives the same bits",
  (dtype) => {
    test.each([...networks, ...kinds])("$name", (example) => {
      const network = example.network(dtype);
      const again = fromOnnx(toOnnx(network));
      expect(again.dtype).toBe(dtype);
      const examples = examplesOf(network, example, 3);
      expect(again.predict(examples)).toEqual(network.predict(examples));
    });

    test.each(raggedNetworks)("sequences that differ in length: $name", (example) => {
      const network = example.network(dtype);
      const again = fromOnnx(toOnnx(network));
      const examples = examplesOf(network, example, raggedLengths.length);
      const options = { lengths: raggedLengths };
      expect(again.predict(examples, options)).toEqual(network.predict(examples, options));
    });

    test.each(goldenNetworks)("$name", (example) => {
      const network = example.network(dtype);
      const { lengths } = example;
      const again = fromOnnx(toOnnx(network));
      const examples = examplesOf(network, example, lengths?.length ?? 3);
      const options = lengths ? { lengths } : {};
      expect(again.predict(examples, options)).toEqual(network.predict(examples, options));
    });

    test.each(activations)("activation $name", ({ activation }) => {
      const network = new Network({ ...graphOf(denseCase, activation, activation), dtype });
      const again = fromOnnx(toOnnx(network));
      const examples = examplesOf(network, denseCase, 5);
      expect(again.predict(examples)).toEqual(network.predict(examples));
      expect(again.layers.map(({ title }) => title)).toEqual(network.layers.map(({ title }) => title));
    });
  },
);
