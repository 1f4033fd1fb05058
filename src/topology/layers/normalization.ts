/** The common parts of the normalizations: their options, their parameters, and how these are checked. */

import { checkFinite, checkOptions, shown } from "../../errors.ts";
import { ones, zeros } from "../initializers.ts";
import type { DescriptionBase, ParameterDescription } from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";

export interface NormalizationOptions extends TrainableOptions {
  /** Added to the variance, or to the mean square; above 0. Default 1e-5. */
  readonly epsilon?: number | undefined;
}

/** A normalization as plain data. */
export interface NormalizationDescription extends DescriptionBase {
  readonly epsilon: number;
}

/** Returns the options that all have, every one of them given. */
export function normalizationOptions(
  who: string,
  options: NormalizationOptions,
  more: readonly string[] = [],
  defaultEpsilon = 1e-5,
): Omit<NormalizationDescription, "kind"> {
  checkOptions(who, options, ["epsilon", ...more, ...trainableOptionNames]);
  const { epsilon = defaultEpsilon } = options;
  if (checkFinite(`${who}: epsilon`, epsilon) <= 0) {
    throw new RangeError(`${who}: got epsilon ${shown(epsilon)}, need a number above 0`);
  }
  return { epsilon, ...trainableOptions(who, options) };
}

const common = (columns: number) => ({ shape: [columns], fanIn: columns, fanOut: columns, isWeight: false });

/** Returns a gain for each column: 1 at first. */
export const gain = (columns: number): ParameterDescription => ({
  name: "weight",
  initializer: ones(),
  ...common(columns),
});

/** Returns a gain and a shift for each column: 1 and 0 at first. */
export const gainAndShift = (columns: number): readonly ParameterDescription[] => [
  gain(columns),
  { name: "bias", initializer: zeros(), ...common(columns) },
];
