/**
 * Recurrent cells that no layer computes, made of layers for each step: the reset before the product, other activations, states that begin as
 * something else than zeros or are outputs, peepholes.
 */

import { add, concatenate, dense, multiply, slice, split, subtract, type Value } from "../../index.ts";
import { Constant } from "../constants.ts";
import { type Data, reshaped } from "../layout.ts";
import { Operator } from "../nodes.ts";
import type { CallableLayer, Reader } from "../reader.ts";
import { refuse } from "../refusals.ts";
import type { AttributeProto } from "../schema.ts";
import { activationHandlers } from "./activations.ts";
import { affineLast, scaled } from "./affine.ts";

/** The most steps, each of which takes layers of its own. */
const mostSteps = 512;

/** The weights of a recurrent node, as ONNX has them: the first side is that of the directions. */
export interface RecurrentWeights {
  /** [directions, gates · units, features] */
  readonly weight: Constant;
  /** [directions, gates · units, units] */
  readonly recurrentWeight: Constant;
  /** [directions, 2 · gates · units]: those of the input, then those of the state. */
  readonly bias: Constant | undefined;
  /** [directions, 3 · units] */
  readonly peepholes: Constant | undefined;
}

/** A recurrent node to be computed step by step. */
export interface CellUse extends RecurrentWeights {
  readonly node: Operator;
  /** [steps, features] */
  readonly value: Value;
  readonly units: number;
  /** True for each direction that reads the steps backwards. */
  readonly directions: readonly boolean[];
  /** The activations of each direction, f g h. */
  readonly activations: readonly (readonly Activation[])[];
  /** Returns the first state of a direction, [1, units]; undefined for zeros. */
  readonly stateOf: (name: "h" | "c", direction: number) => Value | Constant | undefined;
}

/** An activation with the attributes that are given for it. */
export interface Activation {
  readonly name: string;
  readonly attributes: readonly AttributeProto[];
}

/** The states of a recurrent node: [steps, directions · units], and [directions · units] after the last step. */
export interface CellStates {
  readonly all: Value;
  readonly last: Value;
  readonly cell: Value | undefined;
}

/** Returns the values of all directions side by side. */
const sideBySide = (values: readonly Value[], { apply }: Reader): Value =>
  values.length === 1 ? values[0] : apply(concatenate as CallableLayer, ...values);

/** Returns the states of all steps, and the last ones. */
export function unrolled(use: CellUse, reader: Reader): CellStates {
  const { node, units, value, directions } = use;
  const [steps] = value.shape;
  if (steps > mostSteps) refuse(`${steps} steps of a cell that no layer computes`, `at most ${mostSteps}`);
  const made = directions.map((isReverse, direction) => {
    const cell = new CellSteps(use, direction, reader);
    const outputs = new Array<Value>(steps);
    for (let step = 0; step < steps; step++) {
      const place = isReverse ? steps - 1 - step : step;
      cell.step(place);
      outputs[place] = cell.state;
    }
    return { all: reshaped(sideBySide(outputs, reader), [steps, units], reader.move), cell };
  });
  const row = (values: readonly Value[]) =>
    reshaped(sideBySide(values, reader), [directions.length * units], reader.move);
  return {
    all: sideBySide(
      made.map(({ all }) => all),
      reader,
    ),
    last: row(made.map(({ cell }) => cell.state)),
    cell: node.name === "LSTM" ? row(made.map(({ cell }) => cell.memory!)) : undefined,
  };
}

/** A cell in one direction, with its state. */
class CellSteps {
  /** [1, units] */
  state: Value;
  /** The LSTM's second state. */
  memory: Value | undefined;
  readonly #use: CellUse;
  readonly #direction: number;
  readonly #reader: Reader;
  /** The part of the gates that depends on the input: [steps, gates · units]. */
  readonly #inputs: Value;

  constructor(use: CellUse, direction: number, reader: Reader) {
    this.#use = use;
    this.#direction = direction;
    this.#reader = reader;
    const { name } = use.node;
    const gates = name === "LSTM" ? 4 : name === "GRU" ? 3 : 1;
    // The candidate's second bias is inside the reset if that comes after the product.
    const isApart = name === "GRU" && this.#isResetAfter;
    this.#inputs = this.#dense("input", use.value, use.weight, [0, gates], isApart ? 2 : gates);
    this.state = this.#first("h");
    if (name === "LSTM") this.memory = this.#first("c");
  }

