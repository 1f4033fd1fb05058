/** How many steps the sequences have that a network reads: the tokens of texts, the steps of series. */

import { checkInteger } from "../errors.ts";

/** One of the two, or neither. A sequence of more steps loses its beginning. */
export interface LengthOptions {
  /** Steps of each sequence: there are zeros before a shorter one. */
  length?: number | undefined;
  /** The most steps of a sequence. There are no zeros, as an input with `variableLength: true` needs none. */
  maximumLength?: number | undefined;
}

export const lengthNames = ["length", "maximumLength"] as const;

/** More would fill all memory with the zeros before a single sequence. */
const mostSteps = 2 ** 24;

/** @throws {RangeError} if one is not a whole number from 1 to 2²⁴, or both are given */
export function checkLengthOptions(who: string, options: LengthOptions): void {
  for (const name of lengthNames) {
    if (options[name] !== undefined) checkInteger(`${who}: ${name}`, options[name], 1, mostSteps);
  }
  const { length, maximumLength } = options;
  if (length === undefined || maximumLength === undefined) return;
  throw new RangeError(`${who}: got length ${length} and maximumLength ${maximumLength}, need one of them`);
}

/** Cuts or pads a sequence. An empty one gets a step of `padding`, because a network needs at least one. */
export function cutTo<Step>({ length, maximumLength }: LengthOptions, steps: Step[], padding: Step): Step[] {
  if (steps.length === 0) return new Array<Step>(length ?? 1).fill(padding);
  const most = length ?? maximumLength;
  const last = most === undefined || steps.length <= most ? steps : steps.slice(-most);
  if (length === undefined || last.length === length) return last;
  return [...new Array<Step>(length - last.length).fill(padding), ...last];
}
