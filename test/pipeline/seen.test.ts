import { describe, expect, test } from "vitest";
import { encodeRecords, type TableRecord } from "../../src/data/index.ts";
import {
  dense,
  embedding,
  globalAveragePool,
  input,
  Network,
  Pipeline,
  type Seen,
  seenValues,
} from "../../src/index.ts";

const records: TableRecord[] = Array.from({ length: 20 }, (_, row) => ({
  age: 20 + 2 * row,
  size: row === 3 ? null : row,
  colour: row === 4 ? "green" : ["red", "blue"][row % 2],
  shape: row === 5 ? null : ["round", "flat"][row % 2],
}));
const encoding = encodeRecords(records, { minimumCount: 2, missing: { age: [-1] } });
const seen = seenValues(encoding, records);
const network = new Network({ inputs: encoding.features.length, layers: [dense(1)] });
const pipeline = new Pipeline({
  ...{ network, encoding, seen },
  target: { kind: "number", name: "y", offset: 0, divisor: 1 },
});
const usual = { age: 30, size: 5, colour: "red", shape: "flat" };
const unseenIn = (change: TableRecord, of = pipeline) => of.predict({ ...usual, ...change }).unseen;

describe("seen values", () => {
  test("are the ranges, the missing values and the rare categories, of records and of columns alike", () => {
    expect(seen).toEqual({
      age: { missing: false, least: 20, greatest: 58 },
      size: { missing: true, least: 0, greatest: 19 },
      colour: { missing: false, rare: ["green"] },
      shape: { missing: true },
    });
    const columns = {
      age: Float64Array.from(records, ({ age }) => age as number),
      colour: records.map(({ colour }) => colour as string),
    };
    const { size, shape } = seenValues(encoding, columns);
    expect(seenValues(encoding, columns)).toMatchObject({ age: seen.age, colour: seen.colour });
    expect([size, shape]).toEqual([{ missing: true }, { missing: true }]);
  });

  test("tell a missing value, a number far outside and an unknown category", () => {
    expect(unseenIn({})).toBeUndefined();
    expect(unseenIn({ age: null })).toEqual({ age: "missing" });
    expect(unseenIn({ age: -1 })).toEqual({ age: "missing" });
    expect(unseenIn({ age: 900, colour: "pink" })).toEqual({ age: "outside", colour: "unknown" });
    expect(unseenIn({ age: 10.4 })).toEqual({ age: "outside" });
    // A quarter of the range beyond it is not far.
    expect(unseenIn({ age: 67.5 })).toBeUndefined();
    expect(unseenIn({ size: null, shape: null, colour: "green" })).toBeUndefined();
  });

  test("tell a missing date and one far outside the dates of the training records, in any notation", () => {
    const visits = ["01/03/2021", "15/06/2021", "01/03/2022"].map((visit) => ({ visit }));
    const dated = encodeRecords(visits, { dates: { visit: { order: "day-month-year" } } });
    const values = seenValues(dated, visits);
    expect(values).toEqual({ visit: { missing: false, least: 18687, greatest: 19052 } });
    const { length: inputs } = dated.features;
    const judged = new Pipeline({
      ...{ network: new Network({ inputs, layers: [dense(1)] }), encoding: dated },
      ...{ target: pipeline.target, seen: values },
    });
    const told = ["", "01/05/2022", "01/07/2022", "1.1.1850"].map((visit) => judged.predict({ visit }).unseen);
    expect(told).toEqual([{ visit: "missing" }, undefined, { visit: "outside" }, { visit: "outside" }]);
    expect(Pipeline.fromBytes(judged.toBytes()).predict({ visit: "2150-01-01" }).unseen).toEqual({ visit: "outside" });
  });

  test("tell each row of a table, and columns that it does not have", () => {
    const columns = { age: Float64Array.of(30, 300), size: Float64Array.of(1, 2), shape: ["flat", "odd"] };
    expect(pipeline.predictColumns(columns).map(({ unseen }) => unseen)).toEqual([
      { colour: "missing" },
      { age: "outside", colour: "missing", shape: "unknown" },
    ]);
  });

  test("tell a text without a word of the vocabulary, and a missing one", () => {
    const notes: TableRecord[] = [{ note: "good film" }, { note: "bad film" }];
    const texts = encodeRecords(notes, { texts: { note: { size: 4 } } });
    const steps = input(texts.inputs[0].shape, { variableLength: true });
    const layers = dense(1)(globalAveragePool()(embedding(texts.vocabularies.note.size, 2, { padding: 0 })(steps)));
    const told = new Pipeline({
      ...{ network: new Network({ inputs: steps, outputs: layers }), encoding: texts },
      ...{ target: pipeline.target, seen: seenValues(texts, notes) },
    });
    expect(told.seen).toEqual({ note: { missing: false } });
    const said = ["a FILM", "ein Stück", "!", null].map((note) => told.predict({ note }).unseen);
    expect(said).toEqual([undefined, { note: "unknown" }, { note: "unknown" }, { note: "missing" }]);
  });

  test("take 1 and 0 for booleans, as the encoding does", () => {
    const flags: TableRecord[] = [{ flag: "TRUE" }, { flag: "FALSE" }];
    const encoded = encodeRecords(flags, { minimumCount: 1 });
    const told = new Pipeline({
      ...{ network: new Network({ inputs: 2, layers: [dense(1)] }), encoding: encoded },
      ...{ target: pipeline.target, seen: seenValues(encoded, flags) },
    });
    const yes = told.predict({ flag: "TRUE" });
    expect([1, "1", true].map((flag) => told.predict({ flag }))).toEqual([yes, yes, yes]);
    const no = told.predict({ flag: "FALSE" });
    expect([0, "0", false].map((flag) => told.predict({ flag }))).toEqual([no, no, no]);
    expect(told.predict({ flag: 2 }).unseen).toEqual({ flag: "unknown" });
  });

  test("are in the file, and without them nothing is told", () => {
    const read = Pipeline.fromBytes(pipeline.toBytes());
    expect(read.seen).toEqual(seen);
    expect(unseenIn({ age: 900 }, read)).toEqual({ age: "outside" });
    const { target } = pipeline;
    expect(unseenIn({ age: 900 }, new Pipeline({ network, encoding, target }))).toBeUndefined();
  });

  test("of very many rare categories tell none unknown", () => {
    const many = Array.from({ length: 1200 }, (_, row): TableRecord => ({ name: row < 3 ? "Ann" : `name ${row}` }));
    const names = encodeRecords(many, { minimumCount: 2 });
    const told = new Pipeline({
      ...{ network: new Network({ inputs: names.features.length, layers: [dense(1)] }), encoding: names },
      ...{ target: pipeline.target, seen: seenValues(names, many) },
    });
    expect(told.predict({ name: "new" }).unseen).toBeUndefined();
  });

  test("are refused where they are none", () => {
    const made = (seen: unknown) => () =>
      new Pipeline({ network, encoding, target: pipeline.target, seen: seen as Seen });
    expect(made([])).toThrow("pipeline, seen: got an array of 0, need an object with the values of each column");
    expect(made({ agee: { missing: false } })).toThrow(
      'pipeline, seen: got "agee", need one of age, size, colour, shape',
    );
    expect(made({ age: { missing: 1 } })).toThrow('column "age": got missing 1, need true or false');
    expect(made({ colour: { missing: true, rare: "x" } })).toThrow('got rare "x", need an array of strings');
    expect(() => seenValues(undefined as never, records)).toThrow("seenValues: got encoding undefined, need");
  });
});
