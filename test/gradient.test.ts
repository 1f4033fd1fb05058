/**
 * Backward against central differences in float64, through the public checkGradients: every activation under every loss that
 * fits it, and every kind of layer, with a smooth activation, one with a kink and one over rows, under every loss. A start too
 * near a kink (of an activation or of the loss), or with a gradient that is mere rounding, is drawn again. `npm test` takes each layer under
 * each loss with one of the three, `npm run test:long` with all.
 */
import { describe, expect, it } from "vitest";
import { checkGradients, Network, pcg32, type Targets, Trainer } from "../src/index.ts";
import type { Values } from "../src/kernels/dtype.ts";
import { activationKinds, activationOf } from "../src/topology/activations.ts";
import type { DenseDescription } from "../src/topology/layers/dense.ts";
import { kindOf } from "../src/topology/layers/kinds.ts";
import { type LossName, lossKinds, lossOf } from "../src/training/losses.ts";
import {
  type ActivationCase,
  activations,
  denseCase,
  examples,
  fill,
  graphOf,
  type LayerCase,
  type LossCase,
  layers,
  losses,
  targetsOf,
} from "./cases.ts";
import { centralDifferences, relativeDistance } from "./differences.ts";

const bound = 1e-7;
const kinkMargin = 0.01;
const tieMargin = 1e-4;
const smallestGradient = 1e-3;

interface Start {
  trainer: Trainer;
  inputs: number[][];
  targets: Targets | null;
}

/** The first of five hundred starts whose every kink is far and whose every gradient is more than noise. */
function startAwayFromKinks(layerCase: LayerCase, { activation, kinks }: ActivationCase, lossCase: LossCase): Start {
  for (let seed = 1; seed <= 500; seed++) {
    const random = pcg32(seed);
    const draw = () => random.next();
    const graph = graphOf(layerCase, activation, lastOf(lossCase, activation), lossCase.end);
    const network = new Network({ ...graph, dtype: "float64", seed });
    const trainer = new Trainer(network, { loss: lossCase.loss, classWeights: lossCase.classWeights, seed });
    const { element = () => 3 * draw() - 1.5 } = layerCase;
    const inputs = fill(examples, () => fill(network.inputs, () => element(draw)));
    const targets = targetsOf(layerCase, lossCase, draw);
    trainer.gradients(inputs, targets, { exampleWeights: lossCase.exampleWeights });
    const { name } = activationOf(activation);
    const rows = ((layerCase.positions ?? 1) === 1 ? targets : (targets as number[][][] | null)?.flat()) as number[][];
    if (nearestKink(network, name, kinks, lossCase, rows) < kinkMargin) continue;
    if (nearestTie(network) < tieMargin) continue;
    if (trained(network).some(({ gradients }) => norm(gradients!) < smallestGradient)) continue;
    return { trainer, inputs, targets };
  }
  throw new RangeError("gradient check: got five hundred starts near a kink, need one away from all");
}

/** The last activation: that of the case, or the one under test, if the loss takes what it makes. */
function lastOf({ loss, output }: LossCase, activation: ActivationCase["activation"]): ActivationCase["activation"] {
  const { takes } = lossKinds[lossOf(loss as LossName).name];
  const makesNoScores = ["sigmoid", "hardSigmoid", "softmax", "logSoftmax"].includes(activationOf(activation).name);
  return output ?? (takes && makesNoScores ? "linear" : activation);
}

const norm = (values: Values) => Math.hypot(...values);

function trained({ parameters, layers: views }: Network) {
  const frozen = views.filter(({ trainable }) => !trainable).map(({ name }) => `${name}.`);
  return parameters.filter(({ name }) => !frozen.some((layer) => name.startsWith(layer)));
}

function nearestKink(
  { layers: views }: Network,
  activation: string,
  kinks: number[],
  { kinkDistance }: LossCase,
  targets: number[][],
): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const { description, preactivation } of views) {
    if ((description as DenseDescription).activation?.name !== activation) continue;
    for (const kink of kinks) for (const value of preactivation) nearest = Math.min(nearest, Math.abs(value - kink));
  }
  if (!kinkDistance) return nearest;
  const outputs = Array.from(views.at(-1)!.activation);
  targets.forEach((row, index) => {
    const [from, to] = [index, index + 1].map((place) => (place * outputs.length) / targets.length);
    nearest = Math.min(nearest, kinkDistance(outputs.slice(from, to), row));
  });
  return nearest;
}

/** How far apart two numbers are that a layer takes the maximum of. Equal ones are one number twice, or both 0. */
function nearestTie({ layers: views }: Network): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const [index, { description, outputShape }] of views.entries()) {
    if (!/maxPool/i.test(description.kind)) continue;
    const channels = outputShape.at(-1)!;
    const { activation } = views[index - 1];
    const columns = fill(examples * channels, (): number[] => []);
    activation.forEach((value, place) => {
      const example = Math.floor((place * examples) / activation.length);
      columns[example * channels + (place % channels)].push(value);
    });
    for (const values of columns) {
      const sorted = [...new Set(values)].sort((a, b) => a - b);
      for (let place = 1; place < sorted.length; place++)
        nearest = Math.min(nearest, sorted[place] - sorted[place - 1]);
    }
  }
  return nearest;
}

