import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type GeneratorState,
  generatorAt,
  generatorOf,
  mt19937,
  pcg32,
  pcg32Words,
  type RandomGenerator,
} from "../src/random.ts";

interface Golden {
  readonly seed: number;
  readonly firstDoubles: number[];
  readonly doublesFrom700: number[];
  readonly firstNormals: number[];
  readonly normalsFrom1500: number[];
  readonly mixed: number[];
  readonly integers: number[];
  readonly shuffled: number[];
}

const golden: { numpy: string; cases: Golden[] } = JSON.parse(
  readFileSync(new URL("fixtures/generators.json", import.meta.url), "utf8"),
);

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);
const countUp = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Equal but for the last bits of a logarithm. */
function expectNormals(actual: number[], expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index]) / Math.abs(expected[index]), `normal ${index}`).toBeLessThanOrEqual(1e-15);
  });
}

describe.each(golden.cases)(`mt19937($seed) is NumPy ${golden.numpy}'s stream`, (expected) => {
  const { seed } = expected;

  test("next() is random_sample() to the bit, past the first refresh of 624 words and the second", () => {
    const generator = mt19937(seed);
    const doubles = draw(708, () => generator.next());
    expect(doubles.slice(0, 8)).toEqual(expected.firstDoubles);
    expect(doubles.slice(700)).toEqual(expected.doublesFrom700);
  });

  test("normal() is standard_normal() within 1e-15", () => {
    const generator = mt19937(seed);
    const normals = draw(1504, () => generator.normal());
    expectNormals(normals.slice(0, 9), expected.firstNormals);
    expectNormals(normals.slice(1500), expected.normalsFrom1500);
  });

  test("normals and doubles may be mixed", () => {
    const generator = mt19937(seed);
    const mixed = [generator.normal(), generator.next(), generator.next(), generator.normal(), generator.normal()];
    expectNormals(mixed, expected.mixed);
  });

  test("integer(n) is randint(n) and shuffle is shuffle", () => {
    const generator = mt19937(seed);
    const bounds = [1, 2, 3, 10, 1000, 2 ** 31, 2 ** 32];
    const integers = [...bounds, ...bounds, ...bounds].map((n) => generator.integer(n));
    expect(integers).toEqual(expected.integers);
    expect(generator.shuffle(countUp(20))).toEqual(expected.shuffled);
  });
});

describe("pcg32(42) is the published demo", () => {
  // Round 1 of pcg32-demo (seed 42, stream 54): https://www.pcg-random.org/using-pcg-c-basic.html
  const generator = pcg32(42);

  test("its words, coins, rolls and cards", () => {
    const words = draw(6, () => generator.integer(2 ** 32));
    expect(words).toEqual([0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e]);
    const coins = draw(65, () => generator.integer(2)).map((side) => (side === 1 ? "H" : "T"));
    expect(coins.join("")).toBe("HHTTTHTHHHTHTTTHHHHHTTTHHHTHTHTHTTHTTTHHHHHHTTTTHHTTTTTHTTTTTTTHT");
    const rolls = draw(33, () => generator.integer(6) + 1);
    expect(rolls.join(" ")).toBe("3 4 1 1 2 2 3 2 4 3 2 4 3 3 5 2 3 1 3 1 5 1 4 1 5 6 4 6 6 2 6 3 3");
    const cards = countUp(52);
    const names = generator.shuffle(cards).map((card) => "A23456789TJQK"[card >> 2] + "hcds"[card & 3]);
    expect(names.join(" ")).toBe(
      "Qd Ks 6d 3s 3d 4c 3h Td Kc 5c Jh Kd Jd As 4s 4h Ad Th Ac Jc 7s Qs " +
        "2s 7h Kh 2d 6c Ah 4d Qh 9h 6s 5s 2c 9c Ts 8d 9s 3c 8c Js 5d 2h 6h 7d 8s 9d 5h 8h Qc 7c Tc",
    );
  });

  test.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])("and pcg32(%i) is the 64-bit formula", (seed) => {
    const generator = pcg32(seed);
    const mask = 2n ** 64n - 1n;
    const step = (state: bigint) => (state * 6364136223846793005n + 109n) & mask;
    let state = step((step(0n) + BigInt(seed)) & mask);
    for (let count = 0; count < 2000; count++) {
      const mixed = Number((((state >> 18n) ^ state) >> 27n) & 0xffffffffn);
      const rotation = Number(state >> 59n);
      const word = ((mixed >>> rotation) | (mixed << -rotation)) >>> 0;
      if (generator.integer(2 ** 32) !== word) expect.fail(`word ${count}`);
      state = step(state);
    }
  });
});

