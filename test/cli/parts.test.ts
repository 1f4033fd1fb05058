import { describe, expect, test } from "vitest";
import type { Goal } from "../../src/cli/decide.ts";
import { partsOf } from "../../src/cli/parts.ts";

const options = { testFraction: 0.2, validationFraction: 0.2, seed: 0, file: "t.csv" };
const number: Goal = { kind: "number" };
const classes = (...counts: number[]): Goal => ({ kind: "classes", classes: ["a", "b"], counts });
const rows = Int32Array.from({ length: 100 }, (_, row) => 3 * row);
const labels = Array.from(rows, (_, place) => (place < 80 ? "a" : "b"));

describe("the parts", () => {
  test("have each row once: a fifth tests, a fifth says when to stop, the others train", () => {
    const { train, validation, test } = partsOf(rows, { ...options, goal: number, labels: rows });
    expect([train.length, validation.length, test.length]).toEqual([60, 20, 20]);
    expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual([...rows]);
  });

  test("have each their share of every class", () => {
    const parts = partsOf(rows, { ...options, goal: classes(80, 20), labels });
    const share = (part: Int32Array) => part.filter((row) => row >= 240).length;
    expect([share(parts.train), share(parts.validation), share(parts.test)]).toEqual([12, 4, 4]);
    expect(parts.stratified).toBe("each with its share of every class");
  });

  test("are at random where a class has fewer than 5 rows", () => {
    const { stratified } = partsOf(rows, { ...options, goal: classes(96, 4), labels });
    expect(stratified).toBe('at random, as class "b" has fewer than 5 rows');
  });

  test("are the same for the same seed, others for another", () => {
    const parts = (seed: number) => partsOf(rows, { ...options, seed, goal: number, labels: rows });
    expect(parts(1)).toEqual(parts(1));
    expect(parts(1).test).not.toEqual(parts(2).test);
  });

  test("need 10 rows", () => {
    const few = (count: number) => partsOf(rows.slice(0, count), { ...options, goal: number, labels: rows });
    expect(() => few(9)).toThrow("t.csv: got 9 rows with a target, need at least 10 to train and test on");
    expect(few(10).train.length).toBe(6);
  });
});
