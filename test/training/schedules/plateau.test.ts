import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reduceOnPlateau } from "../../../src/index.ts";
import {
  type PlateauState,
  plateauAfter,
  plateauStart,
  type ReduceOnPlateauOptions,
} from "../../../src/training/schedules/plateau.ts";
import { expectClose } from "../../tolerances.ts";

const golden: { plateaus: { options: ReduceOnPlateauOptions; values: number[]; rates: number[] }[] } = JSON.parse(
  readFileSync("test/fixtures/schedules.json", "utf8"),
);

/** The states after each value. */
function statesOf(options: ReduceOnPlateauOptions, values: readonly number[]): PlateauState[] {
  const plateau = reduceOnPlateau(options);
  let state = plateauStart(plateau);
  return values.map((value) => {
    state = plateauAfter(plateau, state, value);
    return state;
  });
}
const ratesOf = (options: ReduceOnPlateauOptions, values: readonly number[]) =>
  statesOf(options, values).map(({ rate }) => rate);

describe("reduceOnPlateau", () => {
  it.each(golden.plateaus.map(({ options, ...rest }) => [JSON.stringify(options), { options, ...rest }] as const))(
    "falls when PyTorch's does, within 1e-15: %s",
    (_, { options, values, rates }) => {
      expectClose(ratesOf(options, values), rates, { absolute: 0, relative: 1e-15 });
      expect(new Set(rates).size).toBeGreaterThan(1);
    },
  );

  it("falls at the record after `patience` that were no better, then waits as long again", () => {
    expect(ratesOf({ initial: 1, factor: 0.5, patience: 2 }, [3, 3, 3, 3, 3, 3, 3, 2])).toEqual([
      1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  it("takes more for better of 7 metrics, in training and validation, and less of all else", () => {
    const falls = (monitor: string) => ratesOf({ initial: 1, patience: 0, monitor }, [1, 2])[1] < 1;
    for (const name of ["accuracy", "topKAccuracy", "precision", "recall", "f1", "rocAuc", "r2"]) {
      expect([falls(name), falls(`validation.${name}`)]).toEqual([false, false]);
    }
    for (const name of ["loss", "meanAbsoluteError"]) {
      expect([falls(name), falls(`validation.${name}`)]).toEqual([true, true]);
    }
  });

  it("takes NaN for no better, first or last", () => {
    expect(ratesOf({ initial: 1, factor: 0.5, patience: 0 }, [Number.NaN, 3, Number.NaN])).toEqual([0.5, 0.5, 0.25]);
  });

  it("goes on from a state that JSON has kept, as from one that it has not", () => {
    const plateau = reduceOnPlateau({ initial: 1, patience: 1 });
    const values = [Number.NaN, 3, 2, 2, 2, 2];
    let state = plateauStart(plateau);
    for (const value of values) state = plateauAfter(plateau, JSON.parse(JSON.stringify(state)), value);
    expect(state).toEqual(statesOf({ initial: 1, patience: 1 }, values).at(-1));
  });

  it("is plain data with every option given, and has no rate of its own", () => {
    const plateau = reduceOnPlateau({ initial: 0.1 });
    const data = { kind: "reduceOnPlateau", initial: 0.1, factor: 0.1, patience: 10, monitor: "loss" };
    expect(plateau).toEqual(data);
    expect(() => Object.assign(plateau, { initial: 1 })).toThrow(TypeError);
  });

  const refused: [string, () => unknown, string][] = [
    ["no rate", () => reduceOnPlateau({} as never), "reduceOnPlateau: got initial undefined, need a number from 0"],
    [
      "a factor of 1",
      () => reduceOnPlateau({ initial: 1, factor: 1 }),
      "reduceOnPlateau: factor: got 1, need a number",
    ],
    [
      "half a record",
      () => reduceOnPlateau({ initial: 1, patience: 0.5 }),
      "reduceOnPlateau: patience: got 0.5, need a",
    ],
    [
      "nothing to watch",
      () => reduceOnPlateau({ initial: 1, monitor: "" }),
      'reduceOnPlateau: got monitor "", need a name',
    ],
  ];
  it.each(refused)("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
