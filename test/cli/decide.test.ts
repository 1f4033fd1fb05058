import { describe, expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { decideInputs, decideTarget, findColumn, type Goal, targetEncoding } from "../../src/cli/decide.ts";
import type { ColumnTable } from "../../src/cli/table.ts";

const numbers = (name: string, values: readonly number[]): TableColumn => ({
  name,
  kind: "number",
  values: Float64Array.from(values),
  missing: values.filter(Number.isNaN).length,
});
const categories = (name: string, values: readonly (string | null)[]): TableColumn => ({
  name,
  kind: "category",
  values,
  missing: values.filter((value) => value === null).length,
});
const tableOf = (...columns: TableColumn[]): ColumnTable => ({
  columns,
  rows: columns[0].values.length,
  lines: columns[0].values.length,
});
const decided = (column: TableColumn, task?: Goal["kind"]) =>
  decideTarget(tableOf(column), { target: column.name, task, file: "t.csv" });
const times = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, i) => make(i));

describe("the target", () => {
  test("of texts is classes, in their order, with their counts; rows without it are left out", () => {
    const { goal, rows, why } = decided(categories("y", ["b", "a", null, "b", "a", "b"]));
    expect(goal).toEqual({ kind: "classes", classes: ["a", "b"], counts: [2, 3] });
    expect([...rows]).toEqual([0, 1, 3, 4, 5]);
    expect(why).toBe("since its values are texts");
  });

  const days = (name: string, texts: readonly (string | null)[]): TableColumn => ({
    ...categories(name, texts),
    kind: "date",
    dates: { order: "year-month-day", isAmbiguous: false },
  });
  const advice = "to predict when, write them as numbers of days, such as 18273 for 2020-01-12";

  test("of dates is classes, with advice unless --task says so", () => {
    const column = days("due", [null, ...times(40, (index) => `2020-01-${12 + (index % 8)}`)]);
    const { goal, why, remarks } = decided(column);
    expect(goal).toMatchObject({ kind: "classes", classes: times(8, (index) => `2020-01-${12 + index}`) });
    expect(why).toBe("since its values are dates");
    expect(remarks).toEqual([
      `the target "due" holds dates, each of which is a class of its own; ${advice}; if they are classes, say --task classification`,
    ]);
    expect(decided(column, "classes")).toMatchObject({ why: "as --task says", remarks: [] });
    const noon = decided(
      days(
        "due",
        times(20, (index) => `2020-01-1${index % 2} 12:20`),
      ),
    );
    expect(noon.remarks[0]).toContain("such as 18271.51 for 2020-01-10 12:20;");
  });

  test("of at most 20 different whole numbers is classes, of other numbers a number; --task says otherwise", () => {
    const whole = numbers(
      "y",
      times(200, (index) => index % 20),
    );
    expect(decided(whole).goal).toMatchObject({ kind: "classes", classes: times(20, (index) => index) });
    expect(decided(whole, "number").goal).toEqual({ kind: "number" });
    expect(
      decided(
        numbers(
          "y",
          times(210, (index) => index % 21),
        ),
      ).goal,
    ).toEqual({ kind: "number" });
    const halves = numbers(
      "y",
      times(60, (index) => (index % 20) / 2),
    );
    expect(decided(halves).goal).toEqual({ kind: "number" });
    expect(decided(halves, "classes").goal).toMatchObject({ kind: "classes" });
  });

  test("of numbers has a remark on those far from all others", () => {
    const column = numbers("y", [...times(60, (index) => index / 7), -999]);
    expect(decided(column).remarks).toEqual([
      '"y": -999 (1 row) is far from all others, 0 to 8.429; if it stands for a missing value, use --missing y=-999',
    ]);
    expect(decided(numbers("y", times(60, Math.sqrt))).remarks).toEqual([]);
  });

  test.each<[string, TableColumn, Goal["kind"] | undefined, string]>([
    ["no value", categories("y", [null, null]), undefined, "it has no values, need a target for each row"],
    [
      "one class",
      categories("y", ["a", "a", null]),
      undefined,
      'got only one value, "a", need at least two to tell apart',
    ],
    ["one number", numbers("y", [7, 7]), "number", 'got only one value, "7", need at least two'],
    ["names", categories("y", [..."abcdefghijkl"]), undefined, "got 12 different values in 12 rows, need classes that"],
    [
      "numbers in two notations",
      {
        ...categories(
          "y",
          times(30, (index) => `${"$€"[index % 2]}${index}.50`),
        ),
        notations: {
          of: "numbers" as const,
          each: [
            { example: "$0.50", rows: 16 },
            { example: "€1.50", rows: 14 },
          ],
        },
      },
      undefined,
      'got "$0.50" (16 rows) and "€1.50" (14 rows), numbers in different notations, need one; --task classification takes them',
    ],
    [
      "dates that seldom come again",
      days(
        "y",
        times(18, (index) => `2020-01-${12 + index}`),
      ),
      undefined,
      `got 18 different values in 18 rows, need classes that occur several times; ${advice}`,
    ],
    [
      "dates for numbers",
      days("y", ["2020-01-12", "2020-01-13"]),
      "number",
      `got "2020-01-12", "2020-01-13", need numbers for --task regression; ${advice}`,
    ],
    ["texts for numbers", categories("y", ["a", "b"]), "number", 'got "a", "b", need numbers for --task regression'],
    [
      "a million classes",
      numbers("y", times(9000, Math.sqrt)),
      "classes",
      "got more than 1000 different values in 9000",
    ],
  ])("of %s is refused", (_, column, task, message) => {
    expect(() => decided(column, task)).toThrow(message);
  });

  test("is found whatever its capital letters, if one may be meant; another is refused", () => {
    const table = tableOf(numbers("Mass", [1]), numbers("age", [1]));
    expect(findColumn(table, "mass", "t.csv").name).toBe("Mass");
    expect(findColumn(tableOf(numbers("Mass", [1]), numbers("mass", [2])), "mass", "t.csv").values[0]).toBe(2);
    const two = tableOf(numbers("Mass", [1]), numbers("MASS", [2]));
    expect(() => findColumn(two, "mass", "t.csv")).toThrow('there is no column "mass"; its columns are "Mass", "MASS"');
    expect(() => findColumn(table, "size", "t.csv")).toThrow(
      'there is no column "size"; its columns are "Mass", "age"',
    );
  });
});

