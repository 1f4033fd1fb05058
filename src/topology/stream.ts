/** A stream: a network that takes a sequence step by step, and remembers what it needs of the earlier steps. */

import { checkArguments, finiteFor, plural, refuseJSON, shown } from "../errors.ts";
import type { Dtype, Values } from "../kernels/dtype.ts";
import { Engine } from "./engine.ts";
import type { Graph, Node } from "./graph.ts";
import type { LayerKind, Streaming } from "./layers/layer.ts";
import { withVariableLength } from "./part.ts";
import { Plan } from "./plan.ts";
import { Reader } from "./reader.ts";
import { checkFinite, checkTokens, copyRows, type FlatRows, isFlat, type TokenCounts } from "./rows.ts";
import { tokenCounts } from "./tokens.ts";

/**
 * Returns how a node continues from step to step. Returns undefined if it treats every step alike, or reads only the final result of a
 * sequence.
 */
function streamingOf({ layer: { kind, description }, inputs }: Node): Streaming | undefined {
  return inputs.some(({ lengths }) => lengths) ? kind.streaming?.(description) : undefined;
}

/** A plan of one sequence of one step, whose layers continue from the previous step. */
class StreamPlan extends Plan {
  protected override kindOf(node: Node): Pick<LayerKind, "blocks" | "forward"> {
    return streamingOf(node) ?? node.layer.kind;
  }
}

/** Returns the reason why a stream cannot run a layer. @param how what the layer does with sequences of different lengths */
function reasonOf({ streaming }: LayerKind, how: ReturnType<NonNullable<LayerKind["sequences"]>>): string {
  if (typeof how !== "object") return how ? "looks at later steps" : "needs all steps at once";
  if (!streaming) return "pools windows of steps";
  return how.stride > 1 ? `has an output at every ${how.stride} steps only` : "looks at later steps";
}

/** Refuses a network that a stream cannot run. @returns its graph, for sequences of different lengths */
function streamGraph(graph: Graph): Graph {
  const { inputs, outputs } = graph;
  if (inputs.length > 1 || outputs.length > 1) {
    const got = `a network of ${plural(inputs.length, "input")} and ${plural(outputs.length, "output")}`;
    throw new RangeError(`stream: got ${got}, need one of each; network.part() gives a part`);
  }
  // The values that have a part for each step.
  const sequences = new Set(inputs);
  for (const { layer, inputs: read, outputs: made } of graph.nodes) {
    if (!read.some((value) => sequences.has(value))) continue;
    const { name, kind, description } = layer;
    const how = kind.sequences?.(
      description,
      read.map(({ shape }) => shape),
    );
    const actsOnSteps = how === "tokens" || (how === "steps" && read[0].shape.length > 1);
    if (!read.every((value) => sequences.has(value))) {
      throw new RangeError(`stream: got ${name} of a sequence and another value, need one or the other`);
    }
    if (!actsOnSteps && !kind.streaming?.(description)) {
      throw new RangeError(`stream: got ${name}, which ${reasonOf(kind, how)}, need layers that look back only`);
    }
    for (const value of how === "ended" ? [] : made) sequences.add(value);
  }
  return withVariableLength("stream", graph);
}

/** A stream of one sequence, which `network.stream()` returns. */
export class Stream<Type extends Dtype = Dtype> {
  readonly #source: Engine;
  readonly #engine: Engine;
  readonly #plan: StreamPlan;
  readonly #input: Values;
  readonly #output: Values;
  /** The tokens among the numbers of a step. */
  readonly #tokens: TokenCounts | undefined;
  readonly #kept: readonly Values[];
  readonly #reader = new Reader();
  /** The most steps that it can take. A layer may be limited to the steps of the shape. */
  readonly #most: number;
  #steps = 0;

