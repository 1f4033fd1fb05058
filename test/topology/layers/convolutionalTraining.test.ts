import { expect, test } from "vitest";
import { none } from "../../../src/kernels/operations.ts";
import { conv2d, convTraining } from "../../../src/topology/layers/conv.ts";
import { convTranspose2d, convTranspose2dTraining } from "../../../src/topology/layers/convTranspose.ts";
import type { Block } from "../../../src/topology/layers/layer.ts";
import { expectGradients } from "./images.ts";

test("working space is as large as the larger of both gradients needs", () => {
  const shapes = { elementBytes: 4, inputs: [[9, 9, 2]], output: [7, 7, 5] };
  const spaceOf = (blocks: object) => (blocks as { backwardSpace: Block }).backwardSpace.elements;
  expect(spaceOf(convTraining.blocks!(conv2d(5, 3), shapes))).toBeGreaterThan((9 * 9 * 5 * 4) / 8);
  expect(spaceOf(convTranspose2dTraining.blocks!(convTranspose2d(5, 3), shapes))).toBeGreaterThan(0);
});

test("a frozen layer, and one whose input has no gradient, have only the operations that somebody needs", () => {
  const site = {
    ...{ batch: none, elementBytes: 4, isTrained: true, position: 0 },
    ...{
      inputShapes: [[4, 4, 2]],
      outputShape: [2, 2, 3],
      outputShapes: [[2, 2, 3]],
      offsets: [none],
      outputBatch: none,
    },
    ...{ inputs: [none], output: none, outputs: [none], outputGrad: none, outputGrads: [none] },
    ...{ blocks: { preactivation: none, backwardSpace: none }, parameters: [none, none], statistics: [] },
  };
  const namesOf = (grads: object) =>
    convTraining.backward(conv2d(3, 3), { ...site, ...grads } as never).map(({ name }) => name);
  expect(namesOf({ parameterGrads: [none, none], inputGrads: [undefined] })).toEqual([
    "convolutionBackwardWeight",
    "denseBackwardBias",
  ]);
  expect(namesOf({ parameterGrads: [undefined, undefined], inputGrads: [none] })).toEqual(["convolution"]);
});

test.each([true, false])("gradients are those of central differences, bias %s", (bias) => {
  const options = { stride: 2, padding: "same", activation: "tanh", bias } as const;
  expectGradients([5, 4, 2], (value) => convTranspose2d(3, 3, options)(conv2d(2, 3, options)(value)));
});
