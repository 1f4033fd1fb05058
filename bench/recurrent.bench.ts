/** Recurrent networks through the public interface: training, inference of a batch and of one sequence. */
import { adam, dense, gru, lstm, Network, pcg32, type RecurrentOptions, simpleRnn, Trainer } from "#dist/index.js";
import { oneHot, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "../test/reference/losses/crossEntropy.ts";
import * as product from "../test/reference/products/dense.ts";
import { type CellGradient, recurrentBackward } from "../test/reference/recurrent/backward.ts";
import { type Arithmetic, type Cell, recurrentForward, type Sequences } from "../test/reference/recurrent/forward.ts";
import { gruBackward, gruForward } from "../test/reference/recurrent/gru.ts";
import { lstmBackward, lstmForward } from "../test/reference/recurrent/lstm.ts";
import { simpleRnnBackward, simpleRnnForward } from "../test/reference/recurrent/simpleRnn.ts";
import { recurrentBackwardWeight } from "../test/reference/recurrent/weight.ts";
import { sigmoid, tanh } from "../test/reference/vector/exponential.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";

const classCount = 10;
const batchSize = 32;
/** The sequences that are compared with the twin, which is slow. */
const checkedRows = 2;
/** The tolerance for sums in different orders; those of the twin are in float64. */
const tolerance = 1e-4;

interface Kind {
  readonly make: typeof lstm | typeof gru | typeof simpleRnn;
  readonly gates: number;
  readonly forward: (candidateBias: readonly number[]) => Cell;
  readonly backward: CellGradient;
}

const kinds = {
  lstm: { make: lstm, gates: 4, forward: () => lstmForward, backward: lstmBackward },
  gru: { make: gru, gates: 3, forward: gruForward, backward: gruBackward },
  simpleRnn: { make: simpleRnn, gates: 1, forward: () => simpleRnnForward, backward: simpleRnnBackward },
} satisfies Record<string, Kind>;

interface Net {
  readonly kind: keyof typeof kinds;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
  /** The examples of an epoch. */
  readonly examples: number;
  /** The training examples a second that it must reach. */
  readonly goal?: number;
}

const small = { steps: 50, features: 16, units: 32, examples: 256 };
const nets: readonly Net[] = [
  { kind: "lstm", ...small, goal: 17_000 },
  { kind: "lstm", steps: 128, features: 64, units: 128, examples: 64, goal: 550 },
  { kind: "gru", ...small },
  { kind: "simpleRnn", ...small },
];
const nameOf = ({ kind, steps, features, units }: Net) => `${kind}, ${steps} × ${features} → ${units}`;

export function recurrent(rounds: number): Bench[] {
  const tableOf = (title: string, unit: Bench["unit"], work: (net: Net) => Work): Bench => ({
    ...{ title, unit, versus: "peak" },
    *rows() {
      const peak = peakWork("float32");
      for (const net of nets) yield measure(work(net), peak, rounds);
    },
  });
  return [
    tableOf(`training recurrent networks, batch ${batchSize}`, "examples/s", training),
    tableOf(`recurrent networks, batch ${batchSize}`, "examples/s", (net) => inference(net, batchSize)),
    tableOf("one sequence", "µs", (net) => inference(net, 1)),
  ];
}

/** Returns a recurrent layer, and a dense one of ten classes on its last state. */
function networkOf({ kind, steps, features, units }: Net): Network {
  const make: (units: number, options?: RecurrentOptions) => ReturnType<typeof lstm> = kinds[kind].make as typeof lstm;
  return new Network({ inputs: [steps, features], layers: [make(units), dense(classCount)], seed: 1 });
}

/** Returns sequences and their classes. */
function examplesOf({ steps, features }: Net, count: number) {
  const random = pcg32(count);
  const inputs = Float32Array.from({ length: count * steps * features }, () => 2 * random.next() - 1);
  return { inputs, classes: Float32Array.from({ length: count }, (_, row) => row % classCount) };
}

/** Counts the multiplications and additions of the products for one example: of a forward pass, and of a training step. */
function operationsOf({ kind, steps, features, units }: Net): { forward: number; training: number } {
  const ofInput = 2 * steps * features * kinds[kind].gates * units;
  const forward = ofInput + 2 * steps * units * kinds[kind].gates * units + 2 * units * classCount;
  // The input has no gradient.
  return { forward, training: 3 * forward - ofInput };
}

const arithmetic: Arithmetic = {
  round: (x) => x,
  sigmoid: (values) => values.map(sigmoid),
  tanh: (values) => values.map(tanh),
};

const rowsOf = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from(values).slice(row * columns, (row + 1) * columns),
  );

