import { describe, expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { columnName, looksLikeValues } from "../../src/cli/header.ts";

const column = (values: readonly (string | number)[]): TableColumn =>
  typeof values[0] === "number"
    ? { name: "", kind: "number", values: Float64Array.from(values as number[]), missing: 0 }
    : { name: "", kind: "category", values: values as string[], missing: 0 };
const looks = (names: string[], ...columns: (readonly (string | number)[])[]) =>
  looksLikeValues(columns.map(column), names);

describe("the first line looks like values", () => {
  test.each<[string, boolean]>([
    ["if a name is a fraction", looks(["5.1", "kind"], [4, 5], ["a", "b"])],
    ["if a name is negative", looks(["-3", "kind"], [4, 5], ["a", "b"])],
    ["if a name is a number and another a category", looks(["4", "M", "x"], [3, 5], ["F", "M"], ["q", "r"])],
    ["if all names are categories of their columns", looks(["p", "x"], ["p", "e"], ["x", "f"])],
    ["if all names are numbers amid their columns", looks(["5", "3", "4"], [4, 6], [1, 9], [3, 5])],
    [
      "if a name is a date",
      looksLikeValues(
        [
          {
            ...column(["2020-01-05", "2020-01-06"]),
            kind: "date",
            dates: { order: "year-month-day", isAmbiguous: false },
          },
        ],
        ["2020-01-04"],
      ),
    ],
    ["if a name is money", looksLikeValues([{ ...column([5, 6]), format: { unit: "$" } }], ["$7"])],
  ])("%s", (_, does) => expect(does).toBe(true));

  test.each<[string, boolean]>([
    ["words", looks(["size", "kind"], [4, 5], ["a", "b"])],
    ["years", looks(["name", "2019", "2020"], ["a", "b"], [3, 4], [5, 2])],
    ["years of values about as great", looks(["2019", "2020"], [2000, 2050], [1999, 2030])],
    ["the places of pixels", looks(["0", "1", "2"], [0, 255], [0, 255], [0, 255])],
    ["a name that is a category", looks(["red", "kind"], ["red", "blue"], ["a", "b"])],
    ["nothing", looks(["", "x"], ["", "b"], ["c", "d"])],
  ])("not with %s", (_, does) => expect(does).toBe(false));
});

test("a column without a name is called by its place", () => expect(columnName(4)).toBe("column5"));
