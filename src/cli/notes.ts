/** The notes of `simdnet train` in a model's file. Other programs may write anything there, so they are checked. */

import * as v from "valibot";
import type { Pipeline } from "../index.ts";
import type { PictureSettings } from "./decidePictures.ts";
import type { Question } from "./prepare.ts";
import type { ClassScore, NumberScore, Score } from "./score.ts";
import {
  activations,
  type OptimizerName,
  optimizers,
  type Settings,
  scheduleNames,
  type TextLayer,
  textLayers,
} from "./settings.ts";

export interface Notes {
  readonly file: string;
  readonly question: Question;
  readonly settings: Settings;
  readonly fingerprint: string;
  readonly rows: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly withoutTarget: number;
  };
  readonly notUsed: Readonly<Record<string, string>>;
  readonly test: Score;
  /** The file beside the model from which an interrupted training resumes; null if the training is complete. */
  readonly checkpoint: string | null;
}

type Of<Type> = v.GenericSchema<unknown, Type>;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(v.string());

const question: Of<Question> = v.object({
  target: v.string(),
  task: v.nullable(v.picklist(["classes", "number"])),
  ignore: texts,
  missing: texts,
  categories: texts,
  sample: v.nullable(count),
});

const pictures: Of<PictureSettings> = v.object({
  size: v.tuple([count, count]),
  channels: v.picklist([1, 3]),
  filters: v.array(count),
  augment: v.object({
    flip: v.optional(v.boolean()),
    shift: v.optional(v.number()),
    rotate: v.optional(v.number()),
    zoom: v.optional(v.number()),
    brightness: v.optional(v.number()),
  }),
  from: v.optional(v.string()),
});

const settings: Of<Settings> = v.object({
  pictures: v.optional(pictures),
  text: v.optional(v.picklist(Object.keys(textLayers) as TextLayer[])),
  hidden: v.array(count),
  activation: v.picklist(activations),
  dropout: v.number(),
  batchNorm: v.boolean(),
  optimizer: v.picklist(Object.keys(optimizers) as OptimizerName[]),
  learningRate: v.number(),
  schedule: v.picklist(scheduleNames),
  weightDecay: v.nullable(v.number()),
  batchSize: count,
  epochs: count,
  patience: count,
  seed: count,
  dtype: v.picklist(["float32", "float64"]),
  testFraction: v.number(),
  validationFraction: v.number(),
});

const label = v.union([v.string(), v.number()]);

const classScore: Of<ClassScore> = v.object({
  kind: v.literal("classes"),
  rows: count,
  right: count,
  accuracy: v.number(),
  crossEntropy: v.number(),
  baseline: v.object({ says: label, accuracy: v.number() }),
  classes: v.array(label),
  confusion: v.array(v.array(count)),
});

const numberScore: Of<NumberScore> = v.object({
  kind: v.literal("number"),
  rows: count,
  meanAbsoluteError: v.number(),
  rootMeanSquaredError: v.number(),
  r2: v.nullable(v.number()),
  residuals: v.object({ p5: v.number(), p25: v.number(), p50: v.number(), p75: v.number(), p95: v.number() }),
  baseline: v.object({ says: v.number(), meanAbsoluteError: v.number(), rootMeanSquaredError: v.number() }),
});

const notes: Of<Notes> = v.object({
  file: v.string(),
  question,
  settings,
  fingerprint: v.string(),
  rows: v.object({ train: count, validation: count, test: count, withoutTarget: count }),
  notUsed: v.record(v.string(), v.string()),
  test: v.union([classScore, numberScore]),
  checkpoint: v.nullable(v.string()),
});

/** Returns the notes of `simdnet train`; undefined if another program made the model. */
export function notesOf({ notes: given, target }: Pipeline): Notes | undefined {
  if (!v.is(notes, given)) return undefined;
  // The original object, not the parsed copy, keeps the order of its members. A resumed training then writes the same bytes.
  const own = given as object as Notes;
  return own.test.kind === target.kind ? own : undefined;
}
