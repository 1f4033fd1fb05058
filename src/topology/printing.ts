/** Prints a plan, for work on the library. No entry of the package imports this file. */

import type { Address, Operation } from "../kernels/operations.ts";
import type { Engine } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { TrainingPlan } from "./trainingPlan.ts";

/**
 * Returns the passes of a plan as text: each operation with its fields, its blocks by their names, and its work. If the pass
 * "forwardTraining" is missing, it is the same as "forward". A line begins with | where several threads wait for each other.
 *
 * @param plan a plan of `engine`
 */
export function printPlan(engine: Engine, plan: Plan): string {
  const passes = { forward: plan.forward, ...(plan instanceof TrainingPlan && trainingPasses(plan)) };
  const names = namesOf(engine, plan);
  const lines = Object.entries(passes).flatMap(([pass, { operations, starts }]) => {
    const printed = operations.map((operation, index) => {
      const mark = index > 0 && starts.includes(index) ? "|" : " ";
      return `${mark} ${printedOperation(operation, engine, plan, names)}`;
    });
    return printed.length > 0 ? [pass, ...printed] : [];
  });
  return lines.join("\n");
}

function trainingPasses({ forward, forwardTraining, backward, afterUpdate }: TrainingPlan) {
  return { ...(forwardTraining !== forward && { forwardTraining }), backward, afterUpdate };
}

type Names = ReadonlyMap<Address, string>;

function printedOperation(operation: Operation, { arena }: Engine, { batch }: Plan, names: Names): string {
  const { name, work, fields } = operation;
  const parts = arena.layoutOf(name).fields.flatMap((field) => {
    const key = field.replace(/[#*]/, "");
    const value = (fields as unknown as Readonly<Record<string, number>>)[key];
    if (value === batch) return [];
    return `${key}: ${key === field ? nameOf(value as Address, names) : value}`;
  });
  const units = work.per === "network" ? `${work.units}` : work.units === 1 ? "rows" : `rows × ${work.units}`;
  return `${name}(${parts.join(", ")}) over ${units}`;
}

/** Returns the name of the block at an address, or of the block before it and the bytes between. */
function nameOf(address: Address, names: Names): string {
  if (address === 0) return "none";
  const known = names.get(address);
  if (known !== undefined) return known;
  const start = Math.max(...[...names.keys()].filter((other) => other < address));
  return `${names.get(start as Address)} + ${address - start} B`;
}

/** Returns the names of a plan's blocks by their addresses. A block with several names has the first of them. */
function namesOf(engine: Engine, plan: Plan): Names {
  const { inputs, nodes, parameters } = engine.graph;
  const names = new Map<Address, string>();
  const add = (address: Address | undefined, name: string) => {
    if (address !== undefined && !names.has(address)) names.set(address, name);
  };
  const training = plan instanceof TrainingPlan ? plan : undefined;
  add(plan.workingSpace, "working space");
  inputs.forEach((input, index) => {
    add(plan.valueAddress(input), inputs.length === 1 ? "input" : `input ${index}`);
  });
  const uses = new Map<string, number>();
  for (const node of nodes) {
    const { name, parameters, statistics } = node.layer;
    const use = (uses.get(name) ?? 0) + 1;
    uses.set(name, use);
    const site = plan.site(node);
    const owner = use === 1 ? name : `${name} (use ${use})`;
    site.outputs.forEach((address, index) => {
      add(address, `${owner}.${index === 0 ? "output" : `output ${index + 1}`}`);
    });
    for (const [key, address] of Object.entries(site.blocks)) add(address, `${owner}.${key}`);
    parameters.forEach(({ fullName }, index) => {
      add(site.parameters[index], fullName);
    });
    statistics.forEach(({ fullName }, index) => {
      add(site.statistics[index], fullName);
    });
  }
  if (!training) return names;
  for (const parameter of parameters) {
    add(engine.gradientAddress(parameter), `${parameter.fullName}.gradient`);
    add(engine.marksAddress(parameter), `${parameter.fullName}.marks`);
  }
  for (const output of nodes.flatMap(({ outputs }) => outputs)) {
    add(training.valueGradientAddress(output), `${names.get(plan.valueAddress(output))}.gradient`);
  }
  for (const [further, first] of training.further) add(further, `${names.get(first)} beside`);
  return names;
}
