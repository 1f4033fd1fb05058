/**
 * Backward against central differences in float64, through the public interface: a 3-4-3 network with biases, every
 * activation under every loss that fits it. A start too near a kink (of an activation or of the loss) is drawn again.
 */
import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropyWithLogits,
  dense,
  elu,
  huber,
  leakyRelu,
  Network,
  pcg32,
  softmaxCrossEntropy,
  squaredError,
  Trainer,
  type TrainerOptions,
  uniform,
} from "../src/index.ts";
import { centralDifferences, norm, relativeDistance } from "./differences.ts";

type Activation = NonNullable<NonNullable<Parameters<typeof dense>[1]>["activation"]>;
type Draw = () => number;

const bound = 1e-7;
const kinkMargin = 0.01;
const smallestGradient = 1e-3;
const shape = { examples: 5, features: 3, hidden: 4, outputs: 3 };

const activations: { name: string; activation: Activation; kinks: number[] }[] = [
  ...(["linear", "sigmoid", "tanh", "gelu", "geluTanh", "silu", "mish", "softplus"] as const).map(smooth),
  ...(["softsign", "softmax", "logSoftmax"] as const).map(smooth),
  ...(["relu", "leakyRelu", "elu", "selu"] as const).map((name) => ({ name, activation: name, kinks: [0] })),
  ...(["hardSigmoid", "hardSwish"] as const).map((name) => ({ name, activation: name, kinks: [-3, 3] })),
  { name: "leakyRelu of slope 0.2", activation: leakyRelu({ slope: 0.2 }), kinks: [0] },
  { name: "elu of alpha 1.3", activation: elu({ alpha: 1.3 }), kinks: [0] },
];

function smooth<Name extends Activation & string>(name: Name): { name: string; activation: Name; kinks: number[] } {
  return { name, activation: name, kinks: [] };
}

interface LossCase extends Pick<TrainerOptions, "loss" | "classWeights"> {
  name: string;
  exampleWeights?: number[];
  /** The activation of the last layer; without it, the one under test stands there too. */
  output?: string;
  targets: (draw: Draw) => number[][] | number[];
  /** How far output and target are from a kink of the loss. */
  kinkDistance?: (output: number, target: number) => number;
}

const rows = (element: Draw): number[][] => fill(shape.examples, () => fill(shape.outputs, element));
const values = (draw: Draw) => rows(() => 2 * draw() - 1);
const bits = (draw: Draw) => rows(() => Number(draw() < 0.5));
const signs = (draw: Draw) => rows(() => (draw() < 0.5 ? -1 : 1));
const counts = (draw: Draw) => rows(() => Math.floor(4 * draw()));
const classNumbers = (draw: Draw) => fill(shape.examples, () => Math.floor(shape.outputs * draw()));
const oneHot = (draw: Draw) => classNumbers(draw).map((chosen) => [0, 1, 2].map((column) => Number(column === chosen)));
const distributions = (draw: Draw) =>
  rows(() => 0.1 + draw()).map((row) => row.map((share) => share / (row[0] + row[1] + row[2])));

