import { describe, expect, test } from "vitest";
import {
  activation,
  attention,
  batchNorm,
  bidirectional,
  dense,
  dropout,
  elu,
  gru,
  type LayerDescription,
  layerNorm,
  leakyRelu,
  Network,
} from "../../src/index.ts";
import type { Dtype } from "../../src/kernels/dtype.ts";

const size = "in float32, need a size from 1e-45 to 3e+38, or a network of float64";

describe("options of layers that float32 does not hold are refused, and taken in float64:", () => {
  test.each<[LayerDescription, string]>([
    [batchNorm({ epsilon: 1e308 }), "batchNorm1: epsilon: got 1e+308, which is Infinity"],
    [batchNorm({ momentum: 1e-50 }), "batchNorm1: momentum: got 1e-50, which is 0"],
    [layerNorm({ epsilon: 1e-50, name: "norm" }), "norm: epsilon: got 1e-50, which is 0"],
    [dense(2, { activation: leakyRelu({ slope: 1e39 }) }), "dense1: leakyRelu: slope: got 1e+39, which is Infinity"],
    [activation(elu({ alpha: -1e39 })), "activation1: elu: alpha: got -1e+39, which is -Infinity"],
    [dense(2, { maxNorm: 1e-60 }), "dense1: maxNorm: got 1e-60, which is 0"],
    [dense(2, { learningRateFactor: 1e39 }), "dense1: learningRateFactor: got 1e+39, which is Infinity"],
    [dropout(1e-60), "dropout1: rate: got 1e-60, which is 0"],
    [attention({ heads: 1, dropout: 1e-60 }), "attention1: dropout: got 1e-60, which is 0"],
    [bidirectional(gru(2), { learningRateFactor: 1e-60 }), "bidirectional1: learningRateFactor: got 1e-60, which is 0"],
  ])("%#", (layer, message) => {
    const make = (dtype: Dtype) => new Network({ inputs: [3, 2], layers: [layer], dtype });
    expect(() => make("float32")).toThrow(new RangeError(`${message} ${size}`));
    const bytes = make("float64").toBytes();
    expect(Network.fromBytes(bytes).dtype).toBe("float64");
  });

  test("but a file of an earlier version is read, if its option only becomes 0", () => {
    const single = new Network({ inputs: 2, layers: [batchNorm({ epsilon: 1e-3 }), dense(1)] });
    const withEpsilon = (epsilon: number) => {
      const json = JSON.parse(JSON.stringify(single));
      json.topology.layers[0].epsilon = epsilon;
      return () => Network.fromJSON(json);
    };
    const network = withEpsilon(1e-300)();
    expect(network.predict([1, 2]).every(Number.isFinite)).toBe(true);
    expect(Network.fromBytes(network.toBytes()).parameterCount).toBe(7);
    expect(withEpsilon(1e308)).toThrow(new RangeError(`batchNorm1: epsilon: got 1e+308, which is Infinity ${size}`));
  });

  test("also set later", () => {
    const [single, double] = (["float32", "float64"] as const).map((dtype) => {
      return new Network({ inputs: 1, layers: [dense(1)], dtype }).layers[0];
    });
    const set = () => {
      single.learningRateFactor = 1e39;
    };
    expect(set).toThrow(new RangeError(`dense1: learningRateFactor: got 1e+39, which is Infinity ${size}`));
    expect(single.learningRateFactor).toBe(1);
    double.learningRateFactor = 1e39;
    expect(double.learningRateFactor).toBe(1e39);
  });
});
