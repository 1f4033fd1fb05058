import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adam,
  constant,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  inverseTimeDecay,
  oneCycle,
  polynomialDecay,
  reduceOnPlateau,
  type Schedule,
  scheduleFromJSON,
  stepDecay,
  warmup,
} from "../../../src/index.ts";
import { expectClose } from "../../tolerances.ts";

const golden: { schedules: { data: { kind: string }; rates: number[] }[] } = JSON.parse(
  readFileSync("test/fixtures/schedules.json", "utf8"),
);

const one: Schedule[] = [
  constant(0.1),
  stepDecay({ initial: 0.1, factor: 0.5, every: 7 }),
  exponentialDecay({ initial: 0.1, factor: 0.97, per: "epoch" }),
  polynomialDecay({ initial: 0.1, steps: 40 }),
  inverseTimeDecay({ initial: 0.1, rate: 0.1 }),
  cosineDecay({ initial: 0.1, steps: 30 }),
  cosineRestarts({ initial: 0.1, period: 10 }),
  oneCycle({ maximum: 0.1, steps: 50, per: "epoch" }),
  warmup({ steps: 5 }, warmup({ steps: 3 }, constant(0.1))),
];

describe("PyTorch's rates, within 1e-12 relatively and 1e-17", () => {
  it.each(golden.schedules.map(({ data, rates }) => [JSON.stringify(data), data, rates] as const))(
    "%s",
    (_, data, rates) => {
      const schedule = scheduleFromJSON(data) as Schedule;
      const actual = rates.map((_rate, t) => schedule.at(t));
      expectClose(actual, rates, { absolute: 1e-17, relative: 1e-12 });
    },
  );

  it("of 7 kinds", () => expect(new Set(golden.schedules.map(({ data }) => data.kind)).size).toBe(7));
});

describe("scheduleFromJSON", () => {
  it.each(one.map((schedule) => [schedule.kind, schedule] as const))(
    "gives back what JSON keeps: %s",
    (_, schedule) => {
      const text = JSON.stringify(schedule);
      const again = scheduleFromJSON(JSON.parse(text)) as Schedule;
      expect(JSON.stringify(again)).toBe(text);
      for (let t = 0; t < 100; t++) expect(again.at(t)).toBe(schedule.at(t));
      expect(JSON.stringify(scheduleFromJSON(schedule))).toBe(text);
    },
  );

  it("gives back reduceOnPlateau as plain data", () => {
    const plateau = reduceOnPlateau({ initial: 0.1, monitor: "accuracy" });
    expect(scheduleFromJSON(JSON.parse(JSON.stringify(plateau)))).toEqual(plateau);
  });

  const list = [...one.map(({ kind }) => `${kind}()`), "reduceOnPlateau()"].join(", ");
  const refused: [string, unknown, Error][] = [
    ["nothing", undefined, new RangeError(`schedule: got undefined, need one of ${list}`)],
    ["null", null, new RangeError(`schedule: got null, need one of ${list}`)],
    ["an object of no kind", {}, new RangeError(`schedule: got an object, need one of ${list}`)],
    [
      "a misspelt kind",
      { kind: "cosineDecy" },
      new RangeError(`schedule: got "cosineDecy", need one of ${list}; did you mean "cosineDecay()"?`),
    ],
    ["a method's name", { kind: "toString" }, new RangeError(`schedule: got "toString", need one of ${list}`)],
    [
      "a missing option",
      { kind: "stepDecay", initial: 1, factor: 1 },
      new RangeError("stepDecay: every: got undefined, need a whole number from 1 to 9007199254740991"),
    ],
    [
      "an unknown option",
      { kind: "inverseTimeDecay", initial: 1, rate: 1, steps: 3 },
      new RangeError('inverseTimeDecay option: got "steps", need one of initial, rate, per'),
    ],
    [
      "a warmup before nothing",
      { kind: "warmup", steps: 3 },
      new RangeError(`schedule: got undefined, need one of ${list}`),
    ],
    [
      "a warmup before a plateau",
      { kind: "warmup", steps: 3, next: { kind: "reduceOnPlateau", initial: 1 } },
      new TypeError("warmup: got an object as what follows, need a schedule such as constant(0.01)"),
    ],
  ];
  it.each(refused)("refuses %s", (_, data, error) => expect(() => scheduleFromJSON(data)).toThrow(error));
});

describe("a learning rate", () => {
  it("is kept by an optimizer as a schedule, whether it was one or its data", () => {
    const schedule = cosineDecay({ initial: 0.1, steps: 30 });
    const { learningRate } = adam({ learningRate: JSON.parse(JSON.stringify(schedule)) });
    expect((learningRate as Schedule).at(7)).toBe(schedule.at(7));
    expect(adam({ learningRate: schedule }).learningRate).toEqual(schedule);
  });

  const need = "need a number from 0, or a schedule";
  it.each<[unknown, Error]>([
    [-1, new RangeError(`adam: got learningRate -1, ${need}`)],
    ["0.1", new RangeError(`adam: got learningRate "0.1", ${need}`)],
    [constant(-1), new RangeError(`adam: got a learningRate of -1, ${need}`)],
  ])("is refused: %o", (learningRate, error) => {
    expect(() => adam({ learningRate: learningRate as number })).toThrow(error);
  });

  it("is refused as a function that was not called", () => {
    expect(() => adam({ learningRate: cosineDecay as never })).toThrow(`adam: got learningRate a function, ${need}`);
  });
});
