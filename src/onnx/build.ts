/** Makes a network of the values that a graph has become: the names of its layers, and their parameters. */

import { checkNumbersIn, shown } from "../errors.ts";
import { activation, type Dtype, Network, type Value } from "../index.ts";
import type { CallableLayer, Reader } from "./reader.ts";
import { refuse } from "./refusals.ts";

/** Returns the outputs as values that differ from one another and from the inputs. */
export function distinct(outputs: readonly Value[], inputs: readonly Value[], reader: Reader): readonly Value[] {
  const seen = new Set(inputs);
  return outputs.map((value) => {
    const made = seen.has(value) ? reader.apply(activation("linear") as CallableLayer, value) : value;
    seen.add(made);
    return made;
  });
}

/** The constructor of a network whose values are known. */
type FilledNetwork = new (
  options: { inputs: readonly Value[]; outputs: readonly Value[]; dtype: Dtype },
  content: { fill: (engine: Network["engine"]) => void },
) => Network;

/** Returns the layers that make some values; each comes after those that it reads. */
function layersOf(outputs: readonly Value[]): ReadonlySet<{ kind: string; name?: string | undefined }> {
  const layers = new Set<{ kind: string; name?: string | undefined }>();
  const seen = new Set<Value>();
  const waiting = [...outputs].reverse();
  for (let value = waiting.at(-1); value; value = waiting.at(-1)) {
    const missing = seen.has(value) ? [] : (value.source?.inputs ?? []);
    seen.add(value);
    const next = missing.filter((each) => !seen.has(each));
    if (next.length > 0) {
      waiting.push(...next.reverse());
      continue;
    }
    waiting.pop();
    if (value.source) layers.add(value.source.layer);
  }
  return layers;
}

/** Names the layers: by the node that has their parameters, or as by default, but so that no two have one name. */
function nameLayers(outputs: readonly Value[], { titles }: Reader): void {
  const layers = layersOf(outputs);
  const names = new Set<string>();
  const unnamed: { kind: string; name?: string | undefined }[] = [];
  for (const layer of layers) {
    const title = titles.get(layer);
    if (title === undefined || names.has(title) || title.startsWith("trainer/")) unnamed.push(layer);
    else layer.name = title;
    if (title !== undefined) names.add(title);
  }
  const counts = new Map<string, number>();
  for (const layer of unnamed) {
    let count = counts.get(layer.kind) ?? 0;
    do count++;
    while (names.has(`${layer.kind}${count}`));
    counts.set(layer.kind, count);
    layer.name = `${layer.kind}${count}`;
    names.add(layer.name);
  }
}

/** Returns the network of some values, with the parameters of its layers. */
export function networkOf(inputs: readonly Value[], outputs: readonly Value[], dtype: Dtype, reader: Reader): Network {
  nameLayers(outputs, reader);
  const fill = (engine: Network["engine"]) => {
    for (const { name, description, parameters, statistics } of engine.graph.layers) {
      const values = reader.parameters.get(description);
      for (const tensor of [...parameters, ...statistics]) {
        const constant = values?.[tensor.name];
        const view = engine.tensorView(tensor);
        if (!constant || constant.size !== view.length) {
          const got = `${constant?.size ?? "no"} numbers for ${tensor.name} of layer ${name}`;
          return refuse(got, `${view.length}`);
        }
        if (constant.fill !== undefined) view.fill(constant.fill);
        else view.set(constant.values);
        const least = "minimum" in tensor ? tensor.minimum : undefined;
        checkNumbersIn(`fromOnnx, ${shown(tensor.fullName)}`, view, least === undefined ? {} : { least });
      }
    }
  };
  return new (Network as unknown as FilledNetwork)({ inputs, outputs, dtype }, { fill });
}
