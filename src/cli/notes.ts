/** The notes of `simdnet train` in a model's file. Other programs may write anything there, so they are checked. */

import * as v from "valibot";
import type { Pipeline } from "../index.ts";
import type { PictureSettings } from "./decidePictures.ts";
import type { FoldScores } from "./folds.ts";
import type { Importance } from "./importance.ts";
import type { Question } from "./prepare.ts";
import type { ClassScore, NumberScore, OneClassScore, Score } from "./score.ts";
import {
  activations,
  type OptimizerName,
  optimizers,
  type Settings,
  scheduleNames,
  type TextLayer,
  textLayers,
  thresholdChoices,
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
  /** Describes the split in words; "" if there is nothing to describe. */
  readonly split: string;
  /** Sentences about the split and the columns by which the score may mislead. */
  readonly warnings: readonly string[];
  /** The rows that the score is of: kept to test on, all of them in folds, or those that said when to stop. */
  readonly tested: "test" | "folds" | "validation";
  readonly test: Score;
  /** The scores of each fold; null without folds. */
  readonly folds: FoldScores | null;
  /** The importance of each column, the greatest first; empty for pictures. */
  readonly importance: readonly Importance[];
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
  notMissing: v.optional(texts),
  categories: texts,
  dates: v.optional(v.picklist(["columns", "drop"])),
  header: v.optional(v.boolean()),
  sample: v.nullable(count),
  group: v.nullable(v.string()),
  time: v.nullable(v.string()),
  folds: v.nullable(count),
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
  ensemble: v.optional(count),
  bins: v.optional(count),
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
  balance: v.boolean(),
  threshold: v.nullable(v.union([v.number(), v.picklist(thresholdChoices)])),
  logarithm: v.nullable(v.boolean()),
});

const label = v.union([v.string(), v.number()]);

const interval = v.tuple([v.number(), v.number()]);
const share = v.nullable(v.number());

const oneClass: Of<OneClassScore> = v.object({
  rows: count,
  precision: share,
  recall: share,
  f1: share,
  rocAuc: share,
  averagePrecision: share,
});

const classScore: Of<ClassScore> = v.object({
  kind: v.literal("classes"),
  rows: count,
  units: v.optional(count),
  right: count,
  accuracy: v.number(),
  accuracyInterval: interval,
  crossEntropy: v.number(),
  rocAuc: share,
  averagePrecision: share,
  f1: v.number(),
  byClass: v.array(oneClass),
  calibration: v.object({
    error: v.number(),
    bins: v.array(v.object({ rows: count, predicted: v.number(), actual: v.number() })),
  }),
  baseline: v.object({ says: label, accuracy: v.number() }),
  linear: v.nullable(v.object({ accuracy: v.number(), crossEntropy: v.number(), rocAuc: share })),
  classes: v.array(label),
  confusion: v.array(v.array(count)),
});

const numberScore: Of<NumberScore> = v.object({
  kind: v.literal("number"),
  rows: count,
  units: v.optional(count),
  meanAbsoluteError: v.number(),
  medianAbsoluteError: v.number(),
  rootMeanSquaredError: v.number(),
  meanAbsoluteErrorInterval: interval,
  rootMeanSquaredErrorInterval: interval,
  r2: v.nullable(v.number()),
  residuals: v.object({ p5: v.number(), p25: v.number(), p50: v.number(), p75: v.number(), p95: v.number() }),
  interval: v.nullable(v.object({ share: v.number(), held: v.number() })),
  baseline: v.object({ says: v.number(), meanAbsoluteError: v.number(), rootMeanSquaredError: v.number() }),
  linear: v.nullable(v.object({ meanAbsoluteError: v.number(), rootMeanSquaredError: v.number() })),
});

const folds: Of<FoldScores> = v.object({
  interrupted: v.boolean(),
  scores: v.record(v.string(), v.object({ each: v.array(v.number()), mean: v.number(), interval })),
});

const importance: Of<Importance> = v.object({
  column: v.string(),
  mean: v.number(),
  least: v.number(),
  greatest: v.number(),
});

const notes: Of<Notes> = v.object({
  file: v.string(),
  question,
  settings,
  fingerprint: v.string(),
  rows: v.object({ train: count, validation: count, test: count, withoutTarget: count }),
  notUsed: v.record(v.string(), v.string()),
  split: v.string(),
  warnings: texts,
  tested: v.picklist(["test", "folds", "validation"]),
  test: v.union([classScore, numberScore]),
  folds: v.nullable(folds),
  importance: v.array(importance),
  checkpoint: v.nullable(v.string()),
});

/** Returns the notes of `simdnet train`; undefined if another program made the model. */
export function notesOf({ notes: given, target }: Pipeline): Notes | undefined {
  if (!v.is(notes, given)) return undefined;
  // The original object, not the parsed copy, keeps the order of its members. A resumed training then writes the same bytes.
  const own = given as object as Notes;
  return own.test.kind === target.kind ? own : undefined;
}
