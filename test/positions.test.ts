/**
 * Outputs of several positions: losses and their gradients against PyTorch's, metrics against scikit-learn's
 * (fixtures/positions.py made them), and the same numbers in every form in which targets may be given.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type ActivationName,
  activation,
  batchNorm,
  dense,
  fromValues,
  input,
  type Loss,
  type LossName,
  layerNorm,
  type MetricName,
  Network,
  pcg32,
  reshape,
  rmsNorm,
  type Targets,
  Trainer,
  topKAccuracy,
} from "../src/index.ts";
import { lossKinds } from "../src/training/losses.ts";
import { denseCase, examples, fill, type LossCase, losses, outputs, targetsOf } from "./cases.ts";
import { expectClose, tolerances } from "./tolerances.ts";

interface Case {
  name: string;
  loss: LossName;
  shape: number[];
  options: { labelSmoothing?: number; delta?: number };
  outputs: number[];
  targets: Targets;
  value: number;
  outputGrad: number[];
  metrics: Partial<Record<MetricName, number | number[][]>>;
  classWeights?: number[];
  exampleWeights?: number[];
}

const { cases }: { cases: Case[] } = JSON.parse(readFileSync("test/fixtures/positions.json", "utf8"));
const titled = cases.map((each): [string, Case] => [`${each.name}, [${each.shape}], ${each.loss}`, each]);

/** A row for each example that takes its outputs out of the first layer's weights, so that their gradient is the outputs'. */
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, row) => Array.from({ length: count }, (__, column) => Number(row === column)));

const lossOf = ({ loss: name, options: { labelSmoothing, delta } }: Case): Loss => ({
  name,
  reduction: "mean",
  ...(labelSmoothing !== undefined && { labelSmoothing }),
  ...(delta !== undefined && { parameter: delta }),
});

/** A trainer whose network gives back the outputs of a case, and the inputs for that. */
function make(each: Case): { trainer: Trainer; inputs: number[][] } {
  const { shape, outputs: values, classWeights, metrics } = each;
  const size = shape.reduce((product, side) => product * side, 1);
  const count = values.length / size;
  const layers = [dense(size, { bias: false, weightInitializer: fromValues(values) }), reshape(shape)];
  const network = new Network({ inputs: count, layers, dtype: "float64" });
  const names = Object.keys(metrics) as MetricName[];
  const wanted = names.map((name) => (name === "topKAccuracy" ? topKAccuracy({ k: 2 }) : name));
  return {
    trainer: new Trainer(network, { loss: lossOf(each), classWeights, metrics: wanted }),
    inputs: rowsOf(count),
  };
}

const depthOf = (values: unknown): number => (Array.isArray(values) ? 1 + depthOf(values[0]) : 0);

/** The targets as given, as flat rows, as a typed array, and with typed arrays inside. */
function formsOf(targets: Targets): Targets[] {
  const rows = (targets as number[][]).map((row) => row.flat(9) as unknown as number[]);
  const typed = (values: unknown): unknown =>
    depthOf(values) === 1 ? Float64Array.from(values as number[]) : (values as unknown[]).map(typed);
  return [targets, rows, Float64Array.from(rows.flat()), typed(targets) as Targets];
}

describe.each(titled)("%s", (_, each) => {
  const { outputs: values, targets, value, outputGrad, metrics, exampleWeights } = each;
  const options = { exampleWeights };

  it("agrees with PyTorch to 1e-12: loss and gradient, however the targets are nested", () => {
    const { trainer, inputs } = make(each);
    const [weight] = trainer.network.parameters;
    expectClose(weight.values, values, { absolute: 0, relative: 0 }, "outputs");
    for (const form of formsOf(targets)) {
      expectClose([trainer.gradients(inputs, form, options)], [value], tolerances.golden.float64, "loss");
      expectClose(weight.gradients!, outputGrad, tolerances.golden.float64, "gradient");
      expectClose([trainer.evaluate(inputs, form, options).loss], [value], tolerances.golden.float64, "evaluated loss");
    }
  });

  it.runIf(Object.keys(metrics).length > 0)("agrees with scikit-learn to 1e-12: metrics of all positions", () => {
    const { trainer, inputs } = make(each);
    for (const form of formsOf(targets)) {
      const measured = trainer.evaluate(inputs, form);
      for (const [name, expected] of Object.entries(metrics)) {
        const [got, want] = [measured[name as MetricName]!, expected].map((found) => [found].flat(2));
        expectClose(got, want, tolerances.golden.float64, name);
      }
    }
  });
});

describe("the cases", () => {
  it("cover every loss but the sum and those that compare, and every metric", () => {
    const others = ["squaredError", "contrastive", "triplet"];
    const names = Object.keys(lossKinds).filter((name) => !others.includes(name));
    expect([...new Set(cases.map(({ loss }) => loss))].sort()).toEqual(names.sort());
    expect(new Set(cases.flatMap(({ metrics }) => Object.keys(metrics))).size).toBe(11);
  });

  it("a summed loss is the sum over all positions", () => {
    const each = cases.find(({ name, shape }) => name === "numbers" && shape.length === 2)!;
    const { trainer, inputs } = make(each);
    const summed = new Trainer(trainer.network, { loss: { name: "squaredError", reduction: "sum" } });
    const total = each.value * each.outputs.length;
    expectClose([summed.gradients(inputs, each.targets)], [total], tolerances.golden.float64);
  });
});

/** Layers that act on the last side, and the batch over which one of them is normalized. */
const alike = (output: ActivationName | undefined) => [
  dense(4, { activation: "tanh" }),
  batchNorm(),
  layerNorm(),
  rmsNorm(),
  activation("softmax"),
  dense(outputs, { activation: output }),
];

describe("a batch of examples of two positions is one of twice as many examples of one", () => {
  it.each(losses.map((each): [string, LossCase] => [each.name, each]))(
    "under %s: the same loss and gradients",
    (_, each) => {
      const random = pcg32(3);
      const inputs = fill(examples, () => fill(2, () => fill(3, () => 2 * random.next() - 1)));
      const targets = targetsOf({ ...denseCase, positions: 2 }, each, () => random.next()) as number[][][] | null;
      const { loss, classWeights, output = "linear", end = (value) => value } = each;
      const [shaped, flat] = [[2, 3], 3].map((shape) => {
        const first = input(shape);
        const outputs = end(alike(output).reduce((value, layer) => layer(value), first));
        return new Trainer(new Network({ inputs: first, outputs, dtype: "float64", seed: 4 }), { loss, classWeights });
      });
      const weights = each.exampleWeights;
      const twice = weights?.flatMap((weight) => [weight, weight]);
      const value = shaped.gradients(inputs, targets, { exampleWeights: weights });
      const expected = flat.gradients(inputs.flat(), targets?.flat() ?? null, { exampleWeights: twice });
      // Without weights nothing is added in another order.
      const tolerance = weights ? tolerances.golden.float64 : { absolute: 0, relative: 0 };
      expectClose([value], [expected], tolerance, "loss");
      shaped.network.parameters.forEach(({ name, gradients }, index) => {
        expectClose(gradients!, flat.network.parameters[index].gradients!, tolerance, name);
      });
      const predictions = [shaped.network.predict<number[][][]>(inputs), flat.network.predict(inputs.flat())];
      expect(predictions[0].flat(9)).toEqual(predictions[1].flat(9));
    },
  );
});
