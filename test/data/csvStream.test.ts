import { createReadStream, readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type Columns, parseCsv, type StreamCsvOptions, streamCsv, type TextPieces } from "../../src/data/index.ts";

async function chunksOf(pieces: TextPieces, options?: StreamCsvOptions): Promise<Columns[]> {
  const chunks: Columns[] = [];
  for await (const chunk of streamCsv(pieces, options)) chunks.push(chunk);
  return chunks;
}

const text = '\ufeffkey,fare,when,n\nk1,4.5,"2009, June",1\n\nk2, -2e1 ,NA,\nk3,7,"a ""b""\nc",3\n';
const expected = [
  { key: ["k1", "k2"], fare: Float64Array.of(4.5, -20), when: ["2009, June", null], n: Float64Array.of(1, Number.NaN) },
  { key: ["k3"], fare: Float64Array.of(7), when: ['a "b"\nc'], n: Float64Array.of(3) },
];

test.each([1, 2, 3, 5, 1000])(
  "reads chunks by columns, the same from pieces of %i bytes or characters",
  async (length) => {
    const bytes = new TextEncoder().encode(text.replaceAll("\n", "\r\n").replace("June", "Juné"));
    const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
      bytes.subarray(i * length, (i + 1) * length),
    );
    const accented = structuredClone(expected);
    accented[0].when[0] = "2009, Juné";
    expect(await chunksOf(pieces, { rows: 2 })).toEqual(accented);
    const texts = Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
      text.slice(i * length, (i + 1) * length),
    );
    expect(await chunksOf(texts, { rows: 2 })).toEqual(expected);
  },
);

test("a quote behind a carriage return that ends a line begins a value, however the text is cut", async () => {
  const table = 'a,b\r1,x\r"2\n",y\r';
  const expected = [{ a: Float64Array.of(1, 2), b: ["x", "y"] }];
  expect(await chunksOf([table])).toEqual(expected);
  expect(await chunksOf([...table])).toEqual(expected);
});

test("reads what parseCsv reads, from a file's stream and from a ReadableStream", async () => {
  const path = "test/fixtures/penguins.csv";
  const { columns, records } = parseCsv(readFileSync(path, "utf8"));
  const whole = Object.fromEntries(
    columns.map(({ name, kind }) => {
      const values = records.map((record) => record[name]);
      return [
        name,
        kind === "number" ? Float64Array.from(values, (value) => (value as number | null) ?? Number.NaN) : values,
      ];
    }),
  );
  expect(await chunksOf(createReadStream(path, { highWaterMark: 99 }))).toEqual([whole]);
  const stream = new Blob([readFileSync(path)]).stream();
  expect(await chunksOf(stream as unknown as AsyncIterable<Uint8Array>)).toEqual([whole]);
  const chunks = await chunksOf(createReadStream(path), { rows: 100 });
  expect(chunks.flatMap(({ Island }) => Island as string[])).toEqual(whole.Island);
});

test("options: columns that are read, kinds that are said, what is missing, the delimiter", async () => {
  const options = { columns: ["x", "zip"], kinds: { zip: "category" }, missing: ["-"], delimiter: ":" } as const;
  const [chunk] = await chunksOf(["a:zip:x\n1:007:-\n2:-:3\n"], options);
  expect(Object.keys(chunk)).toEqual(["x", "zip"]);
  expect(chunk).toEqual({ zip: ["007", null], x: Float64Array.of(Number.NaN, 3) });
  expect(Object.keys((await chunksOf(["__proto__,x\n1,2\n"]))[0])).toEqual(["__proto__", "x"]);
  expectTypeOf(streamCsv([])).toEqualTypeOf<AsyncGenerator<Columns, void, undefined>>();
});

test("keeps one chunk: of an endless text it reads no more than it gives", async () => {
  let read = 0;
  let isClosed = false;
  const endless = function* () {
    try {
      yield "a\n";
      for (;;) yield `${read++}\n`;
    } finally {
      isClosed = true;
    }
  };
  for await (const { a } of streamCsv(endless(), { rows: 100 })) {
    expect(read).toBeLessThan(a.length + (a[0] as number) + 5);
    if ((a[0] as number) > 1000) break;
  }
  expect(isClosed).toBe(true);
});