const losses: LossCase[] = [
  { name: "meanSquaredError", loss: "meanSquaredError", targets: values },
  { name: "squaredError, summed", loss: squaredError({ reduction: "sum" }), targets: values },
  { name: "squaredError, averaged", loss: squaredError({ reduction: "mean" }), targets: values },
  {
    name: "meanAbsoluteError",
    loss: "meanAbsoluteError",
    targets: values,
    kinkDistance: (output, target) => Math.abs(output - target),
  },
  { name: "binaryCrossEntropyWithLogits", loss: "binaryCrossEntropyWithLogits", targets: bits },
  { name: "softmaxCrossEntropy of one-hot rows", loss: "softmaxCrossEntropy", targets: oneHot },
  { name: "softmaxCrossEntropy of distributions", loss: "softmaxCrossEntropy", targets: distributions },
  { name: "softmaxCrossEntropy of class numbers", loss: "softmaxCrossEntropy", targets: classNumbers },
  { name: "sparseSoftmaxCrossEntropy", loss: "sparseSoftmaxCrossEntropy", targets: classNumbers },
  { name: "binaryCrossEntropy after sigmoid", loss: "binaryCrossEntropy", output: "sigmoid", targets: bits },
  { name: "binaryCrossEntropy after softmax", loss: "binaryCrossEntropy", output: "softmax", targets: distributions },
  { name: "categoricalCrossEntropy", loss: "categoricalCrossEntropy", output: "softmax", targets: oneHot },
  {
    name: "categoricalCrossEntropy of distributions",
    loss: "categoricalCrossEntropy",
    output: "softmax",
    targets: distributions,
  },
  {
    name: "huber of delta 0.7",
    loss: huber({ delta: 0.7 }),
    targets: values,
    kinkDistance: (output, target) => Math.abs(Math.abs(output - target) - 0.7),
  },
  { name: "hinge", loss: "hinge", targets: signs, kinkDistance: (output, target) => Math.abs(1 - output * target) },
  {
    name: "squaredHinge",
    loss: "squaredHinge",
    targets: signs,
    kinkDistance: (output, target) => Math.abs(1 - output * target),
  },
  { name: "logCosh", loss: "logCosh", targets: values },
  { name: "poisson", loss: "poisson", targets: counts },
  { name: "kullbackLeibler", loss: "kullbackLeibler", output: "logSoftmax", targets: distributions },
  { name: "cosineSimilarity", loss: "cosineSimilarity", targets: values },
  { name: "smoothed labels of rows", loss: softmaxCrossEntropy({ labelSmoothing: 0.2 }), targets: oneHot },
  { name: "smoothed labels of outputs", loss: binaryCrossEntropyWithLogits({ labelSmoothing: 0.2 }), targets: bits },
  { name: "weights of classes", loss: "softmaxCrossEntropy", classWeights: [0.5, 2, 1], targets: classNumbers },
  {
    name: "weights of classes of outputs",
    loss: "binaryCrossEntropyWithLogits",
    classWeights: [0.5, 2],
    targets: bits,
  },
  { name: "weights of examples", loss: "meanSquaredError", exampleWeights: [1, 0, 3, 0.5, 2], targets: values },
  {
    name: "weights of examples, one term each",
    loss: "cosineSimilarity",
    exampleWeights: [1, 0, 3, 0.5, 2],
    targets: values,
  },
  {
    name: "weights of classes and of examples with smoothed labels",
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    classWeights: [0.5, 2, 1],
    exampleWeights: [1, 0, 3, 0.5, 2],
    targets: oneHot,
  },
];

interface Start {
  network: Network;
  /** The loss of the parameters as they are; fills their gradients. */
  evaluate: () => number;
}

/** The first of a hundred starts whose every kink is far and whose every gradient is more than noise. */
function startAwayFromKinks({ activation, kinks }: (typeof activations)[number], lossCase: LossCase): Start {
  for (let seed = 1; seed <= 100; seed++) {
    const random = pcg32(seed);
    const draw = () => random.next();
    const options = { weightInitializer: uniform(-1.5, 1.5), biasInitializer: uniform(-0.5, 0.5) };
    const output = (lossCase.output as Activation | undefined) ?? activation;
    const network = new Network({
      inputs: shape.features,
      layers: [
        dense(shape.hidden, { activation, ...options }),
        dense(shape.outputs, { activation: output, ...options }),
      ],
      dtype: "float64",
      seed,
    });
    const trainer = new Trainer(network, { loss: lossCase.loss, classWeights: lossCase.classWeights });
    const inputs = fill(shape.examples, () => fill(shape.features, () => 3 * draw() - 1.5));
    const targets = lossCase.targets(draw);
    const evaluate = () => trainer.gradients(inputs, targets, { exampleWeights: lossCase.exampleWeights });
    evaluate();
    if (nearestKink(network, kinks, lossCase, targets) < kinkMargin) continue;
    if (network.parameters.some(({ gradients }) => norm(gradients!) < smallestGradient)) continue;
    return { network, evaluate };
  }
  throw new RangeError("gradient check: got a hundred starts near a kink, need one away from all");
}

