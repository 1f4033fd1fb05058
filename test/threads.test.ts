/** The bits of a training do not depend on its threads: every kind of layer, every loss and every optimizer, on 1, 2 and 3. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  add,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  dropout,
  embedding,
  flatten,
  globalAveragePool,
  groupNorm,
  gru,
  input,
  layerNorm,
  lion,
  lstm,
  maxPool1d,
  maxPool2d,
  Network,
  type NetworkOptions,
  nadam,
  pcg32,
  rmsprop,
  sgd,
  sparseAdam,
  type Targets,
  Trainer,
  type TrainerOptions,
} from "../src/index.ts";
import { denseCase, examples, fill, graphOf, type LayerCase, layers, losses, targetsOf } from "./cases.ts";

/** Returns when the threads of a network serve, so that they take their parts. */
async function threadsOf({ network, threads }: Trainer): Promise<void> {
  const { arena } = network.engine;
  expect(arena.threads).toBe(threads);
  for (const team = arena.team!; !team.isServing; await sleep(1)) team.start();
}

const counts = [1, 2, 3];
/** `npm test` takes some of the cases, `npm run test:long` all. */
const some = <Case>(cases: readonly Case[]) =>
  process.env.SIMDNET_LONG ? cases : cases.filter((_, index) => index % 12 === 0);
const steps = 3;
/** So many times the examples of a case: enough for parts of every thread. */
const rounds = 3;

/** The SHA-256 of parameters, optimizer and losses after some steps. */
async function hashOf(
  options: NetworkOptions,
  trainerOptions: TrainerOptions,
  step: (trainer: Trainer) => number,
): Promise<string> {
  const trainer = new Trainer(new Network({ ...options, seed: 3 }), { seed: 5, ...trainerOptions });
  expect(trainer.threads).toBe(trainerOptions.threads);
  if (trainer.threads > 1) {
    step(trainer);
    await threadsOf(trainer);
  } else step(trainer);
  const hash = createHash("sha256");
  for (let count = 0; count < steps; count++) hash.update(Float64Array.of(step(trainer)));
  return hash.update(trainer.toBytes()).digest("hex");
}

const meanSquaredError = losses[0];

async function expectSame(
  layerCase: LayerCase,
  lossCase: (typeof losses)[number],
  options: Partial<TrainerOptions> = {},
) {
  const generator = pcg32(7);
  const draw = () => generator.next();
  const { element = () => 3 * draw() - 1.5 } = layerCase;
  const width = layerCase.inputs.reduce((product, side) => product * side, 1);
  const inputs = fill(rounds * examples, () => fill(width, () => element(draw)));
  const targets = fill(rounds, () => targetsOf(layerCase, lossCase, draw));
  const allTargets = targets[0] === null ? null : (targets.flat() as Targets);
  const hashes: string[] = [];
  for (const threads of counts) {
    const { loss, classWeights } = lossCase;
    const exampleWeights = lossCase.exampleWeights && fill(rounds, () => lossCase.exampleWeights!).flat();
    const graph = graphOf(layerCase, "relu", lossCase.output ?? "linear", lossCase.end);
    const step = (trainer: Trainer) => trainer.step(inputs, allTargets, { exampleWeights });
    hashes.push(await hashOf(graph, { loss, classWeights, threads, ...options }, step));
  }
  expect(new Set(hashes)).toHaveProperty("size", 1);
}

describe("layers", () => {
  test.each(some(layers))("$name", (layerCase) => expectSame(layerCase, meanSquaredError));
});

describe("losses", () => {
  test.each(some(losses))("$name", (lossCase) => expectSame(denseCase, lossCase));
});

describe("optimizers", () => {
  const optimizers = [
    ...[sgd(), sgd({ momentum: 0.9 }), sgd({ momentum: 0.9, nesterov: true }), adam(), adamW(), nadam(), adamax()],
    ...[adagrad(), adadelta(), rmsprop(), rmsprop({ centered: true, momentum: 0.5 }), lion()],
  ];
  test.each(some(optimizers))("$name", (optimizer) => expectSame(denseCase, meanSquaredError, { optimizer }));

  const table = layers.find(({ name }) => name.startsWith("embedding"))!;
  test.each([sgd(), adagrad(), sparseAdam()])("$name of a table", (optimizer) => {
    return expectSame(table, meanSquaredError, { optimizer, l2: 0.01, clipNorm: 1, clipValue: 0.5 });
  });
});

test("sequences that differ in length", async () => {
  const texts = Array.from({ length: 11 }, (_, row) =>
    Int32Array.from({ length: 1 + ((row * 5) % 9) }, (_, at) => (at * 3 + row) % 7),
  );
  const targets = texts.map((_, row) => row % 3) as Targets;
  const hashes: string[] = [];
  for (const threads of counts) {
    const tokens = input([9], { variableLength: true });
    const value = embedding(7, 6)(tokens);
    const steps = conv1d(5, 3, { padding: "same", activation: "relu" })(value);
    const pooled = layerNorm()(maxPool1d(1)(lstm(4, { returnSequences: true })(steps)));
    const outputs = dense(3)(globalAveragePool()(gru(3, { returnSequences: true })(pooled)));
    const step = (trainer: Trainer) => trainer.step(texts, targets);
    hashes.push(await hashOf({ inputs: tokens, outputs }, { loss: "softmaxCrossEntropy", threads }, step));
  }
  expect(new Set(hashes)).toHaveProperty("size", 1);
});

test("images through layers of many kinds, one of which is used twice", async () => {
  const draw = pcg32(11);
  const images = fill(11, () => fill(8 * 8 * 2, () => draw.next() - 0.5));
  const targets = images.map((_, row) => row % 3) as Targets;
  const hashes: string[] = [];
  for (const threads of counts) {
    const image = input([8, 8, 2]);
    const first = batchNorm()(conv2d(4, 3, { padding: "same", activation: "relu" })(image));
    const branch = depthwiseConv2d(3, { padding: "same" })(dropout(0.2)(first));
    const joined = add(first, groupNorm(2)(branch));
    const shared = conv2d(4, 3, { padding: "same", activation: "tanh" });
    const small = maxPool2d(2)(shared(shared(joined)));
    const units = dense(10, { activation: "relu" })(flatten()(convTranspose2d(3, 2, { stride: 2 })(small)));
    const outputs = dense(3)(dropout(0.1)(dense(12, { activation: "softplus" })(units)));
    const step = (trainer: Trainer) => trainer.step(images, targets);
    const options = { l1: 0.01, l2: 0.02, clipValue: 0.05, clipNorm: 0.1 };
    hashes.push(await hashOf({ inputs: image, outputs }, { loss: "softmaxCrossEntropy", threads, ...options }, step));
  }
  expect(new Set(hashes)).toHaveProperty("size", 1);
});
