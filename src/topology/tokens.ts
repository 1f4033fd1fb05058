/** Finds the numbers of a network's inputs that are tokens: indices of rows in an embedding's table. */

import { Engine } from "./engine.ts";
import { Graph } from "./graph.ts";
import { sizeOf } from "./layers/layer.ts";
import type { Value } from "./layers/value.ts";
import type { TokenCounts } from "./rows.ts";

/** The largest limit up to which float32 holds every whole number. */
const mostExact = 2 ** 24;

/**
 * Returns the number of possible tokens for each number of an input, 0 if it is not a token; or undefined if the input has no tokens. A
 * number that goes to several tables must fit the smallest of them.
 */
export function tokenCounts({ graph, dtype }: Pick<Engine, "graph" | "dtype">, input: Value): TokenCounts | undefined {
  let counts: TokenCounts | undefined;
  for (const { layer, inputs } of graph.nodes) {
    const { kind, description } = layer;
    if (!kind.tokens || originOf(graph, inputs[0]) !== input) continue;
    const count = kind.tokens(description);
    counts ??= new Uint32Array(sizeOf(input.shape));
    for (const place of placesOf(input, inputs[0], dtype)) {
      counts[place] = counts[place] === 0 ? count : Math.min(counts[place], count);
    }
  }
  return counts;
}

/** Returns the input that a value is a rearrangement of. */
function originOf({ inputs }: Graph, value: Value): Value {
  let origin = value;
  while (!inputs.includes(origin)) [origin] = origin.source!.inputs;
  return origin;
}

/** Returns the places in the input of the numbers of a rearrangement. It runs the rearrangement on the places themselves. */
function placesOf(input: Value, value: Value, dtype: Engine["dtype"]): Iterable<number> {
  const size = sizeOf(input.shape);
  const places = Array.from({ length: size }, (_, place) => place);
  if (value === input) return places;
  const engine = new Engine(new Graph([input], [value]), size > mostExact ? "float64" : dtype);
  const plan = engine.plan(1);
  plan.sequencesOf(input)?.set(Uint32Array.of(input.shape[0]));
  engine.valueView(plan, input, 1).set(places);
  engine.forward(plan.forward, 1);
  return engine.valueView(plan, value, 1);
}
