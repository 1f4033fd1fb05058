import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  classNumbers,
  type EncodeRecordsOptions,
  encodeRecords,
  kFold,
  parseCsv,
  type RecordEncodingJSON,
  type SeriesRecord,
  type TableRecord,
  trainTestSplit,
  transformFromJSON,
} from "../../src/data/index.ts";
import { adam, dense, Network, Trainer } from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";

const penguins = parseCsv(readFileSync("test/fixtures/penguins.csv", "utf8")).records;
const golden: { penguins: { every: number; rows: number[][] } } = JSON.parse(
  readFileSync("test/fixtures/tables.json", "utf8"),
);
const records: TableRecord[] = [
  { mass: 1, island: "b", id: 7 },
  { mass: null, island: "a", id: 8 },
  { mass: 5, island: null, id: 9 },
  { mass: 3, island: "a", id: 10 },
];

test("the penguins become scikit-learn 1.2.1's rows: median and scale, most frequent and one-hot", () => {
  const encoding = encodeRecords(penguins, { ignore: ["Species"], minimumCount: 2 });
  expect(encoding.features).toEqual([
    ...["Island=Biscoe", "Island=Dream", "Island=Torgersen"],
    ...["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"],
    ...["Sex=FEMALE", "Sex=MALE", "Sex=(other)"],
  ]);
  const { every, rows } = golden.penguins;
  const actual = encoding.apply(penguins).filter((_, row) => row % every === 0);
  expectClose(actual.flat(), rows.flat(), tolerances.golden.float64);
});

test("a network learns from the table which penguin it is: at least 97 % of each of five folds", () => {
  const species = penguins.map(({ Species }) => Species as string);
  for (const { train, test: held } of kFold(penguins, classNumbers(species), { stratify: species, seed: 1 })) {
    const encoding = encodeRecords(train.inputs, { ignore: ["Species"], minimumCount: 2 });
    const network = new Network({
      inputs: encoding.features.length,
      layers: [dense(8, { activation: "tanh" }), dense(3)],
    });
    const optimizer = adam({ learningRate: 0.01 });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer, metrics: ["accuracy"] });
    for (const _ of trainer.epochs(encoding.apply(train.inputs), train.targets, { epochs: 40 }));
    const { accuracy } = trainer.evaluate(encoding.apply(held.inputs), held.targets);
    expect(accuracy).toBeGreaterThanOrEqual(0.97);
  }
});

test("numbers become (value - mean) / deviation, missing ones being the median, and categories a 1 in their column", () => {
  const given = structuredClone(records);
  const encoding = encodeRecords(given, { ignore: ["id"] });
  expect(encoding.features).toEqual(["mass", "island=a", "island=b"]);
  const deviation = Math.sqrt(2);
  expect(encoding.apply(given)).toEqual([
    [-2 / deviation, 0, 1],
    [0, 1, 0],
    [2 / deviation, 1, 0],
    [0, 1, 0],
  ]);
  expect(given).toEqual(records);
});

test("the columns may come in any order, and those that are ignored may be missing", () => {
  const encoding = encodeRecords(records, { ignore: ["id"] });
  expect(encoding.apply([{ island: "b", mass: 1 }])).toEqual(encoding.apply([records[0]]));
  expect(encoding.apply([])).toEqual([]);
});

test("each filling can be said, and NaN is missing like null", () => {
  const options = { ignore: ["id"], fillNumbers: 9, fillCategories: "ownCategory", minimumCount: 2 } as const;
  const encoding = encodeRecords(records, options);
  expect(encoding.features).toEqual(["mass", "island=a", "island=(other)"]);
  expect(encoding.toJSON().columns).toEqual([
    { name: "mass", kind: "number", fill: 9, offset: 4.5, divisor: Math.sqrt(8.75) },
    { name: "island", kind: "encodeCategories", categories: ["a"], fill: null, others: "column" },
  ]);
  expect(encoding.apply([{ mass: Number.NaN, island: "z" }])).toEqual([[4.5 / Math.sqrt(8.75), 0, 1]]);
});

