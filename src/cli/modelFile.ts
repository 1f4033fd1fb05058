/** Writes the file of a trained model: whole, or with a checkpoint beside it from which the training resumes. */

import { createHash } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Pipeline, type Target } from "../index.ts";
import { Failure } from "./failure.ts";
import { readModel, writeFiles } from "./files.ts";
import type { Fit } from "./fit.ts";
import { type Notes, notesOf } from "./notes.ts";
import type { PreparedData, Question } from "./prepare.ts";
import type { Settings } from "./settings.ts";

/**
 * Returns the name of the checkpoint's file. Each checkpoint has another name, and the model contains the name of its own. So a crash
 * between writing the two files leaves the previous pair intact.
 */
function checkpointName(modelPath: string, bytes: Uint8Array): string {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  return `${basename(modelPath).replace(/\.safetensors$/, "")}.${hash}.checkpoint.safetensors`;
}

/** Returns the path of the checkpoint of an existing model; undefined if there is none. */
function checkpointOf(modelPath: string): string | undefined {
  // Reading a pipe would not end.
  if (!statSync(modelPath, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    const name = basename(notesOf(readModel(modelPath))?.checkpoint ?? "");
    return /\.[0-9a-f]{8}\.checkpoint\.safetensors$/.test(name) ? join(dirname(modelPath), name) : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** The quality of a model, as its notes say it. */
export type Results = Pick<Notes, "tested" | "test" | "folds" | "importance">;

/** A model as it was written. */
export interface Written {
  readonly model: Pipeline;
  readonly notes: Notes;
  /** The size of the file in bytes. */
  readonly size: number;
}

export interface ModelFileOptions {
  /** The path of the table or the folder. */
  readonly path: string;
  readonly modelPath: string;
  readonly question: Question;
  readonly settings: Settings;
  readonly prepared: PreparedData;
}

export class ModelFile {
  readonly #options: ModelFileOptions;
  /** The checkpoint beside the file. */
  #checkpoint: string | undefined;

  constructor(options: ModelFileOptions) {
    this.#options = options;
    this.#checkpoint = checkpointOf(options.modelPath);
  }

  /** Returns the model of a fit. */
  modelOf({ network, history }: Fit, target: Target, notes?: Notes): Pipeline {
    const { encoding, seen } = this.#options.prepared;
    return new Pipeline({ network, encoding, target, seen, history, ...(notes && { notes: { ...notes } }) });
  }

  /** Writes the model and, unless the training is complete, its checkpoint. The previous checkpoint is removed. */
  write(fit: Fit, target: Target, results: Results): Written {
    const { path, modelPath, question, settings, prepared } = this.#options;
    const { parts } = prepared;
    const notes: Notes = {
      file: basename(path),
      question,
      settings,
      fingerprint: prepared.fingerprint,
      rows: {
        train: parts.train.length,
        validation: parts.validation.length,
        test: parts.test.length,
        withoutTarget: prepared.withoutTarget,
      },
      notUsed: prepared.notUsed,
      split: parts.stratified,
      warnings: prepared.warnings,
      ...results,
      checkpoint: fit.checkpoint ? checkpointName(modelPath, fit.checkpoint) : null,
    };
    const model = this.modelOf(fit, target, notes);
    const file = model.toBytes();
    const checkpoint = notes.checkpoint === null ? undefined : join(dirname(modelPath), notes.checkpoint);
    // The checkpoint is written first because the model names it.
    writeFiles({ ...(checkpoint && { [checkpoint]: fit.checkpoint! }), [modelPath]: file });
    if (this.#checkpoint && this.#checkpoint !== checkpoint) rmSync(this.#checkpoint, { force: true });
    this.#checkpoint = checkpoint;
    return { model, notes, size: file.length };
  }
}
