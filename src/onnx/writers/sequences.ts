/** The nodes of embeddings and positions. */

import type { GraphWriter } from "../graph.ts";
import { typeCodes } from "../schema.ts";
import type { Numbers } from "../tensors.ts";
import { parameter, type Use, type Write } from "./use.ts";

export const embeddingLayer: Write<"embedding"> = (use, graph) => {
  const { name, description, inputs, outputs } = use;
  const [input] = inputs;
  const table = parameter(use, graph, "weight", [description.count, description.units])!;
  const tokens = graph.get(input, "last");
  const whole = use.areTokensReal ? graph.one("Cast", [tokens], { to: typeCodes.int64 }) : tokens;
  graph.set(outputs[0], "last", graph.one("Gather", [table, whole], {}, name));
};

/** Adds a table [steps, features]. */
function addTable(use: Use<unknown>, graph: GraphWriter, table: Numbers): void {
  const [input] = use.inputs;
  const tensor = graph.tensor(`${use.name}.weight`, input.shape, table);
  graph.set(use.outputs[0], "last", graph.one("Add", [graph.get(input, "last"), tensor], {}, use.name));
}

/** Adds a value's numbers, at each step those of a table. */
export const positionEmbeddingLayer: Write<"positionEmbedding"> = (use, graph) =>
  addTable(use, graph, use.values("weight")!);

export const positionalEncodingLayer: Write<"positionalEncoding"> = (use, graph) =>
  addTable(use, graph, use.values("table")!);
