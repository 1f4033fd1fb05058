/** Loads tensors from elsewhere as a network's parameters and statistics: in our layout, and only if all fit. */

import { checkOptions, shown, unknownName } from "../errors.ts";
import type { NamedTensor } from "../files/safetensors.ts";
import { type Values, valuesOf } from "../kernels/dtype.ts";
import { counterpartsOf, type LayerCounterparts, type TensorSource } from "./counterparts.ts";
import type { Engine } from "./engine.ts";
import type { Parameter, Statistic } from "./graph.ts";
import { foreignPlaces } from "./layers/foreign.ts";
import { sizeOf } from "./layers/layer.ts";
import { formOf, isAbsent, matchLayers } from "./matching.ts";
import type { Group } from "./tensorGroups.ts";

const who = "load";
const sources: readonly TensorSource[] = ["simdnet", "pytorch", "keras"];

export interface LoadOptions {
  /**
   * The library that the tensors come from, which determines their names and layout. "simdnet" means those of a network's file, "pytorch"
   * those of a state_dict, "keras" those of Keras 3. Default "simdnet".
   */
  readonly from?: TensorSource | undefined;
  /**
   * Maps layers of the file to our layers: `{ "0": "dense1", "2": "dense2" }`. The name of a layer in the file is the beginning of its
   * tensors' names. Stacked recurrent layers of PyTorch (`num_layers=2`) become the named layer and the next ones. Two layers of the file
   * may be one of ours if their tensors are the same. By default, layers of the same names belong together, also if all names in the file
   * begin with the same path, such as `model.`. If not all names agree, layers belong together in their order, or by their shapes in that
   * order. In alphabetical order, as Python writes them, numbers in names are compared as numbers: layer 2 comes before layer 10. There,
   * layers of the same shapes with different words in their names are refused, because their order is not known.
   */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

/**
 * Copies tensors into the parameters and statistics of `engine`.
 *
 * @throws {RangeError | TypeError} if they are not those of the same topology; then nothing changes
 */
export function loadTensors(engine: Engine, tensors: readonly NamedTensor[], options: LoadOptions): void {
  checkOptions(who, options, ["from", "names"]);
  const { from = "simdnet", names } = options;
  if (!sources.includes(from)) throw unknownName(`${who}: from`, from, sources);
  const layers = counterpartsOf(who, engine.graph, from);
  const matched = matchLayers(layers, tensors, from, names);
  const loaded = [...matched].flatMap(([name, group]) => valuesOfLayer(layers.get(name)!, group, engine));
  for (const [tensor, values] of loaded) engine.tensorView(tensor).set(values);
}

/**
 * Returns the values of a layer's tensors in our layout and the network's dtype. @param group undefined if the file has no tensors for it
 */
function valuesOfLayer(
  counterparts: LayerCounterparts,
  group: Group | undefined,
  { dtype }: Engine,
): [Parameter | Statistic, Values][] {
  const { form, fault } = formOf(counterparts, group);
  if (fault !== undefined) throw new RangeError(fault);
  return form.map(({ tensor, foreign, order }) => {
    const values = valuesOf(dtype, sizeOf(tensor.shape));
    if (isAbsent(form, foreign, group)) return [tensor, values.fill(foreign[0].absent!)];
    // The terms are added in float64, so that the sum is rounded once.
    const sums = foreign.length > 1 ? new Float64Array(values.length) : values;
    for (const [term, each] of foreign.entries()) {
      const places = foreignPlaces(each, tensor.shape, order);
      const given = group!.tensors.get(each.name)!.values;
      for (let index = 0; index < places.length; index++) {
        const value = places[index] < 0 ? 0 : given[places[index]];
        // A sum that began with 0 would lose the sign of -0.
        sums[index] = term === 0 ? value : sums[index] + value;
      }
    }
    if (sums !== values) values.set(sums);
    const { minimum = Number.NEGATIVE_INFINITY } = tensor as Statistic;
    const isBad = (value: number) => !Number.isFinite(value) || value < minimum;
    const bad = values.find(isBad);
    if (bad === undefined) return [tensor, values];
    // Of a sum that is too large, each number may fit.
    const all = foreign.flatMap(({ name }) => Array.from(group!.tensors.get(name)!.values));
    const given = all.find((value) => isBad(valuesOf(dtype, 1).fill(value)[0])) ?? bad;
    const finite = Number.isFinite(minimum) ? `finite numbers from ${minimum}` : `finite numbers of ${dtype}`;
    const names = foreign.map(({ name }) => shown(group!.tensors.get(name)!.name));
    throw new RangeError(`load: got ${given} in ${names.join(" + ")}, need ${finite}`);
  });
}
