/** What the types promise. The compiler checks these: without an error in the line below, `@ts-expect-error` is one. */

import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Callback,
  type Dtype,
  dense,
  type EpochRecord,
  earlyStopping,
  type History,
  inputGradients,
  type Metric,
  type MetricName,
  Network,
  type Stream,
  Trainer,
  topKAccuracy,
  type ValidatedHistory,
} from "../src/index.ts";

type Float32s = Float32Array<ArrayBuffer>;
type Float64s = Float64Array<ArrayBuffer>;

const layers = [dense(2)];
const inputs = [[1], [2], [3], [4]];
const targets = [0, 1, 0, 1];
const loss = "softmaxCrossEntropy";

describe("a network", () => {
  const single = new Network({ inputs: 1, layers });
  const double = new Network({ inputs: 1, layers, dtype: "float64" });

  test("has the arrays of its dtype, float32 unless it is said", () => {
    expectTypeOf(single).toEqualTypeOf<Network<"float32">>();
    expectTypeOf(double).toEqualTypeOf<Network<"float64">>();
    expectTypeOf(single.predict(Float32Array.of(1))).toEqualTypeOf<Float32s>();
    expectTypeOf(single.predict(Float64Array.of(1))).toEqualTypeOf<Float32s>();
    expectTypeOf(double.predict(Float32Array.of(1))).toEqualTypeOf<Float64s>();
    expectTypeOf(single.input(1)).toEqualTypeOf<Float32s>();
    expectTypeOf(double.output).returns.toEqualTypeOf<Float64s>();
    expectTypeOf(single.parameters[0].values).toEqualTypeOf<Float32s>();
    expectTypeOf(double.parameters[0].gradients).toEqualTypeOf<Float64s | undefined>();
    expectTypeOf(double.statistics).items.toHaveProperty("values").toEqualTypeOf<Float64s>();
    expectTypeOf(single.layers[0]).toHaveProperty("activation").toEqualTypeOf<Float32s>();
    expectTypeOf(double.part().dtype).toEqualTypeOf<"float64">();
    expectTypeOf(double.stream).returns.toEqualTypeOf<Stream<"float64">>();
    expectTypeOf(inputGradients(double, Float32Array.of(1))).toEqualTypeOf<Float64s>();
    expect(double.predict(Float32Array.of(1))).toBeInstanceOf(Float64Array);
    expect(single.predict(Float64Array.of(1))).toBeInstanceOf(Float32Array);
  });

  test("gives flat results for one flat example, rows for rows", () => {
    expectTypeOf(single.predict([1])).toEqualTypeOf<number[]>();
    expectTypeOf(single.predict([[1]])).toEqualTypeOf<number[][]>();
  });

  test("of a dtype that is not known takes part wherever its dtype does not matter", () => {
    const dtype = "float64" as Dtype;
    const unknown = new Network({ inputs: 1, layers, dtype });
    expectTypeOf(unknown).toEqualTypeOf<Network>();
    expectTypeOf(unknown.predict(Float32Array.of(1))).toEqualTypeOf<Float32s | Float64s>();
    expectTypeOf(Network.fromBytes(single.toBytes())).toEqualTypeOf<Network>();
    expectTypeOf(single).toExtend<Network>();
    // @ts-expect-error: nobody knows whether it is of float32
    const narrow: Network<"float32"> = unknown;
    expect(narrow.dtype).toBe("float64");
  });

  test("has bytes that fit Blob, Response and fetch", () => {
    expectTypeOf(single.toBytes()).toExtend<BlobPart & BodyInit>();
    expectTypeOf(single.toBytes().buffer).toEqualTypeOf<ArrayBuffer>();
    expectTypeOf(single.predict(Float32Array.of(1))).toExtend<BlobPart & BodyInit>();
  });
});