test("values that stand for a missing one are missing: in fitting, in applying, by records, by columns and from JSON", () => {
  const marked: TableRecord[] = [
    { mass: 0, island: "unknown" },
    { mass: 2, island: "a" },
    { mass: "n/a", island: 7 },
    { mass: 4, island: "b" },
    { mass: null, island: "a" },
  ];
  const gaps = marked.map(({ mass, island }) => ({
    mass: typeof mass === "number" && mass !== 0 ? mass : null,
    island: island === "a" || island === "b" ? island : null,
  }));
  const missing = { mass: [0, "n/a"], island: ["unknown", 7] };
  const [encoding, plain] = [
    encodeRecords(marked, { missing, fillNumbers: "mean" }),
    encodeRecords(gaps, { fillNumbers: "mean" }),
  ];
  expect(encoding.apply(marked)).toEqual(plain.apply(gaps));
  expect(encoding.apply(marked)[0]).toEqual([0, 1, 0]);
  expect(encoding.toJSON().columns).toEqual(
    plain.toJSON().columns.map((column) => ({ ...column, missing: missing[column.name as "mass"] })),
  );
  const columns = { mass: Float64Array.of(-0, 2, 4), island: ["unknown", "a", "b"] };
  expect([...encoding.apply(columns)]).toEqual(encoding.apply([marked[0], marked[1], marked[3]]).flat());
  expect(columns.mass).toEqual(Float64Array.of(-0, 2, 4));
  const read = transformFromJSON(JSON.parse(JSON.stringify(encoding)) as RecordEncodingJSON);
  expect(read.apply(marked)).toEqual(plain.apply(gaps));
  expect(read.toJSON()).toEqual(encoding.toJSON());
  missing.mass.push(2);
  expect(encoding.apply(marked)).toEqual(plain.apply(gaps));
});

test("texts and series may have values that stand for a missing one, too", () => {
  const marked = [
    { review: "good film", readings: [1, 2] },
    { review: "n/a", readings: "none" },
  ];
  const gaps = [marked[0], { review: null, readings: null }];
  const options = { texts: { review: {} }, series: { readings: {} } };
  const missing = { review: ["n/a"], readings: ["none"] };
  expect(encodeRecords(marked, { ...options, missing }).apply(marked)).toEqual(
    encodeRecords(gaps, options).apply(gaps),
  );
});

test("a constant column becomes 0, and a column may be called __proto__", () => {
  const { records: strange } = parseCsv("__proto__,x\n1,2\n3,2");
  const encoding = encodeRecords(strange);
  expect(encoding.features).toEqual(["__proto__", "x"]);
  expect(encoding.apply(strange)).toEqual([
    [-1, 0],
    [1, 0],
  ]);
});

test("what it learned is of the training records alone", () => {
  const { train, test: held } = trainTestSplit(penguins, penguins, { seed: 3 });
  const before = encodeRecords(train.inputs, { minimumCount: 2 }).toJSON();
  const encoding = encodeRecords(train.inputs, { minimumCount: 2 });
  encoding.apply(held.inputs);
  expect(encoding.toJSON()).toEqual(before);
});

