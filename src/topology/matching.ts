/** Matches the layers of a file of tensors with a network's layers: by names, or by their order and shapes. */

import { checkOptions, isKnown, listed, plural, shown, unknownName } from "../errors.ts";
import { type NamedTensor, shownShape } from "../files/safetensors.ts";
import { type Counterpart, endsOf, type LayerCounterparts, type TensorSource } from "./counterparts.ts";
import { foreignShape, stackedName } from "./layers/foreign.ts";
import {
  type Group,
  type Groups,
  groupedBy,
  groupsOf,
  isSame,
  shapesOf,
  titleOf,
  withoutTwins,
} from "./tensorGroups.ts";

/** Our layers by their names. */
type Layers = ReadonlyMap<string, LayerCounterparts>;

/**
 * Returns for each of our layers its tensors in the file, or undefined if it has none there.
 *
 * @param names our layer for each layer of the file; by default, layers of the same names belong together, or those in the same order
 * @throws {RangeError | TypeError} if the layers do not fit together, or if several ways to match them are equally good
 */
export function matchLayers(
  layers: Layers,
  tensors: readonly NamedTensor[],
  from: TensorSource,
  names: Readonly<Record<string, string>> | undefined,
): Map<string, Group | undefined> {
  const groups = groupsOf(layers, tensors, from);
  const prefixes = [...groups.keys()];
  const all = [...layers.keys()];
  const needed = all.filter((name) => !mayBeAbsent(layers.get(name)!));
  if (prefixes.length === 0 && all.length > 0) {
    throw new RangeError(`load: got no tensors, need those of ${listed(all)}`);
  }
  if (names !== undefined) return matchByNames(all, needed, groups, names);
  const start = prefixes.every((prefix) => layers.has(prefix)) ? 0 : commonStart(prefixes);
  if (prefixes.every((prefix) => layers.has(prefix.slice(start)))) {
    const same = Object.fromEntries(prefixes.map((prefix) => [prefix, prefix.slice(start)]));
    return matchByNames(all, needed, groups, same);
  }
  return matchInOrder(layers, needed, groups, from);
}

/** Tells whether a layer may have no tensors in the file. */
const mayBeAbsent = ({ forms: [form] }: LayerCounterparts) =>
  form.every(({ foreign: [{ absent }] }) => absent !== undefined);

/** Returns the length of the path that all names begin with: 6 for "model.a" and "model.b.c". */
function commonStart([first, ...others]: readonly string[]): number {
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same++;
    length = same;
  }
  const start = first.slice(0, length);
  return Math.max(start.lastIndexOf("."), start.lastIndexOf("/")) + 1;
}

/** Matches layers by their names. @param needed the layers that must have tensors */
function matchByNames(
  layers: readonly string[],
  needed: readonly string[],
  groups: Groups,
  names: Readonly<Record<string, string>>,
): Map<string, Group | undefined> {
  checkOptions("load: names", names, [...groups.keys()]);
  const pairs = new Map<string, Group>();
  for (const [prefix, first] of Object.entries(names)) {
    const begin = layers.indexOf(first);
    if (begin < 0) throw unknownName(`load: names ${shown(prefix)}`, first, layers);
    for (const group of groups.get(prefix)!) {
      const layer = layers[begin + group.level];
      if (layer === undefined)
        throw new RangeError(`load: got ${titleOf(group)}, need a layer for it behind ${layers.at(-1)}`);
      const other = pairs.get(layer);
      if (other && !isSame(other, group)) {
        const need = "need each layer once; only the same tensors may have several names";
        throw new RangeError(`load: got ${shown(layer)} twice in names, ${need}`);
      }
      pairs.set(layer, group);
    }
  }
  const idle = [...groups.keys()].find((prefix) => !isKnown(names, prefix));
  if (idle !== undefined) {
    throw new RangeError(`load: got names without ${shown(idle)}, need a layer for each of the file's`);
  }
  const missing = needed.find((layer) => !pairs.has(layer));
  if (missing !== undefined) {
    throw new RangeError(`load: got no tensors for ${missing}, need some for each of ${listed(needed)}`);
  }
  return new Map(layers.map((layer) => [layer, pairs.get(layer)]));
}

/**
 * Matches layers by their order in the file, or in the network's order by their shapes, if those in order do not fit.
 *
 * @param needed the names of our layers that must have tensors
 */
function matchInOrder(
  layers: Layers,
  needed: readonly string[],
  groups: Groups,
  from: TensorSource,
): Map<string, Group | undefined> {
  const prefixes = [...groups.keys()];
  const isAlphabetical = prefixes.every((prefix, index) => index === 0 || prefixes[index - 1] < prefix);
  const ordered = isAlphabetical ? prefixes.toSorted((a, b) => (padded(a) < padded(b) ? -1 : 1)) : prefixes;
  const listedGroups = ordered.flatMap((prefix) => groups.get(prefix)!);
  const all = listedGroups.length > layers.size ? withoutTwins(listedGroups, layers.size) : listedGroups;
  const present = all.length === needed.length ? needed : [...layers.keys()];
  if (all.length !== present.length) {
    const got = `tensors of ${plural(listedGroups.length, "layer")} (${listed(listedGroups.map(titleOf))})`;
    throw new RangeError(`load: got ${got}, need those of ${layers.size}: ${listed([...layers.keys()])}`);
  }
  const fits = (name: string, group: Group) => formOf(layers.get(name)!, group).fault === undefined;
  const isFitting = present.every((name, index) => fits(name, all[index]));
  const matched = isFitting ? all : (matchByShapes(present, all, fits) ?? all);
  // Files of this library have the order of its layers.
  if (from !== "simdnet" && (isAlphabetical || matched !== all)) checkOrder(layers, present, matched, from);
  return new Map([...layers.keys()].map((name) => [name, matched[present.indexOf(name)]]));
}

