/** Checks of the options that optimizers and schedules have in common. */

import { shown } from "../errors.ts";

/** Refuses numbers that are not finite or are below 0. @throws {RangeError} naming the first */
export function checkNumbers(who: string, options: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && (value as number) >= 0)) {
      throw new RangeError(`${who}: got ${name} ${shown(value)}, need a number from 0`);
    }
  }
}

/** Refuses numbers that are not finite or not above 0. @throws {RangeError} naming the first */
export function checkPositive(who: string, options: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && (value as number) > 0)) {
      throw new RangeError(`${who}: got ${name} ${shown(value)}, need a number above 0`);
    }
  }
}

/** Refuses anything but a number in [0, 1). @throws {RangeError} naming `who` */
export function checkShare(who: string, value: unknown): void {
  const isShare = Number.isFinite(value) && (value as number) >= 0 && (value as number) < 1;
  if (!isShare) throw new RangeError(`${who}: got ${shown(value)}, need a number from 0 to below 1`);
}

/** Refuses anything but true and false. @throws {TypeError} naming the first */
export function checkBooleans(who: string, options: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== "boolean") throw new TypeError(`${who}: got ${name} ${shown(value)}, need true or false`);
  }
}

/**
 * Returns a copy of two shares.
 *
 * @throws {TypeError} if they are not an array of two
 * @throws {RangeError} if one is not in [0, 1)
 */
export function betasOf(who: string, betas: readonly [number, number]): readonly [number, number] {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new TypeError(`${who}: got betas ${shown(betas)}, need an array of two numbers`);
  }
  for (const beta of betas) checkShare(`${who}: betas`, beta);
  return [betas[0], betas[1]];
}
