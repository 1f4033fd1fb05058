/** The files that fuzz.test.ts mutates, and what is done with what can be read of them. */
import { readFileSync } from "node:fs";
import {
  activation,
  adam,
  add,
  attention,
  averagePool2d,
  batchNorm,
  bidirectional,
  checkpoint,
  concatenate,
  conv2d,
  convTranspose2d,
  cosineRestarts,
  crop2d,
  dense,
  depthwiseConv2d,
  dropout,
  earlyStopping,
  embedding,
  type FitOptions,
  flatten,
  globalMaxPool,
  gru,
  input,
  layerNorm,
  leakyRelu,
  lstm,
  maxPool2d,
  multiply,
  Network,
  nadam,
  positionalEncoding,
  positionEmbedding,
  reduceOnPlateau,
  rmsprop,
  sgd,
  simpleRnn,
  slice,
  stepDecay,
  Trainer,
  upsample2d,
  warmup,
  zeroPad2d,
} from "../../src/index.ts";
import { sizeOf } from "../../src/topology/layers/layer.ts";

/** A real file, and how a trainer that is read from it goes on. */
export interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Trains a little; undefined for the file of a network. */
  readonly train?: (trainer: Trainer) => unknown;
}

/** One row of examples for each input; `size` numbers each. */
const rowOf = (size: number, row = 0) =>
  Array.from({ length: size }, (_, column) => (((row + 2) * (column + 3)) % 7) / 7 - 0.4);
const rowsOf = (count: number, size: number) => Array.from({ length: count }, (_, row) => rowOf(size, row));

function networks(): Original[] {
  const list = new Network({
    inputs: 3,
    layers: [
      dense(4, { activation: "tanh", maxNorm: 2 }),
      dense(2, { activation: leakyRelu({ slope: 0.2 }), name: "last" }),
    ],
  });
  const normalized = new Network({
    inputs: [2, 3],
    layers: [batchNorm({ momentum: 0.2 }), activation("relu"), dense(3, { bias: false }), layerNorm(), dropout(0.3)],
    dtype: "float64",
  });
  const [left, right] = [input(3), input(3)];
  const shared = dense(3, { activation: "sigmoid", name: "shared" });
  const [one, other] = [shared(left), shared(right)];
  const sum = add(one, other, multiply(one, other, one));
  const graph = new Network({
    inputs: [left, right],
    outputs: [dense(2, { activation: "softmax", trainable: false })(concatenate(sum, other)), sum],
  });
  const images = new Network({
    inputs: [4, 3, 2],
    layers: [
      zeroPad2d([
        [1, 0],
        [0, 2],
      ]),
      conv2d(2, [2, 1], { padding: "same", groups: 2, activation: "relu" }),
      depthwiseConv2d([1, 2], { multiplier: 2 }),
      convTranspose2d(2, 2, { padding: "same" }),
      maxPool2d(2, { stride: 1, padding: "same" }),
      upsample2d([1, 2], { interpolation: "bilinear" }),
      averagePool2d(3, { stride: 2, padding: 1 }),
      crop2d(1),
      globalMaxPool(),
      dense(2),
    ],
  });
  const sequences = new Network({
    inputs: [4, 2],
    layers: [
      simpleRnn(3, { returnSequences: true }),
      lstm(2, { returnSequences: true, reverse: true }),
      bidirectional(gru(2), { merge: "sum" }),
    ],
  });
  const tokens = new Network({
    inputs: [3, 2],
    layers: [slice(1, 0, 1), flatten(), embedding(4, 3, { padding: 1 }), positionalEncoding(), positionEmbedding()],
  });
  const sequence = new Network({
    inputs: [3, 4],
    layers: [attention({ heads: 2, keyUnits: 3, causal: true, dropout: 0.2 }), attention({ heads: 4, bias: false })],
  });
  const files = { list, normalized, graph, images, sequences, tokens, sequence };
  return Object.entries(files).map(([name, network]) => ({ name, bytes: network.toBytes() }));
}

/** A checkpoint in the middle of a training. */
async function stopped(
  trainer: Trainer,
  train: (trainer: Trainer, more: Partial<FitOptions>) => Promise<unknown>,
  last: number,
) {
  const controller = new AbortController();
  let count = 0;
  await train(trainer, { onBatch: () => ++count === last && controller.abort(), signal: controller.signal });
  return trainer.toBytes();
}

