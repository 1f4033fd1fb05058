/** The checks of options that kinds of layers share. */

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
 * Returns those options of every layer with parameters that are given.
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

/** The prefix of a trainer's tensors in a file. Names of a network's tensors may not begin with it. */
export const trainerPrefix = "trainer/";

/** The most characters of a name, because messages and tables show it in full. */
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
 * Returns the option of a layer that only has a name, if it is given.
 *
 * @throws {RangeError | TypeError} if there is another option, or if the name is not a text
 */
export function nameOption(who: string, options: NameOption): NameOption {
  checkOptions(who, options, ["name"]);
  const name = checkName(who, Object(options).name);
  return name === undefined ? {} : { name };
}
