/** A trainer as a file carries it: its options and where its training stands as text, its arrays as tensors beside the network's. */

import { checkFinite, checkInteger, plural, shown } from "../errors.ts";
import { parseJSON } from "../files/json.ts";
import type { NamedTensor, ReadTensor } from "../files/safetensors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Arithmetic } from "../kernels/instance.ts";
import { type GeneratorState, generatorAt } from "../random.ts";
import { trainerPrefix } from "../topology/layers/options.ts";
import type { BatchesState } from "./batches.ts";
import type { CallbackState } from "./callbacks/callback.ts";
import type { FittingState } from "./fitting.ts";
import type { LearnerState } from "./learnerState.ts";
import type { LoopState } from "./loop.ts";
import { checkBooleans } from "./options.ts";
import type { AccountState } from "./record.ts";
import type { TrainerOptions } from "./trainerOptions.ts";

/** Files of a later version are refused. */
const version = 1;

/** A training that may be gone on with: one of so many epochs, or one of so much time. */
export interface OpenTraining {
  readonly kind: "epochs" | "time" | "stream";
  readonly state: FittingState;
  /** Whether it comes from a file. */
  readonly isRead?: boolean | undefined;
}

/** All that a trainer is, beside its network. */
export interface TrainerState {
  readonly options: TrainerOptions;
  readonly arithmetic: Arithmetic;
  readonly learner: LearnerState;
  /** Of the generator that draws the order; null without one. */
  readonly generator: GeneratorState | null;
  /** Draws splits for validation; a file from before they were drawn has none. */
  readonly splitSeed: number | undefined;
  readonly open: OpenTraining | undefined;
}

interface StoredCallback {
  readonly name: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** The names of its arrays, which are tensors. */
  readonly arrays: readonly string[];
}

/** The text of a file's metadata, and the tensors. */
export function trainerToFile({ learner, open, ...state }: TrainerState): { text: string; tensors: NamedTensor[] } {
  const { optimizer, ...progress } = learner;
  const callbacks = open?.state.callbacks ?? [];
  const tensors = [
    ...optimizer.map(({ name, values }) => tensor(`optimizer/${name}`, values)),
    ...callbacks.flatMap(({ state: remembered }, index) =>
      arraysOf(remembered).map(([name, values]) => tensor(`callback${index}/${name}`, values)),
    ),
  ];
  const stored = callbacks.map(({ name, state: remembered }): StoredCallback => {
    const numbers = Object.entries(remembered).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    );
    return { name, numbers: Object.fromEntries(numbers), arrays: arraysOf(remembered).map(([each]) => each) };
  });
  const training = open && {
    kind: open.kind,
    loop: open.state.loop,
    isStopped: open.state.isStopped,
    callbacks: stored,
  };
  return { text: JSON.stringify({ version, ...state, learner: progress, training }), tensors };
}

const tensor = (name: string, values: Values): NamedTensor => ({
  name: trainerPrefix + name,
  shape: [values.length],
  values,
});

const arraysOf = (state: CallbackState) =>
  Object.entries(state).filter((entry): entry is [string, Values] => typeof entry[1] === "object");

/**
 * The trainer whose text and tensors these are; what its options and its states hold is checked where they are used.
 *
 * @throws {RangeError} if the text is not a trainer's, or of another version, or arrays are missing
 */
export function trainerFromFile(text: string | undefined, tensors: readonly ReadTensor[]): TrainerState {
  if (text === undefined) {
    throw new RangeError("fromBytes: got a file without a trainer, need one that a trainer's toBytes wrote");
  }
  const json = Object(parseJSON("fromBytes", "the trainer", text));
  if (json.version !== version) {
    throw new RangeError(`fromBytes: got a trainer of version ${shown(json.version)}, need version ${version}`);
  }
  const values = new Map(tensors.map((each) => [each.name, each.values]));
  const prefix = `${trainerPrefix}optimizer/`;
  const optimizer = tensors
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, values: block }) => ({ name: name.slice(prefix.length), values: block }));
  const { options, arithmetic, learner, generator, splitSeed, training } = json;
  if (splitSeed !== undefined) checkInteger("fromBytes: splitSeed", splitSeed, 0, 2 ** 32 - 1);
  return {
    options: objectOf("options", options) as unknown as TrainerOptions,
    arithmetic,
    learner: { ...objectOf("learner", learner), optimizer } as unknown as LearnerState,
    generator,
    splitSeed,
    open: training === undefined ? undefined : openTraining(objectOf("training", training), values),
  };
}

function openTraining(training: Record<string, unknown>, values: ReadonlyMap<string, Values>): OpenTraining {
  const { kind, isStopped } = training;
  if (kind !== "epochs" && kind !== "time" && kind !== "stream") {
    throw new RangeError(`fromBytes: got a training of kind ${shown(kind)}, need one of epochs, time, stream`);
  }
  const loop = loopState(kind, objectOf("loop", training.loop));
  const callbacks = listOf("callbacks", training.callbacks).map((callback, index) =>
    storedState(callback, index, values),
  );
  checkBooleans("fromBytes", { isStopped });
  return { kind, state: { loop, callbacks, isStopped: isStopped as boolean } };
}

