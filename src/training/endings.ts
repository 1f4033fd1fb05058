/**
 * What outputs end with, and which losses that suits. A softmax before a loss that has one of its own would count twice; a loss of
 * probabilities cannot take raw scores.
 */

import type { Activation, ActivationName } from "../topology/activations.ts";
import type { Graph } from "../topology/graph.ts";
import type { Value } from "../topology/layers/value.ts";
import type { Ending } from "./losses.ts";
import { type AnyLoss, kindOf } from "./outputs.ts";

/** What activations make, but for those that make raw scores, and for linear, which may make anything. */
const endings: Partial<Record<ActivationName, Ending>> = {
  sigmoid: "probabilities",
  hardSigmoid: "probabilities",
  softmax: "shares",
  logSoftmax: "logarithms",
};

/** The loss for outputs that do not suit a loss of raw scores. */
const suiting: Partial<Record<Ending, string>> = {
  probabilities: "binaryCrossEntropy",
  shares: "categoricalCrossEntropy, of one-hot rows",
  logarithms: "kullbackLeibler",
};

/**
 * Refuses a loss that does not take what an output ends with. What is not the work of an activation is not judged here: a product of
 * probabilities, a distance, an input, a dense layer without an activation.
 *
 * @param who names the output in the message
 * @throws {RangeError} naming the activation, and the loss that suits it
 */
export function checkEnding(who: string, loss: AnyLoss, { inputs }: Graph, output: Value): void {
  const { takes } = kindOf(loss);
  if (!takes) return;
  for (const activation of lastActivations(output, inputs)) {
    if (activation === undefined || activation === "linear") continue;
    const ending = endings[activation] ?? "scores";
    if (takes.endings.includes(ending)) continue;
    const got = `the last activation "${activation}" with the loss ${loss.name}, which takes ${takes.what}`;
    const other = takes.endings.includes("scores") ? `, or the loss ${suiting[ending]}` : "";
    throw new RangeError(`${who}: got ${got}, need ${takes.need}${other}`);
  }
}

/**
 * Returns whether a loss may be finite for outputs that it does not take: a categorical cross-entropy of numbers above 1, which no
 * activation excludes.
 */
export function needsCheck({ name }: AnyLoss, { inputs }: Graph, output: Value): boolean {
  const activations = [...lastActivations(output, inputs)];
  return name === "categoricalCrossEntropy" && activations.every((each) => each === undefined || each === "linear");
}

/**
 * Returns the activations that an output ends with: those of its parts, if it is put together of several. undefined stands for a layer
 * that has none, and for an input.
 */
export function lastActivations(output: Value, inputs: readonly Value[]): Set<ActivationName | undefined> {
  const found = new Set<ActivationName | undefined>();
  const seen = new Set<Value>();
  const waiting = [output];
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    const { source } = value;
    if (seen.has(value)) continue;
    seen.add(value);
    if (!source || inputs.includes(value)) {
      found.add(undefined);
      continue;
    }
    const { kind, layer } = source;
    const { name } = Object((layer as { readonly activation?: Activation }).activation) as Partial<Activation>;
    if (kind.isRearrangement || kind.keepsRange) waiting.push(...source.inputs);
    else if (layer.kind === "activation" && name === "linear") waiting.push(...source.inputs);
    else found.add(name);
  }
  return found;
}
