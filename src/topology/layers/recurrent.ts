/** The parts that recurrent layers share: their options, their parameters and their walk through the steps. */

import type { Operations } from "../../../build/kernels.js";
import { recurrent } from "../../../build/recurrent.js";
import { checkInteger, checkOptions, shown } from "../../errors.ts";
import { type Address, none, type Operation, op } from "../../kernels/operations.ts";
import { glorotUniform, type Initializer, orthogonal, zeros } from "../initializers.ts";
import {
  type Block,
  type DescriptionBase,
  eachStep,
  type LayerKind,
  type ParameterDescription,
  type Site,
  spaceOf,
} from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { sequenceOf } from "./shape.ts";
import type { Layer } from "./value.ts";

export interface RecurrentOptions extends TrainableOptions {
  /** If true, the output has the hidden state at each step. Default false: only that after the last step. */
  readonly returnSequences?: boolean | undefined;
  /** If true, the layer reads from the last step to the first. Outputs stay at their steps. Default false. */
  readonly reverse?: boolean | undefined;
  /** The initializer of the weight, used for each gate separately. Default glorotUniform(). */
  readonly weightInitializer?: Initializer | undefined;
  /** The initializer of the recurrent weight, used for each gate separately. Default orthogonal(). */
  readonly recurrentWeightInitializer?: Initializer | undefined;
  /** Each gate for itself. Default zeros(). */
  readonly biasInitializer?: Initializer | undefined;
}

/** A recurrent layer as plain data. */
export interface RecurrentDescription extends DescriptionBase {
  readonly units: number;
  readonly returnSequences: boolean;
  readonly reverse: boolean;
  readonly weightInitializer: Initializer;
  readonly recurrentWeightInitializer: Initializer;
  readonly biasInitializer?: Initializer | undefined;
}

/** The options in a file, which has no use for initializers. */
const keptNames = ["returnSequences", "reverse"] as const;

/**
 * Returns a recurrent layer's description without its kind.
 *
 * @throws {RangeError | TypeError} if `units` is invalid, or if an option is unknown or does not fit
 */
export function recurrentOptions(
  who: string,
  units: number,
  options: RecurrentOptions,
): Omit<RecurrentDescription, "kind"> {
  checkInteger(`${who}: units`, units, 1, 2 ** 31 - 1);
  const initializers = ["weightInitializer", "recurrentWeightInitializer", "biasInitializer"];
  checkOptions(who, options, [...keptNames, ...initializers, ...trainableOptionNames]);
  const { returnSequences = false, reverse = false, biasInitializer } = options;
  for (const [name, value] of Object.entries({ returnSequences, reverse })) {
    if (typeof value !== "boolean") throw new TypeError(`${who}: got ${name} ${shown(value)}, need true or false`);
  }
  return {
    units,
    returnSequences,
    reverse,
    weightInitializer: options.weightInitializer ?? glorotUniform(),
    recurrentWeightInitializer: options.recurrentWeightInitializer ?? orthogonal(),
    ...(biasInitializer !== undefined && { biasInitializer }),
    ...trainableOptions(who, options),
  };
}

/** The number of sequences that walk through the steps together: groupRows of assembly/recurrent/group.ts. */
const groupRows = 32;

/** Returns the bytes that the walk forward and the walk back need. */
export function recurrentSpace(units: number, columns: number, elementBytes: number): number {
  const bandColumns = 64 / elementBytes;
  // Forward, the columns of the panels are those of the gates; backward, they are the units.
  const panel = Math.max(units * Math.ceil(columns / bandColumns), columns * Math.ceil(units / bandColumns));
  return 3 * 4 * groupRows + groupRows * (2 * units + columns) * elementBytes + panel * 64;
}

/** The fields that the walks forward and back share. */
export type WalkFields = Pick<
  Operations["simpleRnnForward"],
  "gates" | "recurrentWeight" | "offsets" | "space" | "steps" | "units" | "isReverse"
>;

/** Returns these fields of a use. */
export function walkFields(
  { units, reverse }: RecurrentDescription,
  { blocks, offsets: [offsets], parameters: [, recurrentWeight], inputShapes: [[steps]] }: Site,
): WalkFields {
  const { gates, space } = blocks;
  return { gates, recurrentWeight, offsets, space, steps, units, isReverse: reverse ? 1 : 0 };
}

/** The blocks that a cell adds to a use, by their names. */
export type Kept = Readonly<Record<string, Address>>;

