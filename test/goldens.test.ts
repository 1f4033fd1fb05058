/** Whole networks and whole trainings against PyTorch's numbers; fixtures/*.py made them and say how. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dense, elu, fromValues, leakyRelu, Network, type Optimizer, squaredError, Trainer } from "../src/index.ts";
import type { Dtype } from "../src/kernels/dtype.ts";
import { checkOptimizer } from "../src/training/optimizers/kinds.ts";
import { expectClose, tolerances } from "./tolerances.ts";

type Activation = NonNullable<NonNullable<Parameters<typeof dense>[1]>["activation"]>;
type Loss = ConstructorParameters<typeof Trainer>[1]["loss"];

interface StoredActivation {
  name: string;
  slope?: number;
  alpha?: number;
}

interface StoredLayer {
  units: number;
  activation: string | StoredActivation;
  bias: boolean;
}

interface StoredParameter {
  name: string;
  shape: number[];
  values: number[];
}

interface Expected {
  layers: { preactivation: number[]; activation: number[] }[];
  loss: number;
  gradients: number[][];
}

interface NetworkCase {
  name: string;
  features: number;
  layers: StoredLayer[];
  loss: string;
  inputs: number[][];
  targets: number[][] | number[];
  parameters: StoredParameter[];
  expected: Expected;
  expectedFloat32?: Expected;
}

interface TrainingRun {
  optimizer: string;
  options: object;
  losses: number[];
  parameters: number[][];
}

interface Versions {
  script: string;
  versions: Record<"python" | "numpy" | "torch", string>;
}

function fixture<Content>(name: string): Content & Versions {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}

const networks = fixture<{ cases: NetworkCase[] }>("networks");
const trainings = fixture<{
  inputs: number[][];
  targets: number[][];
  start: StoredParameter[];
  runs: TrainingRun[];
}>("trainings");

/** A network of exactly these layers whose every parameter has its stored values. */
function build(features: number, layers: StoredLayer[], stored: StoredParameter[], dtype: Dtype): Network {
  const remaining = stored.map((parameter) => fromValues(parameter.values));
  const descriptions = layers.map(({ units, activation, bias }) => {
    const weightInitializer = remaining.shift();
    const biasInitializer = bias ? remaining.shift() : undefined;
    return dense(units, { activation: activationOf(activation), bias, weightInitializer, biasInitializer });
  });
  return new Network({ inputs: features, layers: descriptions, dtype });
}

function activationOf(stored: string | StoredActivation): Activation {
  if (typeof stored === "string") return stored as Activation;
  if (stored.name === "leakyRelu") return leakyRelu({ slope: stored.slope! });
  if (stored.name === "elu") return elu({ alpha: stored.alpha! });
  throw new RangeError(`fixture: got the activation ${JSON.stringify(stored)}, need leakyRelu or elu`);
}

function titled<Case extends { name: string }>(cases: Case[]): [string, Case][] {
  return cases.map((each) => [each.name, each]);
}

function lossOf(name: string): Loss {
  return name === "squaredErrorSum" ? squaredError({ reduction: "sum" }) : (name as Loss);
}

function named(parameters: Network["parameters"]): { name: string; shape: number[] }[] {
  return parameters.map(({ name, shape }) => ({ name, shape: [...shape] }));
}

function expectAgreement(stored: NetworkCase, expected: Expected, dtype: Dtype): void {
  const tolerance = tolerances.network[dtype];
  const network = build(stored.features, stored.layers, stored.parameters, dtype);
  expect(named(network.parameters)).toEqual(stored.parameters.map(({ name, shape }) => ({ name, shape })));
  const output = expected.layers[expected.layers.length - 1].activation;

  expectClose(network.predict(stored.inputs).flat(), output, tolerance, "prediction");
  expectLayers(network, expected, tolerance);

  const trainer = new Trainer(network, { loss: lossOf(stored.loss) });
  const loss = trainer.gradients(stored.inputs, stored.targets);
  expectClose([loss], [expected.loss], tolerance, "loss");
  expectLayers(network, expected, tolerance);
  for (const [index, { name, gradients }] of network.parameters.entries()) {
    expectClose(gradients!, expected.gradients[index], tolerance, `gradient of ${name}`);
  }
}

function expectLayers(network: Network, expected: Expected, tolerance: (typeof tolerances.network)[Dtype]): void {
  for (const [index, { preactivation, activation }] of expected.layers.entries()) {
    const layer = network.layers[index];
    expectClose(layer.preactivation!, preactivation, tolerance, `preactivation of layer ${index + 1}`);
    expectClose(layer.activation!, activation, tolerance, `activation of layer ${index + 1}`);
  }
}

describe("networks agree with PyTorch", () => {
  it.each(titled(networks.cases))("%s: every value and gradient within 1e-10 in float64", (_, stored) => {
    expectAgreement(stored, stored.expected, "float64");
  });

  const singles = networks.cases.filter((stored) => stored.expectedFloat32);
  it.each(titled(singles))("%s: every value and gradient within 2e-5 in float32", (_, stored) => {
    expectAgreement(stored, stored.expectedFloat32!, "float32");
  });

  it("class numbers and their one-hot rows give the same loss and gradients", () => {
    const stored = networks.cases.find(({ name }) => name === "a batch of 33 with class numbers")!;
    const classes = stored.targets as number[];
    const rows = classes.map((number) => [0, 1, 2].map((column) => (column === number ? 1 : 0)));
    expectAgreement({ ...stored, targets: rows }, stored.expected, "float64");
    expectAgreement({ ...stored, loss: "sparseSoftmaxCrossEntropy" }, stored.expected, "float64");
  });
});

describe("trainings agree with PyTorch", () => {
  const layers: StoredLayer[] = [
    { units: 5, activation: "tanh", bias: true },
    { units: 2, activation: "linear", bias: true },
  ];
  it.each(titled(trainings.runs.map((run) => ({ ...run, name: `${run.optimizer} ${JSON.stringify(run.options)}` }))))(
    "%s: 100 losses and the last parameters within 1e-10 in float64",
    (_, run) => {
      const tolerance = tolerances.network.float64;
      const network = build(3, layers, trainings.start, "float64");
      const optimizer = checkOptimizer({ name: run.optimizer, ...run.options } as Optimizer);
      const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
      const losses = run.losses.map(() => trainer.step(trainings.inputs, trainings.targets));
      expectClose(losses, run.losses, tolerance, "losses");
      for (const [index, { name, values }] of network.parameters.entries()) {
        expectClose(values, run.parameters[index], tolerance, name);
      }
    },
  );
});

describe("the fixtures", () => {
  it("cover all 9 optimizers and 7 schedules", () => {
    expect(new Set(trainings.runs.map(({ optimizer }) => optimizer)).size).toBe(9);
    const rates = trainings.runs.map(({ options }) => (options as Optimizer).learningRate);
    expect(rates.filter((rate) => typeof rate === "object")).toHaveLength(7);
  });

  it("name their script and the versions that made them", () => {
    for (const { script, versions } of [networks, trainings]) {
      expect(script).toMatch(/^test\/fixtures\/\w+\.py$/);
      expect(Object.keys(versions)).toEqual(["python", "numpy", "torch"]);
    }
  });

  it("cover all 17 activations and 7 losses", () => {
    const activations = networks.cases.flatMap(({ layers: stored }) =>
      stored.map(({ activation }) => (typeof activation === "string" ? activation : activation.name)),
    );
    expect(new Set(activations).size).toBe(17);
    expect(new Set(networks.cases.map(({ loss }) => loss)).size).toBe(7);
  });
});