/** Where a loop stood: these fields and no other, as they are written again. */
function loopState(kind: OpenTraining["kind"], loop: Record<string, unknown>): LoopState {
  const { epoch, isDue, isRecordDue } = loop;
  const batches = batchesState(kind, objectOf("batches", loop.batches));
  const account = accountState(objectOf("account", loop.account));
  checkInteger("fromBytes: epoch", epoch, 1, Number.MAX_SAFE_INTEGER);
  checkBooleans("fromBytes", { isDue, isRecordDue });
  return { epoch, isDue: isDue as boolean, isRecordDue: isRecordDue as boolean, batches, account };
}

function batchesState(kind: OpenTraining["kind"], batches: Record<string, unknown>): BatchesState {
  const { rows, batchSize, position } = batches;
  const most = Number.MAX_SAFE_INTEGER;
  const isStream = kind === "stream";
  checkInteger("fromBytes: rows", rows, isStream ? 0 : 1, isStream ? 0 : most);
  checkInteger("fromBytes: batchSize", batchSize, isStream ? 0 : 1, rows);
  checkInteger("fromBytes: position", position, 0, isStream ? most : rows);
  const isDone = isStream ? batches.isDone === true : position === rows;
  if (!isStream && !isDone && position % batchSize !== 0) {
    throw new RangeError(`fromBytes: got position ${position}, need a whole number of batches of ${batchSize}`);
  }
  const generator = batches.generator === null ? null : (objectOf("generator", batches.generator) as unknown);
  return { rows, batchSize, generator: generator as GeneratorState | null, position, isDone };
}

function accountState({ lossSum, weightSum, penalty, metrics }: Record<string, unknown>): AccountState {
  const gathered = listOf("metrics", metrics).map((each) => listOf("a metric's numbers", each) as number[]);
  // A single number from before each loss had its own.
  const ofLosses = [lossSum, weightSum].map((sums) => [sums].flat() as number[]);
  const ofPenalty = penalty === undefined ? undefined : (listOf("penalty", penalty) as number[]);
  for (const sum of [ofLosses, gathered, ofPenalty ?? []].flat(2)) {
    checkFinite("fromBytes: a sum", sum);
  }
  if (ofPenalty && ofPenalty.length !== 2) {
    throw new RangeError(`fromBytes: got ${plural(ofPenalty.length, "number")} of the penalty, need 2`);
  }
  return { lossSum: ofLosses[0], weightSum: ofLosses[1], ...(ofPenalty && { penalty: ofPenalty }), metrics: gathered };
}

function storedState(callback: unknown, index: number, values: ReadonlyMap<string, Values>) {
  const { name, numbers, arrays } = objectOf("a callback", callback);
  if (typeof name !== "string")
    throw new RangeError(`fromBytes: got name ${shown(name)} of callback ${index}, need a text`);
  const entries: [string, number | Values][] = Object.entries(objectOf("numbers", numbers)).map(([key, value]) => {
    return [key, checkFinite(`fromBytes: ${shown(key)} of callback ${index}`, value)];
  });
  for (const array of listOf("arrays", arrays)) {
    const found = typeof array === "string" && values.get(`${trainerPrefix}callback${index}/${array}`);
    if (!found) throw new RangeError(`fromBytes: got a file without ${shown(array)} of callback ${index}, need it`);
    entries.push([array, found]);
  }
  return { name, state: Object.fromEntries(entries) };
}

/**
 * Refuses a training that the trainer of these options cannot have been in.
 *
 * @param generator of the trainer's order
 * @param steps that it has made
 * @throws {RangeError} saying what is needed
 */
export function checkOpenTraining(
  { kind, state }: OpenTraining,
  options: { readonly batchSize: number | "full" },
  generator: GeneratorState | null,
  steps: number,
): void {
  const { rows, batchSize, position, generator: drawn } = state.loop.batches;
  if (kind === "stream") {
    checkInteger("fromBytes: position", position, 0, steps);
    return;
  }
  const need = options.batchSize === "full" ? rows : Math.min(options.batchSize, rows);
  if (batchSize !== need) {
    throw new RangeError(
      `fromBytes: got batches of ${batchSize} of ${plural(rows, "row")}, need ${need}, as the options say`,
    );
  }
  const wanted = need < rows ? generator : null;
  if (drawn?.kind !== wanted?.kind) {
    throw new RangeError(
      `fromBytes: got the generator ${shown(drawn?.kind)} of an epoch, need ${shown(wanted?.kind)}, as the trainer has`,
    );
  }
  if (drawn) generatorAt(drawn);
}

function objectOf(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need an object`);
}

function listOf(what: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need an array`);
}
