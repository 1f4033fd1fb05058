/**
 * Attention of several heads: each step of the query collects the matching information from the steps of a value. attentionTraining.ts has
 * the parts for training.
 */

import { attention as attentionFamily } from "../../../build/attention.js";
import { checkArguments, checkFinite, checkInteger, checkOptions, plural, shown } from "../../errors.ts";
import { type Address, eachRow, inAll, none, type Operation, type Operations, op } from "../../kernels/operations.ts";
import { glorotUniform, type Initializer, zeros } from "../initializers.ts";
import {
  type DescriptionBase,
  eachStep,
  type LayerKind,
  type ParameterDescription,
  perRow,
  type Shape,
  type Site,
  type Streaming,
  spaceOf,
  type UseShapes,
} from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface AttentionOptions extends TrainableOptions {
  /** The number of heads, which attend side by side; at least 1. */
  readonly heads: number;
  /** The number of columns of a head's queries, keys and values; at least 1. Default the query's features / heads. */
  readonly keyUnits?: number | undefined;
  /** If true, a step sees only the steps up to itself. Default false. */
  readonly causal?: boolean | undefined;
  /** The share of the weights that training drops after softmax; from 0 to below 1, default 0. */
  readonly dropout?: number | undefined;
  /** If true, each of the four projections adds a bias; default true. */
  readonly bias?: boolean | undefined;
  /** The initializer of the weight of each projection. Default glorotUniform(). */
  readonly weightInitializer?: Initializer | undefined;
  /** The initializer of the biases. Default zeros(). */
  readonly biasInitializer?: Initializer | undefined;
}

export interface AttentionDescription extends DescriptionBase {
  readonly kind: "attention";
  readonly heads: number;
  readonly keyUnits?: number | undefined;
  readonly causal: boolean;
  readonly dropout: number;
  readonly bias: boolean;
  readonly weightInitializer: Initializer;
  readonly biasInitializer: Initializer;
}

const fileOptionNames = ["heads", "keyUnits", "causal", "dropout", "bias", ...trainableOptionNames];

/**
 * Returns a layer of attention. Called on one value [steps, features] it is self-attention; called on (query, value), each step of the
 * query attends to the steps of the value. The output has the query's shape.
 *
 * For each head, a step of the query becomes a query, and a step of the value becomes a key and a value, each of keyUnits numbers. The
 * weights of a query are softmax(query · key / √keyUnits) over the keys, and its result is the sum of the values with these weights. The
 * results of all heads, side by side, are projected to the query's features. Head j has the columns j · keyUnits … of queryWeight,
 * keyWeight and valueWeight [features, heads · keyUnits], and the same rows of outputWeight [heads · keyUnits, features].
 *
 * Source  Vaswani et al. 2017, like PyTorch's MultiheadAttention and Keras's MultiHeadAttention.
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function attention(options: AttentionOptions): Layer<AttentionDescription> {
  checkArguments("attention", arguments.length, 1);
  checkOptions("attention", options, [...fileOptionNames, "weightInitializer", "biasInitializer"]);
  const { heads, keyUnits, causal = false, dropout = 0, bias = true } = Object(options) as AttentionOptions;
  checkInteger("attention: heads", heads, 1, 2 ** 31 - 1);
  if (keyUnits !== undefined) checkInteger("attention: keyUnits", keyUnits, 1, 2 ** 31 - 1);
  for (const [name, value] of Object.entries({ causal, bias })) {
    if (typeof value !== "boolean") throw new TypeError(`attention: got ${name} ${shown(value)}, need true or false`);
  }
  checkFinite("attention: dropout", dropout);
  if (dropout < 0 || dropout >= 1) {
    throw new RangeError(`attention: got dropout ${shown(dropout)}, need a number from 0 to below 1`);
  }
  return callable(attentionKind, {
    kind: "attention",
    heads,
    ...(keyUnits !== undefined && { keyUnits }),
    causal,
    dropout,
    bias,
    weightInitializer: options.weightInitializer ?? glorotUniform(),
    biasInitializer: options.biasInitializer ?? zeros(),
    ...trainableOptions("attention", options),
  });
}

/** The sizes of one use. */
interface Sizes {
  readonly querySteps: number;
  readonly keySteps: number;
  readonly queryFeatures: number;
  readonly valueFeatures: number;
  readonly keyUnits: number;
  /** The columns of all heads. */
  readonly columns: number;
}

