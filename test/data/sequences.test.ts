import { describe, expect, test } from "vitest";
import {
  type EncodedRows,
  type EncodeRecordsOptions,
  encodeRecords,
  type RecordEncoding,
  type RecordEncodingJSON,
  type SeriesRecord,
  transformFromJSON,
  vocabulary,
} from "../../src/data/index.ts";

const records: SeriesRecord[] = [
  { stars: 1, review: "Slow, slow and sad", place: "b", heights: [1, 2, 3] },
  { stars: 3, review: "a warm film", place: "a", heights: [4] },
  { stars: 5, review: null, place: "a", heights: null },
];
const words = vocabulary(["Slow, slow and sad", "a warm film", ""]);

describe("a column of texts", () => {
  const encoding = encodeRecords(records, { ignore: ["heights"], texts: { review: {} } });

  test("is an input of its own behind numbers and categories, with as many tokens as each text has", () => {
    expect(encoding.inputs).toEqual([
      { columns: ["stars", "place"], shape: [3], variableLength: false },
      { columns: ["review"], shape: [4], variableLength: true },
    ]);
    expect(encoding.features).toEqual(["stars", "place=a", "place=b"]);
    const alone = encodeRecords(records, { ignore: ["heights", "review"] });
    const texts = records.map(({ review }) => (review ?? "") as string);
    expect(encoding.apply(records)).toEqual([alone.apply(records), words.apply(texts)]);
  });

  test("has a vocabulary of the training texts, which an embedding needs", () => {
    expect(encoding.vocabularies.review.toJSON()).toEqual(words.toJSON());
    expect(Object.keys(encoding.vocabularies)).toEqual(["review"]);
  });

  test("that is missing, empty or of unknown words has one token, and longer texts lose their beginning", () => {
    const rows = ["", "…", null, "unheard of", "a slow and very sad film"].map((review) => ({ ...records[0], review }));
    const [, tokens] = encoding.apply(rows) as number[][][];
    expect(tokens).toEqual([[0], [0], [0], [1, 1], words.apply(["and very sad film"])[0]]);
  });

  test("may have one length, with zeros before shorter texts, and the options of a vocabulary", () => {
    const texts = { review: { length: 3, minimumCount: 2 } };
    const fixed = encodeRecords(records, { ignore: ["stars", "place", "heights"], texts });
    expect(fixed.inputs).toEqual([{ columns: ["review"], shape: [3], variableLength: false }]);
    expect(fixed.features).toEqual([]);
    const rows = [
      [2, 1, 1],
      [1, 1, 1],
      [0, 0, 0],
    ];
    expect(fixed.apply(records)).toEqual(rows);
    const review = records.map(({ review }) => review as string | null);
    expect(fixed.apply({ review })).toEqual(Float64Array.from(rows.flat()));
  });

  test("of a table by columns is as of records; an input of one length is in a typed array", () => {
    const columns = {
      review: records.map(({ review }) => review as string | null),
      stars: Float64Array.of(1, 3, 5),
      place: ["b", "a", "a"],
    };
    const [numbers, tokens] = encoding.apply(records) as number[][][];
    expect(encoding.apply(columns)).toEqual([Float64Array.from(numbers.flat()), tokens]);
    expect(encodeRecords(columns, { texts: { review: {} } }).apply(columns)).toEqual(encoding.apply(columns));
  });

  test("may be called as properties of objects are", () => {
    const strange = JSON.parse('[{ "__proto__": "a b", "constructor": 1 }, { "__proto__": "b", "constructor": 2 }]');
    const encoding = encodeRecords(strange, { texts: JSON.parse('{ "__proto__": {} }') });
    expect(encoding.apply(strange)).toEqual([
      [[-1], [1]],
      [[3, 2], [2]],
    ]);
    expect(Object.keys(encoding.vocabularies)).toEqual(["__proto__"]);
    expect(encodeRecords([{ constructor: "a" }]).features).toEqual(["constructor=a"]);
  });
});

describe("a column of series", () => {
  test("is standardized over all steps of the training records, each with the steps that it has", () => {
    const encoding = encodeRecords(records, { ignore: ["review", "place", "stars"], series: { heights: {} } });
    expect(encoding.inputs).toEqual([{ columns: ["heights"], shape: [3, 1], variableLength: true }]);
    const [mean, deviation] = [2.5, Math.sqrt(1.25)];
    const scaled = (heights: number[]) => heights.map((height) => [(height - mean) / deviation]);
    expect(encoding.apply(records)).toEqual([scaled([1, 2, 3]), scaled([4]), [[0]]]);
    expect(encoding.apply([{ heights: [9, 1, 2, 7] }, { heights: [] }])).toEqual([scaled([1, 2, 7]), [[0]]]);
    expect(encoding.apply({ heights: [Float64Array.of(1, 2)] })).toEqual([scaled([1, 2])]);
  });

  test("may have several features a step, and one length, with their means before shorter ones", () => {
    const steps = [
      [
        [1, 10],
        [3, 10],
      ],
      [[5, 40]],
    ];
    const table = steps.map((series) => ({ series }));
    const encoding = encodeRecords(table, { series: { series: { length: 2 } } });
    expect(encoding.inputs).toEqual([{ columns: ["series"], shape: [2, 2], variableLength: false }]);
    const { offsets, divisors } = encoding.toJSON().columns[0] as { offsets: number[]; divisors: number[] } & object;
    expect(offsets).toEqual([3, 20]);
    expect(divisors).toEqual([Math.sqrt(8 / 3), Math.sqrt(200)]);
    const rows = encoding.apply(table) as number[][][];
    expect(rows[1]).toEqual([
      [0, 0],
      [2 / divisors[0], 20 / divisors[1]],
    ]);
    expect(encoding.apply({ series: steps })).toEqual(Float64Array.from(rows.flat(2)));
  });
});