/** Returns the twin's outputs for some sequences, and its gradients of the recurrent weight for the mean loss of their classes. */
function twinOf(net: Net, network: Network, inputs: Float32Array, classes: Float32Array) {
  const { kind, steps, features, units } = net;
  const { gates, forward, backward } = kinds[kind];
  const rows = inputs.length / steps / features;
  const parameters = network.parameters.map(({ values }) => Array.from(values));
  const [weight, recurrentWeight, bias] = parameters;
  const [outputWeight, outputBias] = parameters.slice(-2);
  const sizes = { rows: rows * steps, fanIn: features, fanOut: gates * units };
  const last = { rows, fanIn: units, fanOut: classCount };
  const sequences: Sequences = { lengths: new Array(rows).fill(steps), isReverse: false };
  const zeros = new Array(units).fill(0);
  const matrix = rowsOf(recurrentWeight, gates * units);
  const pass = recurrentForward(
    ...([arithmetic, sequences, rowsOf(product.denseForward(inputs, weight, bias, sizes), gates * units)] as const),
    ...([matrix, sequences.lengths.map(() => ({ hidden: zeros, cell: zeros })), forward(parameters[3])] as const),
  );
  const states = pass.last.flatMap(({ hidden }) => hidden);
  const outputs = product.denseForward(states, outputWeight, outputBias, last);
  const logits = rowsOf(outputs, classCount);
  const targets = Array.from(classes, (chosen) => oneHot(chosen, classCount));
  const losses = logits.map((row, index) => softmaxCrossEntropy(row, targets[index]));
  const grads = logits.flatMap((row, index) => softmaxCrossEntropyGrad(row, targets[index]).map((x) => x / rows));
  const lastGrad = rowsOf(product.denseBackwardInput(grads, outputWeight, last), units);
  const gradients = recurrentBackward(arithmetic.round, sequences, pass.steps, matrix, { lastGrad }, backward);
  const hidden = pass.steps.map((step) => [...step.hidden]);
  const ofHidden = gradients.map(({ hiddenPart }) => [...hiddenPart]);
  return {
    outputs,
    loss: losses.reduce((a, b) => a + b) / rows,
    weightGrad: recurrentBackwardWeight(arithmetic.round, hidden, ofHidden, sequences).flat(),
  };
}

/** Measures epochs over the examples. With a learning rate of 0, every step computes the same as the checked one. */
function training(net: Net): Work {
  const name = nameOf(net);
  const network = networkOf(net);
  const { inputs, classes } = examplesOf(net, net.examples);
  const trainer = new Trainer(network, {
    ...{ loss: "softmaxCrossEntropy", optimizer: adam({ learningRate: 0 }) },
    ...{ batchSize, shuffle: false },
  });
  const records = trainer.epochs(inputs, classes, { epochs: Number.MAX_SAFE_INTEGER });
  return {
    ...{ name, count: net.examples, operations: net.examples * operationsOf(net).training, goal: net.goal },
    run: () => records.next(),
    check() {
      const some = [inputs.subarray(0, checkedRows * network.inputs), classes.subarray(0, checkedRows)] as const;
      const { loss, weightGrad } = twinOf(net, network, ...some);
      compare(`loss of ${name}`, [trainer.gradients(...some)], [loss], tolerance);
      compare(`recurrent weight of ${name}`, network.parameters[1].gradients!, weightGrad, tolerance);
    },
  };
}

function inference(net: Net, rows: number): Work {
  const network = networkOf(net);
  const { inputs, classes } = examplesOf(net, rows);
  return {
    ...{ name: nameOf(net), count: rows, operations: rows * operationsOf(net).forward },
    run: () => network.predict(inputs),
    check() {
      const count = Math.min(rows, checkedRows);
      const { outputs } = twinOf(net, network, inputs.subarray(0, count * network.inputs), classes.subarray(0, count));
      compare(nameOf(net), network.predict(inputs).subarray(0, outputs.length), outputs, tolerance);
    },
  };
}
