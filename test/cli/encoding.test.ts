import { expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { fitEncoding, missingShare } from "../../src/cli/encoding.ts";

const used = (column: TableColumn, isText = false) => ({ column, isUsed: true, isText, why: "", minimumCount: 1 });
const options = {
  marksOf: () => new Set(["", "?", "-1"]),
  minimumCount: 1,
  missingColumns: 0.1,
  mostWords: 3,
};

test("the model knows the meaning of each column: notation, order, marks", () => {
  const price = Float64Array.of(1, Number.NaN, 3, 4);
  const day = ["13.1.2020", "14.2.2020", null, "15.3.2020"];
  const kind = ["a", "b", null, "a"];
  const sure = ["a", "b", "b", "b"];
  const note = ["a b c d", "a b c", "b a", "a b"];
  const encoding = fitEncoding(
    { 2020: price, day, kind, sure, note },
    [
      used({ name: "note", kind: "category", values: note, missing: 0 }, true),
      used({
        name: "day",
        kind: "date",
        values: day,
        missing: 1,
        dates: { order: "day-month-year", isAmbiguous: false },
      }),
      used({ name: "2020", kind: "number", values: price, missing: 1, format: { unit: "$" } }),
      used({ name: "kind", kind: "category", values: kind, missing: 1 }),
      used({ name: "sure", kind: "category", values: sure, missing: 0 }),
    ],
    options,
  );
  const [text, date, number, own, never] = encoding.toJSON().columns;
  expect(text).toMatchObject({ name: "note", kind: "text", maximumLength: 3, missing: ["?", "-1"] });
  expect(date).toMatchObject({ name: "day", kind: "date", order: "day-month-year", missingColumn: true });
  expect(number).toMatchObject({ name: "2020", format: { unit: "$" }, missing: ["?", "-1", -1], missingColumn: true });
  expect(own).toMatchObject({ name: "kind", categories: ["a", "b", null], fill: null });
  expect(never).toMatchObject({ name: "sure", categories: ["a", "b"], fill: "b" });
});

test("a missing number has a feature from one row in a hundred on, but not for fewer rows than a category", () => {
  expect(missingShare(10_000, 50)).toBe(0.01);
  expect(missingShare(60, 2)).toBe(2 / 60);
});
