/** What a schedule or a callback watches: one number of an epoch's record, by its name. */

import { shown, unknownName } from "../errors.ts";

/** The part of an epoch's record that may be watched. */
export interface Monitored {
  readonly loss: number;
  readonly metrics: object;
  readonly validation: object | undefined;
}

/** What is better when larger; of all else, less is better. */
const rising = ["accuracy", "topKAccuracy", "precision", "recall", "f1", "rocAuc", "r2"];

/**
 * The number called `monitor`: "loss" or a metric's name, or of the validation "validation.loss", "validation.accuracy", …
 *
 * @throws {RangeError} if the record has no number of that name
 */
export function monitored(who: string, monitor: string, { loss, metrics, validation = {} }: Monitored): number {
  const values = new Map<string, unknown>([["loss", loss], ...Object.entries(metrics)]);
  for (const [name, value] of Object.entries(validation)) values.set(`validation.${name}`, value);
  const value = values.get(monitor);
  if (typeof value === "number") return value;
  const numbers = [...values].filter(([, each]) => typeof each === "number");
  throw unknownMonitor(
    who,
    monitor,
    numbers.map(([name]) => name),
  );
}

/**
 * Refuses a name that records will not have, before the first is made.
 *
 * @param monitors the names that they will have
 * @throws {RangeError} naming those
 */
export function checkMonitored(who: string, monitor: string, monitors: readonly string[]): void {
  if (!monitors.includes(monitor)) throw unknownMonitor(who, monitor, monitors);
}

const unknownMonitor = (who: string, monitor: string, monitors: readonly string[]) =>
  unknownName(`${who}: monitor`, monitor, monitors);

/** Whether a larger number of that name is a better one. */
export function isRising(monitor: string): boolean {
  return rising.includes(monitor.replace(/^validation\./, ""));
}

/** Refuses what is no name. */
export function checkMonitor(who: string, monitor: string): string {
  if (typeof monitor === "string" && monitor !== "") return monitor;
  throw new TypeError(`${who}: got monitor ${shown(monitor)}, need a name such as "loss" or "validation.loss"`);
}
