/** Random networks and examples for properties: plain data that fast-check draws, prints and makes smaller. */
import fc from "fast-check";
import {
  type ActivationName,
  activation,
  add,
  attention,
  averagePool1d,
  batchNorm,
  concatenate,
  conv2d,
  type Dtype,
  dense,
  dropout,
  flatten,
  groupNorm,
  gru,
  input,
  type LossName,
  layerNorm,
  lstm,
  maxPool1d,
  multiply,
  Network,
  pcg32,
  permute,
  reshape,
  rmsNorm,
  slice,
  Trainer,
  uniform,
  type Value,
} from "../../src/index.ts";

/** Layers that treat each row alone, and always alike. */
const fixed = [
  "dense",
  "activation",
  "layerNorm",
  "groupNorm",
  "rmsNorm",
  "residual",
  "product",
  "concatenation",
  "shared",
  "rearranged",
  "pooled",
  "convolved",
  "attentive",
  "recurrent",
] as const;
/** Those that do not in training. */
const batchwise = ["batchNorm", "dropout"] as const;

interface LayerRecipe {
  kind: (typeof fixed)[number] | (typeof batchwise)[number];
  units: number;
  activation: ActivationName;
}

export interface Recipe {
  features: number;
  layers: LayerRecipe[];
  outputs: number;
  loss: LossName;
  dtype: Dtype;
  rows: number;
  /** Draws the parameters and the examples. */
  seed: number;
}

const losses = [
  ...["meanSquaredError", "meanAbsoluteError", "huber", "logCosh", "cosineSimilarity"],
  ...["binaryCrossEntropyWithLogits", "softmaxCrossEntropy"],
] as LossName[];

const activations: ActivationName[] = ["linear", "tanh", "relu", "gelu", "softmax", "hardSwish"];

export interface RecipeOptions {
  /** Whether there may be layers that training treats otherwise than prediction. Default false. */
  hasBatchwise?: boolean;
  loss?: LossName;
  mostRows?: number;
}

export function recipes({ hasBatchwise = false, loss, mostRows = 40 }: RecipeOptions = {}): fc.Arbitrary<Recipe> {
  const layer = fc.record({
    kind: fc.constantFrom(...fixed, ...(hasBatchwise ? batchwise : [])),
    units: fc.integer({ min: 1, max: 9 }),
    activation: fc.constantFrom(...activations),
  });
  const recipe = fc.record({
    features: fc.integer({ min: 1, max: 9 }),
    layers: fc.array(layer, { minLength: 0, maxLength: 3 }),
    outputs: fc.integer({ min: 1, max: 9 }),
    loss: loss ? fc.constant(loss) : fc.constantFrom(...losses),
    dtype: fc.constantFrom<Dtype>("float32", "float64"),
    rows: fc.integer({ min: 2, max: mostRows }),
    seed: fc.nat(1e6),
  });
  return recipe.filter(({ loss, outputs }) => outputs > 1 || loss !== "softmaxCrossEntropy");
}

/** Biases that are not 0, so that their gradients and bits are no special ones. */
const start = { biasInitializer: uniform(-0.5, 0.5) };

export function hiddenOf(value: Value, { kind, units, activation: name }: LayerRecipe): Value {
  const [width] = value.shape;
  const alike = dense(width, { activation: name, ...start });
  switch (kind) {
    case "dense":
      return dense(units, { activation: name, ...start })(value);
    case "activation":
      return activation(name)(value);
    case "layerNorm":
      return layerNorm({ epsilon: 0.1 })(value);
    case "groupNorm":
      return groupNorm(width % 2 === 0 ? 2 : 1, { epsilon: 0.1 })(value);
    case "rmsNorm":
      return rmsNorm({ epsilon: 0.1 })(value);
    case "batchNorm":
      return batchNorm({ epsilon: 0.1 })(value);
    case "dropout":
      return dropout(0.4)(value);
    case "residual":
      return add(value, alike(value));
    case "product":
      return multiply(value, alike(value));
    case "concatenation":
      return concatenate(value, dense(units, { activation: name, ...start })(value));
    case "shared":
      return alike(alike(value));
    case "pooled": {
      const steps = reshape([width, 1])(value);
      const [largest, mean] = [maxPool1d(2, { padding: "same" }), averagePool1d(3, { stride: 2, padding: "same" })];
      return flatten()(concatenate(largest(steps), mean(dense(units, { activation: name, ...start })(steps))));
    }
    case "attentive": {
      const steps = dense(units, { activation: name, ...start })(reshape([width, 1])(value));
      return flatten()(attention({ heads: 2, keyUnits: 3, causal: units % 2 === 0, ...start })(steps));
    }
    case "recurrent": {
      const steps = gru(units, { returnSequences: true, ...start })(reshape([width, 1])(value));
      return lstm(units, { reverse: true, ...start })(steps);
    }
    case "convolved": {
      const image = reshape([1, width, 1])(value);
      const first = conv2d(8, [1, 3], { activation: name, padding: "same", ...start })(image);
      const second = conv2d(8, 3, {
        padding: [
          [2, 1],
          [1, 1],
        ],
        ...start,
      })(first);
      return flatten()(conv2d(units, [2, 1], { activation: name, ...start })(second));
    }
    case "rearranged": {
      const moved = permute([1, 0])(dense(units, { activation: name, ...start })(reshape([width, 1])(value)));
      return flatten()(slice(1, width >> 1, width)(moved));
    }
  }
}

export function graphOf({ features, layers, outputs }: Recipe): { inputs: Value; outputs: Value } {
  const inputs = input(features);
  return { inputs, outputs: dense(outputs, start)(layers.reduce(hiddenOf, inputs)) };
}

export function networkOf(recipe: Recipe): Network {
  const { dtype, seed } = recipe;
  return new Network({ ...graphOf(recipe), dtype, seed });
}

export const trainerOf = (recipe: Recipe, network = networkOf(recipe)) => new Trainer(network, { loss: recipe.loss });

export const rowsOf = (count: number, columns: number, next: () => number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: columns }, next));

export interface Examples {
  inputs: number[][];
  /** Class numbers for softmaxCrossEntropy, rows for all else. */
  targets: (number | number[])[];
  weights: number[];
}

export function examplesOf({ features, outputs, rows, loss, seed }: Recipe): Examples {
  const generator = pcg32(seed);
  const next = () => 2 * generator.next() - 1;
  const inputs = rowsOf(rows, features, next);
  const weights = Array.from({ length: rows }, () => 0.1 + generator.next());
  if (loss === "softmaxCrossEntropy") {
    return { inputs, weights, targets: inputs.map(() => generator.integer(outputs)) };
  }
  const isBinary = loss === "binaryCrossEntropyWithLogits";
  return { inputs, weights, targets: rowsOf(rows, outputs, isBinary ? () => Number(next() < 0) : next) };
}
