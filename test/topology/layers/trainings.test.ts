import { expect, test } from "vitest";
import { denseTraining } from "../../../src/topology/layers/dense.ts";
import { kinds } from "../../../src/topology/layers/kinds.ts";
import { trainingOf } from "../../../src/topology/layers/trainings.ts";

test("training knows every kind of layer", () => {
  expect(trainingOf({ kind: "dense" })).toBe(denseTraining);
  const names = Object.keys(kinds);
  expect(names.filter((kind) => typeof trainingOf({ kind }).backward !== "function")).toEqual([]);
});
