/**
 * The parts of a schedule: plain data, which JSON keeps, and a learning rate for every count. A new schedule is
 * a function in its family's file and a row in kinds.ts.
 */

import { checkInteger, mark, unknownName } from "../../errors.ts";

/** The unit that a schedule counts: updates, or epochs that have ended. */
export type ScheduleUnit = "step" | "epoch";

/** The data of a schedule; each has its options beside these. */
export interface ScheduleData {
  readonly kind: string;
  readonly per: ScheduleUnit;
}

/** Options with their defaults filled in. */
export type InForce<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** A schedule with its options, every one given: the result of a schedule function. */
export type ScheduleOf<Options> = Schedule & InForce<Options>;

/** A learning rate over time. It never changes; its own fields are its data. */
export class Schedule implements ScheduleData {
  /** The function that made it. */
  readonly kind: string;
  /** The unit that it counts. */
  readonly per: ScheduleUnit;
  readonly #rate: (count: number) => number;

  /** @internal */
  constructor(data: ScheduleData, rate: (count: number) => number) {
    mark(this, "schedule");
    this.kind = data.kind;
    this.per = checkPer(data.kind, data.per);
    this.#rate = rate;
    Object.assign(this, data);
    Object.freeze(this);
  }

  /**
   * Returns the learning rate at a count.
   *
   * @param count the updates made before, or the epochs that have ended, from 0
   * @throws {RangeError} if it is not a whole number from 0
   */
  at(count: number): number {
    checkInteger(`${this.kind}: at`, count, 0, Number.MAX_SAFE_INTEGER);
    return this.#rate(count);
  }

  /**
   * Returns the rates at 0, `every`, 2 · `every`, … as a table to print.
   *
   * @param count the rows of the table
   * @throws {RangeError} if one is not a whole number from 1
   */
  table(count: number, every = 1): string {
    checkInteger(`${this.kind}: table`, count, 1, 2 ** 31 - 1);
    checkInteger(`${this.kind}: table: every`, every, 1, 2 ** 31 - 1);
    const rows = Array.from({ length: count }, (_, row) => [String(row * every), shortened(this.at(row * every))]);
    const width = Math.max(this.per.length, rows[count - 1][0].length);
    const lines = [[this.per, "learning rate"], ...rows].map(([at, rate]) => `${at.padStart(width)}  ${rate}`);
    return lines.join("\n");
  }
}

/** Rounds to at most six digits. */
const shortened = (rate: number) => String(Number(rate.toPrecision(6)));

/** Returns a schedule of these data, whose rate at a count is `rate`. @throws {RangeError} if `per` is neither of its values */
export function scheduleOf<Data extends ScheduleData>(data: Data, rate: (count: number) => number): Schedule & Data {
  return new Schedule(data, rate) as Schedule & Data;
}

function checkPer(who: string, per: ScheduleUnit): ScheduleUnit {
  if (per === "step" || per === "epoch") return per;
  throw unknownName(`${who}: per`, per, ["step", "epoch"]);
}
