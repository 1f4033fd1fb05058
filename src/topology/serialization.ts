/** A network's topology as the text that a file carries. */

import { shown, unknownName } from "../errors.ts";
import { type Dtype, elementBytes } from "../memory/kernels.ts";
import type { Engine } from "./engine.ts";
import { kindOf } from "./layers/kinds.ts";
import type { LayerDescription, Shape } from "./layers/layer.ts";

/** Files of a later version are refused. */
const version = 1;

interface TopologyJSON {
  readonly version: number;
  readonly dtype: Dtype;
  readonly inputs: Shape;
  readonly layers: readonly Record<string, unknown>[];
}

export function topologyToJSON({ graph, dtype }: Engine): TopologyJSON {
  const layers = graph.layers.map(({ name, kind, description }) => ({
    kind: description.kind,
    ...kind.toJSON(description),
    name,
  }));
  return { version, dtype, inputs: graph.inputs[0].shape, layers };
}

/**
 * What a network is made from, by the text of a file's metadata.
 *
 * @throws {RangeError | TypeError} if the text is not a topology
 */
export function topologyFromJSON(text: string | undefined): {
  dtype: Dtype;
  inputs: Shape;
  layers: LayerDescription[];
} {
  if (text === undefined) throw new RangeError("fromBytes: got a file without a topology, need one that toBytes wrote");
  let json: Partial<TopologyJSON>;
  try {
    json = Object(JSON.parse(text));
  } catch {
    throw new RangeError(`fromBytes: got the topology ${shown(text)}, need JSON`);
  }
  if (json.version !== version) {
    throw new RangeError(`fromBytes: got a topology of version ${shown(json.version)}, need version ${version}`);
  }
  const { dtype, inputs, layers } = json;
  if (!Object.hasOwn(elementBytes, dtype as Dtype)) {
    throw unknownName("fromBytes: dtype", dtype, Object.keys(elementBytes));
  }
  if (!Array.isArray(layers)) throw new RangeError(`fromBytes: got layers ${shown(layers)}, need an array`);
  const descriptions = layers.map((layer) => {
    const { kind, ...rest } = Object(layer) as Record<string, unknown>;
    return kindOf({ kind: kind as string }).fromJSON(rest);
  });
  return { dtype: dtype as Dtype, inputs: inputs as Shape, layers: descriptions };
}