describe("a trainer", () => {
  const network = new Network({ inputs: 1, layers });
  const accurate = new Trainer(network, { loss, metrics: ["accuracy"] });
  const plain = new Trainer(network, { loss });

  test("evaluates the metrics that it was asked for, and no others", () => {
    expectTypeOf(accurate).toEqualTypeOf<Trainer<"accuracy">>();
    const measured = accurate.evaluate(inputs, targets);
    expectTypeOf(measured.loss).toEqualTypeOf<number>();
    expectTypeOf(measured.accuracy).toEqualTypeOf<number>();
    // @ts-expect-error: it was not asked for the area under the curve
    expect(measured.rocAuc).toBeUndefined();
    // @ts-expect-error: it was asked for no metric
    expect(plain.evaluate(inputs, targets).accuracy).toBeUndefined();
    expect(Object.keys(measured)).toEqual(["loss", "accuracy"]);
  });

  test("takes topKAccuracy by its name or with its k", () => {
    const trainer = new Trainer(network, { loss, metrics: ["f1", topKAccuracy({ k: 2 }), "confusionMatrix"] });
    const measured = trainer.evaluate(inputs, targets);
    expectTypeOf(measured.topKAccuracy).toEqualTypeOf<number>();
    expectTypeOf(measured.confusionMatrix).toEqualTypeOf<number[][]>();
    // @ts-expect-error: it was not asked for the accuracy
    expect(measured.accuracy).toBeUndefined();
  });

  test("may miss each metric where it is not known which it was asked for", () => {
    const names: MetricName[] = ["accuracy"];
    const metrics: Metric[] = names;
    for (const trainer of [
      new Trainer(network, { loss, metrics: names }),
      new Trainer(network, { loss, metrics }),
      Trainer.fromBytes(accurate.toBytes()),
    ]) {
      const measured = trainer.evaluate(inputs, targets);
      expectTypeOf(measured.accuracy).toEqualTypeOf<number | undefined>();
      expectTypeOf(measured.f1).toEqualTypeOf<number | undefined>();
      expect(measured.f1).toBeUndefined();
    }
  });

  test("is a Trainer, and one of some of its metrics", () => {
    expectTypeOf(plain).toExtend<Trainer>();
    expectTypeOf(accurate).toExtend<Trainer>();
    expectTypeOf<Trainer<"accuracy" | "f1">>().toExtend<Trainer<"accuracy">>();
    expectTypeOf<Trainer<"accuracy">>().not.toExtend<Trainer<"accuracy" | "f1">>();
    expectTypeOf<Trainer>().not.toExtend<Trainer<"accuracy">>();
  });

  test("has a history of its metrics, and of validation where there was one", async () => {
    const history = await accurate.fit(inputs, targets, { epochs: 1 });
    expectTypeOf(history).toEqualTypeOf<History<"accuracy">>();
    expectTypeOf(history.metrics.accuracy).toEqualTypeOf<number[]>();
    // @ts-expect-error: it was not asked for the area under the curve
    expect(history.metrics.rocAuc).toBeUndefined();
    expectTypeOf(history.validation.loss).toEqualTypeOf<number[] | undefined>();
    expect(history.validation.loss).toBeUndefined();

    const split = await accurate.fit(inputs, targets, { epochs: 1, validationSplit: 0.5 });
    expectTypeOf(split).toEqualTypeOf<ValidatedHistory<"accuracy">>();
    const validated = await accurate.fit(inputs, targets, { epochs: 1, validation: [inputs, targets] });
    expectTypeOf(validated.validation.loss).toEqualTypeOf<number[]>();
    expectTypeOf(validated.validation.accuracy).toEqualTypeOf<number[]>();
    // @ts-expect-error: it was not asked for the area under the curve
    expect(validated.validation.rocAuc).toBeUndefined();
    const streamed = await plain.fitBatches([{ inputs, targets }], { validation: { inputs, targets } });
    expectTypeOf(streamed.validation.loss).toEqualTypeOf<number[]>();
    expect([split, validated, streamed].map(({ validation }) => validation.loss?.length)).toEqual([1, 1, 1]);
  });

  test("calls callbacks with records of its metrics", async () => {
    const seen: number[] = [];
    const any: Callback = { onEpoch: ({ metrics }) => seen.push(metrics.accuracy ?? Number.NaN) };
    await accurate.fit(inputs, targets, {
      epochs: 1,
      callbacks: [any, earlyStopping(), { onEpoch: ({ metrics }) => seen.push(metrics.accuracy) }],
      onEpoch({ metrics, validation }) {
        seen.push(metrics.accuracy);
        expectTypeOf(validation?.accuracy).toEqualTypeOf<number | undefined>();
        // @ts-expect-error: it was not asked for the area under the curve
        expect(metrics.rocAuc).toBeUndefined();
      },
    });
    expect(seen).toEqual([0, 1, 2].map(() => seen[0]));
    const needy = (record: EpochRecord<"f1">) => record.metrics.f1;
    // @ts-expect-error: its records have no f1
    await accurate.fit(inputs, targets, { epochs: 1, onEpoch: needy });
    for (const { metrics } of accurate.epochs(inputs, targets, { epochs: 1 })) {
      expectTypeOf(metrics.accuracy).toEqualTypeOf<number>();
    }
  });
});

test("classes have their names for consoles", () => {
  expect([Network.name, Trainer.name]).toEqual(["Network", "Trainer"]);
});
