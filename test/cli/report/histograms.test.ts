import { describe, expect, test } from "vitest";
import { histogramOf, layerHistograms } from "../../../src/cli/report/histograms.ts";
import { encodeRecords } from "../../../src/data/index.ts";
import { batchNorm, dense, dropout, embedding, globalAveragePool, Network, Pipeline } from "../../../src/index.ts";

describe("histogramOf", () => {
  test("counts every value once, the greatest in the last bin", () => {
    expect(histogramOf([0, 1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual({ from: 0, to: 8, counts: [2, 2, 2, 3] });
    expect(histogramOf([-2, 2, 1.9, -1], 2)).toEqual({ from: -2, to: 2, counts: [2, 2] });
  });

  test("has a place for one value alone", () => {
    expect(histogramOf([3, 3, 3], 2)).toEqual({ from: 2.5, to: 3.5, counts: [0, 3] });
  });
});

test("layerHistograms counts the steps of sequences that differ in length as rows", () => {
  const columns = { text: Array.from({ length: 150 }, (_, row) => (row % 3 === 0 ? "a b" : "a")) };
  const encoding = encodeRecords(columns, { texts: { text: {} } });
  const layers = [embedding(4, 3, { padding: 0 }), globalAveragePool(), dense(1)];
  const network = new Network({ inputs: [2], variableLength: true, layers });
  const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
  const found = layerHistograms(new Pipeline({ network, encoding, target }), columns, 150);
  const counts = found.map(({ activations }) => activations!.counts.reduce((sum, count) => sum + count));
  expect(counts).toEqual([200 * 3, 150 * 3, 150]);
  expect(found.map(({ units }) => units)).toEqual([3, 3, 1]);
});

describe("layerHistograms", () => {
  const rows = 300;
  const columns = { a: Float64Array.from({ length: rows }, (_, row) => row - 150) };
  const layers = [dense(2, { activation: "relu" }), dropout(0.5), batchNorm(), dense(1)];
  const network = new Network({ inputs: 1, layers, dtype: "float64" });
  const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
  const model = new Pipeline({ network, encoding: encodeRecords(columns), target });
  const set = (name: string, ...values: number[]) =>
    network.parameters.find((parameter) => parameter.name === name)!.values.set(values);
  // One unit is 0 where a is below its mean, the other always.
  set("dense1.weight", 1, 0);
  set("dense1.bias", 0, -1);
  set("batchNorm1.bias", 1, 1);
  set("dense2.weight", 1, 1);
  const [first, ...others] = layerHistograms(model, columns, rows);

  test("are of the layers that do something, over all passes of 128 rows", () => {
    expect([first, ...others].map(({ name }) => name)).toEqual(["dense1", "batchNorm1", "dense2"]);
    const counts = [first, ...others].map(({ activations }) => activations!.counts.reduce((sum, count) => sum + count));
    expect(counts).toEqual([150, 600, 300]);
    expect(first.weights).toMatchObject({ from: 0, to: 1 });
  });

  test("count the activations that are 0, and the units that always are", () => {
    expect(first).toMatchObject({ zeros: 450 / 600, units: 2, silentUnits: 1 });
    expect(others.map(({ silentUnits }) => silentUnits)).toEqual([0, 0]);
    set("dense1.bias", -1e9, -1e9);
    expect(layerHistograms(model, columns, rows)[0]).toMatchObject({
      activations: undefined,
      zeros: 1,
      silentUnits: 2,
    });
  });
});
