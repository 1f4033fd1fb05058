/** Views into a network: its parameters, and each layer's last values. */

import type { Dtype, Values } from "../kernels/dtype.ts";
import type { Engine } from "./engine.ts";
import type { GraphLayer, Node } from "./graph.ts";
import type { LayerDescription } from "./layers/descriptions.ts";
import { type Shape, sizesOf } from "./layers/layer.ts";
import { trainableOptions } from "./layers/options.ts";
import { checkRange } from "./range.ts";

/** A parameter of a network: live views of its numbers and of their gradients. */
export interface ParameterView<Type extends Dtype = Dtype> {
  /** The layer's name and the tensor's own: "dense1.weight". */
  readonly name: string;
  readonly shape: Shape;
  /** A live, writable view, row-major. It is valid until the memory grows, so read it again rather than keep it. */
  readonly values: Values<Type>;
  /** ∂loss/∂values of the last backward pass, live; undefined until a trainer has been attached. */
  readonly gradients: Values<Type> | undefined;
}

/** A tensor that training changes without a gradient: a live view of its numbers. */
export type StatisticView<Type extends Dtype = Dtype> = Omit<ParameterView<Type>, "gradients">;

/** Returns the parameters of `engine`; their views are made when they are read. */
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

/** Returns the statistics of `engine`; their views are made when they are read. */
export function statisticViews(engine: Engine): StatisticView[] {
  return engine.graph.statistics.map((statistic) => ({
    name: statistic.fullName,
    shape: statistic.shape,
    get values() {
      return engine.tensorView(statistic);
    },
  }));
}

/** Returns the layers of `engine`, in the order of their first use. A layer that is used several times shows its last use. */
export function layerViews(engine: Engine): LayerView[] {
  const lastUses = new Map(engine.graph.nodes.map((node) => [node.layer, node]));
  return engine.graph.layers.map((layer) => new LayerView(engine, lastUses.get(layer)!));
}

/** A layer of a network, with the values of its last forward pass. */
export class LayerView<Type extends Dtype = Dtype> {
  /** The layer's name. */
  readonly name: string;
  /** The layer's description, as plain data: kind, units, activation, … Its `kind` determines which options it has. */
  readonly description: LayerDescription;
  /** A title of a few words: "dense 16, relu". */
  readonly title: string;
  /** The shape of one example's output. */
  readonly outputShape: Shape;
  /** The number of parameters in the layer. */
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
    this.description = Object.freeze({ ...layer.description } as LayerDescription);
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
    // A misspelt option, or one of the description, must not be set without a word.
    Object.freeze(this);
  }

  /**
   * True if training changes the parameters and statistics. Set it between two trainings or two steps to freeze a layer of a trained
   * network. A frozen batchNorm computes as in prediction.
   */
  get trainable(): boolean {
    return this.#layer.trainable;
  }

  set trainable(trainable: boolean) {
    this.#layer.trainable = trainableOptions(this.name, { trainable }).trainable ?? true;
    this.#engine.retrain(this.#layer);
  }

  /** The factor for the learning rate of the parameters. Set it between two trainings. */
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
   * x · weight + bias of the last forward pass, a view of [rows, …outputShape]. With more than 128 rows, `predict` makes several passes.
   *
   * @throws {RangeError} before the first forward pass, and after a call that has laid out the network's memory anew
   */
  get preactivation(): Values<Type> {
    return this.#read("preactivation");
  }

  /** The layer's output of the last forward pass, a view of [rows, …outputShape]. It throws when `preactivation` does. */
  get activation(): Values<Type> {
    return this.#read("output");
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "LayerView";
  }
}
