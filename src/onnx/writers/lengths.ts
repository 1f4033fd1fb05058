/**
 * Sequences that differ in length, in a graph: their numbers of steps, and which steps of a batch are theirs. ONNX's recurrent operators take
 * the first; for others, what lies behind an end is replaced by a number that changes nothing.
 */

import type { Value } from "../../index.ts";
import type { GraphWriter, Order } from "../graph.ts";
import { typeCodes } from "../schema.ts";

type Lengths = NonNullable<Value["lengths"]>;

export class LengthWriter {
  readonly #graph: GraphWriter;
  /** The inputs that have the lengths of sequences. */
  readonly #names: ReadonlyMap<object, string>;
  readonly #made = new Map<string, string>();

  /** @param names by the lengths of an input */
  constructor(graph: GraphWriter, names: ReadonlyMap<object, string>) {
    this.#graph = graph;
    this.#names = names;
  }

  #once(key: string, make: () => string): string {
    const known = this.#made.get(key) ?? make();
    this.#made.set(key, known);
    return known;
  }

  /** Returns the numbers of steps, [batch], int32. */
  of(lengths: Lengths): string {
    const graph = this.#graph;
    const origin = this.#names.get(lengths.origin)!;
    const { shift, stride } = lengths;
    return this.#once(`${origin} ${shift} ${stride}`, () => {
      const sum = shift === 0 ? origin : graph.one("Add", [origin, graph.int32([shift])]);
      return stride === 1 ? sum : graph.one("Div", [sum, graph.int32([stride])]);
    });
  }

  /** Returns the numbers of steps as real numbers, [batch, 1]. */
  asNumbers(lengths: Lengths): string {
    const graph = this.#graph;
    return this.#once(`${this.of(lengths)} numbers`, () => {
      const column = graph.one("Unsqueeze", [this.of(lengths), graph.integers([1])]);
      return graph.one("Cast", [column], { to: typeCodes[graph.dtype] });
    });
  }

  /** Returns which steps are a sequence's, with sides of 1 at some axes: [batch, steps]. */
  mask({ lengths, shape: [steps] }: Value, axes: readonly number[]): string {
    const graph = this.#graph;
    const key = `${this.of(lengths!)} ${steps}`;
    const mask = this.#once(`${key} mask`, () => {
      const places = graph.int32(Array.from({ length: steps }, (_, step) => step));
      return graph.one("Less", [places, graph.one("Unsqueeze", [this.of(lengths!), graph.integers([1])])]);
    });
    return this.#once(`${key} ${axes.join()}`, () => graph.one("Unsqueeze", [mask, graph.integers(axes)]));
  }

  /** Returns a value's tensor in which `fill` stands behind the ends of its sequences. */
  filled(value: Value, order: Order, fill: number): string {
    const graph = this.#graph;
    const tensor = graph.get(value, order);
    if (!value.lengths) return tensor;
    const mask = this.mask(value, [order === "first" ? 1 : 2]);
    return this.#once(`${tensor} filled ${fill}`, () => graph.one("Where", [mask, tensor, graph.number(fill)]));
  }
}
