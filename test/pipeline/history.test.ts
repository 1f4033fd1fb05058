import { describe, expect, test } from "vitest";
import type { History } from "../../src/index.ts";
import { checkHistory } from "../../src/pipeline/history.ts";

const lists = { epoch: [1, 2], loss: [0.5, 0.25], learningRate: [0.1, 0.1], metrics: {}, validation: { loss: [1, 2] } };
const history = lists as object as History;
const checked = (changes: object) => checkHistory("h", { ...history, ...changes });

describe("a history", () => {
  test("is copied, with the rows of a confusion matrix", () => {
    const metrics = { confusionMatrix: [[[1, 0]], [[0, 1]]] };
    const copy = checked({ metrics });
    expect(copy).toEqual({ ...history, metrics });
    expect(copy.loss).not.toBe(history.loss);
  });

  test("has NaN where JSON has null", () => {
    expect(checked({ loss: [null, 1] }).loss).toEqual([Number.NaN, 1]);
    expect(checked({ validation: { loss: [null, 1] } }).validation.loss).toEqual([Number.NaN, 1]);
  });

  test.each<[object, string]>([
    [{ epoch: undefined }, "h: got undefined as epoch, need a number for each epoch"],
    [{ loss: [1] }, "h: got an array of 1 as loss, need a number for each epoch"],
    [{ learningRate: ["0.1", 0.1] }, "h: got an array of 2 as learningRate, need a number for each epoch"],
    [{ metrics: undefined }, "h, metrics: got undefined, need an object"],
    [{ validation: { loss: [1] } }, "h, validation: got an array of 1 as loss, need a value for each epoch"],
    [{ validation: { loss: ["1", "2"] } }, "h, validation: got an array of 2 as loss, need a value for each epoch"],
    [{ metrics: { accuracy: [[1], [1]] } }, "h, metrics: got an array of 2 as accuracy, need a value for each epoch"],
  ])("with %j is refused", (changes, message) => {
    expect(() => checked(changes)).toThrow(message);
  });

  test("that is a text is refused", () => {
    expect(() => checkHistory("h", "long" as never)).toThrow("h: got undefined as epoch");
  });
});
