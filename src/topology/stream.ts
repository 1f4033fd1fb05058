/** A stream: a network that takes one step after the other and keeps what it needs of those before. */

import { shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { Engine } from "./engine.ts";
import type { Graph, Node } from "./graph.ts";
import type { LayerKind } from "./layers/layer.ts";
import { varying } from "./part.ts";
import { Plan } from "./plan.ts";
import { checkFinite, checkTokens, copyRows, type FlatRows, isFlat, type TokenCounts } from "./rows.ts";
import { tokenCounts } from "./tokens.ts";

/** A plan of one sequence of one step, whose layers go on from the step before. */
class StreamPlan extends Plan {
  protected override kindOf({ layer: { kind, description } }: Node): Pick<LayerKind, "blocks" | "forward"> {
    return kind.streaming?.(description) ?? kind;
  }
}

/** Refuses a network that a stream cannot run. @returns its graph, of sequences that differ in length */
function streamed(graph: Graph): Graph {
  const { inputs, outputs } = graph;
  if (inputs.length > 1 || outputs.length > 1) {
    const got = `a network of ${inputs.length} inputs and ${outputs.length} outputs`;
    throw new RangeError(`stream: got ${got}, need one of each; network.part() gives a part`);
  }
  const looking = varying("stream", graph);
  for (const { layer, inputs: read } of looking.nodes) {
    const { name, kind, description } = layer;
    const shapes = read.map(({ shape }) => shape);
    const how = read.some(({ lengths }) => lengths) ? kind.sequences?.(description, shapes) : "steps";
    if (how === "steps" || how === "tokens" || kind.streaming?.(description)) continue;
    throw new RangeError(`stream: got ${name}, which looks at later steps, need layers that look back only`);
  }
  return looking;
}

export class Stream {
  readonly #source: Engine;
  readonly #engine: Engine;
  readonly #plan: StreamPlan;
  readonly #input: Values;
  readonly #output: Values;
  /** The tokens among the numbers of a step. */
  readonly #tokens: TokenCounts | undefined;
  readonly #kept: readonly Values[];
  /** Steps that it can take; a layer may know no more than the shape has. */
  readonly #most: number;
  #steps = 0;

  /** @internal */
  constructor(source: Engine) {
    const { dtype, arena } = source;
    const graph = streamed(source.graph);
    const engine = new Engine(graph, dtype, arena.arithmetic);
    const plan = engine.newPlan(StreamPlan, 1);
    const [input] = graph.inputs;
    const [output] = graph.outputs;
    plan.sequencesOf(input)!.set(Uint32Array.of(1));
    const streaming = graph.nodes.flatMap((node) => {
      const { kind, description } = node.layer;
      const how = kind.streaming?.(description);
      return how ? [{ ...how, node, shapes: plan.shapesOf(node) }] : [];
    });
    this.#source = source;
    this.#engine = engine;
    this.#plan = plan;
    this.#input = engine.valueView(plan, input, 1);
    this.#output = engine.valueView(plan, output, 1);
    this.#tokens = tokenCounts(engine, input)?.subarray(0, this.#input.length);
    this.#kept = streaming.flatMap(({ node, keeps, blocks, shapes }) => {
      const sizes = blocks(node.layer.description, shapes);
      return keeps.map((name) => {
        const { elements } = sizes[name] as { readonly elements: number };
        return engine.arena.view(plan.site(node).blocks[name], elements);
      });
    });
    this.#most = streaming.some(({ isBounded }) => isBounded) ? input.shape[0] : Number.POSITIVE_INFINITY;
    this.reset();
  }

  /** Steps taken since the stream began. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Takes the next step.
   *
   * @param step its features; of a network of tokens, a number
   * @returns the network's output after it, with the same bits as that of the whole sequence: of a network that has an output for each
   *   step, that of this one. An array for an array, a new typed array of the network's dtype for a typed array
   * @throws {RangeError | TypeError} if it has not the features of a step, one is not finite, or the network knows no more steps; the
   *   stream is then as before
   */
  push(step: FlatRows): Values;
  push(step: number | readonly number[]): number[];
  push(step: number | readonly number[] | FlatRows): Values | number[] {
    const input = this.#input;
    const given = typeof step === "number" ? [step] : step;
    if (!Array.isArray(given) && !isFlat(given)) {
      throw new TypeError(`push: got ${shown(step)}, need the ${input.length} numbers of a step`);
    }
    if (given.length !== input.length) {
      throw new RangeError(`push: got ${given.length} numbers, need the ${input.length} of a step`);
    }
    if (this.#steps >= this.#most) {
      throw new RangeError(
        `push: got step ${this.#steps + 1}, need at most ${this.#most}, as the input has; reset() begins anew`,
      );
    }
    const tokens = this.#tokens;
    if (isFlat(given)) {
      input.set(given);
      if (tokens) checkTokens("push", input, 0, 1, tokens);
      checkFinite("push", input, 0, 1, input.length);
    } else {
      copyRows("push", [given], input, { count: 1, width: input.length, validate: true, tokens });
    }
    this.#plan.forward.run(1, { seed: 0, step: this.#steps });
    this.#steps++;
    return isFlat(given) ? this.#output.slice() : [...this.#output];
  }

  /** Begins anew, with the parameters that the network has now. */
  reset(): void {
    this.#engine.copyTensors(this.#source);
    for (const values of this.#kept) values.fill(0);
    this.#steps = 0;
  }

  /** What the stream knows of the steps so far, as a copy: numbers that, set again later or elsewhere, let it go on from there. */
  get state(): Values {
    const state = this.#kept.flatMap((values) => [...values]);
    return this.#input.constructor === Float32Array
      ? Float32Array.of(this.#steps, ...state)
      : Float64Array.of(this.#steps, ...state);
  }

  /** @throws {RangeError} if they are not the state of a stream of such a network; nothing has changed then */
  set state(state: ArrayLike<number>) {
    const need = this.#kept.reduce((count, { length }) => count + length, 1);
    const values = Array.from(Object(state) as ArrayLike<number>);
    const isCount = Number.isInteger(values[0]) && values[0] >= 0 && values[0] <= this.#most;
    if (values.length !== need || !isCount || !values.every(Number.isFinite)) {
      throw new RangeError(`state: got ${shown(state)}, need the ${need} numbers of a stream of this network`);
    }
    let from = 1;
    for (const kept of this.#kept) {
      kept.set(values.slice(from, from + kept.length));
      from += kept.length;
    }
    this.#steps = values[0];
  }
}
