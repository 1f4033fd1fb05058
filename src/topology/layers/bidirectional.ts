/** Two recurrent layers on the same sequences; one of them reads backwards. */

import { recurrent } from "../../../build/recurrent.js";
import { checkArguments, checkOptions, isKnown, shown, unknownName } from "../../errors.ts";
import { type Address, eachRow, type Operation, op, type Work } from "../../kernels/operations.ts";
import { gruKind, gruTraining } from "./gru.ts";
import {
  type BackwardSite,
  type Block,
  type DescriptionBase,
  eachStep,
  type LayerKind,
  type LayerTraining,
  perRow,
  type Shape,
  type Site,
  type WorkingSpace,
} from "./layer.ts";
import { lstmKind, lstmTraining } from "./lstm.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import type { RecurrentDescription } from "./recurrent.ts";
import { simpleRnnKind, simpleRnnTraining } from "./simpleRnn.ts";
import { callable, type Layer } from "./value.ts";

/** The way to combine the outputs of both directions. */
export type Merge = "concatenate" | "sum" | "average" | "multiply";

const merges: readonly Merge[] = ["concatenate", "sum", "average", "multiply"];
const halves = ["forward", "backward"] as const;
type Half = (typeof halves)[number];

export interface BidirectionalOptions extends TrainableOptions {
  /** The way to combine the outputs of both directions. Default "concatenate": forward's features before backward's. */
  readonly merge?: Merge | undefined;
}

export interface BidirectionalDescription extends DescriptionBase {
  readonly kind: "bidirectional";
  /** The layer of each direction, without a name. */
  readonly layer: RecurrentDescription;
  readonly merge: Merge;
}

/** The kinds of layers that bidirectional accepts. */
const kinds: Readonly<Record<string, LayerKind<RecurrentDescription>>> = {
  simpleRnn: simpleRnnKind as LayerKind<RecurrentDescription>,
  lstm: lstmKind as LayerKind<RecurrentDescription>,
  gru: gruKind as LayerKind<RecurrentDescription>,
};
const trainings = { simpleRnn: simpleRnnTraining, lstm: lstmTraining, gru: gruTraining };

const kindOf = ({ layer }: Pick<BidirectionalDescription, "layer">) => kinds[layer.kind];
const trainingOf = ({ layer }: BidirectionalDescription) => trainings[layer.kind as keyof typeof trainings];

/**
 * Returns a layer that reads sequences [steps, features] from both ends. Each direction has its own parameters: `forward.weight`, …,
 * `backward.bias`. With `returnSequences`, each step of the output combines the outputs of both directions at this step, so it depends on
 * the whole sequence. Otherwise the output combines the final output of each direction.
 *
 * Source  Schuster & Paliwal 1997; like Keras's Bidirectional.
 * @param layer the result of simpleRnn, lstm or gru
 * @throws {RangeError | TypeError} if `layer` is something else, reads in reverse, or has options that belong here; or if an option is
 * unknown or does not fit
 */
export function bidirectional(
  layer: RecurrentDescription,
  options: BidirectionalOptions = {},
): Layer<BidirectionalDescription> {
  checkArguments("bidirectional", arguments.length, 2);
  checkOptions("bidirectional", options, ["merge", ...trainableOptionNames]);
  const { merge = "concatenate" } = options;
  if (!merges.includes(merge)) throw unknownName("bidirectional: merge", merge, merges);
  const described = { layer: checkInner(layer), merge, ...trainableOptions("bidirectional", options) };
  return callable(bidirectionalKind, { kind: "bidirectional", ...described });
}

