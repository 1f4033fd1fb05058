import { describe, expect, test } from "vitest";
import { readerNotes, TableReader } from "../../src/cli/encode.ts";
import { encodeRecords } from "../../src/data/index.ts";
import { dense, globalAveragePool, Network, Pipeline } from "../../src/index.ts";

const encoding = encodeRecords({ mass: [1, 2, 3, 4], island: ["a", "b", "a", "b"] }, { minimumCount: 2 });
const model = () =>
  new Pipeline({
    network: new Network({ inputs: 3, layers: [dense(1)] }),
    encoding,
    target: { kind: "number", name: "y", offset: 0, divisor: 1 },
  });
const names = ["id", "island", "y", "mass"];
const head = { names, delimiter: "," };

describe("a line-up", () => {
  test("takes the model's columns out of a table's lines, wherever they stand", () => {
    const reader = new TableReader(model(), head, "t.csv");
    const rows = [
      ["7", "a", "?", "1.5"],
      ["8", "", "?", "NA"],
    ];
    expect(reader.columnsOf({ numbers: [2, 3], rows })).toEqual({
      mass: Float64Array.of(1.5, Number.NaN),
      island: ["a", null],
    });
    expect(readerNotes(reader)).toEqual([
      "1 row without a value that the model reads; the answer is the same for all such rows",
    ]);
  });

  test("takes a column that the table does not have as missing in each row, and says so", () => {
    const reader = new TableReader(model(), { names: ["id", "mass"], delimiter: "," }, "t.csv");
    const block = {
      numbers: [2, 3],
      rows: [
        ["7", "1.5"],
        ["8", ""],
      ],
    };
    expect(reader.columnsOf(block)).toEqual({ mass: Float64Array.of(1.5, Number.NaN) });
    expect(readerNotes(reader)).toEqual([
      'the table has no column "island"; in each row, a value is missing there',
      "1 row without a value that the model reads; the answer is the same for all such rows",
    ]);
  });

  test("counts categories that the model has not learned from", () => {
    const reader = new TableReader(model(), head, "t.csv");
    const block = (islands: string[]) => ({
      numbers: islands.map((_, index) => index),
      rows: islands.map((island) => ["7", island, "0", "1"]),
    });
    reader.columnsOf(block(["a", "x"]));
    expect(readerNotes(reader)[0]).toMatch(/^island: 1 value \("x"\) too rare/);
    reader.columnsOf(block(["z", "b", "x"]));
    expect(readerNotes(reader)[0]).toMatch(/^island: 3 values \(such as "x"\) too rare/);
  });

  test("takes texts as they stand, null where one is missing, and refuses a model of series", () => {
    const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
    const texts = encodeRecords({ review: ["a b"] }, { texts: { review: { length: 3 } } });
    const ofTexts = new Pipeline({ network: new Network({ inputs: 3, layers: [dense(1)] }), encoding: texts, target });
    const head = { names: ["id", "review"], delimiter: "," };
    const rows = ["b, a", "", "NA", "7"].map((text) => ["0", text]);
    const reader = new TableReader(ofTexts, head, "t.csv");
    expect(reader.columnsOf({ numbers: [2, 3, 4, 5], rows })).toEqual({ review: ["b, a", null, null, "7"] });
    expect(readerNotes(reader)).toEqual([
      "2 rows without a value that the model reads; the answer is the same for all such rows",
    ]);
    const series = encodeRecords([{ heights: [1, 2] }], { series: { heights: {} } });
    const network = new Network({ inputs: [2, 1], variableLength: true, layers: [globalAveragePool(), dense(1)] });
    expect(() => new TableReader(new Pipeline({ network, encoding: series, target }), head, "t.csv")).toThrow(
      't.csv: the model reads a series from "heights", which a table cannot hold; need a program that uses the library',
    );
  });

  test("is refused where a column has another name, or all do, or a text stands for a number", () => {
    expect(() => new TableReader(model(), { names: ["mass", "islands"], delimiter: "," }, "t.csv")).toThrow(
      't.csv: columns: got "islands", need island; did you mean "island"?',
    );
    expect(() => new TableReader(model(), { names: ["x", "y"], delimiter: "," }, "t.csv")).toThrow(
      't.csv: columns: got "x", "y", need some of "mass", "island"',
    );
    const rows = [
      ["7", "a", "0", "heavy"],
      ["8", "b", "0", "2"],
      ["9", "a", "0", "light"],
      ["9", "a", "0", "heavy"],
    ];
    const reader = new TableReader(model(), head, "t.csv");
    expect(reader.columnsOf({ numbers: [9, 10, 11, 12], rows }).mass).toEqual(
      Float64Array.of(Number.NaN, 2, Number.NaN, Number.NaN),
    );
    expect(() => reader.refusals.check()).toThrow(
      't.csv, line 9, column "mass": got "heavy" (2 rows), "light", need a number, as the model learned',
    );
  });
});
