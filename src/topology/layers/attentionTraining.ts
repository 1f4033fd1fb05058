/** The training of attention layers. Gradients overwrite the values that they belong to. */

import { attentionTraining as family } from "../../../build/attentionTraining.js";
import { type Address, eachRow, inAll, type Operation, op } from "../../kernels/operations.ts";
import { type AttentionDescription, attend, blockRows, panelStep, panelsOf, scoreBytes, sizesOf } from "./attention.ts";
import { type BackwardSite, eachStep, type LayerTraining, perRow, spaceOf, stepsOf } from "./layer.ts";

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
  const { batch, inputs, inputShapes, inputGrads, offsets, outputGrad, parameters, position } = site;
  const { query, key, value, mixed, statistics, backwardSpace: space, spare } = site.blocks;
  const { querySteps, keySteps, queryFeatures, valueFeatures, keyUnits, columns } = sizesOf(description, inputShapes);
  const valueIndex = inputs.length - 1;
  const [ofQuery, ofValue] = [inputs[0], inputs[valueIndex]];
  const [queryOffsets, keyOffsets] = [offsets[0], offsets[valueIndex]];
  const operations: Operation[] = [];
  /**
   * The gradients of a projection's weight and bias, from the gradient of its output. @param place the place of its input among the inputs
   */
  const ofParameters = (index: number, place: number, input: Address, gradient: Address, fans: readonly number[]) => {
    const [weightGrad, biasGrad] = [site.parameterGrads[index], site.parameterGrads[index + 4]];
    const [fanIn, fanOut] = fans;
    const steps = { ...stepsOf(site, place), outputGrad: gradient };
    if (weightGrad !== undefined) {
      operations.push(op("denseBackwardWeight", inAll(fanIn), { ...steps, input, weightGrad, fanIn, fanOut }));
    }
    if (biasGrad === undefined) return;
    // Softmax does not change if a bias is added to all keys alike. So its gradient is 0, and a sum would be mere rounding.
    if (index === 1) operations.push(op("clear", inAll(fanOut), { output: biasGrad }));
    else operations.push(op("denseBackwardBias", inAll(fanOut), { ...steps, biasGrad, fanOut }));
  };
  ofParameters(3, 0, mixed, outputGrad, [columns, queryFeatures]);
  const throughOutput = { outputGrad, weight: parameters[3], inputGrad: mixed, fanIn: columns, fanOut: queryFeatures };
  operations.push(op("denseBackwardInput", eachStep(site), throughOutput));
  const blocks = { query, key, value, statistics, outputGrad: mixed, queryGrad: query, keyGrad: key, valueGrad: value };
  const ofSteps = { queryOffsets, keyOffsets, querySteps, keySteps };
  const ofHeads = { heads, keyUnits, isCausal: Number(causal), stream: position, rate };
  operations.push(op("attentionBackward", eachRow(heads), { batch, ...blocks, space, ...ofSteps, ...ofHeads }));
  ofParameters(0, 0, ofQuery, query, [queryFeatures, columns]);
  ofParameters(1, valueIndex, ofValue, key, [valueFeatures, columns]);
  ofParameters(2, valueIndex, ofValue, value, [valueFeatures, columns]);
  /** Overwrites the gradient of an input by the first projection, and adds those of the others. */
  const ofInput = (place: number, gradients: readonly (readonly [Address, number])[]) => {
    const inputGrad = inputGrads[place];
    if (inputGrad === undefined) return;
    const [, fanIn] = inputShapes[place];
    gradients.forEach(([gradient, index], at) => {
      // The block of a used gradient is free for the summand.
      const to = at === 0 ? inputGrad : (spare ?? gradients[0][0]);
      const product = { outputGrad: gradient, weight: parameters[index], inputGrad: to, fanIn, fanOut: columns };
      operations.push(op("denseBackwardInput", eachStep(site, 1, place), product));
      if (at > 0) operations.push(op("add", eachStep(site, fanIn, place), { a: inputGrad, b: to, output: inputGrad }));
    });
  };
  const ofValueInput = [
    [key, 1],
    [value, 2],
  ] as const;
  if (valueIndex === 0) {
    ofInput(0, [[query, 0], ...ofValueInput]);
  } else {
    ofInput(0, [[query, 0]]);
    ofInput(1, ofValueInput);
  }
  return operations;
}

/** @param rateOf returns the dropout rate @param predicting the same without dropout */
const trainingWith = (
  rateOf: (description: AttentionDescription) => number,
  predicting?: LayerTraining<AttentionDescription>,
): LayerTraining<AttentionDescription> => ({
  family,

  blocks(description, { inputs, elementBytes }) {
    const { querySteps, keySteps, valueFeatures, keyUnits, columns } = sizesOf(description, inputs);
    return {
      statistics: perRow([querySteps, description.heads, 2]),
      // Only needed if no block of all heads is as wide as the input.
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
