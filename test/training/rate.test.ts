import { describe, expect, it } from "vitest";
import { exponentialDecay, reduceOnPlateau } from "../../src/index.ts";
import { checkPlateau, Rate } from "../../src/training/rate.ts";
import type { PlateauState } from "../../src/training/schedules/plateau.ts";

const record = (loss: number) => ({
  loss,
  metrics: { accuracy: 0.5 },
  validation: { loss: 2 * loss, accuracy: 0.25 },
});

describe("the rate of a training", () => {
  it("is a number at every step, a schedule's at the steps or the epochs, as it counts", () => {
    const options = { initial: 1, factor: 0.5 };
    const rates = [0.3, exponentialDecay(options), exponentialDecay({ ...options, per: "epoch" })];
    expect(rates.map((learningRate) => new Rate(learningRate).at(3, 1))).toEqual([0.3, 0.125, 0.5]);
  });

  it.each<[string, number[]]>([
    ["loss", [1, 1, 0.5, 0.25]],
    ["validation.loss", [1, 1, 0.5, 0.25]],
    ["accuracy", [1, 0.5, 0.25, 0.125]],
    ["validation.accuracy", [1, 0.5, 0.25, 0.125]],
  ])("is a plateau's after what it has seen of %s", (monitor, expected) => {
    const rate = new Rate(reduceOnPlateau({ initial: 1, factor: 0.5, patience: 0, monitor }));
    const rates = [4, 3, 3, 3].map((loss) => {
      rate.observe(record(loss));
      return rate.at(0, 0);
    });
    expect(rates).toEqual(expected);
  });

  it("refuses to watch what a record does not have, with the names that it has", () => {
    const rate = new Rate(reduceOnPlateau({ initial: 1, monitor: "acuracy" }));
    const list = "loss, accuracy, validation.loss, validation.accuracy";
    const message = `reduceOnPlateau: monitor: got "acuracy", need one of ${list}; did you mean "accuracy"?`;
    expect(() => rate.observe(record(1))).toThrow(new RangeError(message));
    expect(() => rate.observe({ loss: 1, metrics: {}, validation: undefined })).toThrow("need loss");
  });

  it("stands where it is told to: a plateau's state may be kept and put back", () => {
    const learningRate = reduceOnPlateau({ initial: 1, factor: 0.5, patience: 1 });
    const [rate, other] = [new Rate(learningRate), new Rate(learningRate)];
    for (const loss of [1, 1]) rate.observe(record(loss));
    other.plateau = JSON.parse(JSON.stringify(rate.plateau));
    for (const each of [rate, other]) each.observe(record(1));
    expect([rate.at(9, 9), other.at(9, 9)]).toEqual([0.5, 0.5]);
    expect(new Rate(0.1).plateau).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [null, "fromBytes: a plateau: got rate undefined, need a number from 0"],
    [{ rate: -1, badRecords: 0 }, "fromBytes: a plateau: got rate -1, need a number from 0"],
    [{ rate: 1, badRecords: -1 }, "fromBytes: the bad records of a plateau: got -1, need a whole number from 0"],
    [{ rate: 1, badRecords: 0, best: "1" }, 'fromBytes: the best of a plateau: got "1", need a finite number'],
    [undefined, "got a file with a plateau or a learning rate that has one, need both or neither"],
  ])("refuses %o where a plateau stands in a file", (read, message) => {
    const { plateau } = new Rate(reduceOnPlateau({ initial: 1 }));
    expect(() => checkPlateau(plateau, read as PlateauState)).toThrow(message);
  });
});
