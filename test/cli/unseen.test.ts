import { expect, test } from "vitest";
import { UnseenTally } from "../../src/cli/unseen.ts";
import { encodeRecords } from "../../src/data/index.ts";
import type { Target, Unseen } from "../../src/index.ts";

const target: Target = { kind: "number", name: "y", offset: 0, divisor: 1, logarithm: true };

test("rows whose number is too large are counted, with the first of them", () => {
  const tally = new UnseenTally({ seen: undefined, target, columns: [] });
  tally.addOutputs([1, 2], [2, 3]);
  expect(tally.notes).toEqual([]);
  tally.addOutputs([700, 710], [4, 5]);
  tally.addOutputs([1e4], [6]);
  expect(tally.notes).toEqual(["2 rows have no answer, first in line 5: their y would be too large for a number"]);
});

test("the first unseen value is that of the first line, in whatever order the rows come", () => {
  const tally = new UnseenTally({ seen: {}, target, columns: [] });
  const rows = new Map<number, Record<string, Unseen>>([
    [1, { kind: "unknown" }],
    [0, { kind: "unknown" }],
  ]);
  tally.add(rows, { kind: ["a", "b"] }, [2, 3]);
  expect(tally.notes).toEqual(['kind: 2 values that no training row had, first in line 2 "a"']);
});

test("dates far outside have the range of the training rows", () => {
  const { columns } = encodeRecords({ visit: ["2021-03-01", "2022-03-01"] }, { dates: { visit: {} } }).toJSON();
  const tally = new UnseenTally({
    target,
    columns,
    seen: { visit: { missing: false, least: 18687, greatest: 19052 } },
  });
  tally.add(new Map([[0, { visit: "outside" }]]), { visit: ["2150-01-01"] }, [2]);
  expect(tally.notes).toEqual([
    'visit: 1 date far outside those of the training rows, 2021-03-01 to 2022-03-01, in line 2 "2150-01-01"',
  ]);
});

test("unseen values are counted by column and kind, with the first of them", () => {
  const tally = new UnseenTally({
    target,
    columns: encodeRecords({ note: ["a b"] }, { texts: { note: {} } }).toJSON().columns,
    seen: { age: { missing: false, least: 18, greatest: 80 }, empty: { missing: true } },
  });
  const columns = {
    age: Float64Array.of(900, Number.NaN, 901),
    kind: ["a", "b", "c"],
    note: ["a", "xyz", "b"],
    empty: Float64Array.of(1, 2, 3),
  };
  tally.add(new Map([[0, { age: "outside", kind: "unknown", gone: "missing" }]]), columns, [2, 3, 4]);
  tally.add(
    new Map<number, Record<string, Unseen>>([
      [1, { age: "missing", note: "unknown" }],
      [2, { age: "outside", empty: "outside" }],
    ]),
    columns,
    [12, 13, 14],
  );
  expect(tally.notes).toEqual([
    "age: 2 numbers far outside those of the training rows, 18 to 80, first in line 2 900",
    "age: 1 missing value, in line 13; no training row lacked one",
    'kind: 1 value that no training row had, in line 2 "a"',
    'note: 1 text without a word that the model knows, in line 13 "xyz"',
    "empty: 1 number where no training row had one, in line 14 3",
  ]);
});