/** @throws {RangeError} if the values or their number do not fit */
export function sizesOf({ heads, keyUnits, causal }: AttentionDescription, shapes: readonly Shape[]): Sizes {
  if (shapes.length > 2) {
    throw new RangeError(`attention: got ${shapes.length} values, need one, or a query and a value`);
  }
  const invalid = shapes.find((shape) => shape.length !== 2);
  if (invalid) throw new RangeError(`attention: got a value ${shownShape(invalid)}, need [steps, features]`);
  const [query, value = query] = shapes;
  const [[querySteps, queryFeatures], [keySteps, valueFeatures]] = [query, value];
  if (keyUnits === undefined && queryFeatures % heads !== 0) {
    const need = `a number that divides its ${plural(queryFeatures, "feature")}, or keyUnits`;
    throw new RangeError(`attention: got ${heads} heads for a value ${shownShape(query)}, need ${need}`);
  }
  if (causal && querySteps !== keySteps) {
    const got = `a query of ${plural(querySteps, "step")} and a value of ${keySteps}`;
    throw new RangeError(`attention: got ${got}, need the same number of both with causal`);
  }
  const units = keyUnits ?? queryFeatures / heads;
  const columns = heads * units;
  if (columns * Math.max(querySteps, keySteps) >= 2 ** 31) {
    const got = `${heads} heads of ${units} columns for ${Math.max(querySteps, keySteps)} steps`;
    throw new RangeError(`attention: got ${got}, need fewer than 2³¹ numbers`);
  }
  return { querySteps, keySteps, queryFeatures, valueFeatures, keyUnits: units, columns };
}

/** The names of the projections, in the order of the parameters. */
const projections = ["query", "key", "value", "output"] as const;

function parametersOf(
  description: AttentionDescription,
  shapes: readonly Shape[],
): readonly Omit<ParameterDescription, "initializer">[] {
  const { queryFeatures, valueFeatures, columns } = sizesOf(description, shapes);
  const fans = [
    { fanIn: queryFeatures, fanOut: columns },
    { fanIn: valueFeatures, fanOut: columns },
    { fanIn: valueFeatures, fanOut: columns },
    { fanIn: columns, fanOut: queryFeatures },
  ];
  const weights = fans.map(({ fanIn, fanOut }, index) => {
    return { name: `${projections[index]}Weight`, shape: [fanIn, fanOut], isWeight: true, fanIn, fanOut };
  });
  const biases = fans.map(({ fanIn, fanOut }, index) => {
    return { name: `${projections[index]}Bias`, shape: [fanOut], isWeight: false, fanIn, fanOut };
  });
  return [...weights, ...(description.bias ? biases : [])];
}

/** The bytes of a panel's columns for one step, and the queries of a block (assembly/products/panel.ts, assembly/attention/blocks.ts). */
export const panelStep = 64;
export const blockRows = 32;

/** Returns the bytes of a panel for each number of its columns. */
export const panelsOf = (columns: number, elementBytes: number) => Math.ceil((columns * elementBytes) / panelStep);

/** Returns the bytes of a block of scores. */
export const scoreBytes = (keyPanels: number) => blockRows * (keyPanels | 1) * panelStep;

/** Returns the working space of attentionForward, in bytes. */
export function attentionBytes(keySteps: number, keyUnits: number, elementBytes: number): number {
  const [keyPanels, unitPanels] = [keySteps, keyUnits].map((columns) => panelsOf(columns, elementBytes));
  const panels = keyPanels * keyUnits + unitPanels * (keySteps + blockRows);
  return panels * panelStep + scoreBytes(keyPanels) + blockRows * elementBytes;
}

/** The fields that differ in training. */
type Parts = Pick<Operations["attentionForward"], "batch" | "statistics" | "stream" | "rate">;

const predicting: Parts = { batch: none, statistics: none, stream: 0, rate: 0 };

/**
 * Returns the operations of the forward pass.
 *
 * @param kept what a stream does with keys and values before the queries attend, and which of them the queries see
 */