async function checkpoints(): Promise<Original[]> {
  const inputs = rowsOf(10, 3);
  const values = rowsOf(10, 2);
  const classes = inputs.map((_, row) => row % 2);
  const validation = { inputs: inputs.slice(0, 3), targets: values.slice(0, 3) };

  const dropping = new Trainer(
    new Network({ inputs: 3, layers: [dense(4, { activation: "relu" }), dropout(0.2), dense(2)] }),
    {
      loss: "meanSquaredError",
      optimizer: adam({ learningRate: cosineRestarts({ initial: 0.05, period: 3, factor: 2 }) }),
      batchSize: 4,
      clipNorm: 1,
      l2: 1e-4,
    },
  );
  const fit = (trainer: Trainer, more: Partial<FitOptions> = {}) =>
    trainer.fit(inputs, values, {
      epochs: 3,
      validation,
      callbacks: [earlyStopping({ patience: 2 }), checkpoint(() => {})],
      ...more,
    });

  const measured = new Trainer(
    new Network({ inputs: 3, layers: [dense(2, { activation: "softmax" })], dtype: "float64" }),
    {
      loss: "categoricalCrossEntropy",
      optimizer: nadam({ learningRate: reduceOnPlateau({ initial: 0.1, patience: 0, monitor: "accuracy" }) }),
      batchSize: 3,
      metrics: ["accuracy", "rocAuc", "confusionMatrix", { name: "topKAccuracy", k: 1 }],
      shuffle: false,
      classWeights: [1, 2],
    },
  );
  const oneHot = classes.map((each) => [1 - each, each]);
  const fitMeasured = (trainer: Trainer, more: Partial<FitOptions> = {}) =>
    trainer.fit(inputs, oneHot, { epochs: 3, ...more });

  const streamed = new Trainer(
    new Network({ inputs: 3, layers: [batchNorm(), dense(2, { learningRateFactor: 0.5 })] }),
    {
      loss: { name: "huber", reduction: "sum", parameter: 0.5 },
      optimizer: sgd({
        learningRate: warmup({ steps: 2 }, stepDecay({ initial: 0.1, factor: 0.5, every: 2 })),
        momentum: 0.9,
      }),
      metrics: ["r2", "meanAbsoluteError"],
    },
  );
  const batches = () =>
    [0, 1, 2].map((batch) => ({
      inputs: inputs.slice(3 * batch, 3 * batch + 3),
      targets: values.slice(3 * batch, 3 * batch + 3),
    }));
  const fitStream = (trainer: Trainer, more: Partial<FitOptions> = {}) =>
    trainer.fitBatches(batches, { epochs: 2, ...more });

  // So small that its steps are made many at once.
  const whole = new Trainer(new Network({ inputs: 3, layers: [dense(2, { activation: "tanh" })] }), {
    loss: "meanSquaredError",
    optimizer: rmsprop({ centered: true }),
    batchSize: "full",
  });
  const fitWhole = (trainer: Trainer, more: Partial<FitOptions> = {}) =>
    trainer.fit(inputs, values, { epochs: 300, every: 100, ...more });

  const { examples, cases } = JSON.parse(readFileSync("test/fixtures/training-1.json", "utf8"));
  const fitOlder = (trainer: Trainer, more: Partial<FitOptions> = {}) =>
    trainer.fit(examples.inputs, examples.targets, { epochs: 4, ...more });
  const older = new Uint8Array(Buffer.from(cases["within an epoch"].bytes, "base64"));

  return [
    { name: "checkpoint of version 1", bytes: older, train: fitOlder },
    { name: "checkpoint with dropout", bytes: await stopped(dropping, fit, 5), train: fit },
    { name: "checkpoint with metrics", bytes: await stopped(measured, fitMeasured, 6), train: fitMeasured },
    { name: "checkpoint of a stream", bytes: await stopped(streamed, fitStream, 4), train: fitStream },
    { name: "checkpoint of full batches", bytes: await stopped(whole, fitWhole, 2), train: fitWhole },
  ];
}

export async function originals(): Promise<Original[]> {
  return [...networks(), ...(await checkpoints())];
}

/** A row for a network: zeros if some of its numbers are tokens, as 0 is one of any table. */
const numbersOf = ({ engine }: Network, row: number[]) =>
  engine.graph.layers.some(({ kind }) => kind.tokens) ? row.map(() => 0) : row;

/** What a network that has been read is used for: one row, whatever it needs. */
export function predictOne(network: Network): void {
  const { inputs } = network.engine.graph;
  const rows = inputs.map(({ shape }) => numbersOf(network, rowOf(sizeOf(shape))));
  network.predict((inputs.length === 1 ? rows[0] : rows) as number[]);
}

/** Training steps, whatever the loss takes; and the file once more. */
export function stepOnce(trainer: Trainer): void {
  const { inputs, outputs } = trainer.network.engine.graph;
  const parts = inputs.map(({ shape }) => rowsOf(2, sizeOf(shape)).map((row) => numbersOf(trainer.network, row)));
  const targets = outputs.map(({ shape }) =>
    rowsOf(2, sizeOf(shape)).map((row) => row.map((_, column) => Number(column === 0))),
  );
  trainer.step(
    inputs.length === 1 ? parts[0] : (parts as never),
    outputs.length === 1 ? targets[0] : (targets as never),
  );
}