describe("the inputs", () => {
  const inputs = (columns: TableColumn[], ignore: string[] = []) => {
    const table = tableOf(numbers("y", times(30, Number)), ...columns);
    const rows = Int32Array.from(times(30, Number));
    return decideInputs(table, { target: "y", ignore, categories: [], rows, minimumCount: 2, file: "t.csv" }).map(
      ({ column, why }) => [column.name, why],
    );
  };
  const useful = numbers(
    "x",
    times(30, (index) => index ** 2),
  );

  test("are the columns that may say something, and each other has a reason", () => {
    const columns = [
      useful,
      categories(
        "kind",
        times(30, (index) => "abc"[index % 3]),
      ),
      {
        ...categories(
          "day",
          times(30, (index) => `2024-01-${index + 1}`),
        ),
        kind: "date" as const,
        dates: { order: "year-month-day" as const, isAmbiguous: false },
      },
      {
        ...categories(
          "price",
          times(30, (index) => `${"$€"[index % 2]}${index}`),
        ),
        notations: { of: "numbers" as const, each: ["$0", "€1"].map((example) => ({ example, rows: 15 })) },
      },
      categories(
        "code",
        times(30, (index) => String(index % 15)),
      ),
      categories(
        "pair",
        times(30, (index) => (index < 29 ? `alone ${index % 20} ${index % 15}` : null)),
      ),
      categories(
        "name",
        times(30, (index) => `name ${index}`),
      ),
      numbers(
        "row",
        times(30, (index) => index + 5),
      ),
      numbers(
        "same",
        times(30, () => 4),
      ),
      numbers(
        "same but gaps",
        times(30, (index) => (index % 2 ? 4 : Number.NaN)),
      ),
      categories(
        "empty",
        times(30, () => null),
      ),
      numbers("mine", times(30, Math.sin)),
    ];
    expect(inputs(columns, ["mine"])).toEqual([
      ["x", ""],
      ["kind", ""],
      ["day", ""],
      [
        "price",
        'it has 30 different values in 30 rows, numbers in different notations: "$0" (15 rows) and "€1" (15 rows); write them in one to have them read',
      ],
      ["code", ""],
      ["pair", "it has 29 different values in 29 rows"],
      ["name", "it has 30 different values in 30 rows"],
      ["row", "it counts the rows"],
      ["same", "it has one value only"],
      ["same but gaps", "it has one value only"],
      ["empty", "it has no values"],
      ["mine", "as --ignore says"],
    ]);
  });

  test("of a sample, a count of the lines is one, wherever its rows stand", () => {
    const column = numbers("id", [12, 3, 8, 5]);
    const table = { columns: [column, numbers("y", [1, 2, 3, 4])], rows: 4, lines: 20, places: [11, 2, 7, 4] };
    const question = {
      target: "y",
      ignore: [],
      categories: [],
      rows: Int32Array.of(0, 1, 2),
      minimumCount: 2,
      file: "t.csv",
    };
    expect(() => decideInputs(table, question)).toThrow('"id" (it counts the rows)');
    expect(decideInputs({ ...table, places: [11, 2, 7, 5] }, question)[0].isUsed).toBe(true);
  });

  test.each<[string, boolean, (row: number) => string | null]>([
    ["sentences", true, (row) => `the film of row ${row} is ${row % 2 ? "good" : "bad"}`],
    ["sentences of other scripts, some missing", true, (row) => (row % 7 ? `фильм номер ${row} был хорош` : null)],
    ["names", false, (row) => `name${row} other${row}`],
    ["identifiers of words that never come again", false, (row) => `${row}a-${row}b-${row}c-${row}d-${row}e`],
    ["short texts", false, (row) => `room ${row}`],
    ["no words", false, (row) => "!".repeat(row + 1)],
  ])("that have a value of their own in each row are texts if their words come again: %s", (_, isText, of) => {
    const column = categories("x", times(60, of));
    const question = { target: "y", rows: Int32Array.from(times(60, Number)), minimumCount: 2, file: "t.csv" };
    const table = tableOf(
      numbers("y", times(60, Number)),
      column,
      numbers(
        "z",
        times(60, (row) => row % 3),
      ),
    );
    const [decided] = decideInputs(table, { ...question, ignore: [], categories: [] });
    expect([decided.isText, decided.isUsed]).toEqual([isText, isText]);
    for (const said of [
      { ignore: ["x"], categories: [] },
      { ignore: [], categories: ["x"] },
    ]) {
      // That a category is missing is a category.
      const isUsed = said.categories.length > 0 && column.missing > 0;
      expect(decideInputs(table, { ...question, ...said })[0]).toMatchObject({ isText: false, isUsed });
    }
  });

  test("are refused if there are none, or --ignore names none", () => {
    expect(() =>
      inputs([
        numbers(
          "same",
          times(30, () => 4),
        ),
      ]),
    ).toThrow('t.csv: got no column to predict "y" from, need one; not used: "same" (it has one value only)');
    expect(() => inputs([useful], ["z"])).toThrow('there is no column "z"');
    expect(() => inputs([useful], ["y"])).toThrow('--ignore names "y", which is the target');
  });
});