/** Returns the description of the layer of both directions. */
function checkInner(layer: RecurrentDescription): RecurrentDescription {
  const { kind } = Object(layer) as RecurrentDescription;
  if (!isKnown(kinds, kind)) {
    const got = kind === undefined ? shown(layer) : `a layer ${shown(kind)}`;
    throw new TypeError(`bidirectional: got ${got}, need what simpleRnn(), lstm() or gru() returns`);
  }
  const { kind: _, ...rest } = layer;
  const isMade = typeof layer === "function";
  const inner: RecurrentDescription = isMade ? { kind, ...rest } : { ...kinds[kind].fromJSON(rest) };
  if (inner.reverse) {
    throw new RangeError(
      "bidirectional: got a layer with reverse: true, need one without, as one half reads in reverse",
    );
  }
  const outer = trainableOptionNames.find((name) => inner[name] !== undefined);
  if (outer) throw new RangeError(`bidirectional: got a layer with ${outer}, need that as an option of bidirectional`);
  const { name: __, ...own } = inner;
  return own;
}

/** Returns the description of a direction's layer. */
const halfOf = ({ layer }: BidirectionalDescription, half: Half): RecurrentDescription =>
  half === "forward" ? layer : { ...layer, reverse: true };

/** Returns the entries of both directions, with the direction before each name. */
function ofBothHalves<Thing>(of: (half: Half) => Readonly<Record<string, Thing>>): Record<string, Thing> {
  const entries = halves.map((half) => Object.entries(of(half)).map(([name, thing]) => [`${half}.${name}`, thing]));
  return Object.fromEntries(entries.flat());
}

const shapeOf = ({ layer }: BidirectionalDescription, inputShapes: readonly Shape[]): Shape =>
  kindOf({ layer }).outputShape!(layer, inputShapes);

/** Returns one half of a list whose first half belongs to forward. */
const part = <Thing>(list: readonly Thing[], half: Half): readonly Thing[] => {
  const middle = list.length / 2;
  return half === "forward" ? list.slice(0, middle) : list.slice(middle);
};

/** Returns the addresses of the data of a direction's layer. */
function siteOf<Use extends Site>(description: BidirectionalDescription, site: Use, half: Half): Use {
  const start = `${half}.`;
  const own = Object.entries(site.blocks).flatMap(([name, address]) => {
    return name.startsWith(start) ? [[name.slice(start.length), address] as const] : [];
  });
  const blocks = Object.fromEntries(own);
  const { output } = blocks;
  const outputShape = shapeOf(description, site.inputShapes);
  const of = { outputShape, outputShapes: [outputShape], output, outputs: [output], blocks };
  return { ...site, ...of, parameters: part(site.parameters, half) };
}

/** Returns `units` of work for each row of a direction's output. */
const eachOutput = ({ layer }: BidirectionalDescription, site: Site, units = 1): Work =>
  layer.returnSequences ? eachStep(site, units) : eachRow(units);

/** Returns the operations that combine the outputs of both directions. */
function mergeOutputs(description: BidirectionalDescription, site: Site): Operation[] {
  const { merge, layer } = description;
  const { blocks, elementBytes, output } = site;
  const { units } = layer;
  if (merge === "concatenate") {
    const strides = { columns: units, sourceStride: units, destinationStride: 2 * units };
    return halves.map((half, index) => {
      const destination = (output + index * units * elementBytes) as Address;
      const source = blocks[`${half}.output`];
      return op("copyColumns", eachOutput(description, site), { source, destination, ...strides });
    });
  }
  const work = eachOutput(description, site, units);
  const both = { a: blocks["forward.output"], b: blocks["backward.output"], output };
  if (merge === "multiply") return [op("multiply", work, both)];
  const half = op("scale", work, { input: output, output, factor: 0.5 });
  return [op("add", work, both), ...(merge === "average" ? [half] : [])];
}

