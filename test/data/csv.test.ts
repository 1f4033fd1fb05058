import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type CellValue, type CsvOptions, parseCsv } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

const kindsOf = (text: string, options?: CsvOptions) => parseCsv(text, options).columns.map(({ kind }) => kind);

test("reads numbers, categories and missing values by the names of the columns", () => {
  expect(parseCsv("mass,island\n3750,Torgersen\n,Biscoe\n5e3,NA\n")).toEqual({
    columns: [
      { name: "mass", kind: "number" },
      { name: "island", kind: "category" },
    ],
    records: [
      { mass: 3750, island: "Torgersen" },
      { mass: null, island: "Biscoe" },
      { mass: 5000, island: null },
    ],
  });
});

test("reads the 344 penguins: 342 of each measure, 334 of known sex, one of them .", () => {
  const { columns, records } = parseCsv(readFileSync("test/fixtures/penguins.csv", "utf8"));
  expect(records.length).toBe(344);
  expect(columns.map(({ kind }) => kind)).toEqual(["category", "category", ...new Array(4).fill("number"), "category"]);
  const counts = columns.map(({ name }) => records.filter((record) => record[name] !== null).length);
  expect(counts).toEqual([344, 344, 342, 342, 342, 342, 334]);
  expect(records[3]).toMatchObject({ Species: "Adelie", "Body Mass (g)": null, Sex: null });
  expect(records[336].Sex).toBe(".");
  const { records: others } = parseCsv(readFileSync("test/fixtures/penguins.csv", "utf8"), { missing: ["NA", "."] });
  expect(others.filter(({ Sex }) => Sex === null).length).toBe(11);
});

describe("values", () => {
  test.each(["0", "-1.5", "+2", ".5", "5.", "1e-3", "1E+3", " 7 ", '"8"'])("%j is a number", (value) => {
    expect(kindsOf(`x\n${value}`)).toEqual(["number"]);
  });

  test.each(["1e999", "Infinity", "0x10", "1_000", '"1,5"', ".", "e5", "1 2", "1970-01-01", "12 kg"])(
    "%j is a category, and makes the numbers of its column categories",
    (value) => {
      const { columns, records } = parseCsv(`x\n1.50\n${value}`, { delimiter: "," });
      expect(columns).toEqual([{ name: "x", kind: "category" }]);
      expect(records).toEqual([{ x: "1.50" }, { x: value.replaceAll('"', "") }]);
    },
  );

  test.each(["", "NA", "NaN", "null", "?", " ? ", '""'])("%j is missing", (value) => {
    expect(parseCsv(`x,y\n${value},1\n2,3`).records[0]).toEqual({ x: null, y: 1 });
  });

  test("what is missing can be said, and is then all that is", () => {
    expect(parseCsv("x,y\n-999,1\nNA,\n", { missing: ["-999"] }).records).toEqual([
      { x: null, y: "1" },
      { x: "NA", y: "" },
    ]);
  });

  test("a column without a value has numbers", () => expect(kindsOf("x,y\n,1\nNA,2")).toEqual(["number", "number"]));

  test("kinds can be said: post codes keep their zeros", () => {
    const table = parseCsv("code,x\n01234,1\n,2", { kinds: { code: "category", x: "number" } });
    expect(table.columns.map(({ kind }) => kind)).toEqual(["category", "number"]);
    expect(table.records).toEqual([
      { code: "01234", x: 1 },
      { code: null, x: 2 },
    ]);
  });
});

