import { describe, expect, test } from "vitest";
import { type Label, type Pairs, pairs } from "../../src/data/index.ts";
import { mt19937, pcg32 } from "../../src/random.ts";

const bySize = (a: number, b: number) => a - b;
const rowNumbers = (count: number) => Array.from({ length: count }, (_, row) => row);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Checks what holds of all pairs. */
function expectPairs({ left, right, targets }: Pairs, classes: ArrayLike<Label>, title = ""): void {
  expect(left.toSorted(bySize), title).toEqual(rowNumbers(classes.length));
  expect([right.length, targets.length], title).toEqual([classes.length, classes.length]);
  expect(
    left.filter((row, pair) => row === right[pair]),
    title,
  ).toEqual([]);
  expect(
    left.map((row, pair) => (classes[row] === classes[right[pair]] ? 1 : 0)),
    title,
  ).toEqual(targets);
}

test("every example is left once, with another one, and half of the pairs are of one class, whatever seed and classes", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = pcg32(seed);
    const count = 4 + random.integer(60);
    // The first four make sure of two classes of two.
    const classes = [0, 0, 1, 1, ...Array.from({ length: count }, () => random.integer(6))];
    const made = pairs(classes, { seed });
    expectPairs(made, classes, `seed ${seed}`);
    const alone = classes.filter((label) => classes.filter((other) => other === label).length === 1).length;
    expect(alone).toBeLessThanOrEqual(classes.length / 2);
    expect(sum(made.targets), `seed ${seed}`).toBe(Math.floor(classes.length / 2));
  }
});

test("both kinds take turns", () => {
  const { targets } = pairs(rowNumbers(40).map((row) => row % 4));
  expect(targets).toEqual(rowNumbers(40).map((pair) => pair % 2));
});

test("classes may be names, in an array, or numbers in a typed one", () => {
  const names = ["ann", "bob", "ann", "bob", "cleo"];
  expectPairs(pairs(names, { seed: 3 }), names);
  const numbers = Uint8Array.of(7, 9, 7, 9);
  expect(pairs(numbers, { seed: 3 })).toEqual(pairs([...numbers], { seed: 3 }));
  // 1 and "1" are two classes.
  expect(pairs([1, "1", 1, "1"]).targets).toEqual([0, 1, 0, 1]);
});

test("the same seed gives the same pairs, another others, and 0 is the default", () => {
  const classes = rowNumbers(30).map((row) => row % 5);
  const first = pairs(classes, { seed: 1 });
  expect(pairs(classes, { seed: 1 })).toEqual(first);
  expect(pairs(classes, { seed: pcg32(1) })).toEqual(first);
  expect(pairs(classes, { seed: 2 })).not.toEqual(first);
  expect(pairs(classes, { seed: mt19937(1) })).not.toEqual(first);
  expect(pairs(classes)).toEqual(pairs(classes, { seed: 0 }));
});

describe("the other example", () => {
  /** How often each row is right of row 0, in pairs of either kind. */
  function countRights(classes: readonly Label[], target: number): number[] {
    const counts = new Array<number>(classes.length).fill(0);
    const random = pcg32(11);
    for (let round = 0; round < 6000; round++) {
      const { left, right, targets } = pairs(classes, { seed: random });
      const pair = left.indexOf(0);
      if (targets[pair] === target) counts[right[pair]]++;
    }
    return counts;
  }

  test("of the same class is each equally likely: 3 of 4 rows a third of 3000 times, within 100", () => {
    const counts = countRights(["a", "b", "a", "a", "b", "a"], 1);
    expect([counts[0], counts[1], counts[4]]).toEqual([0, 0, 0]);
    for (const row of [2, 3, 5]) expect(Math.abs(counts[row] - 1000), `row ${row}`).toBeLessThan(100);
  });

  test("of another class is each row equally likely, before and after its own: each of 4 a quarter of 3000 times", () => {
    const counts = countRights(["b", "a", "b", "c", "b", "c", "c"], 0);
    expect([counts[0], counts[2], counts[4]]).toEqual([0, 0, 0]);
    const drawn = sum(counts);
    expect(Math.abs(drawn - 3000)).toBeLessThan(200);
    for (const row of [1, 3, 5, 6]) expect(Math.abs(counts[row] - drawn / 4), `row ${row}`).toBeLessThan(120);
  });
});

