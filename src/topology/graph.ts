/**
 * A topology: a directed acyclic graph of nodes, each one use of a layer, and of the values between them. A list of layers is its simplest
 * form. A layer that is used twice is two nodes with the same parameters. Many nodes may read a value.
 */

import { plural, shown } from "../errors.ts";
import { checkLayer, kindOf } from "./layers/kinds.ts";
import type { DescriptionBase, LayerKind, ParameterDescription, Shape, StatisticDescription } from "./layers/layer.ts";
import type { LeastSteps } from "./layers/lengths.ts";
import { applyAll, inputOf, type Source, Value } from "./layers/value.ts";

/** A tensor that training changes by its gradient. */
export interface Parameter extends ParameterDescription {
  /** The layer's name and the tensor's own: "dense1.weight". */
  readonly fullName: string;
}

/** A tensor that training changes without a gradient. */
export interface Statistic extends StatisticDescription {
  /** The layer's name and the tensor's own: "batchNorm1.runningMean". */
  readonly fullName: string;
}

/** A layer with its parameters. Several nodes may use it. */
export interface GraphLayer {
  readonly name: string;
  readonly description: DescriptionBase;
  readonly kind: LayerKind;
  readonly parameters: readonly Parameter[];
  readonly statistics: readonly Statistic[];
  /** True if training changes the parameters. */
  trainable: boolean;
  /** The factor for the learning rate of the parameters. */
  learningRateFactor: number;
}

export interface Node {
  readonly layer: GraphLayer;
  readonly inputs: readonly Value[];
  /** The only output, or the first. */
  readonly output: Value;
  readonly outputs: readonly Value[];
}

export class Graph {
  /** The nodes; each comes after those whose values it reads. */
  readonly nodes: readonly Node[];
  /** Each layer once, in the order of its first use. */
  readonly layers: readonly GraphLayer[];
  /** Each parameter once, layer by layer. */
  readonly parameters: readonly Parameter[];
  /** Each statistic once, layer by layer. */
  readonly statistics: readonly Statistic[];

  /**
   * Collects the nodes between inputs and outputs, output by output. Each node comes after those whose values it reads.
   *
   * @param kept a graph whose layers keep their names and their training options
   * @throws {RangeError | TypeError} if an output depends on an input that is not in `inputs`, if an input is not used, or if a name occurs
   * twice
   */
  constructor(
    readonly inputs: readonly Value[],
    readonly outputs: readonly Value[],
    kept?: Graph,
  ) {
    const builder = new GraphBuilder(inputs, kept?.layers ?? []);
    builder.visitOutputs(outputs);
    builder.checkInputs();
    this.nodes = builder.nodes;
    this.layers = [...builder.layers.values()];
    this.parameters = this.layers.flatMap((layer) => layer.parameters);
    this.statistics = this.layers.flatMap((layer) => layer.statistics);
  }

  /** Returns the smallest number of steps of an input's sequences with which every later layer has a window. */
  leastSteps({ lengths }: Value): LeastSteps {
    let least: LeastSteps = { steps: 1 };
    for (const { layer, output } of this.nodes) {
      if (!lengths || output.lengths?.origin !== lengths.origin) continue;
      const { shift, stride } = output.lengths.after(lengths);
      if (stride - shift > least.steps) least = { steps: stride - shift, layer: layer.name };
    }
    return least;
  }
}

