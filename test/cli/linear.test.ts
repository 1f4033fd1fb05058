import { describe, expect, test } from "vitest";
import type { TableColumn } from "../../src/cli/column.ts";
import { linearOutputs } from "../../src/cli/linear.ts";
import { prepare } from "../../src/cli/prepare.ts";
import { scoreOf } from "../../src/cli/score.ts";
import { headOf } from "../../src/cli/settings.ts";
import { pcg32 } from "../../src/index.ts";

const count = 500;
const random = pcg32(1);
const draw = () => Float64Array.from({ length: count }, () => random.normal());
const [x, z] = [draw(), draw()];
const column = (name: string, values: TableColumn["values"]): TableColumn => ({
  ...{ name, values, missing: 0 },
  kind: values instanceof Float64Array ? "number" : "category",
});
const shares = { testFraction: 0.2, validationFraction: 0.2, seed: 0 };
const prepared = (y: TableColumn["values"], ...more: TableColumn[]) =>
  prepare(
    "t.csv",
    { rows: count, lines: count, columns: [column("x", x), column("z", z), column("y", y), ...more] },
    {
      ...{ target: "y", task: null, ignore: [], missing: [], categories: [], sample: null },
      ...{ group: null, time: null, folds: null },
    },
    shares,
  );
const settings = { hidden: [8], seed: 0, balance: false };

describe("a linear model", () => {
  test("learns what is linear, of numbers and of classes", async () => {
    const number = prepared(x.map((value, row) => 3 * value - z[row] + 5));
    const said = await linearOutputs(number, settings, headOf(number.asked));
    Array.from(said!).forEach((output, row) => {
      expect(output).toBeCloseTo(number.test.targets[row], 1);
    });
    const classes = prepared(Array.from(x, (value, row) => (value > z[row] ? "up" : "down")));
    const outputs = await linearOutputs(classes, settings, headOf(classes.asked));
    expect(scoreOf(classes.goal, outputs!, classes.test.targets, 0)).toMatchObject({ rows: 100 });
    expect((scoreOf(classes.goal, outputs!, classes.test.targets, 0) as { accuracy: number }).accuracy).toBeGreaterThan(
      0.95,
    );
  });

  test("weighs classes if the network does", async () => {
    const rare = prepared(Array.from(x, (value, row) => (value > 1.3 && z[row] > -0.5 ? "yes" : "no")));
    const meanOf = async (balance: boolean) => {
      const outputs = (await linearOutputs(rare, { ...settings, balance }, headOf(rare.asked)))!;
      return Array.from(outputs).reduce((sum, value) => sum + value, 0) / outputs.length;
    };
    expect(await meanOf(true)).toBeGreaterThan(1.5 * (await meanOf(false)));
  });

  test("is not made beside a network without hidden layers, or where there are texts", async () => {
    const number = prepared(x.map((value, row) => value + z[row]));
    expect(await linearOutputs(number, { ...settings, hidden: [] }, headOf(number.asked))).toBeUndefined();
    const words = Array.from(x, (_, row) => `a film of row ${row} that is ${row % 2 ? "good" : "bad"} and long`);
    const texts = prepared(
      x.map((value, row) => value + z[row]),
      column("text", words),
    );
    expect(texts.encoding.inputs).toHaveLength(2);
    expect(await linearOutputs(texts, settings, headOf(texts.asked))).toBeUndefined();
  });
});