describe.each([
  ["mt19937", mt19937],
  ["pcg32", pcg32],
] as const)("%s", (kind, make) => {
  const use = (generator: RandomGenerator) => [
    ...draw(700, () => generator.next()),
    ...draw(5, () => generator.normal()),
    ...draw(50, () => generator.integer(1000)),
    ...generator.shuffle(countUp(30)),
  ];

  test("the same seed gives the same numbers, another seed others", () => {
    expect(use(make(7))).toEqual(use(make(7)));
    expect(use(make(7))).not.toEqual(use(make(8)));
  });

  test("a state goes through JSON and is where it was, with a second normal to come", () => {
    const generator = make(5);
    draw(333, () => generator.next());
    generator.normal();
    const saved = JSON.parse(JSON.stringify(generator.state)) as GeneratorState;
    const expected = use(generator);
    expect(saved).toMatchObject({ kind, spareNormal: expect.any(Number) });
    generator.state = saved;
    expect(use(generator)).toEqual(expected);
    const other = make(6);
    other.normal();
    other.state = make(5).state;
    expect(use(other)).toEqual(use(make(5)));
  });

  test("a state that is read does not change", () => {
    const generator = make(5);
    const { state } = generator;
    const copy = structuredClone(state);
    generator.normal();
    expect(state).toEqual(copy);
  });

  test("a state that does not fit is refused and changes nothing", () => {
    const generator = make(5);
    const { state } = generator;
    const last = state.words.length - 1;
    const bad: unknown[] = [
      undefined,
      null,
      3,
      {},
      { ...state, kind: "other" },
      { ...state, words: "abc" },
      { ...state, words: state.words.slice(1) },
      { ...state, words: state.words.with(0, -1) },
      { ...state, words: state.words.with(0, 2 ** 32) },
      { ...state, words: state.words.with(last, 0.5) },
      { ...state, words: state.words.with(last, kind === "mt19937" ? 625 : 2 ** 32) },
      { ...state, spareNormal: undefined },
      { ...state, spareNormal: Number.NaN },
    ];
    for (const value of bad) {
      expect(() => {
        generator.state = value as GeneratorState;
      }).toThrow(RangeError);
    }
    expect(generator.state).toEqual(state);
  });

  test("next() stays in [0, 1) with mean 1/2 within 0.005 and all 53 bits used, in 100 000 draws", () => {
    const generator = make(3);
    let sum = 0;
    let finest = 0;
    for (let count = 0; count < 100000; count++) {
      const value = generator.next();
      if (!(value >= 0 && value < 1 && Number.isInteger(value * 2 ** 53))) expect.fail(`${value}`);
      sum += value;
      finest += (value * 2 ** 53) % 2;
    }
    expect(Math.abs(sum / 100000 - 0.5)).toBeLessThan(0.005);
    expect(Math.abs(finest / 100000 - 0.5)).toBeLessThan(0.01);
  });

  test("normal() has mean 0, deviation 1 and kurtosis 3 within 0.02, 0.02 and 0.1, in 100 000 draws", () => {
    const generator = make(3);
    const normals = draw(100000, () => generator.normal());
    const moment = (power: number) => normals.reduce((sum, value) => sum + value ** power, 0) / normals.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(Math.sqrt(moment(2)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  });

  test("integer(7) takes each of 0 to 6 a seventh of the time within 0.005, in 70 000 draws", () => {
    const generator = make(3);
    const counts = new Array<number>(7).fill(0);
    for (let count = 0; count < 70000; count++) counts[generator.integer(7)]++;
    for (const count of counts) expect(Math.abs(count / 70000 - 1 / 7)).toBeLessThan(0.005);
    expect(generator.integer(1)).toBe(0);
  });

  test("integer just above 2^31 rejects half of all words and stays below its bound", () => {
    const generator = make(3);
    const bound = 2 ** 31 + 1;
    for (let count = 0; count < 1000; count++) expect(generator.integer(bound)).toBeLessThan(bound);
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY])("integer(%d) is refused", (n) =>
    expect(() => make(1).integer(n)).toThrow(RangeError),
  );

  test("shuffle keeps what it moves, in arrays and typed arrays alike", () => {
    const numbers = countUp(100);
    const shuffled = make(1).shuffle([...numbers]);
    expect(shuffled).not.toEqual(numbers);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(numbers);
    expect(Array.from(make(1).shuffle(Uint32Array.from(numbers)))).toEqual(shuffled);
    expect(make(1).shuffle([])).toEqual([]);
    expect(make(1).shuffle(["one"])).toEqual(["one"]);
  });

  test("a seed that is no whole number of its range is refused", () => {
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN, "1", null, undefined, 1n]) {
      expect(() => make(seed as number)).toThrow(RangeError);
    }
    expect(() => make(-1)).toThrow(/^(mt19937|pcg32) seed: got -1, need a whole number from 0 to \d+$/);
  });
});