/** The parts in which kinds of recurrent layers differ. */
export interface Cell {
  /** The number of gates, which is the number of columns for each unit. */
  readonly gates: number;
  /** The number of values of the state for each unit. */
  readonly states: number;
  /** The initializer of each gate's bias; default zeros(). */
  readonly biasInitializers?: readonly Initializer[] | undefined;
  /** True for a cell whose last gate has a bias within the reset. */
  readonly hasCandidateBias?: boolean | undefined;
  /** Returns the walk through the steps. @param kept the blocks for the walk back, if there is one */
  forward(fields: Operations["simpleRnnForward"], parameters: readonly Address[], kept: Kept): Operation;
}

/** Returns the operations of a forward pass. @param kept the blocks for the walk back or of a stream, if there is one */
export function walk(cell: Cell, description: RecurrentDescription, site: Site, kept: Kept = {}): readonly Operation[] {
  const { units, returnSequences } = description;
  const [input] = site.inputs;
  const [weight, , bias] = site.parameters;
  const [, fanIn] = site.inputShapes[0];
  const fields = {
    ...walkFields(description, site),
    hidden: returnSequences ? site.output : (kept.hidden ?? none),
    last: returnSequences ? none : site.output,
    state: kept.state ?? none,
  };
  const product = { input, weight, bias, output: fields.gates, fanIn, fanOut: cell.gates * units };
  return [op("denseForward", eachStep(site), product), cell.forward(fields, site.parameters, kept)];
}

/** Returns a block of `elements` elements for each step. */
export const perStep = (steps: number, elements: number): Block => ({ elements: steps * elements, per: "row" });

/** Returns a kind of recurrent layer. @param make makes a layer from the options in a file */
export function recurrentKind<Description extends RecurrentDescription>(
  who: Description["kind"],
  cell: Cell,
  make: (units: number, options: RecurrentOptions) => Layer<Description>,
): LayerKind<Description> {
  const blocks: LayerKind<Description>["blocks"] = ({ units }, { inputs: [[steps]], elementBytes }) => {
    const columns = cell.gates * units;
    return { gates: perStep(steps, columns), space: spaceOf(recurrentSpace(units, columns, elementBytes)) };
  };
  return {
    family: recurrent,

    sequences: ({ returnSequences }) => (returnSequences ? "kept" : "ended"),

    outputShape({ units, returnSequences }, inputShapes) {
      const [steps] = sequenceOf(who, inputShapes);
      return returnSequences ? [steps, units] : [units];
    },

    parameters(description, [[, features]]): readonly ParameterDescription[] {
      const { units, weightInitializer, recurrentWeightInitializer, biasInitializer } = description;
      const columns = cell.gates * units;
      const fans = { fanIn: features, fanOut: units };
      const weight = { name: "weight", shape: [features, columns], initializer: weightInitializer, ...fans };
      const recurrentWeight = {
        ...{ name: "recurrentWeight", shape: [units, columns], initializer: recurrentWeightInitializer },
        ...{ fanIn: units, fanOut: units },
      };
      const partInitializers = biasInitializer ? undefined : cell.biasInitializers;
      const bias = {
        name: "bias",
        shape: [columns],
        initializer: biasInitializer ?? zeros(),
        isWeight: false,
        ...fans,
      };
      const candidateBias = { ...bias, name: "candidateBias", shape: [units], initializer: zeros() };
      return [
        { ...weight, isWeight: true, parts: cell.gates },
        { ...recurrentWeight, isWeight: true, parts: cell.gates },
        { ...bias, ...(partInitializers && { partInitializers }) },
        ...(cell.hasCandidateBias ? [candidateBias] : []),
      ];
    },

    blocks,

    forward: (description, site) => walk(cell, description, site),

    streaming({ reverse }) {
      if (reverse) return undefined;
      return {
        blocks: (description, shapes) => ({
          ...blocks(description, shapes),
          state: { elements: cell.states * description.units, per: "row" },
        }),
        keeps: ["state"],
        forward: (description, site) => walk(cell, description, site, { state: site.blocks.state }),
      };
    },

    title({ units, returnSequences, reverse }) {
      return `${who} ${units}${returnSequences ? ", sequences" : ""}${reverse ? ", reverse" : ""}`;
    },

    toJSON: ({ units, returnSequences, reverse }) => ({ units, returnSequences, reverse }),

    fromJSON({ units, ...options }) {
      checkOptions(who, options, [...keptNames, ...trainableOptionNames]);
      return make(units as number, options);
    },
  };
}