function titled<Case extends { name: string }>(cases: Case[]): [string, Case][] {
  return cases.map((each) => [each.name, each]);
}

function expectRightGradients(layerCase: LayerCase, activationCase: ActivationCase, lossCase: LossCase): void {
  const { trainer, inputs, targets } = startAwayFromKinks(layerCase, activationCase, lossCase);
  const { exampleWeights } = lossCase;
  const { worst, parameters } = checkGradients(trainer, inputs, targets, { exampleWeights });
  expect(parameters).toHaveLength(trained(trainer.network).length);
  expect(worst.relativeError, worst.name).toBeLessThan(bound);
}

describe.each(titled(losses))("gradients under %s differ from central differences by less than 1e-7", (_, lossCase) => {
  it.each(titled(activations))("after %s", (__, activationCase) => {
    expectRightGradients(denseCase, activationCase, lossCase);
  });

  const usual = activations.filter(({ name }) => ["tanh", "relu", "softmax"].includes(name));
  const indexOf = (layerCase: (typeof layers)[number]) => losses.indexOf(lossCase) + layers.indexOf(layerCase);
  // In `npm test`, a sixth of the layers under each loss.
  const some = layers.filter((layerCase) => process.env.SIMDNET_LONG || indexOf(layerCase) % 6 === 0);
  describe.each(titled(some))("through %s", (__, layerCase) => {
    const index = Math.floor(indexOf(layerCase) / 6);
    it.each(titled(process.env.SIMDNET_LONG ? usual : [usual[index % usual.length]]))(
      "with %s",
      (___, activationCase) => {
        expectRightGradients(layerCase, activationCase, lossCase);
      },
    );
  });
});

describe("the cases", () => {
  it("are every activation, every loss and every kind of layer there is", () => {
    const names = new Set(activations.map(({ activation }) => activationOf(activation).name));
    expect([...names].sort()).toEqual(Object.keys(activationKinds).sort());
    expect([...new Set(losses.map(({ loss }) => lossOf(loss as LossName).name))].sort()).toEqual(
      Object.keys(lossKinds).sort(),
    );
    const views = layers.flatMap((each) => new Network(graphOf(each, "tanh", "linear")).layers);
    const kinds = new Set(views.map(({ description }) => description.kind));
    const known = /need one of ([^;]*)/.exec(refusalOf(() => kindOf({ kind: "none" })))![1].split(", ");
    expect([...kinds].map((kind) => `${kind}()`).sort()).toEqual(known.sort());
  });
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail("nothing was refused");
}

describe("the check of a network", () => {
  /** A trainer that does `spoil` to the gradient of the first weight. */
  function spoilt(spoil: (gradients: Values) => void): { distance: number; parameter: string } {
    const { trainer, inputs, targets } = startAwayFromKinks(denseCase, activations[2], losses[0]);
    const gradients = (...batch: Parameters<Trainer["gradients"]>) => {
      const loss = trainer.gradients(...batch);
      spoil(trainer.network.parameters[0].gradients!);
      return loss;
    };
    const { worst } = checkGradients({ network: trainer.network, gradients } as Trainer, inputs, targets);
    return { distance: worst.relativeError, parameter: worst.name };
  }

  it.each<[string, (gradients: Values) => void]>([
    ["scaled by 1.000001", (gradients) => gradients.set(gradients.map((value) => value * 1.000001))],
    ["with two weights exchanged", (gradients) => gradients.subarray(0, 2).reverse()],
    ["with one of the other sign", (gradients) => (gradients[5] *= -1)],
    ["with one missing", (gradients) => gradients.fill(0, 7, 8)],
    ["with one that is not a number", (gradients) => gradients.fill(Number.NaN, 7, 8)],
  ])("refuses gradients %s", (_, spoil) => {
    const { distance, parameter } = spoilt(spoil);
    expect(distance < bound).toBe(false);
    expect(parameter).toBe("dense1.weight");
  });

  it("accepts them as they are", () => expect(spoilt(() => {}).distance).toBeLessThan(bound));

  it("sees a dropout whose mask changes between passes", () => {
    const dropout = layers.find(({ name }) => name.startsWith("dropout"))!;
    const { trainer, inputs, targets } = startAwayFromKinks(dropout, activations[2], losses[0]);
    const { network } = trainer;
    let seed = 1;
    const gradients = (...batch: Parameters<Trainer["gradients"]>) =>
      new Trainer(network, { loss: losses[0].loss, seed: seed++ }).gradients(...batch);
    const { worst } = checkGradients({ network, gradients } as Trainer, inputs, targets);
    expect(worst.relativeError).toBeGreaterThan(0.5);
  });
});

describe("the checker of plans", () => {
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

  it("sees a kink: relu at 0 has no central difference equal to either slope", () => {
    const zero = [0];
    const measured = centralDifferences(() => Math.max(zero[0], 0), zero);
    expect(relativeDistance([0], measured)).toBeGreaterThan(bound);
    expect(relativeDistance([1], measured)).toBeGreaterThan(bound);
  });
});
