/** The parts that normalizations share: their options with checks, and their parameters. */

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

/** Returns the common options, with defaults. */
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

/** Returns a gain for each column, which starts as 1. */
export const gain = (columns: number): ParameterDescription => ({
  name: "weight",
  initializer: ones(),
  ...common(columns),
});

/** Returns a gain and a shift for each column, which start as 1 and 0. */
export const gainAndShift = (columns: number): readonly ParameterDescription[] => [
  gain(columns),
  { name: "bias", initializer: zeros(), ...common(columns) },
];
