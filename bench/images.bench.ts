/** Networks of convolutions through the public interface, with the peers' work: training, inference, and the memory that they take. */
import { adam, conv2d, dense, flatten, maxPool2d, Network, pcg32, Trainer } from "#dist/index.js";
import { type Arithmetic, supportedArithmetic } from "#dist/kernels/instance.js";
import type { Engine } from "#dist/topology/engine.js";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";
import { imageLayers, imageNetwork, operationsOf, withParameters } from "./peers/images.mjs";
import { softmaxCrossEntropy } from "./peers/loops.mjs";
import type { Memory } from "./results.ts";

const classCount = 10;
const batchSize = 32;
/** The tolerance for sums in different orders; those of the twin are in float64. */
const tolerance = 1e-4;

interface Net {
  readonly name: string;
  readonly side: number;
  readonly channels: number;
  /** The filters of the convolutions before each pool. */
  readonly blocks: readonly (readonly number[])[];
  /** The zeros on every side. */
  readonly padding: 0 | 1;
  /** The examples of an epoch. */
  readonly examples: number;
  /** The training examples a second that each arithmetic must reach. */
  readonly goals: Readonly<Record<Arithmetic, number | undefined>>;
}

const small = { side: 28, channels: 1, blocks: [[8], [16]], examples: 256 };
const valid: Net = { ...small, name: "28² × 1, valid", padding: 0, goals: { strict: 30_000, relaxed: undefined } };
const same: Net = { ...small, name: "28² × 1, same", padding: 1, goals: { strict: 27_000, relaxed: 32_000 } };
const large: Net = {
  ...{ name: "32² × 3, same", side: 32, channels: 3, padding: 1, examples: 64 },
  blocks: [
    [32, 32],
    [64, 64],
  ],
  goals: { strict: 520, relaxed: 580 },
};
/** The goal in microseconds for one example. */
const exampleGoal = 16;
/** The goals in bytes for the large network's memory. */
const [trainingGoal, predictionGoal] = [48e6, 3e6];

export function images(rounds: number): Bench[] {
  return benches("strict", rounds);
}

/** The same with fused multiply-add. Returns none if the runtime has no relaxed SIMD, such as Node 20. */
export function imagesRelaxed(rounds: number): Bench[] {
  return supportedArithmetic("relaxed") === "relaxed" ? benches("relaxed", rounds) : [];
}

function benches(arithmetic: Arithmetic, rounds: number): Bench[] {
  const title = (what: string) => `${what}${arithmetic === "strict" ? "" : ", relaxed"}`;
  return [
    {
      title: title(`training networks of images, batch ${batchSize}`),
      unit: "examples/s",
      versus: "peak",
      *rows() {
        const peak = peakWork("float32");
        for (const net of [valid, same, large]) yield measure(training(net, arithmetic), peak, rounds);
      },
      ...(arithmetic === "strict" && { memory }),
    },
    {
      title: title("one image"),
      unit: "µs",
      versus: "peak",
      *rows() {
        const peak = peakWork("float32");
        for (const net of [valid, same, large]) yield measure(inference(net, arithmetic), peak, rounds);
      },
    },
  ];
}

function networkOf(net: Net, arithmetic: Arithmetic): Network {
  const padding = net.padding ? "same" : "valid";
  const convolutions = (block: readonly number[]) =>
    block.map((filters) => conv2d(filters, 3, { padding, activation: "relu" }));
  const layers = net.blocks.flatMap((block) => [...convolutions(block), maxPool2d()]);
  const inputs = [net.side, net.side, net.channels];
  return new Network({ inputs, layers: [...layers, flatten(), dense(classCount)], arithmetic, seed: 1 });
}

/** Returns the network's twin in JavaScript, with a copy of its parameters. */
function twinOf(net: Net, network: Network, rows: number) {
  const values = network.parameters.map(({ values }) => values.slice());
  return imageNetwork(withParameters(imageLayers(net), values), rows, Float64Array);
}

/** Returns images and their classes. */
function examplesOf({ side, channels }: Net, count: number) {
  const random = pcg32(count);
  const inputs = Float32Array.from({ length: count * side * side * channels }, () => random.next());
  return { inputs, classes: Float32Array.from({ length: count }, (_, row) => row % classCount) };
}

/** Measures epochs over the examples. With a learning rate of 0, every step computes the same as the checked one. */
function training(net: Net, arithmetic: Arithmetic): Work {
  const { name, examples } = net;
  const network = networkOf(net, arithmetic);
  const { inputs, classes } = examplesOf(net, examples);
  const twin = twinOf(net, network, batchSize);
  const trainer = new Trainer(network, {
    ...{ loss: "softmaxCrossEntropy", optimizer: adam({ learningRate: 0 }) },
    ...{ batchSize, shuffle: false },
  });
  const records = trainer.epochs(inputs, classes, { epochs: Number.MAX_SAFE_INTEGER });
  let loss = 0;
  return {
    name,
    count: examples,
    operations: examples * operationsOf(imageLayers(net)).training,
    goal: net.goals[arithmetic],
    run() {
      const record = records.next().value;
      if (record) loss = record.loss;
    },
    check() {
      const outGrad = new Float64Array(batchSize * classCount);
      const batchOf = (from: number) => inputs.subarray(from * network.inputs, (from + batchSize) * network.inputs);
      let expected = 0;
      for (let from = 0; from < examples; from += batchSize) {
        expected += softmaxCrossEntropy(twin.forward(batchOf(from), batchSize), classes, from, batchSize, outGrad);
      }
      compare(`loss of ${name}`, [loss], [expected / examples], tolerance);
      const last = examples - batchSize;
      twin.backward(batchOf(last), outGrad, batchSize);
      trainer.gradients(batchOf(last), classes.subarray(last));
      network.parameters.forEach(({ name: parameter, gradients }, index) => {
        compare(`${parameter} of ${name}`, gradients!, twin.parameters[index].grad, tolerance);
      });
    },
  };
}

function inference(net: Net, arithmetic: Arithmetic): Work {
  const network = networkOf(net, arithmetic);
  const { inputs } = examplesOf(net, 1);
  const twin = twinOf(net, network, 1);
  return {
    name: net.name,
    count: 1,
    operations: operationsOf(imageLayers(net)).forward,
    goal: net === large ? undefined : exampleGoal,
    run: () => network.predict(inputs),
    check: () => compare(`one of ${net.name}`, network.predict(inputs), twin.forward(inputs, 1), tolerance),
  };
}

/** Returns the memory of the large network after a training step, and that of another one after one prediction. */
function memory(): Memory[] {
  const bytesOf = (network: Network) => (network as unknown as { engine: Engine }).engine.arena.bytes;
  const { inputs, classes } = examplesOf(large, batchSize);
  const [trained, predicting] = [networkOf(large, "strict"), networkOf(large, "strict")];
  new Trainer(trained, { loss: "softmaxCrossEntropy", optimizer: adam(), batchSize }).step(inputs, classes);
  predicting.predict(inputs.subarray(0, predicting.inputs));
  return [
    { name: `${large.name}: after a step of ${batchSize}`, bytes: bytesOf(trained), goal: trainingGoal },
    { name: `${large.name}: after one prediction`, bytes: bytesOf(predicting), goal: predictionGoal },
  ];
}