/** Returns for each layer the first group that fits and that no earlier layer has; undefined if there is none. */
function matchByShapes(
  names: readonly string[],
  groups: readonly Group[],
  fits: (name: string, group: Group) => boolean,
): Group[] | undefined {
  // Groups with tensors of the same names and shapes fit the same layers.
  const kinds = [...groupedBy(groups, shapesOf).values()];
  const matched: Group[] = [];
  for (const name of names) {
    const kind = kinds.find((queue) => queue.length > 0 && fits(name, queue[0]));
    if (!kind) return undefined;
    matched.push(kind.shift()!);
  }
  return matched;
}

/**
 * Refuses layers in alphabetical order that may be exchanged, unless their names differ in numbers alone: the order of the layers may be
 * another.
 */
function checkOrder(layers: Layers, names: readonly string[], groups: readonly Group[], from: TensorSource): void {
  // Keras calls the first layer of a kind "dense", the second one "dense_1".
  const wordsOf = ({ prefix }: Group) =>
    from === "keras" ? prefix.replace(/_?\d+/g, "") : prefix.replace(/\d+/g, "0");
  const pairs = names.map((name, index) => ({ name, counterparts: layers.get(name)!, group: groups[index] }));
  type Pair = (typeof pairs)[number];
  const fits = (one: Pair, other: Pair) => formOf(one.counterparts, other.group).fault === undefined;
  for (const alike of groupedBy(pairs, ({ counterparts }) => neededShapes(counterparts)).values()) {
    // One of each kind is enough.
    const kinds = groupedBy(alike, ({ group }) => `${wordsOf(group)} ${shapesOf(group)}`);
    const some = [...kinds.values()].map(([first]) => first);
    for (const [index, one] of some.entries()) {
      const other = some.slice(0, index).find((each) => {
        const isOther = wordsOf(each.group) !== wordsOf(one.group) && !isSame(each.group, one.group);
        return isOther && fits(each, one) && fits(one, each);
      });
      if (!other) continue;
      const [first, second] = [other, one].map(({ group }) => shown(group.prefix));
      const got = `${first} and ${second} in alphabetical order, each of which fits ${other.name} and ${one.name}`;
      throw new RangeError(`load: got ${got}, need the option names`);
    }
  }
}

/** Returns the shapes of a layer's tensors, without those that may be absent, unless all may be. */
function neededShapes({ forms: [form] }: LayerCounterparts): string {
  const needed = form.filter(({ foreign: [{ absent }] }) => absent === undefined);
  return (needed.length > 0 ? needed : form).map(({ tensor: { shape } }) => `[${shape}]`).join();
}

/** Pads the numbers in a name with zeros, so that names sort by their numbers. */
const padded = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(16, "0"));

/** The form of a layer's tensors that a group has, and what is wrong with it, if anything is. */
interface GroupForm {
  readonly form: readonly Counterpart[];
  readonly fault: string | undefined;
}

/**
 * Returns the form of a layer's tensors that has the most of a group's.
 *
 * @param group undefined if the file has no tensors for the layer
 */
export function formOf({ layer, forms }: LayerCounterparts, group: Group | undefined): GroupForm {
  const given = [...(group?.tensors.keys() ?? [])];
  const count = (form: readonly Counterpart[]) => {
    const ends = endsOf(form);
    return given.filter((end) => ends.includes(end)).length;
  };
  const form = forms.reduce((best, other) => (count(other) > count(best) ? other : best));
  return { form, fault: faultOf(layer.name, form, group) };
}

/** Returns what keeps a group's tensors from being the given ones. */
function faultOf(layer: string, form: readonly Counterpart[], group: Group | undefined): string | undefined {
  if (!group) return undefined;
  const ends = endsOf(form);
  for (const [end, { name }] of group.tensors) {
    if (!ends.includes(end)) return `load: got a tensor ${shown(name)} for ${layer}, need ${listed(ends)}`;
  }
  for (const { tensor, foreign } of form) {
    if (isAbsent(form, foreign, group)) continue;
    for (const each of foreign) {
      const given = group.tensors.get(each.name);
      const shape = foreignShape(each, tensor.shape);
      const need = `need it as ${shownShape(shape)} for ${tensor.fullName}`;
      if (!given) return `load: got no ${stackedName(each.name, group.level)} of ${shown(group.prefix)}, ${need}`;
      if (given.shape.join() !== shape.join()) {
        return `load: got ${shown(given.name)} as ${shownShape(given.shape)}, ${need}`;
      }
    }
  }
  return undefined;
}

/** Tells whether a tensor of a layer is not in the file, and may be so. */
export function isAbsent(
  form: readonly Counterpart[],
  [{ name, absent, isAbsentAlone }]: Counterpart["foreign"],
  group: Group | undefined,
): boolean {
  if (absent === undefined) return false;
  if (!group) return true;
  if (isAbsentAlone) return !group.tensors.has(name);
  return !form.some(({ foreign }) => foreign.some((other) => other.absent === absent && group.tensors.has(other.name)));
}