function nearestKink(network: Network, kinks: number[], lossCase: LossCase, targets: number[][] | number[]): number {
  const [hidden, last] = network.layers;
  const layers = lossCase.output ? [hidden] : [hidden, last];
  const inLayers = layers.flatMap((layer) =>
    Array.from(layer.preactivation!).flatMap((value) => kinks.map((kink) => Math.abs(value - kink))),
  );
  const { kinkDistance } = lossCase;
  const flatTargets = targets.flat();
  const inLoss = kinkDistance
    ? Array.from(last.activation!, (output, index) => kinkDistance(output, flatTargets[index]))
    : [];
  return Math.min(...inLayers, ...inLoss);
}

function titled<Case extends { name: string }>(cases: Case[]): [string, Case][] {
  return cases.map((each) => [each.name, each]);
}

function fill<Element>(length: number, element: () => Element): Element[] {
  return Array.from({ length }, element);
}

describe.each(titled(losses))("gradients under %s differ from central differences by less than 1e-7", (_, lossCase) => {
  it.each(titled(activations))("after %s", (__, activationCase) => {
    const { network, evaluate } = startAwayFromKinks(activationCase, lossCase);
    const claimed = network.parameters.map(({ gradients }) => Array.from(gradients!));
    expect(claimed).toHaveLength(4);
    for (const [index, parameter] of network.parameters.entries()) {
      const measured = centralDifferences(evaluate, parameter.values);
      expect(relativeDistance(claimed[index], measured), parameter.name).toBeLessThan(bound);
    }
  });
});

describe("the checker", () => {
  const point = [0.3, -1.2, 2.5];
  const evaluate = () => Math.sin(point[0]) * Math.exp(point[1]) + point[2] ** 3;
  const gradient = [
    Math.cos(0.3) * Math.exp(-1.2), //
    Math.sin(0.3) * Math.exp(-1.2),
    3 * 2.5 ** 2,
  ];

  it("accepts a right gradient and leaves the point as it was", () => {
    expect(relativeDistance(gradient, centralDifferences(evaluate, point))).toBeLessThan(bound);
    expect(point).toEqual([0.3, -1.2, 2.5]);
  });

  it("refuses a gradient with one element wrong, missing, of the other sign, or not a number", () => {
    const measured = centralDifferences(evaluate, point);
    for (const wrong of [gradient[1] * 1.001, 0, -gradient[1], Number.NaN]) {
      const distance = relativeDistance([gradient[0], wrong, gradient[2]], measured);
      expect(distance < bound, `with ${wrong}`).toBe(false);
    }
    expect(() => relativeDistance(gradient.slice(1), measured)).toThrow(RangeError);
  });

  it("refuses a network's gradients scaled by 1.000001, or with two weights exchanged", () => {
    const { network, evaluate: loss } = startAwayFromKinks(activations[2], losses[0]);
    const [weight] = network.parameters;
    const claimed = Array.from(weight.gradients!);
    const measured = centralDifferences(loss, weight.values);
    const scaled = claimed.map((value) => value * 1.000001);
    const exchanged = [claimed[1], claimed[0], ...claimed.slice(2)];
    expect(relativeDistance(scaled, measured)).toBeGreaterThan(bound);
    expect(relativeDistance(exchanged, measured)).toBeGreaterThan(bound);
  });

  it("sees a kink: relu at 0 has no central difference equal to either slope", () => {
    const zero = [0];
    const measured = centralDifferences(() => Math.max(zero[0], 0), zero);
    expect(relativeDistance([0], measured)).toBeGreaterThan(bound);
    expect(relativeDistance([1], measured)).toBeGreaterThan(bound);
  });
});
