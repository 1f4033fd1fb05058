import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Units } from "../../src/cli/units.ts";
import { encodeRecords } from "../../src/data/index.ts";
import { dense, Network, Pipeline } from "../../src/index.ts";
import { fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();

describe("the units of evaluated rows", () => {
  const model = new Pipeline({
    network: new Network({ inputs: 2, layers: [dense(1)] }),
    encoding: encodeRecords({ x: [1, 2, 3], z: [3, 1, 2] }),
    target: { kind: "number", name: "y", offset: 0, divisor: 1 },
  });
  const names = ["id", "x", "z", "y"];
  /** Each row but for its id twice, `many` times. */
  const rows = (many: number, from = 0) =>
    Array.from({ length: many }, (_, row) => (from + row) >> 1).map((unit, row) =>
      [from + row, unit / 4, Math.sin(unit), unit].map(String),
    );

  test("are rows without their copies, whatever columns the model does not read", () => {
    const units = new Units(model, names);
    units.add(rows(10));
    units.add(rows(10, 10));
    expect(Array.from(units.numbers!)).toEqual(Array.from({ length: 20 }, (_, row) => row - (row % 2)));
    const different = new Units(model, names);
    different.add(rows(20).filter((_, row) => row % 2 === 0));
    expect(different.numbers).toBeUndefined();
  });

  test("are unknown for more than 100,000 rows, which would fill the memory", () => {
    const units = new Units(model, names);
    units.add(rows(100_000));
    expect(new Set(Array.from(units.numbers!)).size).toBe(50_000);
    units.add(rows(2, 100_000));
    expect(units.numbers).toBeUndefined();
  });

  test("are the groups of the training if the table has them; a row without one is its own", () => {
    const args = ["train", fixture("penguins.csv"), "-t", "Species", "--epochs", "1", "--missing", "?"];
    expect(simdnet(folder, [...args, "--group", "island"]).code).toBe(0);
    const grouped = Pipeline.fromBytes(readFileSync(join(folder, "model.safetensors")));
    const units = new Units(grouped, ["Island", "Species"]);
    units.add(["Biscoe", "Dream", "Biscoe", "", ""].map((island) => [island, "Gentoo"]));
    units.add(["?", "?", "Dream"].map((island) => [island, "Gentoo"]));
    expect(units.numbers).toEqual([0, 1, 0, 3, 4, 5, 6, 1]);
    const without = new Units(grouped, ["Species", "Sex"]);
    without.add([["Gentoo", "male"]]);
    expect(without.numbers).toBeUndefined();
  });
});