const whole = encodeRecords(records, {
  texts: { review: { unit: "characters", maximumLength: 5 } },
  series: { heights: { length: 2 } },
});

test("an encoding with sequences goes through JSON", () => {
  const text = JSON.stringify(whole);
  const again = transformFromJSON<RecordEncoding<EncodedRows>>(JSON.parse(text) as RecordEncodingJSON);
  expect(JSON.stringify(again)).toBe(text);
  expect(again.inputs).toEqual(whole.inputs);
  expect(again.apply(records)).toEqual(whole.apply(records));
});

describe("a file is refused", () => {
  const [, review, , heights] = whole.toJSON().columns as unknown as Record<string, unknown>[];
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ["without tokens", review, { tokens: null }, "column 0, tokens: got null, need an array of strings"],
    ["with a token twice", review, { tokens: ["a", "a"] }, 'column 0: got "a" twice'],
    ["with another unit", review, { unit: "lines" }, 'column 0: got unit "lines"'],
    ["without a length", review, { maximumLength: undefined }, "column 0: got no length, need length or maximumLength"],
    ["with two lengths", review, { length: 2 }, "column 0: got length 2 and maximumLength 5, need one of them"],
    ["with half a step", review, { maximumLength: 1.5 }, "column 0: maximumLength: got 1.5, need a whole number"],
    ["without a scale", heights, { offsets: undefined }, "column 0, offsets: got undefined at row 0, need an array"],
    ["with a scale of nothing", heights, { offsets: [], divisors: [] }, "column 0, offsets: got rows without columns"],
    ["with two divisors", heights, { divisors: [1, 2] }, "column 0, divisors: got 2 numbers at row 0, need 1"],
    ["with a divisor of 0", heights, { divisors: [0] }, "column 0: got divisor 0"],
    [
      "of another kind",
      heights,
      { kind: "sound" },
      'column 0, kind: got "sound", need one of number, encodeCategories,',
    ],
  ])("%s", (_, column, change, message) => {
    const json = { kind: "encodeRecords", columns: [{ ...column, ...change }], ignored: [] };
    expect(() => transformFromJSON(json as unknown as RecordEncodingJSON)).toThrow(message);
  });
});

describe("encodeRecords refuses", () => {
  const inf = Number.POSITIVE_INFINITY;
  test.each<[SeriesRecord[], object, string]>([
    [
      records,
      { texts: { reviews: {} } },
      'encodeRecords texts: got "reviews", need one of stars, review, place, heights',
    ],
    [records, { ignore: ["review"], texts: { review: {} } }, 'encodeRecords texts: got "review", need one of stars,'],
    [records, { texts: ["review"] }, "encodeRecords texts: got an array of 1, need an object with options for each"],
    [records, { texts: { review: {} }, series: { review: {} } }, 'got "review" in texts and in series, need it in one'],
    [
      records,
      { texts: { review: { sise: 5 } } },
      'encodeRecords, column "review" option: got "sise", need one of size,',
    ],
    [records, { texts: { review: { size: 2 } } }, 'encodeRecords, column "review": size: got 2, need a whole number'],
    [records, { texts: { review: 5 } }, 'encodeRecords, column "review": got 5, need an object of options'],
    [
      records,
      { texts: { review: { length: 1, maximumLength: 1 } } },
      'column "review": got length 1 and maximumLength 1',
    ],
    [records, { texts: { stars: {} } }, 'encodeRecords, column "stars": got 1 at row 0, need a string, or null'],
    [[{ a: "…" }], { texts: { a: {} } }, 'column "a": got texts in which none of the words occurs 1 time'],
    [[{ a: null }], { texts: { a: {} } }, 'encodeRecords, column "a": got no value, need at least one'],
    [records, { series: { stars: {} } }, 'encodeRecords, column "stars": got 1 at row 0, need an array of numbers or'],
    [records, { series: { review: {} } }, 'column "review": got "Slow, slow and sad" at row 0, need an array of'],
    [records, { series: { heights: { size: 5 } } }, 'column "heights" option: got "size", need one of length, maximum'],
    [
      records,
      { texts: { review: {} } },
      'column "heights": got an array of 3 at row 0, an array of 1 at row 1, need a finite number, or null',
    ],
    [[{ a: [] }], { series: { a: {} } }, 'column "a": got series without steps, need at least one step'],
    [[{ a: [1] }, { a: [2, inf] }], { series: { a: {} } }, 'column "a": got Infinity at row 1, step 1, need a finite'],
    [[{ a: [[1, 2], [3]] }], { series: { a: {} } }, 'column "a": got 1 number at row 0, step 1, need 2'],
    [[{ a: [[]] }], { series: { a: {} } }, 'column "a": got 0 numbers at row 0, step 0, need at least one'],
  ])("%j with %j", (given, options, message) => {
    expect(() => encodeRecords(given, options as EncodeRecordsOptions)).toThrow(message);
  });

  test.each<[object, string]>([
    [{ review: 5 }, 'encodeRecords, column "review": got 5 at row 0, need a string, or null where it is missing'],
    [{ review: true }, 'column "review": got true at row 0, need a string'],
    [{ heights: true }, 'column "heights": got true at row 0, need an array'],
    [{ heights: [[1, 2]] }, 'column "heights": got 2 numbers at row 0, step 0, need 1'],
    [{ heights: [1, null] }, 'column "heights": got null at row 0, step 1, need a finite number'],
    [{ heights: ["1"] }, 'column "heights": got "1" at row 0, step 0, need a finite number'],
  ])("to apply what was fitted to %j", (change, message) => {
    expect(() => whole.apply([{ ...records[0], ...change } as SeriesRecord])).toThrow(message);
  });
});
