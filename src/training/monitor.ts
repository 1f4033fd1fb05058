/** The numbers of an epoch's record, by their names. Schedules and callbacks watch one of them. */

import { shown, unknownName } from "../errors.ts";

/** The part of an epoch's record that schedules and callbacks may watch. */
export interface Monitored {
  readonly loss: number;
  readonly metrics: object;
  readonly outputs?: readonly object[];
  readonly validation: object | undefined;
}

/** The metrics that are better when larger. All other numbers are better when smaller. */
const rising = ["accuracy", "topKAccuracy", "precision", "recall", "f1", "rocAuc", "r2"];

/**
 * Returns the numbers of a record by their names, which are their paths in it: "loss", "accuracy", "outputs.0.loss",
 * "validation.loss", "validation.outputs.0.accuracy".
 */
export function numbersOf({ loss, metrics, outputs, validation = {} }: Monitored): Map<string, number> {
  const numbers = new Map<string, number>();
  const add = (prefix: string, values: object) => {
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === "number") numbers.set(prefix + name, value);
      if (name === "outputs") {
        (value as readonly object[] | undefined)?.forEach((each, index) => {
          add(`${prefix}outputs.${index}.`, each);
        });
      }
    }
  };
  add("", { loss, ...metrics, outputs });
  add("validation.", validation);
  return numbers;
}

/**
 * Returns the names of the numbers that records will have.
 *
 * @param metrics the names of each output's metrics that are numbers
 * @param isJoint true if the outputs have one loss together
 */
export function monitorNames(
  metrics: readonly (readonly string[])[],
  isJoint: boolean,
  hasValidation: boolean,
): readonly string[] {
  const hasOutputs = metrics.length > 1 && !isJoint;
  const ofOutputs = metrics.flatMap((names, index) => ["loss", ...names].map((name) => `outputs.${index}.${name}`));
  const trained = hasOutputs ? ["loss", ...ofOutputs] : ["loss", ...metrics[0]];
  return hasValidation ? [...trained, ...trained.map((name) => `validation.${name}`)] : trained;
}

/**
 * Returns the number called `monitor`: "loss" or a metric's name, with several outputs "outputs.1.accuracy", or of the validation
 * "validation.loss", "validation.accuracy", …
 *
 * @throws {RangeError} if the record has no number of that name
 */
export function monitored(who: string, monitor: string, record: Monitored): number {
  const numbers = numbersOf(record);
  const value = numbers.get(monitor);
  if (value !== undefined) return value;
  throw unknownMonitor(who, monitor, [...numbers.keys()]);
}

/**
 * Refuses a name that records will not have, before the first record is made.
 *
 * @param monitors the names that records will have
 * @throws {RangeError} naming them
 */
export function checkMonitored(who: string, monitor: string, monitors: readonly string[]): void {
  if (!monitors.includes(monitor)) throw unknownMonitor(who, monitor, monitors);
}

const unknownMonitor = (who: string, monitor: string, monitors: readonly string[]) =>
  unknownName(`${who}: monitor`, monitor, monitors);

/** Returns true if a larger number of that name is better. */
export function isRising(monitor: string): boolean {
  return rising.includes(monitor.replace(/^.*\./, ""));
}

/** Refuses anything but a name. @throws {TypeError} naming examples */
export function checkMonitor(who: string, monitor: string): string {
  if (typeof monitor === "string" && monitor !== "") return monitor;
  throw new TypeError(`${who}: got monitor ${shown(monitor)}, need a name such as "loss" or "validation.loss"`);
}
