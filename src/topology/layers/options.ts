/** The checks of options that kinds of layers have in common. */

import { checkFinite, checkOptions, shown } from "../../errors.ts";
import { hasHidden } from "../../hidden.ts";
import type { DescriptionBase } from "./layer.ts";

/** The names of the options that every layer with parameters has. */
export const trainableOptionNames = ["name", "trainable", "learningRateFactor"] as const;

/** The option that every layer has. */
export type NameOption = Pick<DescriptionBase, "name">;

/** The options that every layer with parameters has. */
export type TrainableOptions = Pick<DescriptionBase, "name" | "trainable" | "learningRateFactor">;

/**
 * Returns the options that every layer with parameters has, as far as they are given.
 *
 * @throws {RangeError | TypeError} if one does not fit
 */
export function trainableOptions(who: string, options: TrainableOptions): TrainableOptions {
  const { trainable, learningRateFactor } = options;
  if (trainable !== undefined && typeof trainable !== "boolean") {
    throw new TypeError(`${who}: got trainable ${shown(trainable)}, need true or false`);
  }
  if (learningRateFactor !== undefined && checkFinite(`${who}: learningRateFactor`, learningRateFactor) < 0) {
    throw new RangeError(`${who}: got learningRateFactor ${shown(learningRateFactor)}, need a number from 0`);
  }
  const name = checkName(who, options.name);
  return {
    ...(name !== undefined && { name }),
    ...(trainable !== undefined && { trainable }),
    ...(learningRateFactor !== undefined && { learningRateFactor }),
  };
}

/** The names of a trainer's tensors in a file begin with this; the names of a network's tensors may not. */
export const trainerPrefix = "trainer/";

/** Characters of a name, which messages and tables show whole. */
const mostCharacters = 1000;

/** Refuses a name that is no text, would fill a page, has characters that do not show, or begins as a trainer's tensors do. */
export function checkName(who: string, name: string | undefined): string | undefined {
  if (typeof name === "string" && name.startsWith(trainerPrefix)) {
    throw new RangeError(`${who}: got name ${shown(name)}, need one that does not begin with ${shown(trainerPrefix)}`);
  }
  if (name === undefined || (typeof name === "string" && name !== "" && canShow(name))) return name;
  throw new TypeError(
    `${who}: got name ${shown(name)}, need a text of at least one character and at most ${mostCharacters}, without line breaks and other characters that do not show`,
  );
}

/** Returns whether messages and tables can show a text as it is. */
const canShow = (text: string): boolean => text.length <= mostCharacters && !hasHidden(text);

/**
 * Returns the options of a layer that has nothing but a name, as far as they are given.
 *
 * @throws {RangeError | TypeError} if there is another, or the name is no text
 */
export function nameOption(who: string, options: NameOption): NameOption {
  checkOptions(who, options, ["name"]);
  const name = checkName(who, Object(options).name);
  return name === undefined ? {} : { name };
}
