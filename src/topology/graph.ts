/**
 * A topology: a directed acyclic graph of nodes, each one use of a layer, and of the values between them. A list of layers
 * is its simplest form. A layer used twice is two nodes that share their parameters; a value may be read by many nodes.
 */

import { shown } from "../errors.ts";
import { checkInitializer } from "./initializers.ts";
import { kindOf } from "./layers/kinds.ts";
import {
  type LayerDescription,
  type LayerKind,
  type ParameterDescription,
  type Shape,
  sizeOf,
} from "./layers/layer.ts";

/** What flows between nodes: one example's shape. */
export interface Value {
  readonly shape: Shape;
}

/** A tensor that training changes. */
export interface Parameter extends ParameterDescription {
  /** The layer's name and its own: "dense1.weight". */
  readonly fullName: string;
}

/** A layer with its parameters. Several nodes may use it. */
export interface Layer {
  readonly name: string;
  readonly description: LayerDescription;
  readonly kind: LayerKind;
  readonly parameters: readonly Parameter[];
}

export interface Node {
  readonly layer: Layer;
  readonly inputs: readonly Value[];
  readonly output: Value;
}

export class Graph {
  /** In an order in which every node comes after those whose values it reads. */
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly #layers: Layer[] = [];
  readonly #names = new Set<string>();
  /** Layers of each kind so far. */
  readonly #positions = new Map<string, number>();

  /** Each layer once, in the order of its first use. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** Each parameter once, layer by layer. */
  get parameters(): readonly Parameter[] {
    return this.#layers.flatMap((layer) => layer.parameters);
  }

  input(shape: Shape): Value {
    const value = { shape };
    this.inputs.push(value);
    return value;
  }

  /**
   * A new layer that suits values of these shapes.
   *
   * @param kind given for kinds of layers that are not the library's own
   * @throws {RangeError} if a name comes twice or an initializer does not fit
   */
  layer(description: LayerDescription, inputShapes: readonly Shape[], kind = kindOf(description)): Layer {
    const position = (this.#positions.get(description.kind) ?? 0) + 1;
    const name = description.name ?? `${description.kind}${position}`;
    if (this.#names.has(name)) {
      throw new RangeError(`network: got two layers named ${shown(name)}, need names that differ`);
    }
    const parameters = kind
      .parameters(description, inputShapes)
      .map((parameter) => ({ ...parameter, fullName: `${name}.${parameter.name}` }));
    for (const { fullName, shape, initializer } of parameters) checkInitializer(fullName, initializer, sizeOf(shape));
    const layer = { name, description, kind, parameters };
    this.#layers.push(layer);
    this.#names.add(name);
    this.#positions.set(description.kind, position);
    return layer;
  }

  /** One use of `layer`: the value it makes of `inputs`. */
  apply(layer: Layer, inputs: readonly Value[]): Value {
    const shapes = inputs.map((input) => input.shape);
    const output = { shape: layer.kind.outputShape(layer.description, shapes) };
    this.nodes.push({ layer, inputs, output });
    return output;
  }
}

/** The graph of a list of layers: one input, one output, each layer used once. */
export function sequential(inputShape: Shape, layers: readonly LayerDescription[]): Graph {
  const graph = new Graph();
  let value = graph.input(inputShape);
  for (const description of layers) value = graph.apply(graph.layer(description, [value.shape]), [value]);
  graph.outputs.push(value);
  return graph;
}
