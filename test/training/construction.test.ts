/** What the types of trainers promise. The compiler checks these: without an error in the line below, `@ts-expect-error` is one. */

import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Callback,
  dense,
  type EpochRecord,
  earlyStopping,
  type History,
  type Metric,
  type MetricName,
  Network,
  Trainer,
  topKAccuracy,
  type ValidatedHistory,
} from "../../src/index.ts";

const inputs = [[1], [2], [3], [4]];
const targets = [0, 1, 0, 1];
const loss = "softmaxCrossEntropy";

describe("a trainer", () => {
  const network = new Network({ inputs: 1, layers: [dense(2)] });
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

test("the class has its name for consoles", () => expect(Trainer.name).toBe("Trainer"));
