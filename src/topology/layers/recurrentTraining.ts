/** The training of recurrent layers: the values that the walk forward keeps, the walk back, and the gradients of the weights. */

import type { Operations } from "../../../build/kernels.js";
import { type Address, eachRow, inAll, none, type Operation, op } from "../../kernels/operations.ts";
import { type BackwardSite, type Block, eachStep, type LayerTraining, stepsOf } from "./layer.ts";
import { type Cell, type Kept, perStep, type RecurrentDescription, walk, walkFields } from "./recurrent.ts";

/** The parts in which the training of cells differs. */
export interface CellTraining {
  /** The number of values for each step and unit that are kept besides the gates and the hidden state, by the names of their blocks. */
  readonly keeps: Readonly<Record<string, number>>;
  /** Returns the walk back through the steps. @param hidden the hidden state at each step */
  backward(fields: Operations["simpleRnnBackward"], hidden: Address, kept: Kept): Operation;
  /** The block with the gradient of the hidden state's part of the gates. Default the gates. */
  readonly hiddenPart?: string | undefined;
}

/** Returns the training of a kind of recurrent layer. */
export function recurrentTraining(
  cell: Cell,
  { keeps, backward, hiddenPart = "gates" }: CellTraining,
): LayerTraining<RecurrentDescription> {
  return {
    blocks({ units, returnSequences }, { inputs: [[steps]] }) {
      const blocks = Object.entries(keeps).map(([name, elements]) => [name, perStep(steps, elements * units)]);
      const sums: Block = { elements: cell.gates * units, per: "network" };
      return {
        ...Object.fromEntries(blocks),
        ...(!returnSequences && { hidden: perStep(steps, units) }),
        ...(cell.hasCandidateBias && { sums }),
      };
    },

    forward: (description, site) => walk(cell, description, site, site.blocks),

    backward(description, site) {
      const { units, returnSequences } = description;
      const { blocks, outputGrad, parameters } = site;
      const [input] = site.inputs;
      const [weight] = parameters;
      const [inputGrad] = site.inputGrads;
      const [weightGrad, , biasGrad] = site.parameterGrads;
      const [, fanIn] = site.inputShapes[0];
      const fields = {
        ...walkFields(description, site),
        hiddenGrad: returnSequences ? outputGrad : none,
        lastGrad: returnSequences ? none : outputGrad,
      };
      const { gates } = fields;
      const hidden = returnSequences ? site.output : blocks.hidden;
      const product = { fanIn, fanOut: cell.gates * units };
      const operations = [backward(fields, hidden, blocks)];
      if (weightGrad !== undefined) {
        const of = { ...stepsOf(site), input, outputGrad: gates, weightGrad };
        operations.push(op("denseBackwardWeight", inAll(fanIn), { ...of, ...product }));
      }
      if (biasGrad !== undefined) operations.push(sumOfSteps(site, gates, biasGrad, product.fanOut));
      if (inputGrad !== undefined) {
        const of = { outputGrad: gates, weight, inputGrad };
        operations.push(op("denseBackwardInput", eachStep(site), { ...of, ...product }));
      }
      return [...operations, ...ofHiddenPart(description, site, hidden)];
    },
  };

  /** Returns the operations of the gradients in the hidden state's part of the gates. */
  function ofHiddenPart(description: RecurrentDescription, site: BackwardSite, hidden: Address): Operation[] {
    const { units, reverse } = description;
    const { blocks, elementBytes, offsets, inputShapes } = site;
    const [, weightGrad, , candidateBiasGrad] = site.parameterGrads;
    const [steps] = inputShapes[0];
    const columns = cell.gates * units;
    const isReverse = reverse ? 1 : 0;
    const gatesGrad = blocks[hiddenPart];
    const operations: Operation[] = [];
    if (candidateBiasGrad !== undefined) {
      const { sums } = blocks;
      const source = (sums + (columns - units) * elementBytes) as Address;
      const strides = { columns: units, sourceStride: columns, destinationStride: units };
      operations.push(
        sumOfSteps(site, gatesGrad, sums, columns),
        op("copyColumns", inAll(1), { source, destination: candidateBiasGrad, ...strides }),
      );
    }
    if (weightGrad !== undefined) {
      const first = { output: gatesGrad, offsets: offsets[0], steps, columns, isReverse };
      const of = { ...stepsOf(site), hidden, gatesGrad, weightGrad, units, columns, isReverse };
      operations.push(op("clearFirstSteps", eachRow(), first), op("recurrentBackwardWeight", inAll(units), of));
    }
    return operations;
  }
}

/** Returns the operation that sums rows of `columns` numbers, one for each step. */
function sumOfSteps(site: BackwardSite, rows: Address, sums: Address, columns: number): Operation {
  const blocks = { ...stepsOf(site), outputGrad: rows, biasGrad: sums };
  return op("denseBackwardBias", inAll(columns), { ...blocks, fanOut: columns });
}
