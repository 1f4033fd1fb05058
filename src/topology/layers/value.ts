/**
 * Networks that are not lists. `input` makes a value, and a layer called on values makes the next one. A network is everything between its
 * inputs and its outputs.
 */

import { checkArguments, checkOptions, mark, refuseJSON, shown } from "../../errors.ts";
import { type DescriptionBase, type LayerKind, type Shape, sizeOf } from "./layer.ts";
import { SequenceLengths } from "./lengths.ts";
import { checkShape, onlyShape, shownShape } from "./shape.ts";

/** A value between layers: the shape of one example's value and, unless it is an input, the layer that makes it. */
export class Value {
  /** @internal */
  constructor(
    readonly shape: Shape,
    /** @internal */
    readonly source?: Source,
    /** The lengths of its sequences; undefined if all examples have the full shape. The first side of the shape is the greatest length. */
    readonly lengths?: SequenceLengths,
  ) {
    mark(this, "value");
  }

  /** Refuses `JSON.stringify(value)`, which would lose the layers before it. @throws {TypeError} naming the network */
  toJSON(): never {
    return refuseJSON("value", "the network that is made of it, which JSON keeps");
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Value";
  }
}

export interface InputOptions {
  /** If true, examples may have fewer steps than the shape's first side, but at least one, or a window's. Default false. */
  readonly variableLength?: boolean | undefined;
}

/** One use of a layer. */
export interface Source {
  readonly kind: LayerKind;
  /** The layer itself; two uses of the same layer share its parameters. */
  readonly layer: DescriptionBase;
  readonly inputs: readonly Value[];
  /** The values that it makes: one, or several for some kinds. */
  readonly outputs: readonly Value[];
}

/** A description that can be called on a value, or on several. Several calls within a network share its parameters. */
export type Layer<Description extends DescriptionBase> = Description &
  ((...values: readonly (Value | readonly Value[])[]) => Value);

/**
 * Returns an input of a network.
 *
 * @param shape the features of one example: a number, or a shape such as [28, 28, 1] (height, width, channels)
 * @throws {RangeError | TypeError} if it is neither, or an option is unknown or does not fit
 */
export function input(shape: number | Shape, options: InputOptions = {}): Value {
  checkArguments("input", arguments.length, 2);
  checkOptions("input", options, ["variableLength"]);
  return inputOf("input", "shape", shape, options.variableLength);
}

/** Does the same as `input`, with messages that begin with `who` and name `what`. */
export function inputOf(who: string, what: string, shape: number | Shape, variableLength: unknown = false): Value {
  if (typeof variableLength !== "boolean") {
    throw new TypeError(`${who}: got variableLength ${shown(variableLength)}, need true or false`);
  }
  return new Value(checkShape(who, what, shape), undefined, variableLength ? new SequenceLengths() : undefined);
}

/**
 * Applies a layer to values and returns its outputs: one value for most kinds.
 *
 * @throws {RangeError | TypeError} if the values do not fit the layer, or if an output would have 2³¹ numbers or more
 */
export function applyAll(kind: LayerKind, layer: DescriptionBase, values: readonly Value[]): readonly Value[] {
  const invalid = values.find((value) => !(value instanceof Value));
  if (invalid !== undefined || values.length === 0) {
    const got = values.length === 0 ? "nothing" : shown(invalid);
    throw new TypeError(`${layer.kind}: got ${got}, need values, which input() and layers return`);
  }
  const shapes = values.map((value) => value.shape);
  const outputShape = () => kind.outputShape?.(layer, shapes) ?? onlyShape(layer.kind, shapes);
  const lengths = lengthsOf(kind, layer, values);
  const outputs: Value[] = [];
  const source = { kind, layer, inputs: values, outputs };
  for (const shape of kind.outputShapes?.(layer, shapes) ?? [outputShape()]) {
    if (sizeOf(shape) >= 2 ** 31) {
      throw new RangeError(
        `${layer.kind}: got inputs that make a value ${shownShape(shape)}, need one of fewer than 2³¹ numbers`,
      );
    }
    outputs.push(new Value(shape, source, lengths));
  }
  return outputs;
}

/** Returns the lengths of the sequences after a layer. @throws {RangeError} if it needs sequences of one length */
function lengthsOf(kind: LayerKind, layer: DescriptionBase, values: readonly Value[]): SequenceLengths | undefined {
  const varying = values.find(({ lengths }) => lengths);
  if (!varying) return undefined;
  const shapes = values.map((value) => value.shape);
  const how = kind.sequences?.(layer, shapes);
  const { shape } = varying;
  if (!how || (how === "steps" && shape.length === 1)) {
    const got = `a value ${shownShape(shape)} of sequences that differ in length`;
    const why = kind.oneLength && shape.length > 1 ? `, as ${kind.oneLength}` : "";
    throw new RangeError(
      `${layer.kind}: got ${got}, need one of a single length${why}; a recurrent layer without returnSequences, or a global pool, makes a value for each sequence` +
        (shape.length === 1 ? "; embedding() takes tokens" : ""),
    );
  }
  if (how === "steps" || how === "tokens") {
    const other = values.find(({ lengths }) => lengths !== varying.lengths);
    if (other?.lengths?.origin === varying.lengths!.origin) {
      const got = "values of sequences whose lengths differ, as layers before have made them shorter";
      throw new RangeError(`${layer.kind}: got ${got}, need values of the same lengths`);
    }
    if (other) throw new RangeError(`${layer.kind}: got values of sequences of different inputs, need those of one`);
  }
  if (typeof how === "object") {
    const made = varying.lengths!.by(how);
    if (Number.isSafeInteger(made.stride) && Number.isSafeInteger(made.shift)) return made;
    const got = `strides that come to ${made.stride} with those of the layers before`;
    throw new RangeError(`${layer.kind}: got ${got}, need smaller ones for sequences that differ in length`);
  }
  return how === "ended" ? undefined : values[0].lengths;
}

/** Does the same for a layer with one output, and returns that. */
export const apply = (kind: LayerKind, layer: DescriptionBase, values: readonly Value[]): Value =>
  applyAll(kind, layer, values)[0];

/**
 * Returns a function that applies the layer to values and has the data of `description`. `JSON.stringify` gives the data.
 *
 * @param applying the function's work: `applyAll` for a kind that makes several values
 */
export function callable<Description extends DescriptionBase>(
  kind: LayerKind<Description>,
  description: Description,
  applying: (...use: Parameters<typeof apply>) => unknown = apply,
): Layer<Description> {
  const layer = (...values: readonly (Value | readonly Value[])[]) =>
    applying(kind as unknown as LayerKind, layer as unknown as Description, values.flat());
  // A function has a name of its own. It would be mistaken for the layer's.
  Object.defineProperty(layer, "name", { value: undefined, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(layer, "toJSON", { value: () => ({ ...description }) });
  return Object.assign(layer, description) as unknown as Layer<Description>;
}