  get #isResetAfter(): boolean {
    return this.#use.node.int("linear_before_reset", 0) === 1;
  }

  /** Reads one step. */
  step(place: number): void {
    const { name } = this.#use.node;
    const [steps] = this.#inputs.shape;
    const input =
      steps === 1 ? this.#inputs : this.#reader.apply(slice(0, place, place + 1) as CallableLayer, this.#inputs);
    if (name === "LSTM") this.#lstm(input);
    else if (name === "GRU") this.#gru(input);
    else this.state = this.#activate(0, this.#add(input, this.#product("state", this.state, [0, 1])));
  }

  #lstm(inputs: Value): void {
    const { node, units } = this.#use;
    const whole = this.#add(inputs, this.#product("state", this.state, [0, 4]));
    const [input, output, forget, candidate] = this.#split(whole, [units, units, units, units]);
    const before = this.memory!;
    const opened = this.#activate(0, this.#peep(input, 0, before));
    const kept = node.int("input_forget", 0)
      ? scaled(node, dataOf(opened), -1, 1, this.#reader).value
      : this.#activate(0, this.#peep(forget, 2, before));
    const added = this.#multiply(opened, this.#activate(1, candidate));
    this.memory = this.#add(this.#multiply(kept, before), added);
    const shown = this.#activate(0, this.#peep(output, 1, this.memory));
    this.state = this.#multiply(shown, this.#activate(2, this.memory));
  }

  #gru(inputs: Value): void {
    const { units } = this.#use;
    const before = this.state;
    const [first, candidate] = this.#split(inputs, [2 * units, units]);
    const gates = this.#activate(0, this.#add(first, this.#product("state", before, [0, 2])));
    const [update, reset] = this.#split(gates, [units, units]);
    const product = this.#isResetAfter
      ? this.#multiply(reset, this.#product("candidate", before, [2, 3], true))
      : this.#product("candidate", this.#multiply(reset, before), [2, 3]);
    const made = this.#activate(1, this.#add(candidate, product));
    // (1 − z) · n + z · h
    const difference = this.#reader.apply(subtract as CallableLayer, before, made);
    this.state = this.#add(made, this.#multiply(update, difference));
  }

  readonly #add = (a: Value, b: Value): Value => this.#reader.apply(add as CallableLayer, a, b);
  readonly #multiply = (a: Value, b: Value): Value => this.#reader.apply(multiply as CallableLayer, a, b);

  #split(value: Value, sizes: readonly number[]): readonly Value[] {
    return split(sizes)(value).map((part) => this.#reader.counted(part));
  }

  #activate(index: number, value: Value): Value {
    const { node, activations } = this.#use;
    const { name, attributes } = activations[this.#direction][index];
    const own = new Operator({ operator: name, name: node.title ?? "", attributes }, node.version);
    const handler = Object.hasOwn(activationHandlers, name) ? activationHandlers[name] : undefined;
    const [made] = handler?.(own, [dataOf(value)], this.#reader) ?? refuse(`the activation ${name}`, "another");
    return (made as Data).value;
  }

  /** Adds the product of what an LSTM keeps and a row of weights, if there are some. */
  #peep(gate: Value, index: number, memory: Value): Value {
    const { node, units, peepholes } = this.#use;
    if (!peepholes) return gate;
    const from = (this.#direction * 3 + index) * units;
    const key = `peephole ${this.#direction} ${index}`;
    const weight = this.#kept(key, () => peepholes.moved([units], (place) => from + place));
    return this.#add(gate, affineLast(node, memory, { weight }, this.#reader));
  }

  /** A part of a constant is made once, so that all steps have the same layer. */
  readonly #parts = new Map<string, Constant>();
  #kept(key: string, make: () => Constant): Constant {
    const known = this.#parts.get(key) ?? make();
    this.#parts.set(key, known);
    return known;
  }

  #product(title: string, state: Value, gates: readonly [number, number], hasBias = false): Value {
    return this.#dense(title, state, this.#use.recurrentWeight, gates, undefined, hasBias);
  }

  /**
   * Returns the product of a value and the rows of some gates.
   *
   * @param both the number of gates, from the first, that have both biases; the others have that of the input
   * @param hasSecond whether it has the bias of the state
   */
  #dense(
    title: string,
    value: Value,
    matrix: Constant,
    [from, to]: readonly [number, number],
    both?: number,
    hasSecond = false,
  ): Value {
    const { node, units, bias } = this.#use;
    const columns = (to - from) * units;
    const [, rows, features] = matrix.dims;
    const direction = this.#direction;
    const hasBias = bias !== undefined && (both !== undefined || hasSecond);
    const biasAt = (half: number, column: number) =>
      bias!.values[(2 * direction + half) * rows + from * units + column];
    const biasOf = (column: number) => {
      if (both === undefined) return biasAt(1, column);
      return biasAt(0, column) + (column < both * units ? biasAt(1, column) : 0);
    };
    const layer = this.#reader.weighted({
      node,
      key: ["cell", matrix, bias, `${title} ${direction} ${both}`],
      options: { units: columns, bias: hasBias },
      make: ({ units: count, ...options }) => dense(count, options) as CallableLayer,
      parameters: () => ({
        weight: matrix.moved([features, columns], (index) => {
          const [feature, column] = [Math.floor(index / columns), index % columns];
          return (direction * rows + from * units + column) * features + feature;
        }),
        ...(hasBias && {
          bias: new Constant([columns], { values: Float64Array.from({ length: columns }, (_, at) => biasOf(at)) }),
        }),
      }),
    });
    return this.#reader.apply(layer, value);
  }

  /** Returns the first state. A constant one is a bias to a product with zeros, as each value depends on an input. */
  #first(name: "h" | "c"): Value {
    const { node, units, value, stateOf } = this.#use;
    const state = stateOf(name, this.#direction);
    if (state && !(state instanceof Constant)) return state;
    const [steps, features] = value.shape;
    const { apply, budget } = this.#reader;
    budget.take(features * units);
    const layer = this.#reader.weighted({
      node,
      key: ["state", state, `${features} ${units}`],
      options: { units, trainable: false },
      make: ({ units: count, ...options }) => dense(count, options) as CallableLayer,
      parameters: () => ({
        weight: new Constant([features, units], { fill: 0 }),
        bias: state ?? new Constant([units], { fill: 0 }),
      }),
    });
    return apply(layer, steps === 1 ? value : apply(slice(0, 0, 1) as CallableLayer, value));
  }
}

const dataOf = (value: Value): Data => ({ value, axes: [[0], [1]] });
