/** The training of layers of attention: their gradients take the places of the values that they are of. */

import { attentionTraining as family } from "../../../build/attentionTraining.js";
import { type Address, eachRow, inAll, type Operation, op } from "../../kernels/operations.ts";
import { type AttentionDescription, attend, blockRows, panelStep, panelsOf, scoreBytes, sizesOf } from "./attention.ts";
import { type BackwardSite, type LayerTraining, perRow, type Shape, sizeOf, spaceOf } from "./layer.ts";
import { biasGradient } from "./weighted.ts";

/** Returns the working space of attentionBackward, in bytes. */
export function attentionBackwardBytes(keySteps: number, keyUnits: number, elementBytes: number): number {
  const [keyPanels, unitPanels] = [keySteps, keyUnits].map((columns) => panelsOf(columns, elementBytes));
  const keyRows = keyPanels * (panelStep / elementBytes);
  const panels = 2 * keyPanels * keyUnits + unitPanels * (keySteps + 2 * keyRows + 3 * blockRows);
  return panels * panelStep + 2 * scoreBytes(keyPanels);
}

/** Returns the operations of the backward pass. */
function attendBackward(description: AttentionDescription, site: BackwardSite, rate: number): Operation[] {
  const { heads, causal } = description;
  const { batch, inputs, inputShapes, inputGrads, offsets, outputGrad, outputShape, parameters, position } = site;
  const { query, key, value, mixed, statistics, backwardSpace: space, spare } = site.blocks;
  const { querySteps, keySteps, queryFeatures, valueFeatures, keyUnits, columns } = sizesOf(description, inputShapes);
  const [ofQuery, ofValue = ofQuery] = inputs;
  const [queryOffsets, keyOffsets = queryOffsets] = offsets;
  const operations: Operation[] = [];
  /** The gradients of a projection's weight and bias. */
  const ofParameters = (index: number, input: Address, fanIn: number, gradient: Address, shape: Shape) => {
    const [weightGrad, biasGrad] = [site.parameterGrads[index], site.parameterGrads[index + 4]];
    const [positions, fanOut] = shape;
    if (weightGrad !== undefined) {
      const product = { batch, positions, input, outputGrad: gradient, weightGrad, fanIn, fanOut };
      operations.push(op("denseBackwardWeight", inAll(fanIn), product));
    }
    if (biasGrad === undefined) return;
    // What a bias adds to all keys alike, softmax does not see: its gradient is 0, and a sum would be mere rounding.
    if (index === 1) operations.push(op("clear", inAll(fanOut), { output: biasGrad }));
    else operations.push(biasGradient(shape, { batch, outputGrad: gradient, biasGrad }));
  };
  const [ofQueries, ofKeys] = [
    [querySteps, columns],
    [keySteps, columns],
  ];
  ofParameters(3, mixed, columns, outputGrad, outputShape);
  const throughOutput = { outputGrad, weight: parameters[3], inputGrad: mixed, fanIn: columns, fanOut: queryFeatures };
  operations.push(op("denseBackwardInput", eachRow(querySteps), throughOutput));
  const blocks = { query, key, value, statistics, outputGrad: mixed, queryGrad: query, keyGrad: key, valueGrad: value };
  const ofSteps = { queryOffsets, keyOffsets, querySteps, keySteps };
  const ofHeads = { heads, keyUnits, isCausal: Number(causal), stream: position, rate };
  operations.push(op("attentionBackward", eachRow(heads), { batch, ...blocks, space, ...ofSteps, ...ofHeads }));
  ofParameters(0, ofQuery, queryFeatures, query, ofQueries);
  ofParameters(1, ofValue, valueFeatures, key, ofKeys);
  ofParameters(2, ofValue, valueFeatures, value, ofKeys);
  /** Overwrites the gradient of an input by way of the first projection, and adds those of the others. */
  const ofInput = (
    inputGrad: Address | undefined,
    gradients: readonly (readonly [Address, number])[],
    shape: Shape,
  ) => {
    if (inputGrad === undefined) return;
    const [positions, fanIn] = shape;
    gradients.forEach(([gradient, index], place) => {
      // A gradient that has been used makes room for what is added.
      const to = place === 0 ? inputGrad : (spare ?? gradients[0][0]);
      const product = { outputGrad: gradient, weight: parameters[index], inputGrad: to, fanIn, fanOut: columns };
      operations.push(op("denseBackwardInput", eachRow(positions), product));
      if (place > 0) {
        operations.push(op("add", eachRow(sizeOf(shape)), { a: inputGrad, b: to, output: inputGrad }));
      }
    });
  };
  const ofValueInput = [
    [key, 1],
    [value, 2],
  ] as const;
  if (inputs.length === 1) {
    ofInput(inputGrads[0], [[query, 0], ...ofValueInput], inputShapes[0]);
  } else {
    ofInput(inputGrads[0], [[query, 0]], inputShapes[0]);
    ofInput(inputGrads[1], ofValueInput, inputShapes[1]);
  }
  return operations;
}

/** @param rateOf how much it drops @param predicting the same without dropout */
const trainingWith = (
  rateOf: (description: AttentionDescription) => number,
  predicting?: LayerTraining<AttentionDescription>,
): LayerTraining<AttentionDescription> => ({
  family,

  blocks(description, { inputs, elementBytes }) {
    const { querySteps, keySteps, valueFeatures, keyUnits, columns } = sizesOf(description, inputs);
    return {
      statistics: perRow([querySteps, description.heads, 2]),
      // Only if no block of all heads is as wide as the input.
      spare: columns < valueFeatures ? perRow([keySteps, valueFeatures]) : undefined,
      backwardSpace: spaceOf(attentionBackwardBytes(keySteps, keyUnits, elementBytes)),
    };
  },

  forward(description, site) {
    const { batch, blocks, position } = site;
    const { statistics } = blocks;
    return attend(description, site, { batch, statistics, stream: position, rate: rateOf(description) });
  },

  backward: (description, site) => attendBackward(description, site, rateOf(description)),

  isRandom: true,

  predicting,
});

export const attentionTraining = /* @__PURE__ */ trainingWith(
  ({ dropout }) => dropout,
  /* @__PURE__ */ trainingWith(() => 0),
);
