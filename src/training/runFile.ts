/** Writes a run to a file's JSON and tensors, and reads it. */

import { checkFinite, checkInteger, plural, shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { type GeneratorState, generatorAt } from "../random.ts";
import type { LastBatch } from "./batches.ts";
import type { CallbackState } from "./callbacks/callback.ts";
import { checkBooleans } from "./options.ts";
import type { OrderState, Phase, RunKind, RunState, SumsState } from "./runState.ts";

const kinds: readonly RunKind[] = ["epochs", "time", "stream"];
const phases: readonly Phase[] = ["between epochs", "batches", "record", "stopped"];

interface StoredCallback {
  readonly name: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** The names of its arrays, which are tensors. */
  readonly arrays: readonly string[];
}

/** Returns a run as plain data for JSON, and its named arrays. */
export function runToFile({ callbacks, ...run }: RunState): { json: object; arrays: [string, Values][] } {
  const arrays = callbacks.flatMap(({ state }, index) =>
    arraysOf(state).map(([name, values]): [string, Values] => [`callback${index}/${name}`, values]),
  );
  const stored = callbacks.map(({ name, state }): StoredCallback => {
    const numbers = Object.entries(state).filter((entry): entry is [string, number] => typeof entry[1] === "number");
    return { name, numbers: Object.fromEntries(numbers), arrays: arraysOf(state).map(([each]) => each) };
  });
  return { json: { ...run, callbacks: stored }, arrays };
}

const arraysOf = (state: CallbackState) =>
  Object.entries(state).filter((entry): entry is [string, Values] => typeof entry[1] === "object");

/**
 * Returns the run of a file: these fields and no others, because they are written again.
 *
 * @param version of the trainer's file
 * @param arrays those of the trainer, by their names
 * @throws {RangeError | TypeError} saying which field does not fit
 */
export function runFromFile(
  json: Record<string, unknown>,
  version: 1 | 2,
  arrays: ReadonlyMap<string, Values>,
): RunState {
  const kind = oneOf("a training of kind", json.kind, kinds);
  const { phase, epoch, source, sums } = version === 1 ? fromFirstVersion(kind, json) : json;
  const checkedPhase = oneOf("a training in phase", phase, phases);
  if (kind === "time" && checkedPhase === "record") {
    throw new RangeError('fromBytes: got a training for a time in phase "record", need one without records');
  }
  checkInteger("fromBytes: epoch", epoch, 1, Number.MAX_SAFE_INTEGER);
  const checkedSource = sourceState(kind, checkedPhase, objectOf("source", source));
  const isUnderWay = checkedPhase === "batches" || checkedPhase === "record";
  const callbacks = listOf("callbacks", json.callbacks).map((each, index) => callbackState(each, index, arrays));
  return {
    kind,
    phase: checkedPhase,
    epoch,
    source: checkedSource,
    ...(isUnderWay && { sums: sumsState(objectOf("sums", sums)) }),
    callbacks,
  };
}

/** Returns the fields of a run of version 1, in which booleans said what the phase says. */
function fromFirstVersion(kind: RunKind, { loop, isStopped }: Record<string, unknown>) {
  const { epoch, isDue, isRecordDue, batches, account } = objectOf("loop", loop);
  checkBooleans("fromBytes", { isDue, isRecordDue, isStopped });
  const { rows, batchSize, position, generator, isDone: isStreamDone } = objectOf("batches", batches);
  const { lossSum, weightSum, penalty, metrics } = objectOf("account", account);
  const isDone = kind === "stream" ? isStreamDone === true : position === rows;
  const placed: Phase = isRecordDue ? "record" : isDone ? "between epochs" : "batches";
  const phase: Phase = isStopped ? "stopped" : placed;
  // A single number is from before each loss had its own.
  const sums = { losses: [lossSum].flat(), weights: [weightSum].flat(), penalty };
  return {
    phase,
    epoch,
    source: kind === "stream" ? { position } : { position, order: { rows, batchSize, generator } },
    sums: isDue || isRecordDue ? { ...sums, metrics } : sums,
  };
}

function sourceState(kind: RunKind, phase: Phase, source: Record<string, unknown>): RunState["source"] {
  const { position } = source;
  if (kind === "stream") {
    checkInteger("fromBytes: position", position, 0, Number.MAX_SAFE_INTEGER);
    return { position };
  }
  const { rows, batchSize, generator } = objectOf("order", source.order);
  checkInteger("fromBytes: rows", rows, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("fromBytes: batchSize", batchSize, 1, rows);
  checkInteger("fromBytes: position", position, 0, rows);
  const isDone = position === rows;
  if (!isDone && position % batchSize !== 0) {
    throw new RangeError(`fromBytes: got position ${position}, need a whole number of batches of ${batchSize}`);
  }
  if (phase !== "stopped" && isDone === (phase === "batches")) {
    const need = isDone ? "an epoch that has ended" : '"batches"';
    throw new RangeError(`fromBytes: got phase ${shown(phase)} at row ${position} of ${rows}, need ${need}`);
  }
  const drawn = generator === null ? null : (objectOf("generator", generator) as unknown as GeneratorState);
  return { position, order: { rows, batchSize, generator: drawn } };
}

function sumsState({ losses, weights, penalty, metrics }: Record<string, unknown>): SumsState {
  const ofMetrics = metrics === undefined ? undefined : listOf("metrics", metrics);
  const sums = {
    losses: numbersOf("losses", losses),
    weights: numbersOf("weights", weights),
    ...(penalty !== undefined && { penalty: numbersOf("penalty", penalty) }),
    ...(ofMetrics && { metrics: ofMetrics.map((each) => numbersOf("a metric's numbers", each)) }),
  };
  if (sums.penalty && sums.penalty.length !== 2) {
    throw new RangeError(`fromBytes: got ${plural(sums.penalty.length, "number")} of the penalty, need 2`);
  }
  return sums;
}

function numbersOf(what: string, value: unknown): readonly number[] {
  return listOf(what, value).map((each) => checkFinite("fromBytes: a sum", each));
}

function callbackState(callback: unknown, index: number, tensors: ReadonlyMap<string, Values>) {
  const { name, numbers, arrays } = objectOf("a callback", callback);
  if (typeof name !== "string")
    throw new RangeError(`fromBytes: got name ${shown(name)} of callback ${index}, need a text`);
  const entries: [string, number | Values][] = Object.entries(objectOf("numbers", numbers)).map(([key, value]) => {
    return [key, checkFinite(`fromBytes: ${shown(key)} of callback ${index}`, value)];
  });
  for (const array of listOf("arrays", arrays)) {
    const found = typeof array === "string" && tensors.get(`callback${index}/${array}`);
    if (!found) throw new RangeError(`fromBytes: got a file without ${shown(array)} of callback ${index}, need it`);
    entries.push([array, found]);
  }
  return { name, state: Object.fromEntries(entries) };
}

/**
 * Refuses a run in which the trainer of these options cannot have been.
 *
 * @param generator that of the trainer's order
 * @param steps the updates that the trainer has made
 * @throws {RangeError} saying what is needed
 */
export function checkRun(
  { source: { position, order }, phase }: RunState,
  options: { readonly batchSize: number | "full"; readonly lastBatch: LastBatch },
  generator: GeneratorState | null,
  steps: number,
): void {
  if (!order) {
    checkInteger("fromBytes: position", position, 0, steps);
    return;
  }
  const { rows, batchSize, generator: drawn }: OrderState = order;
  const need = options.batchSize === "full" ? rows : Math.min(options.batchSize, rows);
  if (batchSize !== need) {
    throw new RangeError(
      `fromBytes: got batches of ${batchSize} of ${plural(rows, "row")}, need ${need}, as the options say`,
    );
  }
  if (phase === "batches" && options.lastBatch === "drop" && rows - position < batchSize) {
    throw new RangeError(
      `fromBytes: got position ${position}, need the end: the last batch of ${rows} rows is dropped`,
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

function oneOf<Name extends string>(what: string, value: unknown, names: readonly Name[]): Name {
  if (names.includes(value as Name)) return value as Name;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need one of ${names.join(", ")}`);
}

/** Returns an object of a file. @throws {RangeError} if the value is none */
export function objectOf(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need an object`);
}

function listOf(what: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`fromBytes: got ${what} ${shown(value)}, need an array`);
}
