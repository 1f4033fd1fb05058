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

  test("have their share of the other classes where one is too rare for all to have a row of it", () => {
    const goal: Goal = { kind: "classes", classes: ["a", "b", "c"], counts: [77, 20, 3] };
    const three = labels.map((label, place) => (place < 3 ? "c" : label));
    const parts = partsOf(rows, { ...options, goal, labels: three });
    expect(parts.stratified).toBe('each with its share of every class but those of fewer than 5 rows ("c")');
    const share = (part: Int32Array) => part.filter((row) => row >= 240).length;
    expect([share(parts.train), share(parts.validation), share(parts.test)]).toEqual([12, 4, 4]);
    const finer = partsOf(rows, { ...options, testFraction: 0.04, goal, labels: three });
    expect(finer.stratified).toBe('each with its share of every class but those of fewer than 25 rows ("b", "c")');
  });

  test("are divided whatever their shares and however rare the classes are", () => {
    for (const [testFraction, validationFraction] of [
      [0.5, 0.4],
      [0.4, 0.4],
      [0.1, 0.8],
      [0.8, 0.1],
      [0.33, 0.33],
      [0.01, 0.01],
    ]) {
      for (const rare of [1, 2, 3, 4, 5, 6, 7, 10, 20]) {
        const three = labels.map((_, place) => (place < rare ? "c" : place < 2 * rare ? "b" : "a"));
        const goal: Goal = { kind: "classes", classes: ["a", "b", "c"], counts: [100 - 2 * rare, rare, rare] };
        const parts = partsOf(rows, { ...options, testFraction, validationFraction, goal, labels: three });
        expect(parts.train.length + parts.validation.length + parts.test.length).toBe(100);
      }
    }
  });

  test("are at random where every class is rare", () => {
    const names = Array.from(rows, (_, place) => `class ${place >> 1}`);
    const goal: Goal = { kind: "classes", classes: [...new Set(names)], counts: new Array(50).fill(2) };
    const { stratified, test } = partsOf(rows, { ...options, goal, labels: names });
    expect([stratified, test.length]).toEqual(["at random, as no class has 5 rows", 20]);
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
