import { describe, expect, test } from "vitest";
import { missingMarks } from "../../src/cli/marks.ts";
import type { Source } from "../../src/cli/source.ts";
import { readTable, rowsOf } from "../../src/cli/table.ts";

const sourceOf = (text: string): Source => ({
  name: "t.csv",
  bytes: undefined,
  read: () => 0,
  text: (async function* () {
    yield text;
  })(),
});

const read = (text: string, options = {}) => readTable(sourceOf(text), { missing: missingMarks, ...options });

describe("a table", () => {
  test("has columns of numbers, NaN where one is missing, and of categories, null where one is", async () => {
    const { columns, rows } = await read("x,island,id\n1,a,7\nNA,b,8\n-2.5e3,,9\n");
    expect(rows).toBe(3);
    expect(columns).toEqual([
      {
        name: "x",
        kind: "number",
        values: Float64Array.of(1, Number.NaN, -2500),
        missing: 1,
        gaps: new Map([["NA", 1]]),
      },
      { name: "island", kind: "category", values: ["a", "b", null], missing: 1, gaps: new Map([["", 1]]) },
      { name: "id", kind: "number", values: Float64Array.of(7, 8, 9), missing: 0 },
    ]);
  });

  test("keeps categories as they stand, whichever comes first", async () => {
    const { columns } = await read("code\n01\n1.50\nx\n");
    expect(columns[0]).toEqual({ name: "code", kind: "category", values: ["01", "1.50", "x"], missing: 0 });
  });

  test("has categories where the user says so, and numbers of any length", async () => {
    const { columns } = await read("post,x\n1010,1\n1020,2\n", { categories: new Set(["post"]) });
    expect(columns.map(({ kind }) => kind)).toEqual(["category", "number"]);
    const long = Array.from({ length: 5000 }, (_, index) => index / 7);
    expect((await read(`x\n${long.join("\n")}`)).columns[0].values).toEqual(Float64Array.from(long));
  });

  test("a column without values is of categories, all missing", async () => {
    expect((await read("a,b\n1,\n2,\n")).columns[1]).toEqual({
      name: "b",
      kind: "category",
      values: [null, null],
      missing: 2,
      gaps: new Map([["", 2]]),
    });
  });

  test("tells how many rows there are as it reads", async () => {
    const seen: number[] = [];
    await read("a\n1\n2\n", { onRows: (rows: number) => seen.push(rows) });
    expect(seen).toEqual([2]);
  });

  test("is refused where a text follows more than 1000 different numbers, with what to do", async () => {
    const numbers = Array.from({ length: 1002 }, (_, index) => index).join("\n");
    await expect(read(`my x\n${numbers}\nn.a.\n`)).rejects.toThrow(
      't.csv, line 1004, column "my x": got "n.a.", need a number, as 1,002 other values are; ' +
        "if it means a missing value, use --missing n.a.; if the column holds categories, --categories 'my x'",
    );
  });

  test("is refused without values", async () => {
    await expect(read("a,b\n")).rejects.toThrow("t.csv: got names but no values, need at least one line of them");
  });
});

test("commas stand in numbers where semicolons stand between values", async () => {
  const { columns } = await read("price;kind\n1,5;a\n2,225;b\n");
  const values = Float64Array.of(1.5, 2.225);
  expect(columns[0]).toEqual({ name: "price", kind: "number", values, missing: 0, format: { decimal: "," } });
});

