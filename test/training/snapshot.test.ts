import { expect, test } from "vitest";
import { batchNorm, dense, Network } from "../../src/index.ts";
import { valuesOf } from "../../src/kernels/dtype.ts";
import { checkSnapshot, restore, snapshotOf } from "../../src/training/snapshot.ts";
import { dtypes } from "../kernels/scratch.ts";

test.each(dtypes)(
  "%s: a snapshot brings back parameters and statistics, and stays as it is when these change",
  (dtype) => {
    const network = new Network({ inputs: 3, layers: [batchNorm(), dense(2)], dtype });
    const values = () => [...network.parameters, ...network.statistics].map((tensor) => Array.from(tensor.values));
    const before = values();
    const snapshot = snapshotOf(network.engine);
    for (const tensor of [...network.parameters, ...network.statistics]) tensor.values.fill(7);
    restore(network.engine, snapshot);
    expect(values()).toEqual(before);
  },
);

test.each(dtypes)("%s: values of another length or type are no snapshot", (dtype) => {
  const { engine } = new Network({ inputs: 3, layers: [dense(2)], dtype });
  const { length } = snapshotOf(engine);
  const message = `me: got other parameters than the network's, need ${length} finite numbers of ${dtype}`;
  const other = dtype === "float32" ? "float64" : "float32";
  const refused = [valuesOf(dtype, length + 1), valuesOf(other, length)];
  for (const values of refused) expect(() => checkSnapshot("me", engine, values)).toThrow(new RangeError(message));
  expect(checkSnapshot("me", engine, snapshotOf(engine))).toBeUndefined();
});

test.each(dtypes)(
  "%s: what no parameter or statistic can be, and what stands between them, is no snapshot",
  (dtype) => {
    const { engine } = new Network({ inputs: 3, layers: [batchNorm(), dense(1, { bias: false })], dtype });
    const spoilt = (index: number, value: number) => {
      const values = snapshotOf(engine);
      values[index] = value;
      return values;
    };
    const [weight, beyond] = [engine.blockCount, snapshotOf(engine).length].map((end) => end - 1);
    const places = engine.graph.parameters.concat(engine.graph.statistics as never);
    const indexOf = (name: string) => {
      const { byteOffset, BYTES_PER_ELEMENT } = engine.tensorView(places.find(({ fullName }) => fullName === name)!);
      return (byteOffset - engine.parameterBlock) / BYTES_PER_ELEMENT;
    };
    const cases: [number, number, string][] = [
      [indexOf("dense1.weight") + 2, Number.NaN, "dense1.weight: got NaN at 2, need finite numbers"],
      [
        indexOf("batchNorm1.runningVariance"),
        -1,
        "batchNorm1.runningVariance: got -1 at 0, need finite numbers from 0",
      ],
      [weight, 1, `what is between tensors: got 1 at ${weight}, need finite numbers from 0 to 0`],
      [beyond, -1, `what is between tensors: got -1 at ${beyond}, need finite numbers from 0 to 0`],
    ];
    for (const [index, value, message] of cases) {
      expect(() => checkSnapshot("me", engine, spoilt(index, value))).toThrow(new RangeError(`me: ${message}`));
    }
    expect(checkSnapshot("me", engine, spoilt(indexOf("batchNorm1.runningMean"), -1))).toBeUndefined();
  },
);
