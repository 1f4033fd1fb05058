/** A network as plain data for JSON: its topology, and its parameters and statistics as lists of numbers. */

import { isKnown, shown } from "../errors.ts";
import type { NamedTensor, ReadTensor } from "../files/safetensors.ts";
import { elementBytes, type Values, valuesOf } from "../kernels/dtype.ts";

/** The content of a network's file. */
export interface NetworkFile {
  readonly tensors: readonly ReadTensor[];
  readonly metadata: { readonly network?: string };
}

/** A network as plain data, which `toJSON` returns. JSON has no -0, so a parameter of -0 becomes 0. */
export interface NetworkJSON {
  readonly kind: "network";
  readonly topology: { readonly dtype: string };
  /** The parameters and statistics; values row-major. */
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
}

/** Returns the content of a network's file as plain data. */
export function jsonOfFile(tensors: readonly NamedTensor[], metadata: { readonly network: string }): NetworkJSON {
  return {
    kind: "network",
    topology: JSON.parse(metadata.network),
    tensors: tensors.map(({ name, shape, values }) => ({ name, shape: [...shape], values: Array.from(values) })),
  };
}

/**
 * Returns the content of the file that plain data describe. Whether its parts fit together is checked later, as for a file.
 *
 * @throws {RangeError | TypeError} if it is not such data, or if a number is not finite in the network's dtype
 */
export function fileOfJSON(json: NetworkJSON): NetworkFile {
  const { kind, topology, tensors } = Object(json) as Partial<NetworkJSON>;
  if (kind !== "network") {
    const got = kind === undefined ? shown(json) : `${shown(json)} of kind ${shown(kind)}`;
    throw new RangeError(`fromJSON: got ${got}, need what a network's toJSON gives`);
  }
  if (typeof topology !== "object" || topology === null) {
    throw new TypeError(`fromJSON: got topology ${shown(topology)}, need an object`);
  }
  if (!Array.isArray(tensors)) throw new TypeError(`fromJSON: got tensors ${shown(tensors)}, need an array`);
  // An unknown dtype is refused later, with the topology.
  const dtype = isKnown(elementBytes, topology.dtype) ? topology.dtype : "float32";
  const named = (tensors as NetworkJSON["tensors"]).map((tensor, index): ReadTensor => {
    const { name, shape, values } = Object(tensor) as Partial<NetworkJSON["tensors"][number]>;
    if (typeof name !== "string" || !Array.isArray(shape) || !Array.isArray(values)) {
      throw new TypeError(`fromJSON: got ${shown(tensor)} as tensor ${index}, need { name, shape, values }`);
    }
    const count = shape.reduce((product, side) => product * side, 1);
    if (count !== values.length) {
      throw new RangeError(
        `fromJSON, ${shown(name)}: got ${values.length} values, need ${shown(count)}, as its shape says`,
      );
    }
    const numbers: Values = valuesOf(dtype, values.length);
    for (const [place, value] of values.entries()) {
      if (typeof value === "number") numbers[place] = value;
      if (typeof value === "number" && Number.isFinite(numbers[place])) continue;
      throw new RangeError(
        `fromJSON, ${shown(name)}: got ${shown(value)} at ${place}, need a finite number in ${dtype}`,
      );
    }
    return { name, shape, values: numbers };
  });
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw new RangeError(`fromJSON: got a tensor ${shown(name)} twice, need it once`);
    names.add(name);
  }
  return { tensors: named, metadata: { network: JSON.stringify(topology) } };
}
