/**
 * What outputs end with, and which losses that suits. A softmax before a loss that has one of its own would count twice; a loss of
 * probabilities cannot take raw scores.
 */

import type { Activation, ActivationName } from "../topology/activations.ts";
import type { Graph } from "../topology/graph.ts";
import type { Value } from "../topology/layers/value.ts";
import type { Ending } from "./losses.ts";
import { type AnyLoss, kindOf } from "./outputs.ts";

/** The kinds of outputs that activations make. All others make raw scores; linear may make anything. */
const endings: Partial<Record<ActivationName, Ending>> = {
  relu: "amounts",
  softplus: "amounts",
  sigmoid: "probabilities",
  hardSigmoid: "probabilities",
  softmax: "shares",
  logSoftmax: "logarithms",
};

const endingOf = (activation: ActivationName): Ending => endings[activation] ?? "scores";

/**
 * Refuses a loss that does not suit the last activation of an output. Outputs without one are not judged: a distance, an input, a dense
 * layer without an activation.
 *
 * @param who names the output in the message
 * @throws {RangeError} naming the activation, and the loss that suits it
 */
export function checkEnding(who: string, loss: AnyLoss, { inputs }: Graph, output: Value): void {
  const ends = endsOf([output], inputs);
  const constant = ends.find(({ activation, value: { shape } }) => constants.has(activation) && shape.at(-1) === 1);
  if (constant) {
    const { activation } = constant;
    const got = `the last activation "${activation}" of 1 output, which is always ${constants.get(activation)}`;
    throw new RangeError(`${who}: got ${got}, need the last activation "sigmoid", or an output for each class`);
  }
  const { takes } = kindOf(loss);
  if (!takes) return;
  const isRefused = (name: ActivationName | undefined): name is ActivationName =>
    name !== undefined && name !== "linear" && !takes.endings.includes(endingOf(name));
  const refused = ends.flatMap((end) => (takes.endings.includes("scores") ? mergedOf(end, inputs, isRefused) : [end]));
  const name = refused.map(({ activation }) => activation).find(isRefused);
  if (!name) return;
  const got = `the last activation "${name}" with the loss ${loss.name}, which takes ${takes.what}`;
  const other = takes.others[endingOf(name)];
  throw new RangeError(`${who}: got ${got}, need ${takes.need}${other ? `, or the loss ${other}` : ""}`);
}

/** The only number that these activations make of a row of one number. */
const constants: ReadonlyMap<ActivationName | undefined, number> = /* @__PURE__ */ new Map([
  ["softmax", 1],
  ["logSoftmax", 0],
]);

/**
 * Returns the ends of a sum or product if a loss of raw scores takes none of them, because then their sum or product is not a raw score
 * either. But a sum of logarithms is one: the logarithm of a product. Any other end is returned as it is.
 */
function mergedOf(end: End, inputs: readonly Value[], isRefused: (name: ActivationName | undefined) => boolean): End[] {
  if (inputs.includes(end.value) || !isMerge(end.value)) return [end];
  const parts = endsOf(end.value.source!.inputs, inputs, isMerge);
  const areRefused = parts.every(({ activation }) => isRefused(activation) && endingOf(activation!) !== "logarithms");
  return areRefused ? parts : [end];
}

const isMerge = ({ source }: Value): boolean => source?.layer.kind === "add" || source?.layer.kind === "multiply";

/**
 * Tells whether a loss may be finite for outputs that it does not take: a categorical cross-entropy of numbers above 1, which no
 * activation excludes; a contrastive loss of numbers below 0, which no layer of distances excludes.
 */
export function needsCheck(loss: AnyLoss, { inputs }: Graph, output: Value): boolean {
  const ends = endsOf([output], inputs);
  if (kindOf(loss).isOfDistances) return ends.some(({ value }) => value.source?.layer.kind !== "distance");
  return loss.name === "categoricalCrossEntropy" && ends.every(({ activation = "linear" }) => activation === "linear");
}

/**
 * Returns the last activations of an output: those of its parts, if it is joined from several. undefined stands for a layer without one, and
 * for an input.
 */
export const lastActivations = (output: Value, inputs: readonly Value[]): Set<ActivationName | undefined> =>
  new Set(endsOf([output], inputs).map(({ activation }) => activation));

/** A value that an output consists of, and its activation, if it has one. */
interface End {
  readonly value: Value;
  readonly activation: ActivationName | undefined;
}

/**
 * Returns the ends of values: it looks through layers that only rearrange numbers or keep their range.
 *
 * @param isPassed tells which other layers it looks through. Default none
 */
function endsOf(values: readonly Value[], inputs: readonly Value[], isPassed?: (value: Value) => boolean): End[] {
  const found: End[] = [];
  const seen = new Set<Value>();
  const waiting = [...values];
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    const { source } = value;
    if (seen.has(value)) continue;
    seen.add(value);
    if (!source || inputs.includes(value)) {
      found.push({ value, activation: undefined });
      continue;
    }
    const { kind, layer } = source;
    const { name } = Object((layer as { readonly activation?: Activation }).activation) as Partial<Activation>;
    if (kind.isRearrangement || kind.keepsRange || isPassed?.(value)) waiting.push(...source.inputs);
    else if (layer.kind === "activation" && name === "linear") waiting.push(...source.inputs);
    else found.push({ value, activation: name });
  }
  return found;
}