describe("consecutive partners", () => {
  const classes = [..."abcabcabca"];
  const rowsOf = (label: string) => rowNumbers(classes.length).filter((row) => classes[row] === label);

  test("are the next example of the class, and the one in the same place of another class, for each but the last", () => {
    for (let seed = 0; seed < 50; seed++) {
      const { left, right, targets } = pairs(classes, { seed, partners: "consecutive" });
      expect(targets).toEqual(rowNumbers(14).map((pair) => pair % 2));
      const next = left.flatMap((row, pair) => (targets[pair] === 1 ? [[row, right[pair]]] : []));
      // Of "a" rows 0, 3, 6, 9; of "b" 1, 4, 7; of "c" 2, 5, 8.
      expect(next.toSorted(([a], [b]) => a - b)).toEqual(rowNumbers(7).map((row) => [row, row + 3]));
      left.forEach((row, pair) => {
        const [own, other] = [row, right[pair]].map((each) => rowsOf(classes[each]));
        if (targets[pair] === 1) return;
        expect(own).not.toEqual(other);
        expect(other.indexOf(right[pair])).toBe(own.indexOf(row));
      });
    }
  });

  test("are drawn from each other class equally often, and come in another order each time", () => {
    const random = pcg32(4);
    const rights = rowNumbers(2000).flatMap(() => {
      const { left, right } = pairs(classes, { seed: random, partners: "consecutive" });
      return left.flatMap((row, pair) => (row === 3 && pair % 2 === 0 ? [right[pair]] : []));
    });
    expect(rights.filter((row) => row === 4).length).toBeGreaterThan(900);
    expect(rights.filter((row) => row === 5).length).toBeGreaterThan(900);
    const firsts = rowNumbers(50).map((seed) => pairs(classes, { seed, partners: "consecutive" }).left[0]);
    expect(new Set(firsts).size).toBe(7);
  });

  test("of a class with fewer examples is its last; one that is alone is right only", () => {
    const { left, right, targets } = pairs([..."aaab"], { partners: "consecutive" });
    const made = left.map((row, pair) => [row, right[pair], targets[pair]]);
    expect(made.sort().map(String)).toEqual(["0,1,1", "0,3,0", "1,2,1", "1,3,0"]);
  });
});

describe("examples alone in their class", () => {
  test("are in pairs of different classes, and half are still of the same", () => {
    const classes = ["a", "a", "a", "b", "c", "d"];
    for (let seed = 0; seed < 20; seed++) {
      const made = pairs(classes, { seed });
      expectPairs(made, classes);
      expect(made.left.filter((_, pair) => made.targets[pair] === 1).sort(bySize)).toEqual([0, 1, 2]);
    }
  });

  test("leave all others for the same class where they are more than half, spread over all pairs", () => {
    const classes = [..."aa", ..."bcdefg"];
    const made = pairs(classes, { seed: 5 });
    expectPairs(made, classes);
    expect(made.targets).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
  });
});

describe("pairs refuses", () => {
  test.each<[Label[], string]>([
    [[], "pairs: got 0 classes, need at least two"],
    [["a", "a", "a"], "pairs: got 1 class, need at least two"],
    [["a", "b", "c"], "pairs: got 3 classes of one example each, need one of two examples or more"],
  ])("%o, and draws no number", (classes, message) => {
    const seed = pcg32(1);
    const before = seed.state;
    expect(() => pairs(classes, { seed })).toThrow(new RangeError(message));
    expect(seed.state).toEqual(before);
  });

  test("what are no labels, and an unknown option", () => {
    expect(() => pairs("abab" as unknown as string[])).toThrow(
      new TypeError('pairs: got "abab", need an array of strings or numbers'),
    );
    expect(() => pairs(undefined as unknown as string[])).toThrow(TypeError);
    expect(() => pairs(["a", null as unknown as string])).toThrow(
      "pairs: got null at row 1, need a string or a finite",
    );
    expect(() => pairs([0, 0, 1, 1], { sed: 1 } as object)).toThrow(
      'pairs option: got "sed", need one of seed, partners; did you',
    );
    expect(() => pairs([0, 0, 1, 1], { partners: "consecutiv" as "random" })).toThrow(
      'pairs: partners: got "consecutiv", need one of random, consecutive; did you mean',
    );
    expect(() => pairs([0, 0, 1, 1], { seed: 0.5 })).toThrow("pcg32 seed: got 0.5");
  });
});
