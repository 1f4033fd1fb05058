/** The working material of the handlers of operators: constants, layers and parameters of the network that a graph becomes. */

import { shown } from "../errors.ts";
import type { Dtype, Value } from "../index.ts";
import { type Budget, Constant } from "./constants.ts";
import type { Apply, Data } from "./layout.ts";
import type { Directions, Lengths, Pending } from "./lengths.ts";
import type { Operator } from "./nodes.ts";
import { refuse } from "./refusals.ts";
import type { ExternalFile } from "./tensors.ts";

/** The product of two values, on its way to attention. */
export class Scores {
  constructor(
    readonly content: {
      /** The node that has made the product. */
      readonly node: Operator;
      /** [batch, heads, steps, units], or without heads */
      readonly query: Data;
      /** [batch, heads, units, steps] */
      readonly key: Data;
      readonly scale: number;
      /** The numbers that are added to the scores. */
      readonly mask?: Constant | undefined;
      /** True if they are weights already. */
      readonly isSoftmax: boolean;
      /** True if keys behind the ends of sequences do not count. */
      readonly isHidden?: boolean | undefined;
    },
  ) {}
}

/** A value of the graph: numbers that are known, or a value of the network. */
export type Item = Constant | Data;
/** The same, or something on its way to a layer. */
export type Entry = Item | Scores | Lengths | Pending | Directions;

/** Returns the outputs of a node; undefined for one that has no counterpart, so that nobody may read it. */
export type Handler = (
  node: Operator,
  inputs: readonly (Item | undefined)[],
  reader: Reader,
) => readonly (Entry | undefined)[];

/** A layer that can be called on values. */
export type CallableLayer = (...values: Value[]) => Value;

/** A layer with parameters. */
export interface Weighted<Options> {
  readonly node: Operator;
  /** The parts that tell this layer from others: two uses with the same options and constants share their parameters. */
  readonly key: readonly (string | Constant | undefined)[];
  readonly options: Options;
  readonly make: (options: Options) => CallableLayer;
  /** Returns the parameters and statistics by their names, in our layout. */
  readonly parameters: () => Readonly<Record<string, Constant>>;
}

export const isData = (item: Entry | undefined): item is Data => item !== undefined && "axes" in item;

/** Counts numbers in the values of a network, by the limit that a file of it has. */
const [freeNumbers, numbersPerWeight, numbersPerInput, mostNumbers] = [2 ** 22, 8, 2 ** 11, 2 ** 30];
const mostUses = 2 ** 13;

export class Reader {
  readonly budget: Budget;
  /** The number of examples that the graph is made for; undefined if it takes any. */
  readonly examples: number | undefined;
  /** The type of the network. */
  readonly dtype: Dtype;
  /** Returns the bytes of another file that has weights; undefined if there is none. */
  readonly externalFile: ExternalFile | undefined;
  /** The parameters of each layer. */
  readonly parameters = new Map<object, Readonly<Record<string, Constant>>>();
  /** The name of the node that each layer with parameters was made for. */
  readonly titles = new Map<object, string | undefined>();
  readonly #layers = new Map<string, CallableLayer>();
  readonly #numberOf = new Map<Constant, number>();
  #room: number;
  #uses = 0;

  readonly #counts: ReadonlyMap<string, number>;
  readonly #readers: ReadonlyMap<string, readonly Operator[]>;

  /**
   * @param counts the number of uses of each name in the graph
   * @param readers the nodes that read each name
   * @param sizes the numbers in the weights and in the inputs, and the type of the network
   * @param externalFile returns the bytes of another file
   */
  constructor(
    budget: Budget,
    examples: number | undefined,
    counts: ReadonlyMap<string, number>,
    readers: ReadonlyMap<string, readonly Operator[]>,
    sizes: { weights: number; inputs: number; dtype?: Dtype },
    externalFile?: ExternalFile,
  ) {
    this.externalFile = externalFile;
    this.budget = budget;
    this.examples = examples;
    this.dtype = sizes.dtype ?? "float32";
    this.#counts = counts;
    this.#readers = readers;
    const room = freeNumbers + numbersPerWeight * sizes.weights + numbersPerInput * sizes.inputs;
    this.#room = Math.min(room, mostNumbers);
  }

  /** Tells whether a node or an output of the graph needs a value. */
  isUsed(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  /** Tells whether only this operator reads a value. */
  isOnlyFor(name: string, operator: string): boolean {
    const readers = this.#readers.get(name) ?? [];
    return readers.length === this.#counts.get(name) && readers.every((node) => node.name === operator);
  }

  /** Applies a layer to values. @throws {RangeError} if the network would become too large for its file */
  apply = (layer: CallableLayer, ...values: Value[]): Value => this.counted(layer(...values));

  /** Counts a value that a layer has made. */
  counted(made: Value): Value {
    this.#room -= made.shape.reduce((product, side) => product * side, 1);
    this.#uses++;
    if (this.#room >= 0 && this.#uses <= mostUses) return made;
    return refuse("a graph whose values are too large for its weights and inputs", "fewer");
  }

  /** The same for layers that only move numbers. */
  readonly move: Apply = (layer, value) => this.apply(layer as CallableLayer, value);

  /** Returns a layer with parameters, or the one that has the same ones already. */
  weighted<Options extends object>({ node, key, options, make, parameters }: Weighted<Options>): CallableLayer {
    const names = key.map((part) => (part instanceof Constant ? `#${this.#numbered(part)}` : (part ?? "")));
    const whole = JSON.stringify([names, options]);
    const known = this.#layers.get(whole);
    if (known) return known;
    const layer = make({ ...options });
    this.titles.set(layer, node.title);
    this.parameters.set(layer, parameters());
    this.#layers.set(whole, layer);
    return layer;
  }

  #numbered(constant: Constant): number {
    const number = this.#numberOf.get(constant) ?? this.#numberOf.size;
    this.#numberOf.set(constant, number);
    return number;
  }
}

/** Returns an input that is a value of the network. @throws {RangeError} if it is absent or a constant */
export function dataAt(inputs: readonly (Item | undefined)[], index: number): Data {
  const item = inputs[index];
  if (isData(item)) return item;
  const got = item ? `a constant as input ${index}` : `no input ${index}`;
  return refuse(got, "a value that is computed from the network's inputs");
}

/** Returns an input that is a constant; undefined if it is absent. @throws {RangeError} if it is a value of the network */
export function constantAt(node: Operator, inputs: readonly (Item | undefined)[], index: number): Constant | undefined {
  const item = inputs[index];
  if (!isData(item)) return item;
  const name = shown(node.inputs[index]);
  return refuse(
    `${name}, which is computed from the network's inputs`,
    "a constant (weights may be given in constants)",
  );
}

/** Returns the whole numbers of a constant that gives sides, axes or places; undefined if it is absent. */
export function integersAt(
  node: Operator,
  inputs: readonly (Item | undefined)[],
  index: number,
): readonly number[] | undefined {
  const constant = constantAt(node, inputs, index);
  if (!constant) return undefined;
  if (constant.batch) refuse(`a number of examples as input ${index}`, "one that does not depend on the batch");
  if (constant.size > mostUses) refuse(`${constant.size} numbers as input ${index}`, `at most ${mostUses}`);
  return Array.from(constant.values);
}
