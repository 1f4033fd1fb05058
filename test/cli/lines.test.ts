import { describe, expect, test } from "vitest";
import { linesOf } from "../../src/cli/lines.ts";
import type { Source } from "../../src/cli/source.ts";

/** A text, in pieces of so many characters. */
function sourceOf(text: string, length = 1 << 20): Source {
  const pieces = async function* () {
    for (let from = 0; from < text.length; from += length) yield text.slice(from, from + length);
  };
  return { name: "t.csv", bytes: undefined, read: () => 0, text: pieces() };
}

async function read(text: string, length?: number) {
  const { names, delimiter, blocks } = await linesOf(sourceOf(text, length));
  const numbers: number[] = [];
  const rows: (readonly string[])[] = [];
  for await (const block of blocks) {
    numbers.push(...block.numbers);
    rows.push(...block.rows);
  }
  return { names, delimiter, numbers, rows };
}

const table = 'name, mass ,note\r\nA,1.5,"one, two"\r\n\r\nB,2,"a ""quoted""\r\nline"\r\nC, 3 ,\r\n';
const expected = {
  names: ["name", "mass", "note"],
  delimiter: ",",
  numbers: [2, 4, 6],
  rows: [
    ["A", "1.5", "one, two"],
    ["B", "2", 'a "quoted"\nline'],
    ["C", "3", ""],
  ],
};

describe("lines", () => {
  test("have their values and their numbers: quotes, blank lines, spaces, a byte order mark, any end of line", async () => {
    expect(await read(table)).toEqual(expected);
    expect(await read(table.replaceAll("\r\n", "\n").trimEnd())).toEqual({ ...expected, rows: expected.rows });
  });

  test.each([1, 2, 3, 7, 20])("are the same in pieces of %i characters", async (length) => {
    // A piece may end between \r and \n.
    const text = table.replaceAll("\r\n", "\n");
    expect(await read(text, length)).toEqual(expected);
  });

  test.each([
    [";", "a;b\n1,5;2\n"],
    ["\t", "a\tb\n1\t2\n"],
    ["|", "a|b\n1|2\n"],
    [",", "a\n1\n"],
  ])("are cut at %j where that is what cuts them", async (delimiter, text) => {
    expect((await read(text)).delimiter).toBe(delimiter);
  });

  test("a quote within a value that has none around it is a quote", async () => {
    expect((await read('size,name\n5",nail\n6",screw\n')).rows).toEqual([
      ['5"', "nail"],
      ['6"', "screw"],
    ]);
  });

  test("quotes within values and around others are told apart in large tables, each character read once", async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) =>
      index % 3 ? `${index},5" pipe` : `${index},"two\nlines, ""${index}"""`,
    );
    const { rows, numbers } = await read(`id,name\n${lines.join("\n")}\n`, 1 << 16);
    expect(rows.length).toBe(60_000);
    expect(rows[1]).toEqual(["1", '5" pipe']);
    expect(rows[59_997]).toEqual(["59997", 'two\nlines, "59997"']);
    expect(numbers.at(-1)).toBe(80_001);
  });

  test("a column without a name is called by its place, as pandas's index and what follows a last comma", async () => {
    expect((await read(",a,\n0,1,\n")).names).toEqual(["column 1", "a", "column 3"]);
  });

  test("columns of one name become different ones, with a remark", async () => {
    const { names, remarks } = await linesOf(sourceOf("a,b,a,a (2),a\n1,2,3,4,5\n"));
    expect(names).toEqual(["a", "b", "a (3)", "a (2)", "a (4)"]);
    expect(remarks).toEqual(['columns of one name renamed: "a" → "a (3)", "a" → "a (4)"']);
  });

  test.each<[string, string, string]>([
    ["nothing", "", "t.csv: the file is empty, need a line of names and lines of values"],
    ["blank lines", "\n  \n", "t.csv: the file is empty"],
    ["JSON", '[\n  {"a": 1, "b": 2}\n]\n', "t.csv: this looks like JSON, need a table as CSV or TSV"],
    ["a value too many", "a,b\n1,2\n\n1,2,3\n", "t.csv, line 4: got 3 values, need 2, one a column"],
    ["a value too few", 'a,b\n"1\n1",2\n3\n', "t.csv, line 4: got 1 value, need 2, one a column"],
    ["a quote that is not closed", 'a,b\n1,2\n3,"4\n5,6\n', "t.csv, line 3: got a quote that is not closed, need one"],
    ["a quote closed too early", 'a,b\n1,"2" x\n', "t.csv, line 2: got a quote that is closed before the value ends"],
  ])("of %s are refused", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