  /** @internal */
  constructor(source: Engine) {
    const { dtype, arena } = source;
    const graph = streamGraph(source.graph);
    const engine = new Engine(graph, dtype, arena.arithmetic);
    const plan = engine.newPlan(StreamPlan, 1);
    const [input] = graph.inputs;
    const [output] = graph.outputs;
    plan.sequencesOf(input)!.set(Uint32Array.of(1));
    const streaming = graph.nodes.flatMap((node) => {
      const how = streamingOf(node);
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

  /** The number of steps since the stream began. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Takes the next step.
   *
   * @param step its features; for a network of tokens, a number
   * @returns the network's output after this step, with the same bits as for the whole sequence. If the network has an output for each
   * step, it is that of this step. An array gives an array, a typed array gives a new typed array of the network's dtype
   * @throws {RangeError | TypeError} if the number of features differs, one is not finite, or the network takes no more steps; then the
   * stream does not change
   */
  push(step: FlatRows): Values<Type>;
  push(step: number | readonly number[]): number[];
  push(step: number | readonly number[] | FlatRows): Values | number[] {
    checkArguments("push", arguments.length, 1);
    const input = this.#input;
    const given = typeof step === "number" ? [step] : step;
    if (!Array.isArray(given) && !isFlat(given)) {
      throw new TypeError(`push: got ${shown(step)}, need the ${plural(input.length, "number")} of a step`);
    }
    if (given.length !== input.length) {
      throw new RangeError(`push: got ${plural(given.length, "number")}, need the ${input.length} of a step`);
    }
    if (this.#steps >= this.#most) {
      throw new RangeError(
        `push: got step ${this.#steps + 1}, need at most ${this.#most}, as the input has; reset() begins anew`,
      );
    }
    const tokens = this.#tokens;
    if (isFlat(given)) {
      input.set(given);
      const copied = { count: 1, width: input.length, data: given };
      if (tokens) checkTokens("push", input, tokens, copied);
      checkFinite("push", input, copied);
    } else {
      this.#reader.begin("push");
      try {
        copyRows("push", [given], input, { count: 1, width: input.length, validate: true, tokens });
      } finally {
        this.#reader.end();
      }
    }
    this.#plan.forward.run(1, { seed: 0, step: this.#steps });
    this.#steps++;
    return isFlat(given) ? this.#output.slice() : [...this.#output];
  }

  /** Starts a new sequence, with the network's present parameters. */
  reset(): void {
    checkArguments("reset", arguments.length, 0);
    this.#engine.copyTensors(this.#source);
    for (const values of this.#kept) values.fill(0);
    this.#steps = 0;
  }

  /**
   * A copy of what the stream remembers of the steps so far, as numbers. Assign it to this or another stream to resume there.
   * `[...stream.state]` may be stored as JSON.
   */
  get state(): Values<"float64"> {
    return Float64Array.of(this.#steps, ...this.#kept.flatMap((values) => [...values]));
  }

  /** @throws {RangeError} if it is not the state of a stream of such a network; then nothing changes */
  set state(state: ArrayLike<number>) {
    const need = this.#kept.reduce((count, { length }) => count + length, 1);
    const values = Array.from(Object(state) as ArrayLike<number>);
    if (values.length !== need) {
      throw new RangeError(
        `state: got ${ArrayBuffer.isView(state) ? plural(values.length, "number") : shown(state)}, need the ${plural(need, "number")} of a stream's state`,
      );
    }
    const isSingle = this.#input instanceof Float32Array;
    const bad = values.findIndex(
      (value, index) => !Number.isFinite(isSingle && index > 0 ? Math.fround(value) : value),
    );
    if (bad >= 0) throw new RangeError(`state: got ${shown(values[bad])} at ${bad}, need ${finiteFor(values[bad])}`);
    const [steps] = values;
    if (!Number.isInteger(steps) || steps < 0 || steps > this.#most) {
      throw new RangeError(`state: got ${shown(steps)} at 0, need a number of steps, from 0 to ${this.#most}`);
    }
    let from = 1;
    for (const kept of this.#kept) {
      kept.set(values.slice(from, from + kept.length));
      from += kept.length;
    }
    this.#steps = steps;
  }

  /** Refuses `JSON.stringify(stream)`, which would lose the steps so far. @throws {TypeError} naming the state */
  toJSON(): never {
    return refuseJSON("stream", "[...stream.state], which JSON keeps");
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Stream";
  }
}
