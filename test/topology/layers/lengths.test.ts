import { expect, test } from "vitest";
import { SequenceLengths, type StepRule, stepsBy } from "../../../src/topology/layers/lengths.ts";

const rules: readonly StepRule[] = [1, 2, 3, 4].flatMap((stride) =>
  [-5, -2, -1, 0, 1, 3].map((shift) => ({ shift, stride })),
);

test("rules one after the other are one rule, which has the same steps at every length", () => {
  for (const first of rules) {
    for (const second of rules) {
      const lengths = new SequenceLengths().by(first).by(second);
      for (let steps = 0; steps < 40; steps++) {
        expect(stepsBy(lengths, steps)).toBe(stepsBy(second, stepsBy(first, steps)));
      }
      expect(lengths.after(lengths.origin.by(first))).toEqual(second);
    }
  }
});

test("lengths that always agree are one object, however they were made, and no other input's", () => {
  const lengths = new SequenceLengths();
  const [two, four] = [2, 4].map((stride) => ({ shift: 0, stride }));
  expect(lengths.by({ shift: 0, stride: 1 })).toBe(lengths);
  expect(lengths.by(two).by(two)).toBe(lengths.by(four));
  expect(lengths.by({ shift: -2, stride: 1 }).by({ shift: 2, stride: 1 })).toBe(lengths);
  expect(lengths.by(two)).not.toBe(lengths.by({ shift: 1, stride: 2 }));
  expect(new SequenceLengths().by(two)).not.toBe(lengths.by(two));
  expect(lengths.by(two).origin).toBe(lengths);
});