describe("refuses", () => {
  test.each<[string, string, StreamCsvOptions]>([
    ["an unknown column", "a,b\n1,2\n", { columns: ["c"] }],
    ["an unknown column's kind", "a,b\n1,2\n", { kinds: { c: "number" } }],
    ["a name twice", "a,a\n1,2\n", {}],
    ["JSON", '[{"a": 1}]\n', {}],
    ["a quote within a value", 'a,b\n1,"x"y\n', {}],
    ["a value too few", "a,b\n1\n", {}],
    ["a text where numbers are asked for", "a,b\n1,x\n", { kinds: { b: "number" } }],
  ])("%s, and lets go of the pieces", async (_, first, options) => {
    let isClosed = false;
    const pieces = async function* () {
      try {
        yield first;
        for (;;) yield "3,4\n";
      } finally {
        isClosed = true;
      }
    };
    await expect(chunksOf(pieces(), { ...options, rows: 1 })).rejects.toThrow(RangeError);
    expect(isClosed).toBe(true);
  });

  test.each<[string, Iterable<string | Uint8Array>, object, string]>([
    ["nothing", [], {}, "streamCsv: the file is empty, need a line of names and lines of values"],
    ["names alone", ["a,b\n"], {}, "streamCsv: got no rows, need at least one after the names"],
    ["a name twice", ["a,a\n1,2\n"], {}, 'streamCsv, line 1: got "a" as columns 1 and 2, need different names'],
    ["a column without a name", ["a,\n1,2\n"], {}, "streamCsv, line 1: got no name for column 2, need one"],
    ["a value too few", ["a,b\n1,2\n\n3\n"], {}, "streamCsv, line 4: got 1 value, need 2, one a column"],
    ["JSON", ['[{"a": 1}]'], {}, "streamCsv: this looks like JSON, need a table as CSV or TSV"],
    [
      "a text after a chunk of numbers",
      ["a,b\n1,2\n3,4\n\n5,x\n"],
      { rows: 2 },
      'streamCsv, line 5, column "b": got "x", need a finite number, or kinds: { "b": "category" }',
    ],
    [
      "a text where numbers are asked for",
      ["a\nx\n"],
      { kinds: { a: "number" } },
      'line 2, column "a": got "x", need a finite',
    ],
    ["no UTF-8", [Uint8Array.of(0x61, 10, 0xff, 10)], {}, "streamCsv: got bytes that are no UTF-8 text"],
    ["half a character", [Uint8Array.of(0x61, 10, 0xc3)], {}, "streamCsv: got bytes that are no UTF-8 text"],
    ["an unknown column", ["age\n1\n"], { columns: ["agee"] }, 'streamCsv columns: got "agee", need age; did'],
    ["an unknown column's kind", ["age\n1\n"], { kinds: { b: "number" } }, 'streamCsv kinds: got "b", need age'],
  ])("%s, while reading", async (_, pieces, options, message) => {
    await expect(chunksOf(pieces, options)).rejects.toThrow(RangeError);
    await expect(chunksOf(pieces, options)).rejects.toThrow(message);
  });

  test.each<[unknown, string]>([
    ["a,b\n1,2\n", 'streamCsv: got "a,b\\n1,2\\n", need pieces of a text to iterate over'],
    [7, "streamCsv: got 7, need pieces of a text to iterate over"],
    [[1], "streamCsv: got a piece that is 1, need bytes or strings"],
  ])("%j, while reading", async (pieces, message) => {
    await expect(chunksOf(pieces as never)).rejects.toThrow(new TypeError(message));
  });

  test.each<[object, string]>([
    [{ rows: 0 }, "streamCsv rows: got 0, need a whole number from 1"],
    [{ header: false }, 'streamCsv option: got "header", need one of delimiter'],
    [{ delimiter: "ab" }, 'streamCsv delimiter: got "ab", need one character'],
    [{ missing: "NA" }, 'streamCsv missing: got "NA", need an array of strings'],
    [{ columns: "a" }, 'streamCsv columns: got "a", need an array of at least one name'],
    [{ columns: [] }, "streamCsv columns: got an array of 0, need an array of at least one name"],
    [{ kinds: { a: "text" } }, 'streamCsv kinds, column "a": got "text", need one of number, category'],
  ])("option %j, at once", (options, message) => {
    expect(() => streamCsv([], options)).toThrow(message);
  });
});
