import { describe, expect, test } from "vitest";
import { importances, sampledImportances, shuffles } from "../../src/cli/importance.ts";
import { columnsAt } from "../../src/cli/table.ts";
import { type Columns, encodeRecords } from "../../src/data/index.ts";
import { dense, Network, Pipeline, pcg32 } from "../../src/index.ts";

type Model = Pick<Pipeline, "target" | "columns" | "outputs">;

const rows = 200;
const generator = pcg32(1);
const values = () => Float64Array.from({ length: rows }, () => generator.normal());
const columns: Columns = { b: values(), a: values(), kind: Array.from({ length: rows }, (_, row) => "xy"[row % 2]) };

const names = ["b", "a", "kind"].map((name) => ({ name, kind: "number", fill: 0, offset: 0, divisor: 1 }) as const);
/** Says what is right of 3 a + (1 if kind is x), and does not look at b. */
const truth = ({ a, kind }: Columns) =>
  Float64Array.from({ length: rows }, (_, row) => 3 * (a[row] as number) + (kind[row] === "x" ? 1 : 0));
const regression: Model = {
  target: { kind: "number", name: "y", offset: 0, divisor: 1 },
  columns: names,
  outputs: truth,
};

describe("importances", () => {
  test("of numbers is the root mean squared error that is added, the greatest first, 0 for what does not count", () => {
    const found = importances(regression, columns, { targets: truth(columns), seed: 7 });
    expect(found.map(({ column }) => column)).toEqual(["a", "kind", "b"]);
    expect(found[2]).toEqual({ column: "b", mean: 0, least: 0, greatest: 0 });
    const orders = Array.from(
      { length: shuffles },
      (() => {
        const generator = pcg32(7);
        return () => generator.shuffle(Array.from({ length: rows }, (_, row) => row));
      })(),
    );
    const a = columns.a as Float64Array;
    const errors = orders.map((order) =>
      Math.sqrt(order.reduce((sum, from, row) => sum + (3 * (a[from] - a[row])) ** 2, 0) / rows),
    );
    expect(found[0].mean).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / shuffles, 12);
    expect([found[0].least, found[0].greatest]).toEqual(
      [Math.min(...errors), Math.max(...errors)].map((error) => expect.closeTo(error, 12)),
    );
  });

  test("of two classes is the percentage points of the ROC AUC that are lost", () => {
    const say = (columns: Columns) => truth({ ...columns, a: new Float64Array(rows) });
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const [kind, ...others] = importances({ ...regression, target, outputs: say }, columns, {
      targets: say(columns),
      seed: 7,
    });
    expect(kind.column).toBe("kind");
    // Shuffled, half of the rows have the other of two equally frequent values.
    expect(kind.mean).toBeGreaterThan(40);
    expect(kind.mean).toBeLessThan(60);
    expect(others.map(({ mean }) => mean)).toEqual([0, 0]);
  });

  test("is the same for the same seed, another for another, and leaves the columns as they are", () => {
    const before = structuredClone(columns);
    const at = (seed: number) => importances(regression, columns, { targets: truth(columns), seed });
    expect(at(3)).toEqual(at(3));
    expect(at(3)).not.toEqual(at(4));
    expect(columns).toEqual(before);
  });

  test("takes a column called __proto__", () => {
    const odd: Columns = Object.fromEntries([["__proto__", columns.a]]);
    const outputs = (columns: Columns) => Object.values(columns)[0] as Float64Array<ArrayBuffer>;
    const model: Model = { ...regression, columns: [{ ...names[0], name: "__proto__" }], outputs };
    const [found] = importances(model, odd, { targets: columns.a as Float64Array, seed: 0 });
    expect(found.mean).toBeGreaterThan(0.5);
  });

  test("of very many columns are those of the ones that change the answer most", () => {
    const width = 300;
    const wide = Object.fromEntries(Array.from({ length: width }, (_, column) => [`c${column}`, values()]));
    const encoding = encodeRecords(wide);
    const network = new Network({ inputs: width, layers: [dense(1)] });
    const [weight] = network.parameters;
    weight.values.fill(0.001);
    for (let column = 0; column < 40; column++) weight.values[7 * column] = 1 + column;
    const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
    const model = new Pipeline({ network, encoding, target });
    const { importances: found, rows: used } = sampledImportances(model, (places) => columnsAt(wide, places), {
      targets: model.outputs(wide),
      seed: 0,
    });
    expect([found.length, used]).toEqual([100, 133]);
    expect(found.slice(0, 40).map(({ column }) => column)).toEqual(
      expect.arrayContaining(Array.from({ length: 40 }, (_, column) => `c${7 * column}`)),
    );
  });
});
