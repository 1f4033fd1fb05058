import { describe, expect, test } from "vitest";
import type { Goal } from "../../src/cli/decide.ts";
import { foldsOf, missingClassNotes, partsOf } from "../../src/cli/parts.ts";

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

  test("keep copies of a row together, each class with its share", () => {
    // Every second row is a copy of the one before.
    const first = Int32Array.from(rows, (_, place) => place - (place % 2));
    const options5 = { ...options, goal: classes(80, 20), labels, copies: { count: 50, first } };
    const parts = partsOf(rows, options5);
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([60, 20, 20]);
    for (const part of [parts.train, parts.validation, parts.test]) {
      const groups = new Set(Array.from(part, (row) => Math.floor(row / 6)));
      expect(groups.size).toBe(part.length / 2);
    }
    expect(parts.test.filter((row) => row >= 240).length).toBe(4);
    for (const { train, validation, test } of foldsOf(rows, 5, options5)) {
      const isTest = new Set(Array.from(test, (row) => Math.floor(row / 6)));
      expect([...train, ...validation].some((row) => isTest.has(Math.floor(row / 6)))).toBe(false);
    }
  });

  test("keep groups together, and folds do", () => {
    const values = Array.from(rows, (_, place) => `patient ${place % 12}`);
    const given = { ...options, goal: classes(80, 20), labels, groups: { name: "patient", values } };
    const groupsOf = (part: Int32Array) => new Set(Array.from(part, (row) => values[row / 3]));
    const { train, validation, test, stratified } = partsOf(rows, given);
    const groups = [train, validation, test].flatMap((part) => [...groupsOf(part)]);
    expect([groups.length, new Set(groups).size, stratified]).toEqual([12, 12, "all rows of one patient together"]);
    const folds = foldsOf(rows, 4, given);
    expect(folds.flatMap(({ test }) => [...groupsOf(test)])).toHaveLength(12);
    // A group is one unit, of one number in all folds: that of its first row.
    expect(new Set(folds.flatMap(({ units }) => [...units!]))).toEqual(
      new Set(Array.from({ length: 12 }, (_, place) => place)),
    );
    const few = { ...given, groups: { name: "site", values: labels } };
    expect(() => partsOf(rows, few)).toThrow('t.csv, column "site": got 2 groups, need at least 3, one a part');
    expect(() => foldsOf(rows, 3, few)).toThrow('t.csv, column "site": got 2 groups, need at least 3, one a fold');
  });

  test("are in order by time, and rows of one time stay together", () => {
    const times = Float64Array.from(rows, (_, place) => Math.floor(((place * 37) % 100) / 7));
    const parts = partsOf(rows, { ...options, goal: number, labels: rows, times: { name: "day", values: times } });
    const range = (part: Int32Array) => {
      const values = Array.from(part, (row) => times[row / 3]);
      return [Math.min(...values), Math.max(...values)];
    };
    const [train, validation, test] = [parts.train, parts.validation, parts.test].map(range);
    expect(train[1]).toBeLessThan(validation[0]);
    expect(validation[1]).toBeLessThan(test[0]);
    expect([parts.stratified, parts.test.length]).toEqual(["by day, the last to test", 23]);
    const two = { name: "day", values: times.map((time) => Math.min(time, 1)) };
    expect(() => partsOf(rows, { ...options, goal: number, labels: rows, times: two })).toThrow(
      't.csv, column "day": got 2 times, need at least 3, one a part',
    );
  });

  test("without a test have all rows to train and to say when to stop", () => {
    const parts = partsOf(rows, { ...options, testFraction: 0, goal: classes(80, 20), labels });
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([80, 20, 0]);
  });

  test("of folds test each row once, each class with its share", () => {
    const folds = foldsOf(rows, 5, { ...options, testFraction: 0, goal: classes(80, 20), labels });
    expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...rows]);
    for (const { train, validation, test } of folds) {
      expect([train.length, validation.length, test.length]).toEqual([64, 16, 20]);
      expect(test.filter((row) => row >= 240)).toHaveLength(4);
      expect(new Set([...train, ...validation, ...test]).size).toBe(100);
    }
    const few = { ...options, goal: classes(80, 20), labels };
    expect(() => foldsOf(rows, 51, few)).toThrow("t.csv: got 100 rows for 51 folds, need at least two a fold");
    const rare: Goal = { kind: "classes", classes: ["a", "b"], counts: [97, 3] };
    const three = labels.map((_, place) => (place < 97 ? "a" : "b"));
    expect(foldsOf(rows, 5, { ...options, goal: rare, labels: three })[0].stratified).toContain("fewer than 5 rows");
  });

  test("name classes that are not tested or not learned", () => {
    const goal: Goal = { kind: "classes", classes: ["a", "b", "c"], counts: [90, 5, 1] };
    const part = (...classes: string[]) => Int32Array.from(classes, (label) => "abc".indexOf(label));
    const parts = { train: part("a", "b"), validation: part("a"), test: part("a"), stratified: "" };
    const notes = (given: typeof parts) => missingClassNotes(goal, given, (row) => "abc"[row]);
    expect(notes(parts)).toEqual([
      "2 classes are not tested, as no test row has one: b (5), c (1)",
      "1 class is never predicted, as no row to train on has one: c (1)",
    ]);
    expect(notes({ ...parts, train: part("a", "b", "c"), test: part() })).toEqual([]);
  });
});
