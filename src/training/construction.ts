/**
 * The public Trainer. It is the class of trainer.ts, but TypeScript takes the metrics of a new trainer from its options. The type parameter of a
 * class has one default, and here are two: `Trainer` is a trainer of any metrics, `new Trainer` without the option makes one without metrics.
 */

import type { Network } from "../topology/network.ts";
import type { Metric } from "./metrics.ts";
import { Trainer as TrainerClass } from "./trainer.ts";
import type { TrainerOptions } from "./trainerOptions.ts";

/** A trainer of a network: `Trainer<"accuracy">` has the metric accuracy, the metrics of a plain `Trainer` are not known. */
export type Trainer<Asked extends Metric = Metric> = TrainerClass<Asked>;

/** The class `Trainer`, as TypeScript sees it. */
export interface TrainerConstructor extends Pick<typeof TrainerClass, keyof typeof TrainerClass> {
  /**
   * Makes a trainer for a network.
   *
   * @throws {RangeError | TypeError} if an option is unknown or does not fit; the message says which, and what it needs
   */
  new <Asked extends Metric = never>(network: Network, options: TrainerOptions<Asked>): Trainer<Asked>;
}

export const Trainer: TrainerConstructor = TrainerClass;