export const bidirectionalKind: LayerKind<BidirectionalDescription> = {
  family: recurrent,

  sequences: ({ layer }, shapes) => kindOf({ layer }).sequences!(layer, shapes),

  outputShape(description, inputShapes) {
    const shape = shapeOf(description, inputShapes);
    return description.merge === "concatenate" ? shape.with(-1, 2 * shape[shape.length - 1]) : shape;
  },

  parameters(description, inputShapes) {
    const { layer } = description;
    return halves.flatMap((half) => {
      const parameters = kindOf(description).parameters!(layer, inputShapes);
      return parameters.map((parameter) => ({ ...parameter, name: `${half}.${parameter.name}` }));
    });
  },

  blocks(description, shapes) {
    const { layer } = description;
    const output = shapeOf(description, shapes.inputs);
    const own = kindOf(description).blocks!(layer, { ...shapes, output }) as Record<string, Block | WorkingSpace>;
    return ofBothHalves(() => ({ ...own, output: perRow(output) }));
  },

  forward(description, site) {
    const passes = halves.flatMap((half) => {
      return kindOf(description).forward(halfOf(description, half), siteOf(description, site, half));
    });
    return [...passes, ...mergeOutputs(description, site)];
  },

  title: ({ layer, merge }) => `bidirectional ${kindOf({ layer }).title(layer)}, ${merge}`,

  toJSON({ layer, merge }) {
    const { kind } = Object(layer) as RecurrentDescription;
    return { layer: isKnown(kinds, kind) ? { kind, ...kinds[kind].toJSON!(layer) } : layer, merge };
  },

  fromJSON: ({ layer, ...options }) => bidirectional(layer as RecurrentDescription, options),
};

export const bidirectionalTraining: LayerTraining<BidirectionalDescription> = {
  blocks(description, shapes) {
    const output = shapeOf(description, shapes.inputs);
    const { layer, merge } = description;
    const own = trainingOf(description).blocks!(layer, { ...shapes, output });
    return {
      ...ofBothHalves(() => own),
      // The backward passes of the halves run one after the other.
      ...((merge === "concatenate" || merge === "multiply") && { outputGrad: perRow(output) }),
      inputGrad: perRow(shapes.inputs[0]),
    };
  },

  forward(description, site) {
    const passes = halves.flatMap((half) => {
      return trainingOf(description).forward!(halfOf(description, half), siteOf(description, site, half));
    });
    return [...passes, ...mergeOutputs(description, site)];
  },

  backward(description, site) {
    const { merge, layer } = description;
    const { outputGrad, blocks, inputShapes } = site;
    const [inputGrad] = site.inputGrads;
    const halved = op("scale", eachOutput(description, site, layer.units), {
      ...{ input: outputGrad, output: outputGrad, factor: 0.5 },
    });
    const passes = halves.flatMap((half) => {
      const { operations, grad } = outputGradOf(description, site, half);
      const grads = {
        ...{ outputGrad: grad, outputGrads: [grad] },
        inputGrads: [inputGrad === undefined || half === "forward" ? inputGrad : blocks.inputGrad],
        parameterGrads: part(site.parameterGrads, half),
      };
      const of = { ...siteOf(description, site, half), ...grads };
      return [...operations, ...trainingOf(description).backward(halfOf(description, half), of)];
    });
    const sum = { a: inputGrad!, b: blocks.inputGrad, output: inputGrad! };
    return [
      ...(merge === "average" ? [halved] : []),
      ...passes,
      ...(inputGrad === undefined ? [] : [op("add", eachStep(site, inputShapes[0][1]), sum)]),
    ];
  },
};

/** Returns the address of ∂loss/∂(a direction's output), and the operations that write it. */
function outputGradOf(
  description: BidirectionalDescription,
  site: BackwardSite,
  half: Half,
): { operations: Operation[]; grad: Address } {
  const { merge, layer } = description;
  const { units } = layer;
  const { blocks, elementBytes, outputGrad } = site;
  if (merge === "sum" || merge === "average") return { operations: [], grad: outputGrad };
  const grad = blocks.outputGrad;
  if (merge === "multiply") {
    const b = blocks[half === "forward" ? "backward.output" : "forward.output"];
    const fields = { a: outputGrad, b, output: grad };
    return { operations: [op("multiply", eachOutput(description, site, units), fields)], grad };
  }
  const source = (outputGrad + (half === "forward" ? 0 : units * elementBytes)) as Address;
  const strides = { columns: units, sourceStride: 2 * units, destinationStride: units };
  return {
    operations: [op("copyColumns", eachOutput(description, site), { source, destination: grad, ...strides })],
    grad,
  };
}
