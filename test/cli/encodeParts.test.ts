import { describe, expect, test } from "vitest";
import { decideInputs, decideTarget } from "../../src/cli/decide.ts";
import { encodeParts, fingerprintOf } from "../../src/cli/encodeParts.ts";
import type { ColumnTable } from "../../src/cli/table.ts";

const table: ColumnTable = {
  rows: 8,
  lines: 8,
  columns: [
    { name: "x", kind: "number", values: Float64Array.of(1, 3, 1, 3, 100, 101, 7, 8), missing: 0 },
    { name: "y", kind: "number", values: Float64Array.of(10, 20, 10, 20, 30, 40, 50, 60), missing: 0 },
  ],
};

/** Encodes the first four rows to train on, and the others by twos. */
function encode({ testRows = [6, 7], memoryBytes = 1e9 } = {}) {
  const target = decideTarget(table, { target: "y", task: "number", file: "t.csv" });
  const parts = {
    train: Int32Array.of(0, 1, 2, 3),
    validation: Int32Array.of(4, 5),
    test: Int32Array.from(testRows),
    stratified: "",
  };
  const options = { marksOf: () => new Set<string>(), minimumCount: 2, missingColumns: 2, mostWords: 10 };
  const asked = { target: "y", ignore: [], categories: [], rows: parts.train, minimumCount: 2, file: "t.csv" };
  const used = decideInputs(table, asked);
  const columns = { x: table.columns[0].values };
  return encodeParts(parts, { file: "t.csv", target, columns, used, options, memoryBytes });
}

describe("the parts of a table", () => {
  test("are encoded by the mean and the deviation of the training rows", () => {
    const { train, validation, test: tested, goal } = encode();
    expect(train).toEqual({ inputs: Float64Array.of(-1, 1, -1, 1), targets: Float64Array.of(-1, 1, -1, 1) });
    expect(validation).toEqual({ inputs: Float64Array.of(98, 99), targets: Float64Array.of(3, 5) });
    expect(tested).toEqual({ inputs: Float64Array.of(5, 6), targets: Float64Array.of(7, 9) });
    expect(goal).toMatchObject({ kind: "number", offset: 15, divisor: 5 });
  });

  test("are tested by the validation rows if no row is kept to test on", () => {
    const { validation, test: tested } = encode({ testRows: [] });
    expect(tested).toBe(validation);
  });

  test("know the ranges of the training rows alone", () => {
    expect(encode().seen).toEqual({ x: { least: 1, greatest: 3, missing: false } });
  });

  test("are refused if they do not fit into memory", () => {
    expect(() => encode({ memoryBytes: 100 })).toThrow(
      "t.csv: got 8 rows that become 1 feature each, which do not fit",
    );
  });
});

test("a fingerprint is of every value and target", () => {
  const { encoding, train, validation } = encode();
  const print = fingerprintOf(encoding, [train, validation]);
  expect(fingerprintOf(encoding, [train, validation])).toBe(print);
  const { inputs, targets } = train;
  const others = [
    { inputs: Float64Array.of(-1, 1, -1, 1.5), targets },
    { inputs, targets: Float64Array.of(-1, 1, -1, 2) },
  ];
  for (const other of others) expect(fingerprintOf(encoding, [other, validation])).not.toBe(print);
});
