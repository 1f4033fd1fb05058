import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/training/evaluation.ts";
import { append, emptyHistory } from "../../src/training/history.ts";
import type { EpochRecord } from "../../src/training/record.ts";

/** What a trainer that has only these metrics measures. */
const measured = (values: Partial<Evaluation>) => values as Evaluation;

const record: EpochRecord = {
  epoch: 1,
  step: 4,
  loss: 0.5,
  learningRate: 0.1,
  metrics: measured({ accuracy: 0.75 }),
  validation: undefined,
  seconds: 1,
};

describe("a history", () => {
  it("begins with empty lists and no names", () => {
    expect(emptyHistory()).toEqual({ epoch: [], loss: [], learningRate: [], metrics: {}, validation: {} });
  });

  it("has one element a record, by name", () => {
    const history = emptyHistory();
    append(history, { ...record, validation: measured({ loss: 0.6, accuracy: 0.5 }) });
    append(history, {
      ...record,
      epoch: 3,
      loss: 0.25,
      learningRate: 0.05,
      metrics: measured({ accuracy: 1 }),
      validation: measured({ loss: 0.7, accuracy: 0.25 }),
    });
    expect(history).toEqual({
      epoch: [1, 3],
      loss: [0.5, 0.25],
      learningRate: [0.1, 0.05],
      metrics: { accuracy: [0.75, 1] },
      validation: { loss: [0.6, 0.7], accuracy: [0.5, 0.25] },
    });
  });

  it("has a matrix a record for confusionMatrix", () => {
    const history = emptyHistory();
    const matrices = [
      [
        [1, 2],
        [0, 3],
      ],
      [
        [3, 0],
        [0, 3],
      ],
    ];
    for (const confusionMatrix of matrices) append(history, { ...record, metrics: measured({ confusionMatrix }) });
    expect(history.metrics).toEqual({ confusionMatrix: matrices });
    expect(history.metrics.confusionMatrix![1][0][0]).toBe(3);
  });

  it("has no validation lists when there is no validation, and is plain data", () => {
    const history = emptyHistory();
    append(history, record);
    expect(history.validation).toEqual({});
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
  });

  it("shares nothing with another history", () => {
    append(emptyHistory(), record);
    expect(emptyHistory().loss).toEqual([]);
    expect(emptyHistory().metrics).toEqual({});
  });
});
