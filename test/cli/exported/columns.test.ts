import { expect, test } from "vitest";
import { columnsOf, exampleOf } from "../../../src/cli/exported/columns.ts";
import { encodeRecords } from "../../../src/data/index.ts";
import {
  concatenate,
  conv1d,
  dense,
  embedding,
  flatten,
  globalMaxPool,
  input,
  Network,
  Pipeline,
} from "../../../src/index.ts";

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

test("texts and series are columns, too, with an example that has what the training had", () => {
  const records = [
    { review: "the best of the films", heights: [1, 3], places: [[1, 10]] },
    {
      review: "of the worst",
      heights: [2],
      places: [
        [3, 20],
        [2, 30],
      ],
    },
  ];
  const length = 2;
  const options = { texts: { review: { length } }, series: { heights: { length }, places: { length } } };
  const encoding = encodeRecords(records, options);
  const [review, heights, places] = encoding.inputs.map(({ shape }) => input(shape));
  const outputs = dense(1)(concatenate(review, flatten()(heights), flatten()(places)));
  const network = new Network({ inputs: [review, heights, places], outputs });
  const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
  const model = new Pipeline({ network, encoding, target });
  expect(columnsOf(model)).toEqual([
    { name: "review", kind: "text" },
    { name: "heights", kind: "series", features: 1 },
    { name: "places", kind: "series", features: 2 },
  ]);
  expect(exampleOf(model)).toEqual({ review: "the of best films worst", heights: [2], places: [[2, 20]] });
  expect(model.predict(exampleOf(model)).prediction).toEqual(expect.any(Number));
});

test("the example has as many words and steps as the network's windows need", () => {
  const records = [
    { review: "of the worst of the films", heights: [1, 2, 3, 4] },
    { review: "the best", heights: [2] },
  ];
  const encoding = encodeRecords(records, { texts: { review: { maximumLength: 8 } }, series: { heights: {} } });
  const [review, heights] = encoding.inputs.map(({ shape }) => input(shape, { variableLength: true }));
  const words = conv1d(2, 7)(embedding(encoding.vocabularies.review.size, 2)(review));
  const outputs = dense(1)(concatenate(globalMaxPool()(words), globalMaxPool()(conv1d(2, 3)(heights))));
  const network = new Network({ inputs: [review, heights], outputs });
  const model = new Pipeline({ network, encoding, target: { kind: "number", name: "y", offset: 0, divisor: 1 } });
  const mean = 12 / 5;
  expect(exampleOf(model)).toEqual({ review: "the of best films worst the of", heights: [mean, mean, mean] });
  expect(model.predict(exampleOf(model)).prediction).toEqual(expect.any(Number));
});
