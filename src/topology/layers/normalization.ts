/** The common parts of the two normalizations: their options, their parameters, and how these are checked. */

import { checkFinite, checkOptions, shown } from "../../errors.ts";
import { ones, zeros } from "../initializers.ts";
import type { LayerDescription, ParameterDescription } from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";

export interface NormalizationOptions extends TrainableOptions {
  /** Added to the variance; above 0. Default 1e-5. */
  readonly epsilon?: number;
}

export interface NormalizationDescription extends LayerDescription {
  readonly epsilon: number;
}

/** Returns the options that both have, every one of them given. */
export function normalizationOptions(
  who: string,
  options: NormalizationOptions,
  more: readonly string[] = [],
): Omit<NormalizationDescription, "kind"> {
  checkOptions(who, options, ["epsilon", ...more, ...trainableOptionNames]);
  const { epsilon = 1e-5 } = options;
  if (checkFinite(`${who}: epsilon`, epsilon) <= 0) {
    throw new RangeError(`${who}: got epsilon ${shown(epsilon)}, need a number above 0`);
  }
  return { epsilon, ...trainableOptions(who, options) };
}

/** Returns a gain and a shift for each column: 1 and 0 at first. */
export function gainAndShift(columns: number): readonly ParameterDescription[] {
  const common = { shape: [columns], fanIn: columns, fanOut: columns, isWeight: false };
  return [
    { name: "weight", initializer: ones(), ...common },
    { name: "bias", initializer: zeros(), ...common },
  ];
}
