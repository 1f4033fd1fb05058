/** The options of a trainer for each output of its network, and the format of each output's targets. */

import { plural } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";
import { commonShape, matrixOf } from "../topology/layers/shape.ts";
import type { Value } from "../topology/layers/value.ts";
import { checkRange } from "../topology/range.ts";
import { lengthsSource } from "../topology/sequences.ts";
import { bindCustomLoss, type CustomLoss, isCustom } from "./customLoss.ts";
import type { TargetFormat } from "./format.ts";
import { Heads } from "./heads.ts";
import { checkLossRange, type Loss, type LossKind, lossKinds, sparseForm } from "./losses.ts";
import { checkTallies, isOfEach, type Metric, type Metrics } from "./metrics.ts";
import { type BindOptions, bindLoss } from "./objective.ts";
import { type ClassWeights, classWeightsOf, type Weights } from "./weights.ts";

/** A loss of this package, or a custom one. */
export type AnyLoss = Loss | CustomLoss;

/** Returns the kind of a loss; an empty one for a custom loss. */
export const kindOf = (loss: AnyLoss): Partial<LossKind> => (isCustom(loss) ? {} : lossKinds[loss.name]);

/** The loss and the metrics of one output. */
export interface OutputOptions {
  readonly loss: AnyLoss;
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
  readonly classWeights: Values | undefined;
}

export interface OutputsOptions {
  readonly loss: AnyLoss | readonly AnyLoss[];
  readonly lossWeights: readonly number[] | undefined;
  readonly metrics: Metrics;
  readonly classWeights: ClassWeights | undefined;
}

/**
 * Returns the options of each output.
 *
 * @throws {RangeError | TypeError} if an option is an array of another length, or does not fit an output
 */
export function outputOptions(options: OutputsOptions, { dtype, graph: { outputs } }: Engine): OutputOptions[] {
  const losses = lossesOf(options.loss, outputs.length);
  const lossWeights = lossWeightsOf(options.lossWeights, losses[0], outputs.length);
  checkRange("trainer: lossWeights", lossWeights, dtype);
  const metrics = metricsOf(options.metrics, outputs.length);
  if (kindOf(losses[0]).joint && options.classWeights !== undefined) {
    throw new RangeError(`trainer: got classWeights with the loss ${losses[0].name}, need none: it has no targets`);
  }
  const classWeights = classWeightsOfEach(options.classWeights, outputs.length);
  return outputs.map(({ shape }, index) => {
    const loss = losses[index];
    if (!isCustom(loss)) checkLossRange(loss, dtype);
    checkMetricsOf(loss, metrics[index]);
    const width = shape[shape.length - 1];
    checkTallies(metrics[index], width);
    const who = `trainer: classWeights${outputs.length === 1 ? "" : ` of output ${index}`}`;
    const given = classWeights[index];
    return {
      loss,
      lossWeight: lossWeights[index],
      metrics: metrics[index],
      classWeights: given === undefined ? undefined : classWeightsOf(who, given, loss, width, dtype),
    };
  });
}

/** Returns a loss for each output, the same one for all if only one is given. @throws {RangeError} if there are more or fewer losses */
function lossesOf(loss: AnyLoss | readonly AnyLoss[], outputs: number): readonly AnyLoss[] {
  const losses = Array.isArray(loss)
    ? (loss as readonly AnyLoss[])
    : Array.from({ length: outputs }, () => loss as AnyLoss);
  const joint = Array.isArray(loss) && losses.find((each) => kindOf(each).joint);
  if (joint) {
    throw new RangeError(`trainer: loss: got ${joint.name} in an array, need it alone: it is one loss of all outputs`);
  }
  if (losses.some(({ reduction }) => reduction !== losses[0].reduction)) {
    throw new RangeError("trainer: loss: got a sum and a mean, need losses of one reduction");
  }
  if (losses.length === outputs) return losses;
  throw new RangeError(
    `trainer: loss: got ${plural(losses.length, "loss", "losses")}, need one, or ${outputs}, one for each output`,
  );
}

/** Returns the weight of each output's loss, 1 by default. @throws {RangeError} if there are more or fewer weights */
function lossWeightsOf(given: readonly number[] | undefined, loss: AnyLoss, outputs: number): readonly number[] {
  if (given === undefined) return new Array<number>(outputs).fill(1);
  if (kindOf(loss).joint) {
    throw new RangeError(
      `trainer: got lossWeights with the loss ${loss.name}, need none: it is one loss of all outputs`,
    );
  }
  if (given.length === outputs) return given;
  throw new RangeError(
    `trainer: lossWeights: got ${plural(given.length, "number")}, need ${outputs}, one for each output`,
  );
}

