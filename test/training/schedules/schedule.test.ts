import { describe, expect, it } from "vitest";
import { constant, exponentialDecay, stepDecay } from "../../../src/index.ts";

const schedule = stepDecay({ initial: 0.1, factor: 1 / 3, every: 2 });

describe("a schedule", () => {
  it("is its kind, its options and what it counts, and JSON keeps no more", () => {
    const data = { kind: "stepDecay", initial: 0.1, factor: 1 / 3, every: 2, per: "step" };
    expect({ ...schedule }).toEqual(data);
    expect(JSON.parse(JSON.stringify(schedule))).toEqual(data);
  });

  it("cannot be changed", () => {
    expect(() => Object.assign(schedule, { initial: 1 })).toThrow(TypeError);
    expect(schedule.at(0)).toBe(0.1);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined])("has no rate at %s", (count) => {
    expect(() => schedule.at(count as number)).toThrow("stepDecay: at: got ");
    expect(() => schedule.at(count as number)).toThrow("need a whole number from 0 to 9007199254740991");
  });

  it('counts "step" or "epoch" and nothing else', () => {
    expect(stepDecay({ initial: 1, factor: 1, every: 1, per: "epoch" }).per).toBe("epoch");
    expect(() => stepDecay({ initial: 1, factor: 1, every: 1, per: "steps" as never })).toThrow(
      new RangeError('stepDecay: per: got "steps", need one of step, epoch; did you mean "step"?'),
    );
  });

  it("is finite and not negative at 2^53 - 1, too", () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect([exponentialDecay({ initial: 1, factor: 0.999 }), schedule, constant(2)].map((s) => s.at(last))).toEqual([
      0, 0, 2,
    ]);
  });
});

describe("a table", () => {
  it("has a row each `every` counts, aligned, with six digits", () => {
    expect(schedule.table(3)).toBe("step  learning rate\n   0  0.1\n   1  0.1\n   2  0.0333333");
    expect(stepDecay({ initial: 0.5, factor: 0.5, every: 9999, per: "epoch" }).table(3, 9999)).toBe(
      "epoch  learning rate\n    0  0.5\n 9999  0.25\n19998  0.125",
    );
  });

  it("needs rows and a distance of at least 1", () => {
    expect(() => schedule.table(0)).toThrow("stepDecay: table: got 0, need a whole number from 1");
    expect(() => schedule.table(1, 0)).toThrow("stepDecay: table: every: got 0, need a whole number from 1");
  });
});
