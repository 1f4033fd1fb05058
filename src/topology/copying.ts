/** Moves the parameters and statistics of one network towards those of another of the same topology. */

import { checkOptions, shown } from "../errors.ts";
import type { Engine } from "./engine.ts";
import type { GraphLayer } from "./graph.ts";
import { trainableOptionNames } from "./layers/options.ts";
import { topologyToJSON } from "./serialization.ts";

export interface CopyOptions {
  /** The share of the distance that the values move, from 0 to 1; at 1 they become those of the other network. Default 1. */
  readonly rate?: number | undefined;
}

/** Networks that have been found to be alike. */
const alike = new WeakMap<Engine, WeakSet<Engine>>();

/**
 * Sets value += rate · (other's value − value) for every parameter and statistic, rounded once to the dtype.
 *
 * @throws {RangeError | TypeError} if the networks differ in more than names or the training of layers, or if a value of the other is not
 * finite; then nothing changes
 */
export function moveTowards(engine: Engine, other: Engine, options: CopyOptions): void {
  checkOptions("copyFrom", options, ["rate"]);
  const { rate = 1 } = options;
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) {
    throw new RangeError(`copyFrom: got rate ${shown(rate)}, need a number from 0 to 1`);
  }
  checkAlike(engine, other);
  const [targets, sources] = [engine, other].map(({ graph }) => [...graph.parameters, ...graph.statistics]);
  for (const tensor of sources) {
    const values = other.tensorView(tensor);
    const index = other.firstNonFinite(tensor);
    if (index === values.length) continue;
    throw new RangeError(`copyFrom: got ${values[index]} in ${tensor.fullName} at ${index}, need finite numbers`);
  }
  for (const [index, tensor] of targets.entries()) {
    const [values, from] = [engine.tensorView(tensor), other.tensorView(sources[index])];
    if (rate === 1) values.set(from);
    else
      for (let place = 0; place < values.length; place++) values[place] = interpolate(values[place], from[place], rate);
  }
}

/** Returns value + rate · (other − value), also where the difference of two finite numbers is not finite. */
function interpolate(value: number, other: number, rate: number): number {
  const difference = other - value;
  return Number.isFinite(difference) ? value + rate * difference : (1 - rate) * value + rate * other;
}

function checkAlike(engine: Engine, other: Engine): void {
  if (engine === other || alike.get(engine)?.has(other)) return;
  const [need, got] = [engine, other].map(topologyToJSON);
  if (got.dtype !== need.dtype) throw new RangeError(`copyFrom: got a network of ${got.dtype}, need ${need.dtype}`);
  const [needLayers, gotLayers] = [
    need.layers.map((layer, index) => computationOf(layer, engine.graph.layers[index])),
    got.layers.map((layer, index) => computationOf(layer, other.graph.layers[index])),
  ];
  const first = needLayers.findIndex((layer, index) => layer !== gotLayers[index]);
  if (first >= 0 || gotLayers.length > needLayers.length) {
    const index = first < 0 ? needLayers.length : first;
    const { name } = engine.graph.layers[index] ?? other.graph.layers[index];
    const [ours, theirs] = [needLayers, gotLayers].map((layers) => layers[index] ?? "no layer");
    throw new RangeError(`copyFrom: got a network with ${theirs} for ${shown(name)}, need ${ours}`);
  }
  const places = ({ inputs, uses, outputs, variableLength = [] }: typeof need) =>
    JSON.stringify([inputs, variableLength, uses, outputs]);
  if (places(got) !== places(need)) {
    throw new RangeError(
      "copyFrom: got a network of other inputs, outputs or uses of its layers, need the same topology",
    );
  }
  if (!alike.has(engine)) alike.set(engine, new WeakSet());
  alike.get(engine)!.add(other);
}

/** Returns what a layer computes, as text. @param json its options as a file has them */
function computationOf(json: object, { kind: { trainingOptions = [] } }: GraphLayer): string {
  const free: readonly string[] = [...trainableOptionNames, ...trainingOptions];
  const options = Object.entries(json).filter(([name]) => !free.includes(name));
  return JSON.stringify(Object.fromEntries(options));
}