export function attend(
  description: AttentionDescription,
  site: Site,
  parts: Parts,
  kept: { readonly operations: readonly Operation[]; readonly fields: Partial<Operations["attentionForward"]> } = {
    operations: [],
    fields: {},
  },
): Operation[] {
  const { heads, causal } = description;
  const { inputs, output, offsets, parameters, blocks } = site;
  const { query, key, value, mixed, space } = blocks;
  const { querySteps, keySteps, queryFeatures, valueFeatures, keyUnits, columns } = sizesOf(
    description,
    site.inputShapes,
  );
  const valueIndex = inputs.length - 1;
  const [ofQuery, ofValue] = [inputs[0], inputs[valueIndex]];
  const [queryOffsets, keyOffsets] = [offsets[0], offsets[valueIndex]];
  const project = (index: number, input: Address, to: Address) => {
    const [place, fanIn, fanOut] = [
      [0, queryFeatures, columns],
      [valueIndex, valueFeatures, columns],
      [valueIndex, valueFeatures, columns],
      [0, columns, queryFeatures],
    ][index];
    const product = { input, weight: parameters[index], bias: parameters[index + 4] ?? none, output: to };
    return op("denseForward", eachStep(site, 1, place), { ...product, fanIn, fanOut });
  };
  const ofSteps = { queryOffsets, keyOffsets, querySteps, keySteps };
  const ofHeads = { heads, keyUnits, isCausal: Number(causal) };
  return [
    project(0, ofQuery, query),
    project(1, ofValue, key),
    project(2, ofValue, value),
    ...kept.operations,
    op("attentionForward", eachRow(heads), {
      ...parts,
      query,
      key,
      value,
      output: mixed,
      space,
      ...ofSteps,
      ...ofHeads,
      ...kept.fields,
    }),
    project(3, mixed, output),
  ];
}

/** The streaming of self-attention: it keeps the keys and values of all steps so far. */
const streamed: Streaming<AttentionDescription> = {
  blocks(description, shapes) {
    const { keySteps, columns } = sizesOf(description, shapes.inputs);
    const ofSteps = perRow([keySteps, columns]);
    const ends = { elements: 2, per: "network", type: "int32" } as const;
    return { ...blocksOf(description, shapes), keys: ofSteps, values: ofSteps, ends };
  },

  keeps: ["keys", "values"],

  forward(description, site) {
    const { key, value, keys, values, ends: offsets } = site.blocks;
    const { columns, keySteps: steps } = sizesOf(description, site.inputShapes);
    const [batch] = site.stepBatches;
    const keep = (source: Address, kept: Address) =>
      op("keepStep", inAll(columns), { batch, source, kept, offsets, columns, steps });
    const seen = { key: keys, value: values, keyOffsets: offsets, isCausal: 0 };
    return attend(description, site, predicting, { operations: [keep(key, keys), keep(value, values)], fields: seen });
  },

  isBounded: true,
};

function blocksOf(description: AttentionDescription, { inputs, elementBytes }: UseShapes) {
  const { querySteps, keySteps, keyUnits, columns } = sizesOf(description, inputs);
  const [ofQuery, ofKey] = [perRow([querySteps, columns]), perRow([keySteps, columns])];
  const space = spaceOf(attentionBytes(keySteps, keyUnits, elementBytes));
  return { query: ofQuery, key: ofKey, value: ofKey, mixed: ofQuery, space };
}

export const attentionKind: LayerKind<AttentionDescription> = {
  family: attentionFamily,

  sequences: () => "kept",

  streaming: ({ causal }) => (causal ? streamed : undefined),

  outputShape(description, inputShapes) {
    sizesOf(description, inputShapes);
    return inputShapes[0];
  },

  parameters: (description, inputShapes) =>
    parametersOf(description, inputShapes).map((parameter) => {
      const { weightInitializer, biasInitializer } = description;
      return { ...parameter, initializer: parameter.isWeight ? weightInitializer : biasInitializer };
    }),

  blocks: blocksOf,

  forward: (description, site) => attend(description, site, predicting),

  trainingOptions: ["dropout"],

  title({ heads, keyUnits, causal, dropout, bias }) {
    const parts = [`attention, ${plural(heads, "head")}`, ...(keyUnits === undefined ? [] : [`of ${keyUnits}`])];
    const more = [causal && "causal", dropout > 0 && `dropout ${dropout}`, !bias && "no bias"].filter(Boolean);
    return [parts.join(" "), ...more].join(", ");
  },

  toJSON: ({ heads, keyUnits, causal, dropout, bias }) => ({ heads, keyUnits, causal, dropout, bias }),

  fromJSON(options) {
    checkOptions("attention", options, fileOptionNames);
    return attention(options as unknown as AttentionOptions);
  },
};
