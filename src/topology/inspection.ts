/** The views into a network: parameters, and each layer's last values. */

import type { Dtype, Values } from "../kernels/dtype.ts";
import type { Engine } from "./engine.ts";
import type { GraphLayer, Node } from "./graph.ts";
import type { LayerDescription } from "./layers/descriptions.ts";
import { type Shape, sizesOf } from "./layers/layer.ts";
import { trainableOptions } from "./layers/options.ts";
import { checkRange } from "./range.ts";

/** A parameter of a network: a live view of its numbers and of their gradients. */
export interface ParameterView<Type extends Dtype = Dtype> {
  /** The layer's name and its own: "dense1.weight". */
  readonly name: string;
  readonly shape: Shape;
  /** Live, row-major, writable. Valid until the memory grows: read it again rather than keep it. */
  readonly values: Values<Type>;
  /** ∂loss/∂values of the last backward pass, live; undefined before a trainer has been attached. */
  readonly gradients: Values<Type> | undefined;
}

/** A tensor that training changes, but not by a gradient: a live view of its numbers. */
export type StatisticView<Type extends Dtype = Dtype> = Omit<ParameterView<Type>, "gradients">;

/** Returns the parameters of `engine`, each with views that are made when read. */
export function parameterViews(engine: Engine): ParameterView[] {
  return engine.graph.parameters.map((parameter) => ({
    name: parameter.fullName,
    shape: parameter.shape,
    get values() {
      return engine.tensorView(parameter);
    },
    get gradients() {
      return engine.gradientView(parameter);
    },
  }));
}

/** Returns the statistics of `engine`, each with a view that is made when read. */
export function statisticViews(engine: Engine): StatisticView[] {
  return engine.graph.statistics.map((statistic) => ({
    name: statistic.fullName,
    shape: statistic.shape,
    get values() {
      return engine.tensorView(statistic);
    },
  }));
}

/** Returns the layers of `engine`, in the order of their first use; one that is used more than once shows its last use. */
export function layerViews(engine: Engine): LayerView[] {
  const lastUses = new Map(engine.graph.nodes.map((node) => [node.layer, node]));
  return engine.graph.layers.map((layer) => new LayerView(engine, lastUses.get(layer)!));
}

/** A layer of a network, with the values of its last forward pass. */
export class LayerView<Type extends Dtype = Dtype> {
  /** Its name. */
  readonly name: string;
  /** Its description, as plain data: kind, units, activation, … A test of its `kind` says which options it has. */
  readonly description: LayerDescription;
  /** A title of a few words: "dense 16, relu". */
  readonly title: string;
  /** The shape of one example's output. */
  readonly outputShape: Shape;
  /** The count of its parameters. */
  readonly parameterCount: number;
  readonly #engine: Engine;
  readonly #layer: GraphLayer;
  readonly #read: (part: "preactivation" | "output") => Values<Type>;

  /** @internal */
  constructor(engine: Engine, node: Node) {
    const { layer } = node;
    this.name = layer.name;
    this.#engine = engine;
    this.#layer = layer;
    this.description = { ...layer.description } as LayerDescription;
    this.title = layer.kind.title(layer.description);
    this.outputShape = node.output.shape;
    this.parameterCount = sizesOf(layer.parameters);
    this.#read = (part) => {
      if (!engine.current) {
        throw new RangeError(
          `${layer.name}: got no values yet, need a forward pass (predict, run, or a trainer's step) first`,
        );
      }
      const { output, blocks } = engine.current.site(node);
      const address = blocks[part] ?? output;
      return engine.arena.view(address, engine.current.elementsOf(node.output, engine.rows)) as Values<Type>;
    };
  }

  /**
   * True if training changes its parameters and its statistics. It may be set between two trainings or two steps, to freeze a
   * layer of a trained network: a frozen batchNorm computes as in prediction.
   */
  get trainable(): boolean {
    return this.#layer.trainable;
  }

  set trainable(trainable: boolean) {
    this.#layer.trainable = trainableOptions(this.name, { trainable }).trainable ?? true;
    this.#engine.retrain(this.#layer);
  }

  /** The learning rate is multiplied by this for its parameters. It may be set between two trainings. */
  get learningRateFactor(): number {
    return this.#layer.learningRateFactor;
  }

  set learningRateFactor(learningRateFactor: number) {
    const { learningRateFactor: checked = 1 } = trainableOptions(this.name, { learningRateFactor });
    checkRange(this.name, { learningRateFactor: checked }, this.#engine.dtype);
    this.#layer.learningRateFactor = checked;
    this.#engine.retrain(this.#layer);
  }

  /**
   * x · weight + bias of the last forward pass, a view of [rows, …outputShape]. `predict` makes several passes of more than 128 rows.
   *
   * @throws {RangeError} before the first forward pass, and after a call that has made the network's memory anew
   */
  get preactivation(): Values<Type> {
    return this.#read("preactivation");
  }

  /** The layer's output of the last forward pass, a view of [rows, …outputShape]; it throws as `preactivation` does. */
  get activation(): Values<Type> {
    return this.#read("output");
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "LayerView";
  }
}
