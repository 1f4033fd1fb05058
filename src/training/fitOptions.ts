/** The options of the methods that train, and their checks. */

import { checkInteger, shown } from "../errors.ts";
import type { LengthsOption } from "../topology/ragged.ts";
import type { Callback } from "./callbacks/callback.ts";
import { checkCallbacks, checkFunction } from "./callbacks/calls.ts";
import type { Metric } from "./metrics.ts";
import type { BatchRecord, EpochRecord } from "./record.ts";
import type { ExampleWeights } from "./termWeights.ts";
import type { Validation, ValidationSplit } from "./validation.ts";
import type { StopSignal } from "./waiting.ts";

export interface BatchOptions {
  /**
   * The weight of each example in the loss, or of each of its targets. The loss is Σ weight · loss / Σ weight or, with `signedWeights`,
   * the mean of weight · loss over the targets. Default 1.
   */
  readonly exampleWeights?: ExampleWeights | undefined;
  /** The number of steps of each row, where an input with `variableLength: true` is a typed array, as in `predict`. Default all. */
  readonly lengths?: LengthsOption | undefined;
}

/** The epochs that a record is made of, and their validation. */
export interface RecordOptions {
  /** A record is made of the first epoch, of every `every`-th from there, and of the last. Default 1. */
  readonly every?: number | undefined;
  /** Examples that are evaluated for each record. Default none. */
  readonly validation?: Validation | undefined;
}

export interface EpochsOptions extends BatchOptions, RecordOptions {
  /** The passes over the examples. */
  readonly epochs: number;
}

/** Functions to call during a training, and a signal that stops it. */
export interface CallbackOptions<Asked extends Metric = Metric> {
  /** earlyStopping(), checkpoint(), progress(), or any objects with onEpoch or onBatch; called in their order. Default none. */
  readonly callbacks?: readonly Callback<Asked>[] | undefined;
  /** Called with each record, after the callbacks; a promise it returns is awaited. Default none. */
  readonly onEpoch?: ((record: EpochRecord<Asked>) => unknown) | undefined;
  /** Called with the loss of each batch; a promise it returns is awaited. Default none. */
  readonly onBatch?: ((record: BatchRecord) => unknown) | undefined;
  /**
   * An AbortSignal: it stops training between two batches, and the waiting for a batch of `fitBatches`. A promise of a callback is awaited for one
   * more second. The next call of the same kind resumes there. Default none.
   */
  readonly signal?: StopSignal | undefined;
}

export interface FitOptions<Asked extends Metric = Metric> extends EpochsOptions, CallbackOptions<Asked> {
  /**
   * The share of the examples that is kept for validation and not trained on. It is drawn by the trainer's seed, with the same share of each class;
   * `{ share, from: "end" }` takes the last examples. Default none.
   */
  readonly validationSplit?: ValidationSplit | undefined;
}

export interface FitBatchesOptions<Asked extends Metric = Metric> extends RecordOptions, CallbackOptions<Asked> {
  /** The passes over the source; more than one need a source that can be read again. Default 1. */
  readonly epochs?: number | undefined;
}

export const batchOptionNames = ["exampleWeights", "lengths"];
const recordOptionNames = ["every", "validation"];
export const epochsOptionNames = ["epochs", ...recordOptionNames, ...batchOptionNames];
const callbackOptionNames = ["callbacks", "onEpoch", "onBatch", "signal"];
export const fitOptionNames = [...epochsOptionNames, "validationSplit", ...callbackOptionNames];
export const fitBatchesOptionNames = ["epochs", ...recordOptionNames, ...callbackOptionNames];

/** Refuses numbers that are not whole or are below 1. @throws {RangeError} naming the first */
export function checkEpochs(who: string, epochs: number, every: number): void {
  checkInteger(`${who}: epochs`, epochs, 1, Number.MAX_SAFE_INTEGER);
  checkInteger(`${who}: every`, every, 1, Number.MAX_SAFE_INTEGER);
}

/** Returns the callbacks, with the functions among the options last, and the signal. @throws {TypeError} if one of them is of another type */
export function checkCallbackOptions(who: string, { callbacks = [], onEpoch, onBatch, signal }: CallbackOptions) {
  checkFunction(who, "onEpoch", onEpoch);
  checkFunction(who, "onBatch", onBatch);
  if (signal !== undefined && typeof Object(signal).aborted !== "boolean") {
    throw new TypeError(`${who}: got signal ${shown(signal)}, need an AbortSignal`);
  }
  const given = onEpoch || onBatch ? [{ onEpoch, onBatch }] : [];
  return { callbacks: [...checkCallbacks(who, callbacks), ...given], signal };
}
