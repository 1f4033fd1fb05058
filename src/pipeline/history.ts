/** The history of a training, as a pipeline keeps it. */

import { shown } from "../errors.ts";
import type { History } from "../training/history.ts";

type Lists = Readonly<Record<string, readonly unknown[]>>;

/**
 * Returns a copy of `history`, checked. Null becomes NaN, because JSON has null for every number that is not finite.
 *
 * @throws {TypeError | RangeError} if it is not what `fit` returns: lists of one length
 */
export function checkHistory(who: string, history: History): History {
  const { metrics, validation, ...own } = Object(history) as History;
  const { epoch, loss, learningRate } = own;
  for (const [name, list] of Object.entries({ epoch, loss, learningRate })) {
    if (!Array.isArray(list) || list.length !== epoch.length || !list.every(isNumber)) {
      throw new TypeError(`${who}: got ${shown(list)} as ${name}, need a number for each epoch`);
    }
  }
  for (const [name, lists] of Object.entries({ metrics, validation }))
    checkLists(`${who}, ${name}`, lists, epoch.length);
  const numbers = (list: readonly unknown[]) => list.map((value) => value ?? Number.NaN);
  const each = (lists: Lists) => Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, numbers(list)]));
  return { ...each({ epoch, loss, learningRate }), metrics: each(metrics), validation: each(validation) } as History;
}

const isNumber = (value: unknown) => value === null || typeof value === "number";

/** Lists of numbers, or of the rows of a confusion matrix. */
function checkLists(who: string, lists: Lists, length: number): void {
  if (typeof lists !== "object" || lists === null) throw new TypeError(`${who}: got ${shown(lists)}, need an object`);
  for (const [name, list] of Object.entries(lists)) {
    const isList = Array.isArray(list) && list.length === length;
    if (isList && (list.every(isNumber) || (name === "confusionMatrix" && list.every(Array.isArray)))) continue;
    throw new TypeError(`${who}: got ${shown(list)} as ${name}, need a value for each epoch`);
  }
}
