/** The format of the examples that suit a network and the losses of its outputs. */

import type { Engine } from "../topology/engine.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import { Reader } from "../topology/reader.ts";
import { tokenCounts } from "../topology/tokens.ts";
import { checkEnding } from "./endings.ts";
import type { ExampleFormat } from "./format.ts";
import { Heads } from "./heads.ts";
import { checkMissingTargets, jointHeads, type OutputOptions, targetFormat } from "./outputs.ts";

/** The rules for the examples of one trainer. */
export type ExampleRules = Pick<ExampleFormat, "validate" | "missingTargets" | "signedWeights">;

/**
 * Returns the format of examples.
 *
 * @param outputs the options of each output
 * @throws {RangeError} if a loss does not suit its output, or allows no missing targets where there may be some
 */
export function exampleFormat(
  engine: Engine,
  outputs: readonly OutputOptions[],
  { validate, missingTargets, signedWeights }: ExampleRules,
): ExampleFormat {
  const { graph, dtype } = engine;
  const binding = { allowsMissing: missingTargets, isSigned: signedWeights };
  if (missingTargets) checkMissingTargets(outputs);
  const joint = jointHeads(outputs[0].loss, engine, binding);
  for (const [index, output] of graph.outputs.entries()) {
    const who = outputs.length === 1 ? "trainer" : `trainer: output ${index}`;
    checkEnding(who, outputs[index].loss, graph, output);
  }
  let tokens: ExampleFormat["tokens"] | undefined;
  return {
    reader: new Reader(),
    dtype,
    inputs: graph.inputs.map(({ shape }) => shape),
    features: graph.inputs.map(({ shape }) => sizeOf(shape)),
    // These are counted with the first examples, because a file may describe inputs of any size.
    get tokens() {
      tokens ??= graph.inputs.map((input) => tokenCounts(engine, input));
      return tokens;
    },
    least: graph.inputs.map((input) => input.lengths && graph.leastSteps(input)),
    targets: graph.outputs.map((output, index) => targetFormat(outputs[index], engine, output, binding)),
    joint,
    validate,
    missingTargets,
    signedWeights,
  };
}

/** Returns the losses for one of the forms of targets that they take: rows, if they take these. */
export function someHeads({ joint, targets }: ExampleFormat): Heads {
  return joint ?? new Heads(targets.map(({ rowLoss, classLoss }) => (rowLoss ?? classLoss)!));
}
