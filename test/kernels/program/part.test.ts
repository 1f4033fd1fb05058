/** Threads may share an operation's work: every operation gives the same bits in parts, in any order, as in one piece. */
import { describe, expect, test } from "vitest";
import { attention } from "../../../build/attention.js";
import { attentionTraining } from "../../../build/attentionTraining.js";
import { convolution } from "../../../build/convolution.js";
import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { core } from "../../../build/core.js";
import { elementary } from "../../../build/elementary.js";
import { embedding } from "../../../build/embedding.js";
import { normalization } from "../../../build/normalization.js";
import { recurrent } from "../../../build/recurrent.js";
import { training } from "../../../build/training.js";
import { elementBytes } from "../../../src/kernels/dtype.ts";
import { type Address, layoutsOf, type OperationName, type Operations } from "../../../src/kernels/operations.ts";
import { attentionBytes } from "../../../src/topology/layers/attention.ts";
import { attentionBackwardBytes } from "../../../src/topology/layers/attentionTraining.ts";
import { convolve, convolveBytes } from "../../../src/topology/layers/convolution.ts";
import { weightGradient, weightGradientBytes } from "../../../src/topology/layers/convolutionWeights.ts";
import { recurrentSpace } from "../../../src/topology/layers/recurrent.ts";
import { geometryOf } from "../../../src/topology/layers/window.ts";
import { StepRecord, stepDoubles } from "../../../src/training/optimizers/updates.ts";
import { maxPoolForward } from "../../reference/pooling/max.ts";
import { shapeOf } from "../convolution/shapes.ts";
import { type Block, dtypes, type Fields, isDebugBuild, random, Scratch } from "../scratch.ts";

/** Rows and columns of a matrix; of a dense layer, fan-in is `columns`. */
interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly fanOut: number;
}

/** An operation on blocks of its own, and the units of its work. */
interface Work<Name extends OperationName> {
  readonly fields: Fields<Operations[Name]>;
  readonly units: number;
}