/** Returns the metrics of each output. A plain list is for every output. @throws {RangeError} if there are more or fewer lists */
function metricsOf(given: Metrics, outputs: number): readonly (readonly Metric[])[] {
  if (!isOfEach(given)) return Array.from({ length: outputs }, () => given as readonly Metric[]);
  if (given.length !== outputs) {
    throw new RangeError(
      `trainer: metrics: got ${plural(given.length, "list")} of names, need names, or ${plural(outputs, "list")}, one for each output`,
    );
  }
  return (given as readonly (readonly Metric[] | null | undefined)[]).map((each) => each ?? []);
}

/** Returns the class weights of each output; undefined for an output without them. @throws {RangeError} if there are more or fewer arrays */
function classWeightsOfEach(given: ClassWeights | undefined, outputs: number): readonly (Weights | undefined)[] {
  if (given === undefined) return [];
  if (!isOfEach(given)) {
    if (outputs === 1) return [given as Weights];
    throw new RangeError(
      `trainer: classWeights: got weights of one output, need an array of ${outputs}, one for each output: its weights, or null`,
    );
  }
  if (given.length === outputs) return given.map((each) => (each ?? undefined) as Weights | undefined);
  throw new RangeError(
    `trainer: classWeights: got ${plural(given.length, "list")}, need ${outputs}, one for each output`,
  );
}

/** Refuses metrics of a loss without targets or of distances, which they would not measure. @throws {RangeError} naming the loss */
function checkMetricsOf(loss: AnyLoss, metrics: readonly Metric[]): void {
  const { joint, isOfDistances } = kindOf(loss);
  if (metrics.length === 0 || !(joint || isOfDistances)) return;
  const need = joint
    ? "none: it has no targets"
    : "none: its outputs are distances, which are small where the target is 1";
  throw new RangeError(`trainer: got metrics with the loss ${loss.name}, need ${need}`);
}

/** Returns the loss of all outputs together; undefined if each has its own. @throws {RangeError} if the outputs do not suit it */
export function jointHeads(
  loss: AnyLoss,
  { arena, graph: { outputs } }: Engine,
  rules: TargetRules,
): Heads | undefined {
  const { name } = loss;
  const { joint } = kindOf(loss);
  if (!joint || isCustom(loss)) return undefined;
  if (outputs.length !== joint.length) {
    const got = `a network of ${plural(outputs.length, "output")}`;
    throw new RangeError(`${name}: got ${got}, need ${joint.length}: ${joint.join(", ")}`);
  }
  const shape = commonShape(
    name,
    outputs.map((output) => output.shape),
  );
  const [{ lengths }] = outputs;
  if (outputs.some((output) => output.lengths !== lengths)) {
    const need = "outputs of one length, such as the last ones of recurrent layers";
    throw new RangeError(`${name}: got outputs that are sequences of different lengths, need ${need}`);
  }
  const [positions, width] = matrixOf(lengths ? shape.slice(1) : shape);
  const binding = { kernels: arena.kernels, positions, outputs: width, hasClassWeights: false };
  return new Heads([bindLoss(loss, { ...binding, ...rules })]);
}

/** The rules for the targets and weights of all outputs. */
type TargetRules = Pick<BindOptions, "allowsMissing" | "isSigned">;

/** Refuses missing targets for losses without targets and for custom losses. @throws {RangeError} naming the loss */
export function checkMissingTargets(outputs: readonly OutputOptions[]): void {
  for (const { loss } of outputs) {
    const need = kindOf(loss).joint
      ? "a loss that has targets"
      : isCustom(loss) && "one of simdnet's: a function says itself what is missing";
    if (need) throw new RangeError(`trainer: got missingTargets with the loss ${loss.name}, need ${need}`);
  }
}

/** Returns the format of an output's targets. */
export function targetFormat(
  { loss, lossWeight, classWeights }: OutputOptions,
  { arena, graph }: Engine,
  output: Value,
  rules: TargetRules,
): TargetFormat {
  const { shape, lengths } = output;
  const [positions, outputs] = matrixOf(lengths ? shape.slice(1) : shape);
  const hasClassWeights = classWeights !== undefined;
  const { kernels } = arena;
  const binding: BindOptions = { kernels, positions, outputs, hasClassWeights, lossWeight, ...rules };
  const format = { shape, lengths: lengthsSource(graph, output), positions, outputs, classWeights };
  if (isCustom(loss)) {
    const bind = (targets: "numbers" | "classes") => bindCustomLoss(loss, targets, arena, binding);
    return { ...format, rowLoss: bind("numbers"), classLoss: outputs > 1 ? bind("classes") : undefined };
  }
  const sparse = sparseForm(loss);
  const isOfRows = sparse?.name !== loss.name && !kindOf(loss).joint;
  return {
    ...format,
    rowLoss: isOfRows ? bindLoss(loss, binding) : undefined,
    classLoss: sparse && bindLoss(sparse, binding),
  };
}
