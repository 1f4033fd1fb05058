/** Prints a plan, for work on the library. No entry of the package imports this file. */

import type { Address, Operation } from "../kernels/operations.ts";
import type { Arena } from "../memory/arena.ts";
import type { Plan } from "./plan.ts";
import { TrainingPlan } from "./trainingPlan.ts";

/**
 * Returns the passes of a plan as text: each operation with its fields, its blocks by their names, and its work. A missing pass
 * "forwardTraining" is the same as "forward".
 */
export function printPlan(plan: Plan, arena: Arena): string {
  const passes = { forward: plan.forward, ...(plan instanceof TrainingPlan && trainingPasses(plan)) };
  const lines = Object.entries(passes).flatMap(([pass, { operations }]) => {
    const printed = operations.map((operation) => `  ${printedOperation(operation, plan, arena)}`);
    return printed.length > 0 ? [pass, ...printed] : [];
  });
  return lines.join("\n");
}

function trainingPasses({ forward, forwardTraining, backward, afterUpdate }: TrainingPlan) {
  return { ...(forwardTraining !== forward && { forwardTraining }), backward, afterUpdate };
}

function printedOperation({ name, work, fields }: Operation, { batch, names }: Plan, arena: Arena): string {
  const parts = arena.layoutOf(name).fields.flatMap((field) => {
    const key = field.replace(/[#*]/, "");
    const value = (fields as unknown as Readonly<Record<string, number>>)[key];
    if (value === batch) return [];
    return `${key}: ${key === field ? nameOf(value as Address, names) : value}`;
  });
  const units = work.per === "network" ? `${work.units}` : work.units === 1 ? "rows" : `rows × ${work.units}`;
  return `${name}(${parts.join(", ")}) over ${units}`;
}

/** Returns the name of the block at an address, or of the one before it with the bytes between them. */
function nameOf(address: Address, names: ReadonlyMap<Address, string>): string {
  if (address === 0) return "none";
  const known = names.get(address);
  if (known !== undefined) return known;
  const start = Math.max(...[...names.keys()].filter((other) => other < address));
  return `${names.get(start as Address)} + ${address - start} B`;
}
