/** A trainer as a file carries it: its options and where its training stands as text, its arrays as tensors beside the network's. */

import { checkFinite, checkInteger, shown } from "../errors.ts";
import { parseJSON } from "../files/json.ts";
import type { NamedTensor } from "../files/safetensors.ts";
import type { Values } from "../memory/kernels.ts";
import type { Arithmetic } from "../memory/module.ts";
import type { GeneratorState } from "../random.ts";
import { trainerPrefix } from "../topology/layers/options.ts";
import type { CallbackState } from "./callbacks/callback.ts";
import type { FittingState } from "./fitting.ts";
import type { LearnerState } from "./learner.ts";
import { checkBooleans } from "./options.ts";
import type { TrainerOptions } from "./trainerOptions.ts";

/** Files of a later version are refused. */
const version = 1;

/** A training that may be gone on with: one of so many epochs, or one of so much time. */
export interface OpenTraining {
  readonly kind: "epochs" | "time" | "stream";
  readonly state: FittingState;
  /** Whether it comes from a file. */
  readonly isRead?: boolean;
}

/** All that a trainer is, beside its network. */
export interface TrainerState {
  readonly options: TrainerOptions;
  readonly arithmetic: Arithmetic;
  readonly learner: LearnerState;
  /** Of the generator that draws the order; null without one. */
  readonly generator: GeneratorState | null;
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
export function trainerFromFile(text: string | undefined, tensors: readonly NamedTensor[]): TrainerState {
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
  const { options, arithmetic, learner, generator, training } = json;
  return {
    options: objectOf("options", options) as unknown as TrainerOptions,
    arithmetic,
    learner: { ...objectOf("learner", learner), optimizer } as unknown as LearnerState,
    generator,
    open: training === undefined ? undefined : openTraining(objectOf("training", training), values),
  };
}

function openTraining(training: Record<string, unknown>, values: ReadonlyMap<string, Values>): OpenTraining {
  const { kind } = training;
  if (kind !== "epochs" && kind !== "time" && kind !== "stream") {
    throw new RangeError(`fromBytes: got a training of kind ${shown(kind)}, need one of epochs, time, stream`);
  }
  const loop = objectOf("loop", training.loop);
  const batches = objectOf("batches", loop.batches);
  const account = objectOf("account", loop.account);
  const most = Number.MAX_SAFE_INTEGER;
  checkInteger("fromBytes: epoch", loop.epoch, 1, most);
  checkInteger("fromBytes: rows", batches.rows, 0, most);
  checkInteger("fromBytes: batchSize", batches.batchSize, 0, most);
  checkInteger("fromBytes: position", batches.position, 0, kind === "stream" ? most : (batches.rows as number));
  const { rows, batchSize, position } = batches as Record<string, number>;
  const isDone = kind === "stream" ? batches.isDone === true : position === rows;
  if (kind !== "stream" && !isDone && position % batchSize !== 0) {
    throw new RangeError(`fromBytes: got position ${position}, need a whole number of batches of ${batchSize}`);
  }
  for (const sum of [account.lossSum, account.weightSum, ...listOf("metrics", account.metrics).flat()]) {
    if (typeof sum !== "number") throw new RangeError(`fromBytes: got a sum ${shown(sum)}, need a number`);
  }
  const callbacks = listOf("callbacks", training.callbacks).map((callback, index) => {
    const { name, numbers, arrays } = Object(callback) as StoredCallback;
    const state: Record<string, number | Values> = {};
    for (const [key, value] of Object.entries(objectOf("numbers", numbers))) {
      state[key] = checkFinite(`fromBytes: ${key} of callback ${index}`, value);
    }
    for (const array of listOf("arrays", arrays)) {
      const found = values.get(`${trainerPrefix}callback${index}/${array}`);
      if (!found) throw new RangeError(`fromBytes: got a file without ${shown(array)} of callback ${index}, need it`);
      state[array as string] = found;
    }
    return { name, state };
  });
  const { isDue, isRecordDue } = loop;
  const { isStopped } = training;
  checkBooleans("fromBytes", { isDue, isRecordDue, isStopped });
  const read = { ...loop, batches: { ...batches, isDone } };
  return { kind, state: { loop: read, callbacks, isStopped } as unknown as FittingState };
}

function objectOf(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need an object`);
}

function listOf(what: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need an array`);
}
