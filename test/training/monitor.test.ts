import { expect, test } from "vitest";
import { checkMonitor, checkMonitored, isRising, monitored } from "../../src/training/monitor.ts";

const record = {
  loss: 0.5,
  metrics: { accuracy: 0.75, confusionMatrix: [[1]] },
  validation: { loss: 0.6, accuracy: 0.7 },
};

test("a number is found by its name, that of the validation behind a dot", () => {
  const names = ["loss", "accuracy", "validation.loss", "validation.accuracy"];
  expect(names.map((name) => monitored("who", name, record))).toEqual([0.5, 0.75, 0.6, 0.7]);
});

test("a name that is not there, or is of no number, is refused with those that are", () => {
  const known = "need one of loss, accuracy, validation.loss, validation.accuracy";
  expect(() => monitored("who", "valdation.loss", record)).toThrow(
    `who: monitor: got "valdation.loss", ${known}; did you mean "validation.loss"?`,
  );
  expect(() => monitored("who", "confusionMatrix", record)).toThrow(`got "confusionMatrix", ${known}`);
  expect(() => monitored("who", "validation.loss", { ...record, validation: undefined })).toThrow("need one of loss,");
  expect(() => checkMonitor("who", 3 as never)).toThrow('who: got monitor 3, need a name such as "loss"');
});

test("a name that records will not have is refused before there is one", () => {
  expect(checkMonitored("who", "loss", ["loss"])).toBeUndefined();
  expect(() => checkMonitored("who", "los", ["loss", "accuracy"])).toThrow(
    'who: monitor: got "los", need one of loss, accuracy; did you mean "loss"?',
  );
});

test("accuracy and its kin are better when larger, all else when smaller", () => {
  const names = ["accuracy", "validation.f1", "r2", "loss", "validation.loss", "meanAbsoluteError"];
  expect(names.map(isRising)).toEqual([true, true, true, false, false, false]);
});