describe("records as JSON has them", () => {
  const given = [
    { age: 20, member: true },
    { age: 40, member: false, visits: 2 },
    { member: true },
    { age: 30, visits: 4 },
  ];
  const plain = [
    { age: 20, member: "true", visits: null },
    { age: 40, member: "false", visits: 2 },
    { age: null, member: "true", visits: null },
    { age: 30, member: null, visits: 4 },
  ];
  const columns = (rows: readonly object[]) =>
    Object.fromEntries(
      ["age", "member", "visits"].map((name) => [name, rows.map((row) => (row as SeriesRecord)[name] as never)]),
    );

  test("booleans are the categories true and false, and a missing key is a missing value: the bits of the same table as CSV", () => {
    const csv = parseCsv("age,member,visits\n20,true,\n40,false,2\n,true,\n30,,4\n").records;
    const [expected, ...others] = [csv, given, plain, columns(given), columns(plain)].map((table) =>
      encodeRecords(table as never),
    );
    expect(expected.features).toEqual(["age", "member=false", "member=true", "visits"]);
    for (const encoding of others) expect(encoding.toJSON()).toEqual(expected.toJSON());
    const rows = expected.apply(csv);
    for (const encoding of [expected, ...others]) {
      for (const table of [csv, given, plain, JSON.parse(JSON.stringify(given))])
        expect(encoding.apply(table)).toEqual(rows);
      for (const table of [given, plain])
        expect(encoding.apply(columns(table))).toEqual(Float64Array.from(rows.flat()));
    }
    expect(expected.apply([{}])).toEqual(expected.apply([{ age: null, member: null, visits: null }]));
  });

  test("a boolean finds the category that a table writes True or TRUE, if it is the only one", () => {
    const encodingOf = (...texts: string[]) => encodeRecords(texts.map((text) => ({ member: text })));
    expect(encodingOf("True", "False").apply([{ member: true }, { member: false }])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(encodingOf("TRUE", "true").apply([{ member: true }])).toEqual([[0, 1]]);
    expect(() => encodingOf("TRUE", "True").apply([{ member: true }])).toThrow("got true at row 0, need one of");
    expect(() => encodingOf("yes", "no").apply([{ member: true }])).toThrow(
      'got true at row 0, need one of "no", "yes"',
    );
  });

  test("values that are marked as missing may be booleans, by their names", () => {
    const encoding = encodeRecords(given.slice(0, 2), { missing: { member: ["false"] } });
    expect(encoding.features).toEqual(["age", "member=true", "visits"]);
  });

  test("labels may be booleans: false and true are the classes 0 and 1, also of texts", () => {
    expect(classNumbers([true, false, true])).toEqual([1, 0, 1]);
    expect(classNumbers([true, false, true] as (string | boolean)[], ["true", "false"])).toEqual([0, 1, 0]);
    const { test: held } = trainTestSplit([1, 2, 3, 4], [0, 0, 0, 0], {
      testFraction: 0.5,
      stratify: [true, true, false, false],
    });
    expect(held.inputs.filter((row) => row <= 2)).toHaveLength(1);
  });
});

describe("encodeRecords refuses", () => {
  const inf = Number.POSITIVE_INFINITY;
  test.each<[TableRecord[], object, string]>([
    [[], {}, "encodeRecords: got no records, need at least one"],
    [[{ a: 1 }], { ignore: ["a"] }, "encodeRecords: got no columns, need at least one"],
    [[{ age: 1, b: 2 }], { ignore: ["agee"] }, 'ignore: got "agee", need one of age, b; did you mean "age"?'],
    [[{ a: null }], {}, 'encodeRecords, column "a": got no value, need at least one'],
    [[{ a: 1 }, { a: inf }], {}, 'encodeRecords, column "a": got Infinity at row 1, need a finite number, or null'],
    [
      [{ a: 1e308 }, { a: -1e308 }],
      {},
      'encodeRecords, column "a": got a spread of Infinity, need values less far apart',
    ],
    [[{ a: 1 }], { fillNumbers: "middle" }, 'encodeRecords fillNumbers: got "middle", need one of median, mean,'],
    [[{ a: 1 }], { fillCategories: "mode" }, 'encodeRecords fill of categories: got "mode", need one of mostFrequent,'],
    [[{ a: 1 }], { minimumCount: 0.5 }, "encodeRecords minimumCount: got 0.5, need a whole number from 0"],
    [[{ a: 0 }], { missing: { a: [0] } }, 'encodeRecords, column "a": got no value, need at least one'],
    [[{ age: 1 }], { missing: { agee: [0] } }, 'encodeRecords missing: got "agee", need age; did you mean "age"?'],
    [[{ a: 1, b: 2 }], { ignore: ["b"], missing: { b: [0] } }, 'encodeRecords missing: got "b", need a'],
    [[{ a: 1 }], { target: "a" }, 'encodeRecords option: got "target", need one of ignore, fillNumbers,'],
  ])("%j with %j", (given, options, message) => {
    expect(() => encodeRecords(given, options as EncodeRecordsOptions)).toThrow(RangeError);
    expect(() => encodeRecords(given, options as EncodeRecordsOptions)).toThrow(message);
  });

  test.each<[unknown, string]>([
    [7, "encodeRecords: got 7, need an array of records, or columns"],
    [new Float64Array(2), "encodeRecords: got a Float64Array, need an array of records, or columns"],
    [{ a: 1 }, 'encodeRecords, column "a": got 1, need an array, or a Float64Array of numbers'],
    [[[1, 2]], "encodeRecords: got an array of 2 at row 0, need an object with a value for each column"],
    [[{ a: 1 }, null], "encodeRecords: got null at row 1, need an object"],
    [[{ a: 1 }, { a: "x" }], 'encodeRecords, column "a": got "x" at row 1, need a finite number, or null'],
    [[{ a: "x" }, { a: 1 }], 'encodeRecords, column "a": got 1 at row 1, need a string, or null where it is missing'],
    [[{ a: 1 }, { a: true }], 'encodeRecords, column "a": got true at row 1, need a finite number, or null'],
    [[{ a: true }, { a: 1 }], 'encodeRecords, column "a": got 1 at row 1, need a string, or null where it is missing'],
  ])("%j by type", (given, message) => {
    expect(() => encodeRecords(given as TableRecord[])).toThrow(TypeError);
    expect(() => encodeRecords(given as TableRecord[])).toThrow(message);
  });

  test.each<[unknown, string]>([
    [[0], "encodeRecords missing: got an array of 1, need an object with values for each column"],
    [null, "encodeRecords missing: got null, need an object with values for each column"],
    [{ mass: 0 }, 'encodeRecords missing, column "mass": got 0, need an array of values'],
    [{ mass: [0, Number.NaN] }, 'encodeRecords missing, column "mass": got NaN, need finite numbers and strings'],
  ])("missing %j by type", (missing, message) => {
    const encode = () => encodeRecords(records, { missing } as EncodeRecordsOptions);
    expect(encode).toThrow(TypeError);
    expect(encode).toThrow(message);
    const json = { ...encodeRecords([{ a: 1 }]).toJSON() };
    const broken = { ...json, columns: [{ ...json.columns[0], missing: [{}] }] };
    expect(() => transformFromJSON(broken as never)).toThrow("column 0, missing: got an object, need finite numbers");
  });

  test.each<[TableRecord, string]>([
    [
      { mass: 1, islands: "a" },
      'encodeRecords, row 0: got "islands", need one of mass, island, id; did you mean "island"?',
    ],
    [{ mass: "1", island: "a" }, 'encodeRecords, column "mass": got "1" at row 0, need a finite number'],
    [{ mass: 1, island: 1 }, 'encodeRecords, column "island": got 1 at row 0, need a string'],
    [
      { mass: 1, island: "c" },
      'encodeRecords, column "island": got "c" at row 0, need one of "a", "b", or a minimumCount',
    ],
  ])("to apply what was fitted to %j", (record, message) => {
    expect(() => encodeRecords(records, { ignore: ["id"] }).apply([record])).toThrow(message);
  });
});

test("all values that do not fit are in one error", () => {
  const encoding = encodeRecords([{ mass: 1, day: "2020-01-02", island: "a" }], {
    numbers: { mass: {} },
    dates: { day: { parts: ["year"] } },
  });
  const bad = [
    { mass: "x", day: "soon", island: "a" },
    { mass: 2, day: "2020-02-03", island: "a" },
    { mass: "y", day: "2020-02-03", island: "b" },
  ];
  expect(() => encoding.apply(bad)).toThrow(
    'encodeRecords, column "mass": got "x" at row 0, "y" at row 2, need a finite number, or null where it is missing; ' +
      'encodeRecords, column "day": got "soon" at row 0, need a date such as "2020-01-02", or null where it is missing; ' +
      'encodeRecords, column "island": got "b" at row 2, need one of "a"',
  );
  const many = Array.from({ length: 9 }, (_, row) => ({ ...bad[1], mass: `x${row}` }));
  expect(() => encoding.apply(many)).toThrow('"x4" at row 4, 4 more, need a finite number');
});

test("a number is a category where categories are numbers, as its text is", () => {
  const encoding = encodeRecords([{ zip: "7" }, { zip: "12" }, { zip: "x" }], { minimumCount: 1 });
  const texts = ["7", "12", "5", "12.5"].map((zip) => ({ zip }));
  const numbers = [7, 12, 5, 12.5].map((zip) => ({ zip }));
  expect(encoding.apply(numbers)).toEqual(encoding.apply(texts));
  expect(encoding.apply([{ zip: 7 }])).toEqual([[0, 1, 0]]);
});

test("a number that the scale makes infinite is shown as it was given", () => {
  const encoding = encodeRecords([{ a: 1 }, { a: 2 }]);
  expect(() => encoding.apply([{ a: 3 }, { a: -1e308 }])).toThrow(
    new RangeError('encodeRecords, column "a": got -1e+308 at row 1, need a number nearer to those of the fit'),
  );
});
