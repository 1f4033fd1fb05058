/** The number of steps of the sequences that a network reads: the tokens of texts, the steps of series. */

import { checkInteger } from "../errors.ts";

/** The number of steps of sequences. At most one of the two options may be given. A longer sequence loses its beginning. */
export interface LengthOptions {
  /** The number of steps of every sequence. A shorter one gets zeros in front. */
  length?: number | undefined;
  /** The largest number of steps of a sequence. Shorter ones get no zeros: an input with `variableLength: true` needs none. */
  maximumLength?: number | undefined;
}

export const lengthNames = ["length", "maximumLength"] as const;

/** More steps would fill all memory with the zeros of a single sequence. */
const mostSteps = 2 ** 24;

/** @throws {RangeError} if one of them is not a whole number from 1 to 2²⁴, or if both are given */
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