/** Makes blocks, and knows which of them an operation writes. */
class Blocks {
  readonly #scratch: Scratch;
  readonly #outputs: Block[] = [];
  #seed = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  input(count: number): number {
    return this.#scratch.input(random(count, ++this.#seed));
  }

  given(values: readonly number[]): number {
    return this.#scratch.input(values);
  }

  /** A block of numbers above 0. */
  positive(count: number): number {
    return this.#scratch.input(random(count, ++this.#seed).map((x) => x + 1.5));
  }

  /** What layerNormForward leaves: a mean and a factor above 0 for each row. */
  statistics(rows: number): number {
    const values = random(2 * rows, ++this.#seed).map((x, index) => (index % 2 === 0 ? x : x + 1.5));
    return this.#scratch.doubles(values).address;
  }

  integers(values: readonly number[]): number {
    const { address } = this.#scratch.doubles(new Array(Math.ceil(values.length / 2)).fill(0));
    this.#scratch.arena.integers(address, values.length).set(values);
    return address;
  }

  /** Marks of rows, a byte each, about half of them set. */
  marked(rows: number): number {
    const address = this.doubles(Math.ceil(rows / 8));
    this.#scratch.arena.bytesAt(address, rows).set(random(rows, ++this.#seed).map((x) => Number(x > 0)));
    return address;
  }

  get elementBytes(): number {
    return elementBytes[this.#scratch.dtype];
  }

  output(count: number): number {
    return this.#written(this.#scratch.output(count));
  }

  doubles(count: number): number {
    return this.#written(this.#scratch.doubles(count));
  }

  /** A block that is read and written. */
  inPlace(count: number): number {
    return this.#written(this.#scratch.output(random(count, ++this.#seed)));
  }

  /** The same of numbers above 0. */
  positiveInPlace(count: number): number {
    return this.#written(this.#scratch.output(random(count, ++this.#seed).map((x) => x + 1.5)));
  }

  /** Numbers that a kernel reads. */
  numbers(count: number, of: (index: number) => number): number {
    return this.#scratch.input(Array.from({ length: count }, (_, index) => of(index)));
  }

  /** The result of a loss, which its forward pass writes, with the factor of its gradient. */
  result(): number {
    return this.#written(this.#scratch.doubles([0.25, 0.5]));
  }

  sums(rows: number, columns: number): number {
    return this.#scratch.sums(rows, columns);
  }

  /** The record of a step, which updates also write. */
  now(): number {
    const address = this.doubles(stepDoubles);
    new StepRecord(this.#scratch.arena, address as Address, () => [0.9, 0.91, 0.7]).begin(3, 0.1);
    // The sum of the squares of the gradients.
    this.#scratch.arena.doubles(address, stepDoubles)[stepDoubles - 1] = 4;
    return address;
  }

  /** Working space of so many bytes. */
  space(bytes: number): number {
    return this.#scratch.doubles(Math.ceil(bytes / 8)).address;
  }

  /** The bytes of all blocks that the operation writes. */
  read(): Buffer {
    return Buffer.concat(this.#outputs.map((block) => Buffer.from(this.#scratch.read(block).buffer)));
  }

  #written(block: Block): number {
    this.#outputs.push(block);
    return block.address;
  }
}

type Case<Name extends OperationName> = (blocks: Blocks, shape: Shape) => Work<Name>;

/** The same case for several operations. */
const each = <Name extends OperationName>(names: readonly Name[], of: Case<Name>) =>
  Object.fromEntries(names.map((name) => [name, of])) as Record<Name, Case<Name>>;

const combine: Case<"add" | "multiply" | "subtract"> = (blocks, { rows, columns }) => {
  const count = rows * columns;
  return { fields: { a: blocks.input(count), b: blocks.input(count), output: blocks.output(count) }, units: count };
};

/** Channels and filters of a convolution: what a shape has, or such that Winograd's algorithm suits. */
type Features = (columns: number, fanOut: number) => readonly [channels: number, filters: number, groups?: number];

const convolutionCase =
  <Name extends "convolution" | "depthwiseConvolution" | "winogradConvolution">(features: Features): Case<Name> =>
  (blocks, { rows, columns, fanOut }) => {
    const [channels, filters, groups = 1] = features(columns, fanOut);
    const shape = shapeOf([6, 4, channels], filters, { padding: "same", groups });
    const [input, weight] = [blocks.input(rows * 24 * channels), blocks.input((9 * channels * filters) / groups)];
    const [bias, output] = [blocks.input(filters), blocks.output(rows * 24 * filters)];
    const { elementBytes } = blocks;
    const space = blocks.space(convolveBytes(shape, elementBytes));
    const { fields } = convolve(shape, { elementBytes, input, weight, bias, output, space } as never);
    return { fields: fields as unknown as Fields<Operations[Name]>, units: rows };
  };

const weightCase =
  <Name extends "convolutionBackwardWeight" | "depthwiseBackwardWeight" | "winogradBackwardWeight">(
    features: Features,
  ): Case<Name> =>
  (blocks, { rows, columns, fanOut }) => {
    const [channels, filters, groups = 1] = features(columns, fanOut);
    const shape = shapeOf([6, 4, channels], filters, { padding: "same", groups });
    const [input, outputGrad] = [blocks.input(rows * 24 * channels), blocks.input(rows * 24 * filters)];
    const weightGrad = blocks.output((9 * channels * filters) / groups);
    const { elementBytes } = blocks;
    const space = blocks.space(weightGradientBytes(shape, elementBytes));
    const all = { elementBytes, input, outputGrad, weightGrad, space };
    const { batch: _, ...fields } = weightGradient(shape, all as never).fields as Operations[Name];
    return { fields: fields as unknown as Fields<Operations[Name]>, units: filters };
  };

/** Sequences of 1 to 3 steps in an order of no rule, the shared fields of `gates` gates, and units that keep the products small. */
function recurrence(blocks: Blocks, { rows, columns }: Shape, gates: number) {
  const units = Math.min(columns, 18);
  const starts = Array.from({ length: rows + 1 }, (_, row) => row + Math.floor(row / 2) + Math.floor(row / 5));
  const steps = starts[rows];
  const common = {
    gates: blocks.inPlace(steps * gates * units),
    recurrentWeight: blocks.input(units * gates * units),
    offsets: blocks.integers(starts),
    space: blocks.space(recurrentSpace(units, gates * units, blocks.elementBytes)),
    ...{ steps: 3, units, isReverse: rows % 2 },
  };
  const count = steps * units;
  const forward = () => {
    return { hidden: blocks.output(count), last: blocks.output(rows * units), state: blocks.inPlace(rows * units) };
  };
  const backward = () => ({ hiddenGrad: blocks.input(count), lastGrad: blocks.input(rows * units) });
  return { common, count, units, forward, backward };
}

/** Groups of three channels if they divide by it, else one group. */
const groupsOf = (channels: number) => (channels % 3 === 0 ? channels / 3 : 1);

/** Windows of 3 × 2 that overlap on images of 4 × 3. */
function overlapping(channels: number) {
  const windows = { size: [3, 2], stride: [2, 1], dilation: [1, 1], padding: "same" } as const;
  const geometry = geometryOf("test", windows, [4, 3, channels]);
  return { geometry, count: 12 * channels, windows: geometry.outputHeight * geometry.outputWidth * channels };
}

/** Margins of a line above and one below two lines, a column before them and two behind. */
function margins(columns: number) {
  const stride = columns + 3;
  return { lines: 2, columns, before: stride + 1, stride, size: 4 * stride };
}

/** Token numbers, some of them none. */
const tokensOf = (rows: number, count: number) => random(rows).map((x) => Math.floor((count + 2) * (x + 1) * 0.5) - 1);

/** Sequences of 1 to `steps` steps. */
function sequencesOf(blocks: Blocks, rows: number, steps: number) {
  const ends = Array.from({ length: rows }, (_, row) => 1 + ((7 * row) % steps));
  const starts = [0, ...ends].map((_, row) => ends.slice(0, row).reduce((sum, length) => sum + length, 0));
  return { offsets: blocks.integers(starts), all: starts[rows] };
}

/** What both passes of attention read: of each example `fanOut` steps, at most 12, with two heads. */
const attentionCase = (blocks: Blocks, { rows, columns, fanOut }: Shape) => {
  const [steps, heads] = [Math.min(fanOut, 12), 2];
  const count = rows * steps * heads * columns;
  const inputs = { query: blocks.input(count), key: blocks.input(count), value: blocks.input(count) };
  const ofSteps = { queryOffsets: 0, keyOffsets: 0, querySteps: steps, keySteps: steps };
  const fields = { ...inputs, ...ofSteps, heads, keyUnits: columns, isCausal: steps % 2, stream: 3, rate: 0.4 };
  return { units: rows * heads, count, fields };
};
/** Tables are padded to whole vectors of either type. */
const padded = (count: number) => 4 * Math.ceil(count / 4);

/** What updates of `rows · columns` elements have: options of any optimizer, and blocks by names. */
const updateOf = <Name extends string = never>(blocks: Blocks, count: number, ...states: Name[]) => {
  const own = Object.fromEntries(states.map((name) => [name, blocks.positiveInPlace(count)])) as Record<Name, number>;
  const common = { now: blocks.now(), factor: 0.5, parameters: blocks.inPlace(count), gradients: blocks.input(count) };
  return { ...common, ...own, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 };
};

/** What a loss of one output has: weights for each term, of which losses of rows read the first. */
const lossOf = (blocks: Blocks, { rows, columns }: Shape) => {
  const count = rows * columns;
  const inputs = { output: blocks.input(count), targets: blocks.input(count), weights: blocks.input(count) };
  const common = { positions: 1, columns, result: blocks.result(), parameter: 0.5 };
  return { ...inputs, outputGrad: blocks.output(count), ...common };
};

/** The same for class numbers. */
const classLossOf = (blocks: Blocks, shape: Shape) => {
  const targets = blocks.numbers(shape.rows, (row) => (7 * row) % shape.columns);
  return { ...lossOf(blocks, shape), targets };
};

const tripletOf = (blocks: Blocks, { rows, columns }: Shape) => {
  const count = rows * columns;
  const outputs = { anchor: blocks.input(count), same: blocks.input(count), other: blocks.input(count) };
  const gradients = {
    anchorGrad: blocks.output(count),
    sameGrad: blocks.output(count),
    otherGrad: blocks.output(count),
  };
  const common = { positions: 1, columns, result: blocks.result(), margin: 0.5 };
  return { ...outputs, ...gradients, weights: blocks.input(rows), ...common };
};

const penaltyOf = (blocks: Blocks, count: number) => {
  const common = { marks: blocks.marked(8), rows: 8, result: blocks.result(), l1: 0.1, l2: 0.2 };
  return { weights: blocks.input(count), gradients: blocks.inPlace(count), count, ...common };
};

const limitOf = (blocks: Blocks, count: number) => {
  return { now: blocks.now(), gradients: blocks.inPlace(count), count, marks: blocks.marked(8), rows: 8, limit: 1e-3 };
};

/** One for every operation: a missing one is an error of the compiler, and of the first test. */
const cases: { readonly [Name in OperationName]: Case<Name> } = {
  ...each(
    [
      ...(["eluForward", "geluForward", "geluTanhForward", "hardSigmoidForward", "hardSwishForward"] as const),
      ...(["leakyReluForward", "logSoftmaxForward", "mishForward", "reluForward", "seluForward"] as const),
      ...(["sigmoidForward", "siluForward", "softmaxForward", "softplusForward", "softsignForward"] as const),
      "tanhForward",
    ],
    (blocks, { rows, columns }) => {
      const [input, output] = [blocks.input(rows * columns), blocks.output(rows * columns)];
      return { fields: { input, output, columns, parameter: 0.5 }, units: rows };
    },
  ),
  ...each(
    [
      ...(["eluBackward", "geluBackward", "geluTanhBackward", "hardSigmoidBackward", "hardSwishBackward"] as const),
      ...(["leakyReluBackward", "logSoftmaxBackward", "mishBackward", "reluBackward", "seluBackward"] as const),
      ...(["sigmoidBackward", "siluBackward", "softmaxBackward", "softplusBackward", "softsignBackward"] as const),
      "tanhBackward",
    ],
    (blocks, { rows, columns }) => {
      const count = rows * columns;
      const saved = { preactivation: blocks.input(count), activation: blocks.input(count) };
      const gradients = { outputGrad: blocks.input(count), inputGrad: blocks.output(count) };
      return { fields: { ...saved, ...gradients, columns, parameter: 0.5 }, units: rows };
    },
  ),
  ...each(["add", "multiply", "subtract"], combine),
  ...each(
    [
      ...(["absoluteErrorForward", "binaryCrossEntropyForward", "binaryCrossEntropyWithLogitsForward"] as const),
      ...(["categoricalCrossEntropyForward", "contrastiveForward", "cosineSimilarityForward", "hingeForward"] as const),
      ...(["huberForward", "kullbackLeiblerForward", "linearContrastiveForward", "logCoshForward"] as const),
      ...(["poissonForward", "softmaxCrossEntropyForward", "squaredErrorForward", "squaredHingeForward"] as const),
    ],
    (blocks, shape) => ({ fields: lossOf(blocks, shape), units: 1 }),
  ),
  ...each(
    [
      ...(["absoluteErrorBackward", "binaryCrossEntropyBackward", "binaryCrossEntropyWithLogitsBackward"] as const),
      ...(["categoricalCrossEntropyBackward", "contrastiveBackward", "cosineSimilarityBackward"] as const),
      ...(["hingeBackward", "huberBackward", "kullbackLeiblerBackward", "linearContrastiveBackward"] as const),
      ...(["logCoshBackward", "poissonBackward", "softmaxCrossEntropyBackward", "squaredErrorBackward"] as const),
      "squaredHingeBackward",
    ],
    (blocks, shape) => ({ fields: lossOf(blocks, shape), units: shape.rows }),
  ),
  sparseSoftmaxCrossEntropyForward: (blocks, shape) => ({ fields: classLossOf(blocks, shape), units: 1 }),
  sparseSoftmaxCrossEntropyBackward: (blocks, shape) => ({ fields: classLossOf(blocks, shape), units: shape.rows }),
  tripletForward: (blocks, shape) => ({ fields: tripletOf(blocks, shape), units: 1 }),
  tripletBackward: (blocks, shape) => ({ fields: tripletOf(blocks, shape), units: shape.rows }),
  addPenalty: (blocks, { rows, columns }) => ({ fields: penaltyOf(blocks, rows * columns), units: 1 }),
  addPenaltyGradient: (blocks, { rows, columns }) => {
    return { fields: penaltyOf(blocks, rows * columns), units: rows * columns };
  },
  addSquares: (blocks, { rows, columns }) => ({ fields: limitOf(blocks, rows * columns), units: 1 }),
  ...each(["clip", "limitNorm"], (blocks, { rows, columns }) => {
    return { fields: limitOf(blocks, rows * columns), units: rows * columns };
  }),
  sgdStep: (blocks, { rows, columns }) => {
    return { fields: updateOf(blocks, rows * columns), units: rows * columns };
  },
  sgdRows: (blocks, { rows: columns, columns: rows }) => {
    return {
      fields: { ...updateOf(blocks, padded(rows * columns)), marks: blocks.marked(rows), columns },
      units: rows,
    };
  },
  ...each(["momentumStep", "nesterovStep"], (blocks, { rows, columns }) => {
    return { fields: { ...updateOf(blocks, rows * columns, "velocity"), momentum: 0.9 }, units: rows * columns };
  }),
  ...each(["adamStep", "adamWStep", "nadamStep"], (blocks, { rows, columns }) => {
    return { fields: updateOf(blocks, rows * columns, "firstMoment", "secondMoment"), units: rows * columns };
  }),
  sparseAdamStep: (blocks, { rows: columns, columns: rows }) => {
    const fields = updateOf(blocks, rows * columns, "firstMoment", "secondMoment");
    return { fields: { ...fields, marks: blocks.marked(rows), columns }, units: rows };
  },
  adamaxStep: (blocks, { rows, columns }) => {
    return { fields: updateOf(blocks, rows * columns, "firstMoment", "largest"), units: rows * columns };
  },
  lionStep: (blocks, { rows, columns }) => {
    return { fields: updateOf(blocks, rows * columns, "firstMoment"), units: rows * columns };
  },
  adagradStep: (blocks, { rows, columns }) => {
    const fields = updateOf(blocks, rows * columns, "squareSum");
    return { fields: { ...fields, learningRateDecay: 0.2 }, units: rows * columns };
  },
  adagradRows: (blocks, { rows: columns, columns: rows }) => {
    const fields = { ...updateOf(blocks, padded(rows * columns), "squareSum"), learningRateDecay: 0.2 };
    return { fields: { ...fields, marks: blocks.marked(rows), columns }, units: rows };
  },
  adadeltaStep: (blocks, { rows, columns }) => {
    const fields = updateOf(blocks, rows * columns, "squareMean", "changeMean");
    return { fields: { ...fields, rho: 0.9 }, units: rows * columns };
  },
  rmspropStep: (blocks, { rows, columns }) => {
    const fields = updateOf(blocks, rows * columns, "squareMean", "mean", "velocity");
    return { fields: { ...fields, alpha: 0.9, momentum: 0.9 }, units: rows * columns };
  },
  copyColumns: (blocks, { rows, columns }) => {
    const [sourceStride, destinationStride] = [columns + 1, columns + 2];
    const [source, destination] = [blocks.input(rows * sourceStride), blocks.output(rows * destinationStride)];
    return { fields: { source, destination, columns, sourceStride, destinationStride }, units: rows };
  },
  clear: (blocks, { rows, columns }) => {
    return { fields: { output: blocks.output(rows * columns) }, units: rows * columns };
  },
  permute: (blocks, { rows, columns }) => {
    // [2, columns] becomes [columns, 2].
    const [source, destination] = [blocks.input(rows * 2 * columns), blocks.output(rows * 2 * columns)];
    const pairs = blocks.integers([columns, 1, 2, columns]);
    return { fields: { source, destination, pairs, sides: 2, size: 2 * columns }, units: rows };
  },
  stridedProduct: (blocks, { rows, columns: depth, fanOut: columns }) => {
    const size = blocks.elementBytes;
    const [a, b, c] = [
      blocks.input(rows * 2 * depth),
      blocks.input(2 * depth * columns),
      blocks.output(rows * columns),
    ];
    const [aRow, aSegment] = [2 * depth * size, depth * size];
    const ofA = { a, aRow, aStep: size, aSegment, alongRows: 1, depth, segments: 2 };
    const ofB = { b, bStep: columns * size, bColumn: size, bSegment: depth * columns * size, columns };
    return { fields: { ...ofA, ...ofB, c, cRow: columns * size, start: 0, startRow: 0, panels: 0 }, units: rows };
  },
  denseForward: (blocks, { rows, columns: fanIn, fanOut }) => {
    const parameters = { weight: blocks.input(fanIn * fanOut), bias: blocks.input(fanOut) };
    const [input, output] = [blocks.input(rows * fanIn), blocks.output(rows * fanOut)];
    return { fields: { input, ...parameters, output, fanIn, fanOut }, units: rows };
  },
  denseBackwardInput: (blocks, { rows, columns: fanIn, fanOut }) => {
    const [outputGrad, weight] = [blocks.input(rows * fanOut), blocks.input(fanIn * fanOut)];
    return { fields: { outputGrad, weight, inputGrad: blocks.output(rows * fanIn), fanIn, fanOut }, units: rows };
  },
  denseBackwardWeight: (blocks, { rows, columns: fanIn, fanOut }) => {
    const [input, outputGrad] = [blocks.input(rows * fanIn), blocks.input(rows * fanOut)];
    const weightGrad = blocks.output(fanIn * fanOut);
    return { fields: { positions: 1, input, outputGrad, weightGrad, fanIn, fanOut }, units: fanIn };
  },
  denseBackwardBias: (blocks, { rows, fanOut }) => {
    const [outputGrad, biasGrad] = [blocks.input(rows * fanOut), blocks.output(fanOut)];
    return { fields: { positions: 1, outputGrad, biasGrad, fanOut }, units: fanOut };
  },
  dropout: (blocks, { rows, columns }) => {
    const [input, output] = [blocks.input(rows * columns), blocks.output(rows * columns)];
    // Rows of an even length are two positions, which drop the same columns.
    const positions = columns % 2 === 0 ? 2 : 1;
    return {
      fields: { input, output, offsets: 0, positions, columns: columns / positions, stream: 3, rate: 0.4 },
      units: rows,
    };
  },
  limitColumns: (blocks, { rows, columns }) => {
    const [weights, sums] = [blocks.inPlace(rows * columns), blocks.sums(2, columns)];
    // About half of the columns are above the limit.
    return { fields: { weights, rows, columns, sums, limit: 2 }, units: columns };
  },
  columnStatistics: (blocks, { rows, columns }) => {
    const outputs = { mean: blocks.output(columns), variance: blocks.output(columns), sums: blocks.sums(2, columns) };
    return { fields: { positions: 1, input: blocks.input(rows * columns), ...outputs, columns }, units: columns };
  },
  columnScale: (blocks, { columns }) => {
    const [weight, variance] = [blocks.input(columns), blocks.positive(columns)];
    return { fields: { weight, variance, scale: blocks.output(columns), epsilon: 1e-5 }, units: columns };
  },
  normalizeColumns: (blocks, { rows, columns }) => {
    const vectors = { mean: blocks.input(columns), scale: blocks.input(columns), bias: blocks.input(columns) };
    const [input, output] = [blocks.input(rows * columns), blocks.output(rows * columns)];
    return { fields: { input, ...vectors, output, columns }, units: rows };
  },
  batchNormBackward: (blocks, { rows, columns }) => {
    const count = rows * columns;
    const vectors = { mean: blocks.input(columns), variance: blocks.positive(columns), weight: blocks.input(columns) };
    const gradients = { outputGrad: blocks.input(count), inputGrad: blocks.output(count) };
    const ofParameters = { weightGrad: blocks.output(columns), biasGrad: blocks.output(columns) };
    const rest = { sums: blocks.sums(3, columns), columns, epsilon: 1e-5 };
    const fields = { positions: 1, input: blocks.input(count), ...vectors, ...gradients, ...ofParameters, ...rest };
    return { fields, units: columns };
  },
  movingAverage: (blocks, { columns }) => {
    const [source, average] = [blocks.input(columns), blocks.inPlace(columns)];
    return { fields: { positions: 1, source, average, isVariance: 1, momentum: 0.1 }, units: columns };
  },
  layerNormForward: (blocks, { rows, columns }) => {
    const parameters = { weight: blocks.input(columns), bias: blocks.input(columns) };
    const outputs = { output: blocks.output(rows * columns), statistics: blocks.doubles(2 * rows) };
    return {
      fields: { input: blocks.input(rows * columns), ...parameters, ...outputs, columns, epsilon: 1e-5 },
      units: rows,
    };
  },
  layerNormBackwardInput: (blocks, { rows, columns }) => {
    const count = rows * columns;
    const inputs = { input: blocks.input(count), weight: blocks.input(columns), statistics: blocks.statistics(rows) };
    const gradients = { outputGrad: blocks.input(count), inputGrad: blocks.output(count) };
    return { fields: { ...inputs, ...gradients, columns }, units: rows };
  },
  layerNormBackwardParameters: (blocks, { rows, columns }) => {
    const count = rows * columns;
    const inputs = { input: blocks.input(count), statistics: blocks.statistics(rows), outputGrad: blocks.input(count) };
    const outputs = { weightGrad: blocks.output(columns), biasGrad: blocks.output(columns) };
    return { fields: { positions: 1, ...inputs, ...outputs, sums: blocks.sums(2, columns), columns }, units: columns };
  },
  convolution: convolutionCase((columns, fanOut) => [columns, fanOut]),
  depthwiseConvolution: convolutionCase((columns) => [columns + 1, 2 * columns + 2, columns + 1]),
  winogradConvolution: convolutionCase(() => [8, 24]),
  convolutionBackwardWeight: weightCase((columns, fanOut) => [columns, fanOut]),
  depthwiseBackwardWeight: weightCase((columns) => [columns + 1, 2 * columns + 2, columns + 1]),
  winogradBackwardWeight: weightCase(() => [8, 24]),
  rmsNormForward: (blocks, { rows, columns }) => {
    const inputs = { input: blocks.input(rows * columns), weight: blocks.input(columns) };
    const outputs = { output: blocks.output(rows * columns), statistics: blocks.doubles(rows) };
    return { fields: { ...inputs, ...outputs, columns, epsilon: 1e-6 }, units: rows };
  },
  rmsNormBackwardInput: (blocks, { rows, columns }) => {
    const count = rows * columns;
    const inputs = { input: blocks.input(count), weight: blocks.input(columns), statistics: blocks.statistics(rows) };
    const gradients = { outputGrad: blocks.input(count), inputGrad: blocks.output(count) };
    return { fields: { ...inputs, ...gradients, columns }, units: rows };
  },
  rmsNormBackwardWeight: (blocks, { rows, columns }) => {
    const count = rows * columns;
    const inputs = { input: blocks.input(count), statistics: blocks.statistics(rows), outputGrad: blocks.input(count) };
    const outputs = { weightGrad: blocks.output(columns), sums: blocks.sums(1, columns) };
    return { fields: { positions: 1, ...inputs, ...outputs, columns }, units: columns };
  },
  groupNormForward: (blocks, { rows, columns: channels, fanOut: positions }) => {
    const count = rows * positions * channels;
    const groups = groupsOf(channels);
    const inputs = { input: blocks.input(count), weight: blocks.input(channels), bias: blocks.input(channels) };
    const outputs = { output: blocks.output(count), statistics: blocks.doubles(2 * rows * groups) };
    return { fields: { ...inputs, ...outputs, offsets: 0, positions, channels, groups, epsilon: 1e-5 }, units: rows };
  },
  groupNormBackward: (blocks, { rows, columns: channels, fanOut: positions }) => {
    const count = rows * positions * channels;
    const groups = groupsOf(channels);
    const statistics = blocks.statistics(rows * groups);
    const inputs = { input: blocks.input(count), weight: blocks.input(channels), statistics };
    const gradients = { outputGrad: blocks.input(count), inputGrad: blocks.output(count) };
    const sums = blocks.doubles(2 * rows * (channels + groups));
    return { fields: { ...inputs, ...gradients, sums, offsets: 0, positions, channels, groups }, units: rows };
  },
  groupNormBackwardParameters: (blocks, { rows, columns: channels }) => {
    const groups = groupsOf(channels);
    const sums = blocks.statistics(rows * (channels + groups));
    const outputs = { weightGrad: blocks.output(channels), biasGrad: blocks.output(channels) };
    return { fields: { sums, ...outputs, channels, groups }, units: channels };
  },
  attentionForward: (blocks, shape) => {
    const { units, count, fields } = attentionCase(blocks, shape);
    const space = blocks.space(attentionBytes(fields.keySteps, fields.keyUnits, blocks.elementBytes));
    const outputs = { output: blocks.output(count), statistics: blocks.output(2 * units * fields.querySteps) };
    return { fields: { ...fields, ...outputs, space }, units };
  },
  attentionBackward: (blocks, shape) => {
    const { units, count, fields } = attentionCase(blocks, shape);
    const space = blocks.space(attentionBackwardBytes(fields.keySteps, fields.keyUnits, blocks.elementBytes));
    const inputs = { statistics: blocks.input(2 * units * fields.querySteps), outputGrad: blocks.input(count) };
    const outputs = { queryGrad: blocks.output(count), keyGrad: blocks.output(count), valueGrad: blocks.output(count) };
    return { fields: { ...fields, ...inputs, ...outputs, space }, units };
  },
  keepStep: (blocks, { columns }) => {
    const kept = { kept: blocks.output(8 * columns), offsets: blocks.doubles(1) };
    return { fields: { source: blocks.input(columns), ...kept, columns, steps: 8 }, units: columns };
  },
  maxPoolForward: (blocks, { rows, columns }) => {
    const { geometry, count, windows } = overlapping(columns);
    const [input, output] = [blocks.input(rows * count), blocks.output(rows * windows)];
    return { fields: { ...geometry, input, output }, units: rows };
  },
  maxPoolBackward: (blocks, { rows, columns }) => {
    const { geometry, count, windows } = overlapping(columns);
    const numbers = random(rows * count);
    const values = { input: blocks.given(numbers), output: blocks.given(maxPoolForward(numbers, geometry)) };
    const gradients = { outputGrad: blocks.input(rows * windows), inputGrad: blocks.output(rows * count) };
    return { fields: { ...geometry, ...values, ...gradients }, units: rows };
  },
  sumWindows: (blocks, { rows, columns }) => {
    const { geometry, count, windows } = overlapping(columns);
    const [image, sums] = [blocks.input(rows * count), blocks.output(rows * windows)];
    return { fields: { ...geometry, image, sums, isMean: 1 }, units: rows };
  },
  spreadWindows: (blocks, { rows, columns }) => {
    const { geometry, count, windows } = overlapping(columns);
    const [sums, image] = [blocks.input(rows * windows), blocks.output(rows * count)];
    return { fields: { ...geometry, image, sums, isMean: 1 }, units: rows };
  },
  bilinearForward: (blocks, { rows, columns: channels }) => {
    const [small, large] = [blocks.input(rows * 6 * channels), blocks.output(rows * 36 * channels)];
    return { fields: { small, large, height: 2, width: 3, channels, factorHeight: 3, factorWidth: 2 }, units: rows };
  },
  bilinearBackward: (blocks, { rows, columns: channels }) => {
    const [large, small] = [blocks.input(rows * 36 * channels), blocks.output(rows * 6 * channels)];
    return { fields: { small, large, height: 2, width: 3, channels, factorHeight: 3, factorWidth: 2 }, units: rows };
  },
  addMargins: (blocks, { rows, columns }) => {
    const [inner, outer] = [blocks.input(rows * 2 * columns), blocks.output(rows * 4 * (columns + 3))];
    return { fields: { inner, outer, ...margins(columns) }, units: rows };
  },
  simpleRnnForward: (blocks, shape) => {
    const { common, forward } = recurrence(blocks, shape, 1);
    return { fields: { ...common, ...forward() }, units: shape.rows };
  },
  simpleRnnBackward: (blocks, shape) => {
    const { common, backward } = recurrence(blocks, shape, 1);
    return { fields: { ...common, ...backward() }, units: shape.rows };
  },
  lstmForward: (blocks, shape) => {
    const { common, count, units, forward } = recurrence(blocks, shape, 4);
    const kept = { cell: blocks.output(count), cellTanh: blocks.output(count) };
    return {
      fields: { ...common, ...forward(), ...kept, state: blocks.inPlace(2 * shape.rows * units) },
      units: shape.rows,
    };
  },
  lstmBackward: (blocks, shape) => {
    const { common, count, backward } = recurrence(blocks, shape, 4);
    const kept = { cell: blocks.input(count), cellTanh: blocks.input(count) };
    return { fields: { ...common, ...backward(), ...kept }, units: shape.rows };
  },
  gruForward: (blocks, shape) => {
    const { common, count, units, forward } = recurrence(blocks, shape, 3);
    const kept = { hiddenPart: blocks.output(3 * count), candidateBias: blocks.input(units) };
    return { fields: { ...common, ...forward(), ...kept }, units: shape.rows };
  },
  gruBackward: (blocks, shape) => {
    const { common, count, backward } = recurrence(blocks, shape, 3);
    const kept = { hidden: blocks.input(count), hiddenPart: blocks.inPlace(3 * count) };
    return { fields: { ...common, ...backward(), ...kept }, units: shape.rows };
  },
  scale: (blocks, { rows, columns }) => {
    const [input, output] = [blocks.input(rows * columns), blocks.output(rows * columns)];
    return { fields: { input, output, factor: 0.3 }, units: rows * columns };
  },
  clearFirstSteps: (blocks, { rows, columns }) => {
    const output = blocks.inPlace(rows * 3 * columns);
    return { fields: { output, offsets: 0, steps: 3, columns, isReverse: 1 }, units: rows };
  },
  recurrentBackwardWeight: (blocks, { rows, columns: units, fanOut: columns }) => {
    const [hidden, gatesGrad] = [blocks.input(rows * units), blocks.input(rows * columns)];
    const weightGrad = blocks.output(units * columns);
    return { fields: { positions: 1, hidden, gatesGrad, weightGrad, units, columns, isReverse: 0 }, units };
  },
  embeddingForward: (blocks, { rows, columns, fanOut: count }) => {
    const [tokens, table] = [blocks.given(tokensOf(rows, count)), blocks.input(count * columns)];
    return { fields: { tokens, table, output: blocks.output(rows * columns), count, columns }, units: rows };
  },
  embeddingBackward: (blocks, { rows, columns, fanOut: count }) => {
    const [tokens, outputGrad] = [blocks.given(tokensOf(rows, count)), blocks.input(rows * columns)];
    const tableGrad = blocks.inPlace(count * columns);
    return { fields: { positions: 1, tokens, outputGrad, tableGrad, count, columns, padding: 1 }, units: columns };
  },
  markRows: (blocks, { rows, columns: count }) => {
    const [tokens, marks] = [blocks.given(tokensOf(rows, count)), blocks.doubles(Math.ceil(count / 8))];
    return { fields: { positions: 1, tokens, marks, count, padding: 1 }, units: count };
  },
  clearRows: (blocks, { rows: columns, columns: count }) => {
    const marks = blocks.marked(count);
    return { fields: { gradient: blocks.inPlace(count * columns), marks, columns }, units: count };
  },
  positionForward: (blocks, { rows, columns, fanOut: steps }) => {
    const { offsets, all } = sequencesOf(blocks, rows, steps);
    const [input, table] = [blocks.input(all * columns), blocks.input(steps * columns)];
    return {
      fields: { input, table, output: blocks.output(all * columns), offsets, before: 0, steps, columns },
      units: rows,
    };
  },
  positionBackward: (blocks, { rows, columns, fanOut: steps }) => {
    const { offsets, all } = sequencesOf(blocks, rows, steps);
    const [outputGrad, tableGrad] = [blocks.input(all * columns), blocks.output(steps * columns)];
    return { fields: { outputGrad, tableGrad, offsets, steps, columns }, units: steps };
  },
  removeMargins: (blocks, { rows, columns }) => {
    const [outer, inner] = [blocks.input(rows * 4 * (columns + 3)), blocks.output(rows * 2 * columns)];
    return { fields: { inner, outer, ...margins(columns) }, units: rows };
  },
  ...each(["distanceForward", "dotForward", "cosineForward"], (blocks, { rows, columns }) => {
    const [a, b] = [blocks.input(rows * columns), blocks.input(rows * columns)];
    return { fields: { a, b, output: blocks.output(rows), columns }, units: rows };
  }),
  ...each(["distanceBackward", "dotBackward", "cosineBackward"], (blocks, { rows, columns }) => {
    const count = rows * columns;
    const inputs = { a: blocks.input(count), b: blocks.input(count), outputGrad: blocks.input(rows) };
    return { fields: { ...inputs, aGrad: blocks.output(count), bGrad: blocks.output(count), columns }, units: rows };
  }),
  unitNormForward: (blocks, { rows, columns }) => {
    const [input, output] = [blocks.input(rows * columns), blocks.output(rows * columns)];
    return { fields: { input, output, columns }, units: rows };
  },
  unitNormBackward: (blocks, { rows, columns }) => {
    const count = rows * columns;
    const inputs = { input: blocks.input(count), outputGrad: blocks.input(count) };
    return { fields: { ...inputs, inputGrad: blocks.output(count), columns }, units: rows };
  },
};
const names = Object.keys(cases) as OperationName[];

const widths = [1, 3, 7, 18, 33];
const square: Shape[] = widths.flatMap((columns) => widths.map((fanOut) => ({ rows: 13, columns, fanOut })));
/** Those of operations that are no products. The debug build, which adds assertions and no bits, has the first five only. */
const some = [0, 1]
  .slice(0, isDebugBuild ? 1 : 2)
  .flatMap((shift) => widths.map((_, index) => square[index * widths.length + ((index + shift) % widths.length)]));
/** Products that pack B, A, or both where the whole or a part is large enough; the last part of some is a single row. */
const large: Shape[] = [
  { rows: 29, columns: 130, fanOut: 601 },
  { rows: 41, columns: 301, fanOut: 37 },
  { rows: 29, columns: 1024, fanOut: 37 },
  { rows: 13, columns: 70, fanOut: 1024 },
];

/** Where parts of `units` of work begin and end, in several ways: multiples of 4 but for the last. */
function cutsOf(units: number): number[][] {
  const third = 4 * Math.max(1, Math.round(units / 12));
  const last = units - ((units - 1) % 4) - 1;
  const fours = Array.from({ length: Math.ceil(units / 4) }, (_, index) => 4 * index);
  const cuts = [[third], [4], [last], [third, 2 * third], fours].map((starts) =>
    [...new Set([0, ...starts.filter((start) => start < units)])].concat(units),
  );
  return cuts.filter((cut) => cut.length > 2);
}

test("the operations of all families have a case, and no others", () => {
  const all = [
    core,
    training,
    normalization,
    convolution,
    convolutionTraining,
    recurrent,
    embedding,
    attention,
    attentionTraining,
    elementary,
  ]
    .flatMap(layoutsOf)
    .map(([name]) => name);
  expect(names.toSorted()).toEqual(all.toSorted());
});

test("a third of 33 units begins at 12, and the last part of 13 at 12", () => {
  expect(cutsOf(33)[0]).toEqual([0, 12, 33]);
  expect(cutsOf(13)[2]).toEqual([0, 12, 13]);
  expect(cutsOf(4)).toEqual([]);
});

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);

  /** What an operation writes, run in these parts: [0, …, units]; the whole without. */
  function results<Name extends OperationName>(name: Name, shape: Shape, cut?: readonly number[], isReversed = false) {
    const blocks = new Blocks(scratch);
    const { fields, units } = (cases[name] as Case<Name>)(blocks, shape);
    const ends = cut?.slice(1) ?? [units];
    const parts = ends.map((end, index) => ({ begin: cut?.[index] ?? 0, end }));
    for (const { begin, end } of isReversed ? parts.toReversed() : parts) {
      scratch.run(name, fields, end, { begin, rows: shape.rows, seed: 5, step: 7 });
    }
    const bytes = blocks.read();
    scratch.expectIntact();
    return { bytes, units };
  }

  test.each(names)("%s in parts, in either order, has the bits of the whole", (name) => {
    let compared = 0;
    // A sum of all rows is one unit, which cannot be cut.
    let isOneUnit = true;
    const isProduct = name.startsWith("dense");
    for (const shape of isProduct ? [...(isDebugBuild ? some : square), ...large] : some) {
      const { bytes, units } = results(name, shape);
      isOneUnit = isOneUnit && units === 1;
      for (const cut of cutsOf(units)) {
        for (const isReversed of [false, true]) {
          const { bytes: parts } = results(name, shape, cut, isReversed);
          expect(Buffer.compare(parts, bytes), `${JSON.stringify(shape)} at ${cut}`).toBe(0);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(isOneUnit ? -1 : 10);
  });

  test("a part leaves the others of the output as they were", () => {
    const [rows, columns] = [13, 3];
    const input = random(rows * columns);
    const output = scratch.output(input.map(() => 9));
    const fields = { input: scratch.input(input), output: output.address, columns, parameter: 0 };
    scratch.run("reluForward", fields, 8, { begin: 4 });
    const expected = input.map((x, index) => (index >= 4 * columns && index < 8 * columns ? Math.max(x, 0) : 9));
    expect(Array.from(scratch.read(output), Math.fround)).toEqual(expected.map(Math.fround));
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild).each(names)("%s traps on a part of no units", (name) => {
    const blocks = new Blocks(scratch);
    const { fields } = (cases[name] as Case<typeof name>)(blocks, { rows: 13, columns: 7, fanOut: 7 });
    expect(() => scratch.run(name, fields, 4, { begin: 4, rows: 13 })).toThrow(
      /must be positive|must be at least 1|a sum is one unit/,
    );
    scratch.expectIntact();
  });
});
