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

test.each(dtypes)("%s: values of another length or type, or not finite, are no snapshot", (dtype) => {
  const { engine } = new Network({ inputs: 3, layers: [dense(2)], dtype });
  const { length } = snapshotOf(engine);
  const message = `me: got other parameters than the network's, need ${length} finite numbers of ${dtype}`;
  const other = dtype === "float32" ? "float64" : "float32";
  const refused = [valuesOf(dtype, length + 1), valuesOf(other, length), valuesOf(dtype, length).fill(Number.NaN)];
  for (const values of refused) expect(() => checkSnapshot("me", engine, values)).toThrow(message);
  expect(checkSnapshot("me", engine, snapshotOf(engine))).toBeUndefined();
});
