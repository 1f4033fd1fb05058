import { describe, expect, test } from "vitest";
import { findMeaning, isCode } from "../../src/data/meaning.ts";

const means = (counts: Record<string, number>) => findMeaning(new Map(Object.entries(counts)));
const temperatures = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [(20 + index / 10).toFixed(1), 1]));

describe("the meaning of texts", () => {
  test("is a number if all are of one notation, a date if all are dates, and a category otherwise", () => {
    expect(means({ "1.1": 3, "1.10": 4 }).meaning).toEqual({ kind: "number", format: {} });
    expect(means({ $5: 1, "$1,200": 1 }).meaning).toEqual({ kind: "number", format: { thousands: ",", unit: "$" } });
    expect(means({ "2020-01-05": 1, "2020-01-06": 2 }).meaning).toMatchObject({ kind: "date" });
    expect(means({ Adelie: 5, "5": 1 })).toEqual({ meaning: { kind: "category" }, strays: [], rows: 6 });
  });

  test.each([1, 3, 6, 20, 200, 5000])("is a number, and %i rows of another text are strays, at any share", (rows) => {
    expect(means({ ...temperatures(40), unknown: rows })).toEqual({
      meaning: { kind: "number", format: {} },
      strays: ["unknown"],
      rows: 40,
    });
  });

  test("is a category where few numbers stand among texts", () => {
    expect(means({ S: 10, M: 10, L: 10, "36": 3, "38": 3 }).meaning.kind).toBe("category");
    expect(means({ "1": 10, "2": 10, "3": 10, none: 9 }).meaning.kind).toBe("category");
  });

  test("of dates has strays, too", () => {
    const days = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index + 13}.1.2020`, 1]));
    expect(means({ ...days, later: 30 })).toMatchObject({ meaning: { kind: "date" }, strays: ["later"], rows: 12 });
  });

  test("is a category where numbers are codes or too long, or have several notations", () => {
    expect(means({ "007": 3, "012": 4 }).meaning.kind).toBe("category");
    expect(means({ "4611686018427387905": 3, "4611686018427387906": 3 }).meaning.kind).toBe("category");
    expect(means({ $5: 2, "€7": 3 }).meaning).toEqual({
      kind: "category",
      notations: {
        of: "numbers",
        each: [
          { example: "€7", rows: 3 },
          { example: "$5", rows: 2 },
        ],
      },
    });
    const dates = means({ "31/01/2024": 2, "30/01/2024": 2, "01/31/2024": 2, "01/30/2024": 2 }).meaning;
    expect(dates).toMatchObject({ kind: "category", notations: { of: "dates", each: [{ rows: 4 }, { rows: 4 }] } });
    const mixed = means({ "31/01/2024": 3, "2024-02-01": 2 }).meaning;
    expect(mixed).toMatchObject({ kind: "date", order: "day-month-year", forms: [{ rows: 3 }, { rows: 2 }] });
  });
});

test("codes begin with a zero or have more digits than a number", () => {
  const codes = ["007", "0", "0.5", "9007199254740993", "1e20"].map((text) => isCode(text, Number(text)));
  expect(codes).toEqual([true, false, false, true, false]);
});
