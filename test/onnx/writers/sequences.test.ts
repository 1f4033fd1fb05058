/** The nodes of embeddings and positions. */
import { expect, test } from "vitest";
import {
  concatenate,
  embedding,
  flatten,
  input,
  Network,
  positionalEncoding,
  positionEmbedding,
} from "../../../src/index.ts";
import { graphOf, list, numbersOf, operatorsOf } from "../written.ts";

test("tokens are whole numbers, unless another layer reads them, too", () => {
  expect(operatorsOf(list([3], embedding(5, 2)))).toEqual(["Gather"]);
  expect(graphOf(list([3], embedding(5, 2))).inputs![0].type!.tensor!.type).toBe(7);
  const value = input(3);
  const both = new Network({ inputs: value, outputs: concatenate(flatten()(embedding(5, 2)(value)), value) });
  expect(operatorsOf(both)).toEqual(["Cast", "Gather", "Flatten", "Concat"]);
});

test("positions are a table that is added", () => {
  expect(operatorsOf(list([2, 2], positionEmbedding()))).toEqual(["Add"]);
  const sinusoids = numbersOf(list([2, 2], positionalEncoding()), "positionalEncoding1.weight");
  expect(sinusoids.map((value) => Number(value.toFixed(3)))).toEqual([0, 1, 0.841, 0.54]);
});
