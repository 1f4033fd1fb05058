/**
 * Operations as data: the calls of a plan. Each has the name of a kernel (args, begin, end), the fields of its record, and its amount of
 * work. The build writes the types of the records from assembly/, so the compiler reports a field that is missing, renamed or of another
 * type.
 */

import type { Address, Family, Operations } from "../../build/kernels.js";

export type { Address, Family, Operations };

/** The name of an operation. */
export type OperationName = keyof Operations;

/** Units of work: a number for each row of a batch, or a number in all. A kernel's comment names the unit under "Range". */
export interface Work {
  readonly per: "row" | "network";
  readonly units: number;
  /** The record of the batch whose rows count. Default that of the plan. */
  readonly batch?: Address | undefined;
}

export interface Operation<Name extends OperationName = OperationName> {
  readonly name: Name;
  readonly work: Work;
  readonly fields: Operations[Name];
}

/** The address that means no block. */
export const none = 0 as Address;

/** The 32-bit integers of a Batch in assembly/program/batch.ts: rows, seed, step. */
export const batchIntegers = 3;

/** Returns `units` of work for each row of a batch; default 1. */
export const eachRow = (units = 1): Work => ({ per: "row", units });

/** Returns `units` of work in all, whatever the batch. */
export const inAll = (units: number): Work => ({ per: "network", units });

/** Returns an operation: its name, its work, and the fields of its record. */
export function op<Name extends OperationName>(name: Name, work: Work, fields: Operations[Name]): Operation<Name> {
  return { name, work, fields };
}

/** An operation's place in the function table, and the layout of its record. */
export interface Layout {
  readonly place: number;
  /** The fields, in the form of `Family.operations`. */
  readonly fields: readonly string[];
}

/** Returns the layouts of a family's operations, by their names. */
export function layoutsOf({ firstPlace, operations }: Family): [OperationName, Layout][] {
  let place = firstPlace;
  return operations.flatMap(([record, names]) => {
    const fields = record.split(" ");
    return names.split(" ").map((name): [OperationName, Layout] => [name as OperationName, { place: place++, fields }]);
  });
}
