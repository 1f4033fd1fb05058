import { expect, test } from "vitest";
import { shapesOf } from "../../../src/cli/exported/shapes.ts";
import { imageNetwork, twoInputs } from "./networks.ts";

test("shapes are those of one example, an array for each input and output", () => {
  expect(shapesOf(imageNetwork())).toEqual({ inputs: [[8, 8, 1]], outputs: [[3]] });
  expect(shapesOf(twoInputs())).toEqual({ inputs: [[6, 4, 3], [2]], outputs: [[2], [1]] });
});
