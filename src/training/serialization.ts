/** A trainer as a file has it: its options and its state as text, its arrays as tensors beside the network's. */

import { checkInteger, shown } from "../errors.ts";
import { parseJSON } from "../files/json.ts";
import type { NamedTensor, ReadTensor } from "../files/safetensors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Arithmetic } from "../kernels/instance.ts";
import type { GeneratorState } from "../random.ts";
import { trainerPrefix } from "../topology/layers/options.ts";
import type { LearnerState } from "./learnerState.ts";
import { objectOf, runFromFile, runToFile } from "./runFile.ts";
import type { RunState } from "./runState.ts";
import type { TrainerOptions } from "./trainerOptions.ts";

/** The version of new files. Files of a later version are refused; in those of version 1, booleans say where a run stood. */
const version = 2;

/** A whole trainer, beside its network. */
export interface TrainerState {
  readonly options: TrainerOptions;
  readonly arithmetic: Arithmetic;
  readonly learner: LearnerState;
  /** The generator that draws the order; null without one. */
  readonly generator: GeneratorState | null;
  /** Draws splits for validation; a file from before they were drawn has none. */
  readonly splitSeed: number | undefined;
  /** The run to be resumed, if there is one. */
  readonly run: RunState | undefined;
}

/** Returns the text of a file's metadata, and the tensors. */
export function trainerToFile({ learner, run, ...state }: TrainerState): { text: string; tensors: NamedTensor[] } {
  const { optimizer, ...progress } = learner;
  const stored = run && runToFile(run);
  const arrays = [
    ...optimizer.map(({ name, values }) => [`optimizer/${name}`, values] as const),
    ...(stored?.arrays ?? []),
  ];
  const tensors = arrays.map(([name, values]) => ({ name: trainerPrefix + name, shape: [values.length], values }));
  return { text: JSON.stringify({ version, ...state, learner: progress, training: stored?.json }), tensors };
}

/**
 * Returns the trainer of a text and its tensors. The contents of its options and its states are checked where they are used.
 *
 * @throws {RangeError} if the text is not a trainer's, or of another version, or arrays are missing
 */
export function trainerFromFile(text: string | undefined, tensors: readonly ReadTensor[]): TrainerState {
  if (text === undefined) {
    throw new RangeError("fromBytes: got a file without a trainer, need one that a trainer's toBytes wrote");
  }
  const json = Object(parseJSON("fromBytes", "the trainer", text));
  if (json.version !== 1 && json.version !== version) {
    throw new RangeError(`fromBytes: got a trainer of version ${shown(json.version)}, need version 1 or ${version}`);
  }
  const arrays = new Map<string, Values>();
  for (const { name, values } of tensors) arrays.set(name.slice(trainerPrefix.length), values);
  const prefix = "optimizer/";
  const optimizer = [...arrays]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, values]) => ({ name: name.slice(prefix.length), values }));
  const { options, arithmetic, learner, generator, splitSeed, training } = json;
  if (splitSeed !== undefined) checkInteger("fromBytes: splitSeed", splitSeed, 0, 2 ** 32 - 1);
  return {
    options: objectOf("options", options) as unknown as TrainerOptions,
    arithmetic,
    learner: { ...objectOf("learner", learner), optimizer } as unknown as LearnerState,
    generator,
    splitSeed,
    run: training === undefined ? undefined : runFromFile(objectOf("training", training), json.version, arrays),
  };
}
