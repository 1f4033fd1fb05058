import { expect, test } from "vitest";
import { columnsOf, exampleOf } from "../../../src/cli/exported/columns.ts";
import { encodeRecords } from "../../../src/data/index.ts";
import { dense, Network, Pipeline } from "../../../src/index.ts";

function pipelineOf(records: Parameters<typeof encodeRecords>[0]) {
  const encoding = encodeRecords(records, { fillCategories: "ownCategory", minimumCount: 2 });
  const network = new Network({ inputs: encoding.features.length, layers: [dense(1)] });
  return new Pipeline({ network, encoding, target: { kind: "number", name: "y", offset: 0, divisor: 1 } });
}

test("columns are numbers or categories, without what stands for a missing value, and the example has a value for each", () => {
  const model = pipelineOf([
    { mass: 1, island: "B", rare: "x" },
    { mass: null, island: null, rare: "y" },
    { mass: 5, island: "A", rare: "z" },
    { mass: 2, island: null, rare: "u" },
    { mass: 2, island: "A", rare: "v" },
  ]);
  expect(columnsOf(model)).toEqual([
    { name: "mass", kind: "number" },
    { name: "island", kind: "category", categories: ["A"] },
    { name: "rare", kind: "category", categories: [] },
  ]);
  expect(exampleOf(model)).toEqual({ mass: 2, island: "A", rare: null });
  expect(model.predict(exampleOf(model)).prediction).toEqual(expect.any(Number));
});
