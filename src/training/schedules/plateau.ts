/** The learning rate that falls when a number of the records no longer improves: plain data, and a pure function of these numbers. */

import { checkArguments, checkInteger, checkOptions } from "../../errors.ts";
import { checkMonitor, isRising } from "../monitor.ts";
import { checkNumbers, checkShare } from "../options.ts";
import type { InForce } from "./schedule.ts";

export interface ReduceOnPlateauOptions {
  /** The rate at the start. */
  readonly initial: number;
  /** The factor of the rate, below 1. Default 0.1. */
  readonly factor?: number | undefined;
  /** The number of records in a row without improvement that it accepts; at the next one it falls. Default 10. */
  readonly patience?: number | undefined;
  /** The number to watch: "loss", a metric's name, "validation.loss", "validation.accuracy", …. Default "loss". */
  readonly monitor?: string | undefined;
}

/** A `reduceOnPlateau` as plain data. */
export type ReduceOnPlateau = { readonly kind: "reduceOnPlateau" } & InForce<ReduceOnPlateauOptions>;

/** The state of a plateau. */
export interface PlateauState {
  /** The learning rate. */
  readonly rate: number;
  /** The best value so far; undefined before the first. */
  readonly best: number | undefined;
  /** The number of values in a row without improvement. */
  readonly badRecords: number;
}

/** The least relative improvement of a value, and the least fall of a rate. */
const [threshold, leastFall] = [1e-4, 1e-8];

/**
 * Returns a learning rate that is multiplied by `factor` when `monitor` has not improved for more than `patience` epochs' records in a
 * row. Metrics such as accuracy are better when larger, losses and errors when smaller, by 1e-4 of the best.
 *
 * Source  PyTorch's ReduceLROnPlateau; its epochs are those that a record is made of.
 * @throws {RangeError | TypeError} if an option is missing, unknown or out of range
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): ReduceOnPlateau {
  checkArguments("reduceOnPlateau", arguments.length, 1);
  checkOptions("reduceOnPlateau", options, ["initial", "factor", "patience", "monitor"]);
  const { initial, factor = 0.1, patience = 10, monitor = "loss" } = Object(options) as ReduceOnPlateauOptions;
  checkNumbers("reduceOnPlateau", { initial });
  checkShare("reduceOnPlateau: factor", factor);
  checkInteger("reduceOnPlateau: patience", patience, 0, Number.MAX_SAFE_INTEGER);
  checkMonitor("reduceOnPlateau", monitor);
  return Object.freeze({ kind: "reduceOnPlateau", initial, factor, patience, monitor });
}

/** Returns the state before the first record. */
export function plateauStart({ initial }: ReduceOnPlateau): PlateauState {
  return { rate: initial, best: undefined, badRecords: 0 };
}

/** Returns the state after `state` has seen `value`. */
export function plateauAfter(plateau: ReduceOnPlateau, state: PlateauState, value: number): PlateauState {
  const rises = isRising(plateau.monitor);
  const { rate, best = rises ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, badRecords } = state;
  if (rises ? value > best * (1 + threshold) : value < best * (1 - threshold)) {
    return { rate, best: value, badRecords: 0 };
  }
  if (badRecords < plateau.patience) return { ...state, badRecords: badRecords + 1 };
  const fallen = rate * plateau.factor;
  return { ...state, rate: rate - fallen > leastFall ? fallen : rate, badRecords: 0 };
}
