import { describe, expect, test } from "vitest";
import { copiesIn } from "../../src/cli/copies.ts";
import { pcg32 } from "../../src/index.ts";

const count = 300;
const rows = Int32Array.from({ length: count }, (_, row) => row);
const random = pcg32(1);
const numbers = (length = count) => Float64Array.from({ length }, () => random.normal());
const choices = (texts: string) => Array.from({ length: count }, () => texts[random.integer(texts.length)]);
const repeated = <Value>(values: readonly Value[], from: number) =>
  values.map((value, row) => (row < from ? value : values[row % from]));

describe("copies", () => {
  test("are the rows that are the same in every column, each with the first of them", () => {
    const [x, y] = [numbers(), numbers()].map((values) => Float64Array.from(repeated([...values], 60)));
    const kind = repeated(choices("ab"), 60);
    const found = copiesIn([x, kind, y], rows)!;
    expect(found.count).toBe(240);
    expect([...found.first]).toEqual(Array.from(rows, (row) => row % 60));
  });

  test("are none where a value differs", () => {
    const x = Float64Array.from(repeated([...numbers()], 60));
    expect(copiesIn([x, numbers()], rows)).toBeUndefined();
    expect(copiesIn([x, Array.from(rows, (row) => `name ${row}`)], rows)).toBeUndefined();
  });

  test("are few among many", () => {
    const x = numbers();
    x[200] = x[7];
    const kind = choices("abc").map((text, row) => (row === 200 || row === 7 ? "a" : text));
    const { count, first } = copiesIn([x, kind], rows)!;
    expect([count, first[200]]).toEqual([1, 7]);
  });

  test("are no coincidences of a few categories, however often rows are the same", () => {
    for (const [one, other, third] of [
      ["ab", "cd", "efg"],
      ["aaaaaaab", "c", "dddddddddde"],
      ["abcdefgh", "ij", "kl"],
    ]) {
      expect(copiesIn([choices(one), choices(other), choices(third)], rows)).toBeUndefined();
    }
    // A third column that mostly follows the first.
    const first = choices("abcd");
    const third = first.map((text) => (random.next() < 0.8 ? text : "e"));
    expect(copiesIn([first, choices("xyz"), third], rows)).toBeUndefined();
  });

  test("count missing values as the same, and 0 as -0", () => {
    const gaps = Float64Array.from(rows, (row) =>
      row % 2 === 0 ? row : [Number.NaN, 0, -0, Number.NaN][(row % 8) >> 1],
    );
    const x = Float64Array.from(repeated([...numbers()], 8));
    const { first } = copiesIn([gaps, x, x], rows)!;
    expect([first[1 + 8], first[3 + 8], first[5 + 8], first[2 + 8]]).toEqual([1, 3, 5, 10]);
    const signs = Float64Array.from(rows, (row) => (row < 150 ? 0 : -0));
    const y = Float64Array.from(repeated([...numbers()], 150));
    expect(copiesIn([signs, y, y], rows)!.count).toBe(150);
  });

  test("are looked for among the given rows alone", () => {
    const x = Float64Array.from(repeated([...numbers()], 150));
    expect(copiesIn([x, x], rows.slice(0, 150))).toBeUndefined();
    expect(copiesIn([x, x], rows)!.count).toBe(150);
  });
});