describe("a column of numbers but for a slip", () => {
  const slipped = (numbers: number, text: string) =>
    `a,b\n${Array.from({ length: numbers }, (_, index) => `${index % 7},x`).join("\n")}\n${text},y\n`;

  test("is refused with the line of the slip and what to do", async () => {
    await expect(read(slipped(30, "12 kg"))).rejects.toThrow(
      't.csv, line 32, column "a": got "12 kg", need a number, as 30 other values are; ' +
        "if it means a missing value, use --missing '12 kg'; if the column holds categories, --categories a",
    );
    const options = { categories: new Set(["a"]) };
    expect((await read(slipped(30, "12 kg"), options)).columns[0].kind).toBe("category");
  });

  test("is of categories if it has few numbers, or many texts", async () => {
    expect((await read(slipped(19, "12 kg"))).columns[0].kind).toBe("category");
    const half = `a\n${Array.from({ length: 60 }, (_, index) => (index % 2 ? index : `k${index}`)).join("\n")}\n`;
    expect((await read(half)).columns[0].kind).toBe("category");
  });

  test("--categories must name columns", async () => {
    await expect(read("a\n1\n", { categories: new Set(["b"]) })).rejects.toThrow(
      'there is no column "b", which --categories',
    );
  });
});

test("rows are taken in the order asked for", () => {
  expect(rowsOf(Float64Array.of(5, 6, 7), [2, 0])).toEqual(Float64Array.of(7, 5));
  expect(rowsOf(["a", null, "c"], Int32Array.of(2, 1))).toEqual(["c", null]);
});

test("numbers that begin with zeros are codes, and stay texts", async () => {
  const { columns } = await read(`zip,x,y\n${["007,0,1", "120,0.5,2", ",0,3"].join("\n")}\n`);
  expect(columns.map(({ kind }) => kind)).toEqual(["category", "number", "number"]);
  expect(columns[0].values).toEqual(["007", "120", null]);
});

test("advice for names and values that have commas stands in quotes", async () => {
  const text = `"a,b"\n${"1\n".repeat(30)}"x,5"\n`;
  await expect(read(text)).rejects.toThrow(
    `use --missing '"x,5"'; if the column holds categories, --categories '"a,b"'`,
  );
});

describe("a sample", () => {
  const lines = Array.from(
    { length: 5000 },
    (_, index) => `${index},${index % 7 ? `k${index % 3}` : ""},${index % 5 ? index / 3 : "NA"}`,
  );
  const text = `id,kind,x\n${lines.join("\n")}\n`;
  const sampled = (rows: number, seed = 1) => read(text, { sample: { rows, seed } });

  test("has so many rows, whole ones, from all of the table", async () => {
    const { columns, rows, lines, places } = await sampled(500);
    expect(places).toEqual([...columns[0].values]);
    expect([rows, lines]).toEqual([500, 5000]);
    const [id, kind, x] = columns.map(({ values }) => values);
    expect(new Set(id as Float64Array).size).toBe(500);
    (id as Float64Array).forEach((index, row) => {
      expect(kind[row]).toBe(index % 7 ? `k${index % 3}` : null);
      expect(x[row]).toBe(index % 5 ? index / 3 : Number.NaN);
    });
    // The mean of 500 of 0 to 4999 is within four of its deviations of their mean.
    const mean = (id as Float64Array).reduce((sum, value) => sum + value, 0) / 500;
    expect(Math.abs(mean - 2499.5)).toBeLessThan(4 * (5000 / Math.sqrt(12 * 500)));
    for (const { values, missing } of columns) {
      const gaps = Array.from(values).filter((value) => value === null || Number.isNaN(value));
      expect(missing).toBe(gaps.length);
    }
  });

  test("is the same for the same seed, another for another, and all of a table that has no more", async () => {
    expect(await sampled(500)).toEqual(await sampled(500));
    expect((await sampled(500, 2)).columns[0].values).not.toEqual((await sampled(500)).columns[0].values);
    expect((await sampled(9000)).columns).toEqual((await read(text)).columns);
  });

  test("is what a table is refused for that does not fit into memory", async () => {
    await expect(read(text, { memoryBytes: 3 * 32 * 1200 })).rejects.toThrow(
      "t.csv: got more than 1200 rows of 3 columns, which do not fit into the memory of this machine; --sample 1000 trains on that many",
    );
    expect((await read(text, { memoryBytes: 3 * 32 * 1200, sample: { rows: 1000, seed: 0 } })).rows).toBe(1000);
  });
});