describe("text", () => {
  test.each([
    [",", "a,b\n1,2\n3,4"],
    [";", "a;b\n1,5;2,5\n3,5;4,5"],
    ["tab", "a\tb\n1\t2\n3\t4"],
    ["bar", "a|b\n1|2,3,4\n3|4"],
    [", though a line is ragged, and refused then", "a,b\n1\n2"],
  ])("is cut at %s, which is found", (_, text) => {
    if (text.includes("\n1\n")) expect(() => parseCsv(text)).toThrow("line 2: got 1 value, need 2");
    else expect(parseCsv(text).columns.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("is cut at the delimiter given only", () => {
    expect(parseCsv("a b;c\n1 2;3", { delimiter: " " }).records).toEqual([{ a: 1, "b;c": "2;3" }]);
    expect(parseCsv("a,b\n1,2", { delimiter: ";" }).records).toEqual([{ "a,b": "1,2" }]);
  });

  test("may have a byte order mark, any line ends, blank lines and none at its end", () => {
    const expected = parseCsv("a,b\n1,x\n2,y");
    for (const end of ["\n", "\r\n", "\r"]) {
      for (const text of [
        "a,b\n1,x\n2,y\n",
        "\ufeffa,b\n1,x\n2,y",
        '\ufeff"a",b\n1,x\n2,y',
        "\n \na,b\n\n1,x\n2,y\n\n",
      ]) {
        expect(parseCsv(text.replaceAll("\n", end))).toEqual(expected);
      }
    }
    expect(parseCsv("a,b\r\n1,x\n2,y\r")).toEqual(expected);
  });

  test("may quote delimiters, line ends and quotes, and have spaces around quotes' ends and values", () => {
    expect(parseCsv('name, x\n"a, b" ,1\n"two\r\nlines", 2\n"say ""so""",3\nit\'s 5" long,4').records).toEqual([
      { name: "a, b", x: 1 },
      { name: "two\nlines", x: 2 },
      { name: 'say "so"', x: 3 },
      { name: "it's 5\" long", x: 4 },
    ]);
  });

  test("without names has column1, column2 and so on", () => {
    expect(parseCsv("1,x\n2,y", { header: false }).records).toEqual([
      { column1: 1, column2: "x" },
      { column1: 2, column2: "y" },
    ]);
  });

  test("may name columns as anything, __proto__ and constructor included", () => {
    const { columns, records } = parseCsv("__proto__,constructor\n1,2\nx,3");
    expect(columns.map(({ kind }) => kind)).toEqual(["category", "number"]);
    expect(Object.entries(records[1])).toEqual([
      ["__proto__", "x"],
      ["constructor", 3],
    ]);
  });

  test("that is written comes back, of any characters, delimiter and line end", () => {
    const characters = [..."ab1,;|\t\"' \n", "é", "😀"];
    for (let seed = 0; seed < 300; seed++) {
      const random = pcg32(seed);
      const pick = <T>(items: readonly T[]) => items[random.integer(items.length)];
      const columns = 2 + random.integer(3);
      const records = Array.from({ length: 1 + random.integer(5) }, () =>
        Array.from(
          { length: columns },
          () => `x${Array.from({ length: random.integer(6) }, () => pick(characters)).join("")}x`,
        ),
      );
      const [delimiter, end] = [pick([",", ";", "\t", "|"]), pick(["\n", "\r\n", "\r"])];
      const names = records[0].map((_, column) => `c${column}`);
      const quoted = (value: string) => (/^\w*$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`);
      const text = [names, ...records].map((values) => values.map(quoted).join(delimiter)).join(end);
      const read = parseCsv(text, { delimiter }).records.map((record) => Object.values(record));
      expect(read).toEqual(records);
    }
  });
});

describe("parseCsv refuses", () => {
  test.each<[string, CsvOptions | undefined, string]>([
    ["", undefined, "parseCsv: got no rows, need at least one after the names"],
    ["a,b\n", undefined, "parseCsv: got no rows, need at least one after the names"],
    ["\n \n", { header: false }, "parseCsv: got no rows, need at least one"],
    ['a,b\n"1\n\n",2\n\n1,2,3', undefined, "parseCsv, line 6: got 3 values, need 2, as in line 1"],
    ["\n\na,b\r\n1,2\r\n1", undefined, "parseCsv, line 5: got 1 value, need 2, as in line 3"],
    ["1,2\n1,2,3", { header: false }, "parseCsv, line 2: got 3 values, need 2, as in line 1"],
    ["a,,c\n1,2,3", undefined, "parseCsv, line 1: got no name for column 2, need one"],
    ["a,b, a\n1,2,3", undefined, 'parseCsv, line 1: got "a" as columns 1 and 3, need different names'],
    ['a,b\n1,"x\n2,y\n', undefined, "parseCsv, line 2, character 3: got a quote that is not closed"],
    ['\ufeff"a,b\n1,2', undefined, "parseCsv, line 1, character 1: got a quote that is not closed"],
    [
      'a,b\r\n1,2\r\n3,"x"y\r\n',
      undefined,
      "parseCsv, line 3, character 3: got a quote that is closed before the value",
    ],
    [
      "a,b\n1,2\n3,12 kg",
      { kinds: { b: "number" } },
      'parseCsv, line 3, column "b": got "12 kg", need a finite number',
    ],
    [
      "age,b\n1,2",
      { kinds: { agee: "number" } },
      'parseCsv kinds: got "agee", need one of age, b; did you mean "age"?',
    ],
    ["a,b\n1,2", { kinds: { a: "numbr" as "number" } }, 'kinds, column "a": got "numbr", need one of number, category'],
    ["a,b\n1,2", { delimiter: '"' }, 'parseCsv delimiter: got "\\"", need one character that is no quote or line end'],
    ["a,b\n1,2", { delimiter: "::" }, 'parseCsv delimiter: got "::"'],
    ["a,b\n1,2", { delimiter: "" }, 'parseCsv delimiter: got ""'],
    ["a,b\n1,2", { delimeter: "," } as CsvOptions, 'parseCsv option: got "delimeter"'],
  ])("%j with %j", (text, options, message) => {
    expect(() => parseCsv(text, options)).toThrow(RangeError);
    expect(() => parseCsv(text, options)).toThrow(message);
  });

  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [new Uint8Array(3), undefined],
    ["a\n1", { header: 1 }],
    ["a\n1", { missing: "NA" }],
    ["a\n1", { missing: [3] }],
    ["a\n1", { kinds: null }],
    ["a\n1", { kinds: ["number"] }],
    ["a\n1", { delimiter: 3 }],
    ["a\n1", "a"],
  ])("%j with %j by type", (text, options) => {
    expect(() => parseCsv(text as string, options as CsvOptions)).toThrow(TypeError);
  });
});

test("a table of 100 000 lines is read, to its last line", () => {
  const line = (row: number) => `${row},${row / 7},class ${row % 5},"quoted, ${row}"`;
  const text = `a,b,c,d\n${Array.from({ length: 100_000 }, (_, row) => line(row)).join("\n")}\n`;
  const { records } = parseCsv(text);
  const expected: Record<string, CellValue> = { a: 99_999, b: 99_999 / 7, c: "class 4", d: "quoted, 99999" };
  expect(records[99_999]).toEqual(expected);
});
