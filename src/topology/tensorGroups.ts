/** The tensors of a file, layer by layer: their names are divided into a layer's and a tensor's. */

import { listed, shown } from "../errors.ts";
import type { NamedTensor } from "../files/safetensors.ts";
import { endsOf, type LayerCounterparts, type TensorSource } from "./counterparts.ts";
import { foreignCounters, foreignName, isFactor, splitStackedName } from "./layers/foreign.ts";
import { sizeOf } from "./layers/layer.ts";
import { isFlat } from "./rows.ts";

/** The tensors of one layer of the file, by the ends of their names. */
export interface Group {
  /** The beginning of the tensors' names. */
  readonly prefix: string;
  /** The layer's number among stacked layers, from 0. */
  readonly level: number;
  readonly tensors: Map<string, NamedTensor>;
}

/** The layers of a file by the beginning of their tensors' names, in the order of their first tensors. Stacked layers share a beginning. */
export type Groups = ReadonlyMap<string, readonly Group[]>;

/** Returns the tensors of each layer of the file. */
export function groupsOf(
  layers: ReadonlyMap<string, LayerCounterparts>,
  tensors: readonly NamedTensor[],
  from: TensorSource,
): Groups {
  if (!Array.isArray(tensors)) {
    throw new TypeError(`load: got ${shown(tensors)}, need the tensors that readSafetensors gives`);
  }
  const ends = [...new Set([...layers.values()].flatMap(({ forms }) => forms.flatMap(endsOf)))];
  const counters = from === "simdnet" ? [] : foreignCounters;
  const groups = new Map<string, Group[]>();
  const counted = new Map<string, string>();
  for (const tensor of tensors as NamedTensor[]) {
    const { name, shape, values } = Object(tensor) as NamedTensor;
    if (typeof name !== "string" || !Array.isArray(shape) || !isFlat(values) || values.length !== sizeOf(shape)) {
      throw new TypeError(
        `load: got ${shown(name ?? tensor)}, need a tensor: name, shape, and as many values in a typed array`,
      );
    }
    const plain =
      from === "pytorch" ? splitStackedName(name) : { name: from === "keras" ? foreignName(name) : name, level: 0 };
    // The longest end that matches, because an end may contain a dot.
    const known = [...ends, ...counters].filter((end) => isEnd(plain.name, end));
    const end = known.reduce((one, other) => (other.length > one.length ? other : one), "");
    const { level } = plain;
    if (end === "" || level >= layers.size) throw surplus(name, from, ends);
    const prefix = plain.name.slice(0, -end.length - 1);
    if (counters.includes(end)) {
      counted.set(prefix, name);
      continue;
    }
    if (!groups.has(prefix)) groups.set(prefix, []);
    const stack = groups.get(prefix)!;
    while (stack.length <= level) stack.push({ prefix, level: stack.length, tensors: new Map() });
    if (stack[level].tensors.has(end)) throw new RangeError(`load: got a tensor ${shown(name)} twice, need it once`);
    stack[level].tensors.set(end, tensor);
  }
  for (const [prefix, name] of counted) if (!groups.has(prefix)) throw surplus(name, from, ends);
  return groups;
}

const isEnd = (name: string, end: string) => name === end || name.endsWith(`.${end}`) || name.endsWith(`/${end}`);

/** @param from the library whose names are known @param ends the ends of names that there may be */
function surplus(name: string, from: TensorSource, ends: readonly string[]): RangeError {
  if (from === "pytorch" && isFactor(name)) {
    const got = `a tensor ${shown(name)}, from which weight_norm or another parametrization makes a weight`;
    return new RangeError(`load: got ${got}, need the weight: remove the parametrization before saving`);
  }
  const need = ends.length === 0 ? "none" : `names that end in ${listed(ends)}, as ${from} has them`;
  return new RangeError(`load: got a tensor ${shown(name)}, which no layer has, need ${need}; or another \`from\``);
}

/** Tells whether two layers of the file have the same tensors, as one layer under two names has. */
export function isSame(one: Group, other: Group): boolean {
  const areSame = (a: NamedTensor, b: NamedTensor | undefined) =>
    a.shape.join() === b?.shape.join() &&
    (a.values === b.values || a.values.every((value, at) => value === b.values[at]));
  return (
    one.tensors.size === other.tensors.size &&
    [...one.tensors].every(([end, tensor]) => areSame(tensor, other.tensors.get(end)))
  );
}

/** Returns the layers of the file without those whose tensors an earlier one has; all of them, if more than `most` differ. */
export function withoutTwins(groups: readonly Group[], most: number): readonly Group[] {
  const distinct: Group[] = [];
  for (const group of groups) {
    if (distinct.some((other) => isSame(other, group))) continue;
    distinct.push(group);
    if (distinct.length > most) return groups;
  }
  return distinct;
}

/** Returns items by their keys, in their order. */
export function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const lists = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (!lists.has(key)) lists.set(key, []);
    lists.get(key)!.push(item);
  }
  return lists;
}

/** Returns the names and shapes of a group's tensors. */
export const shapesOf = ({ tensors }: Group) =>
  [...tensors]
    .map(([end, { shape }]) => `${end} ${shape}`)
    .sort()
    .join();

/** Returns the name of a layer of the file, for messages. */
export const titleOf = ({ prefix, level }: Group) =>
  `${shown(prefix)}${level > 0 ? `, layer ${level + 1} of its stack` : ""}`;