test("mt19937 refuses seeds of more than 32 bits", () => {
  expect(() => mt19937(2 ** 32)).toThrow("mt19937 seed: got 4294967296, need a whole number from 0 to 4294967295");
});

test("generatorOf takes a seed for pcg32 and a generator as it is", () => {
  const generator = mt19937(1);
  expect(generatorOf(generator)).toBe(generator);
  expect(generatorOf(9).state).toEqual(pcg32(9).state);
  for (const seed of [null, undefined, "1", -1]) expect(() => generatorOf(seed as number)).toThrow(RangeError);
});

test("an object that is no whole generator is refused by what it lacks", () => {
  const half = { next: () => 0.5, normal: () => 0, integer: () => 0 };
  expect(() => generatorOf(half as never)).toThrow(
    new TypeError("seed: got an object without shuffle(), need a number or a generator"),
  );
});

test("mt19937 refuses a state of zeros, from which it would draw a normal for ever; pcg32 has no such state", () => {
  const { words, ...rest } = mt19937(1).state;
  const zeros = words.map(() => 0);
  for (const dead of [zeros, zeros.with(0, 2 ** 31 - 1), zeros.with(624, 624)]) {
    expect(() => generatorAt({ ...rest, words: dead })).toThrow(
      "mt19937 state: got words that are all 0, need one that is not",
    );
  }
  for (const alive of [zeros.with(0, 2 ** 31), zeros.with(623, 1)]) {
    expect(generatorAt({ ...rest, words: alive, spareNormal: null }).normal()).toBeLessThan(10);
  }
  expect(generatorAt({ ...pcg32(1).state, words: [0, 0] }).normal()).toBeLessThan(10);
});

test("generatorAt stands where a state says, and refuses what is none", () => {
  for (const generator of [mt19937(5), pcg32(5)]) {
    generator.normal();
    const copy = generatorAt(JSON.parse(JSON.stringify(generator.state)));
    expect([copy.normal(), copy.next(), copy.integer(9)]).toEqual([
      generator.normal(),
      generator.next(),
      generator.integer(9),
    ]);
  }
  expect(() => generatorAt({ kind: "xorshift" } as never)).toThrow(
    'generator state: kind: got "xorshift", need one of',
  );
  expect(() => generatorAt({ kind: "pcg32", words: [1], spareNormal: null })).toThrow(
    "pcg32 state: got words an array of 1",
  );
});

test("pcg32Words is the state itself of a pcg32, and undefined for generators that may draw otherwise", () => {
  const [generator, twin] = [pcg32(5), pcg32(5)];
  const words = pcg32Words(generator)!;
  expect(Array.from(words)).toEqual(generator.state.words);
  twin.next();
  words.set(twin.state.words);
  expect(generator.next()).toBe(twin.next());
  expect(Array.from(words)).toEqual(twin.state.words);
  expect(pcg32Words(mt19937(5))).toBeUndefined();
  const { state, integer, normal, shuffle } = generator;
  expect(pcg32Words({ state, integer, normal, shuffle, next: () => 0 })).toBeUndefined();
  generator.next = () => 0;
  expect(pcg32Words(generator)).toBeUndefined();
});