test("a target of texts that are numbers, such as codes, is a number if --task says so", () => {
  const codes = categories("y", ["007", null, ...times(20, (index) => `0${index}`)]);
  expect(() => decided(codes)).toThrow("need classes that occur several times; --task regression takes numbers");
  const { goal, column } = decided(codes, "number");
  expect([goal, column.kind, column.missing]).toEqual([{ kind: "number" }, "number", 1]);
  expect([...column.values].slice(0, 4)).toEqual([7, Number.NaN, 0, 1]);
});

describe("what a network learns", () => {
  test("is the number of a class", () => {
    const { target, encode: of } = targetEncoding(decided(categories("y", ["b", "a", "b", "a"])), [0, 1]);
    expect(target).toEqual({ kind: "classes", name: "y", classes: ["a", "b"] });
    expect([...of([0, 1, 2])]).toEqual([1, 0, 1]);
  });

  test("is a number of mean 0 and deviation 1 on the training rows", () => {
    const { target, encode: of } = targetEncoding(decided(numbers("y", [1.5, 3.5, 10.5])), [0, 1]);
    expect(target).toEqual({ kind: "number", name: "y", offset: 2.5, divisor: 1 });
    expect([...of([0, 1, 2])]).toEqual([-1, 1, 8]);
  });
});