class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly layers = new Map<DescriptionBase, GraphLayer>();
  readonly #inputs: ReadonlySet<Value>;
  readonly #visited = new Set<Value>();
  readonly #names = new Set<string>();
  readonly #tensorNames = new Set<string>();
  /** The number of layers of each kind so far. */
  readonly #positions = new Map<string, number>();
  readonly #kept: ReadonlyMap<DescriptionBase, GraphLayer>;

  constructor(inputs: readonly Value[], kept: readonly GraphLayer[]) {
    this.#inputs = new Set(inputs);
    this.#kept = new Map(kept.map((layer) => [layer.description, layer]));
  }

  /**
   * Adds the nodes that make `outputs`. Outputs that only rearrange a value come last. So in the backward pass their gradient is the first
   * that is added to this value, as a loss's would be.
   */
  visitOutputs(outputs: readonly Value[]): void {
    for (const output of outputs) {
      const { source } = output;
      if (!source?.kind.isRearrangement || this.#inputs.has(output)) this.#visit(output);
      else for (const value of source.inputs) this.#visit(value);
    }
    for (const output of outputs) this.#visit(output);
  }

  /** Adds the nodes that make `output`; each comes after those whose values it reads. */
  #visit(output: Value): void {
    // An explicit stack, because a file may have a chain of layers that is too long for recursion.
    const waiting = [output];
    for (let value = waiting.at(-1); value; value = waiting.at(-1)) {
      const { source } = value;
      const isInput = this.#inputs.has(value);
      if (!source && !isInput) {
        throw new RangeError(
          `network: got outputs that need an input [${value.shape.join(", ")}] not among its inputs`,
        );
      }
      const read = source && !isInput ? source.inputs : [];
      const missing = this.#visited.has(value) ? [] : read.filter((other) => !this.#visited.has(other));
      if (missing.length > 0) {
        for (const other of missing.reverse()) waiting.push(other);
        continue;
      }
      waiting.pop();
      if (this.#visited.has(value)) continue;
      this.#visited.add(value);
      if (source === undefined || isInput) continue;
      this.#checkTokens(source);
      // A node makes all outputs of its layer. An output that is also an input of the network is replaced by a value that nobody reads.
      const outputs = source.outputs.map((each) =>
        this.#inputs.has(each) ? new Value(each.shape, undefined, each.lengths) : each,
      );
      for (const other of outputs) this.#visited.add(other);
      this.nodes.push({ layer: this.#layer(source), inputs: read, output: outputs[0], outputs });
    }
  }

  /** Refuses computed values as tokens. */
  #checkTokens({ kind, layer, inputs }: Source): void {
    if (!kind.tokens) return;
    let [value] = inputs;
    while (!this.#inputs.has(value)) {
      const { source } = value;
      if (!source?.kind.isRearrangement) {
        const need = "an input of the network, or one that flatten, reshape, permute, slice or split has rearranged";
        throw new RangeError(`${layer.name ?? layer.kind}: got a value that ${source!.layer.kind} makes, need ${need}`);
      }
      [value] = source.inputs;
    }
  }

  checkInputs(): void {
    const index = [...this.#inputs].findIndex((value) => !this.#visited.has(value));
    if (index >= 0)
      throw new RangeError(`network: got input ${index}, which no output needs, need it used or left out`);
  }

  #layer({ layer: description, kind, inputs }: Source): GraphLayer {
    const shapes = inputs.map((value) => value.shape);
    const known = this.layers.get(description);
    if (!known) return this.#newLayer(description, kind, shapes);
    for (const [index, { shape }] of (kind.parameters?.(description, shapes) ?? []).entries()) {
      const { fullName, shape: need } = known.parameters[index];
      if (shape.join() === need.join()) continue;
      throw new RangeError(
        `${fullName}: got a use as [${shape.join(", ")}] and one as [${need.join(", ")}], need one shape`,
      );
    }
    return known;
  }

  #newLayer(description: DescriptionBase, kind: LayerKind, shapes: readonly Shape[]): GraphLayer {
    const position = (this.#positions.get(description.kind) ?? 0) + 1;
    const {
      name = `${description.kind}${position}`,
      trainable = true,
      learningRateFactor = 1,
    } = this.#kept.get(description) ?? description;
    if (this.#names.has(name)) {
      throw new RangeError(`network: got two layers named ${shown(name)}, need names that differ`);
    }
    const inLayer = <Tensor extends { readonly name: string }>(tensor: Tensor) => ({
      ...tensor,
      fullName: `${name}.${tensor.name}`,
    });
    const parameters = (kind.parameters?.(description, shapes) ?? []).map(inLayer);
    const statistics = (kind.statistics?.(description, shapes) ?? []).map(inLayer);
    for (const { fullName } of [...parameters, ...statistics]) {
      // Both the name of a layer and that of a tensor may contain a dot.
      if (this.#tensorNames.has(fullName)) {
        throw new RangeError(`network: got two tensors named ${shown(fullName)}, need layers whose names differ more`);
      }
      this.#tensorNames.add(fullName);
    }
    const layer = {
      name,
      description,
      kind,
      parameters,
      statistics,
      trainable,
      learningRateFactor,
    };
    this.layers.set(description, layer);
    this.#names.add(name);
    this.#positions.set(description.kind, position);
    return layer;
  }
}

/**
 * Returns the graph between some values.
 *
 * @throws {RangeError | TypeError} if there are no values, one occurs twice or is not a value, or as the constructor of Graph does
 */
export function graphBetween(inputs: readonly unknown[], outputs: readonly unknown[]): Graph {
  return new Graph(checkValues("inputs", inputs), checkValues("outputs", outputs));
}

function checkValues(name: string, values: readonly unknown[]): readonly Value[] {
  const invalid = values.findIndex((value) => !(value instanceof Value));
  if (values.length > 0 && invalid < 0 && new Set(values).size === values.length) return values as Value[];
  const got = invalid < 0 ? plural(values.length, "value") : shown(values[invalid]);
  throw new TypeError(`network: got ${got} in ${name}, need values that differ, which input() and layers return`);
}

/** Returns the graph of a list of layers, with one input and one output. A layer that occurs twice in the list becomes two layers. */
export function sequential(
  inputShape: number | Shape,
  layers: readonly DescriptionBase[],
  variableLength?: boolean,
): Graph {
  const first = inputOf("network", "inputs", inputShape, variableLength);
  let value = first;
  for (const layer of layers) {
    const outputs = applyAll(kindOf(layer), checkLayer(layer), [value]);
    if (outputs.length > 1) {
      throw new RangeError(
        `network: got ${layer.kind} in a list, which makes ${outputs.length} values, need layers of one`,
      );
    }
    [value] = outputs;
  }
  return new Graph([first], [value]);
}
