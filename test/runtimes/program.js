/**
 * The program of the runtime matrix. It trains networks of rows, of images, of series and of tokens, of either type, and returns the
 * SHA-256 of their parameters, which is the same on all runtimes (hashes.json). So it does with the answer of SqueezeNet to a picture. It uses nothing of Node and of browsers except WebCrypto,
 * which all of them have.
 */
import {
  adam,
  attention,
  averagePool2d,
  batchNorm,
  bidirectional,
  build,
  concatenate,
  conv2d,
  convTranspose2d,
  cosineDecay,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  gru,
  input,
  layerNorm,
  lstm,
  maxPool2d,
  Network,
  pcg32,
  positionalEncoding,
  positionEmbedding,
  readSafetensors,
  simpleRnn,
  Trainer,
} from "simdnet";

const epochs = 20;
const batchesPerEpoch = 10;
/** Layers with different kernels, and examples for them. The convolutions cover all algorithms that sizes choose. */
const tasks = {
  rows: {
    inputs: 12,
    layers: () => [
      dense(40, { activation: "gelu" }),
      batchNorm(),
      dropout(0.2),
      dense(24, { activation: "tanh" }),
      layerNorm(),
      dropout(0.1),
      dense(5),
    ],
    examples: makeExamples(320, 12, 5),
  },
  images: {
    inputs: [6, 6, 1],
    layers: () => [
      conv2d(8, 3, { padding: "same", activation: "relu" }),
      conv2d(16, 3, { padding: "same" }),
      groupNorm(4),
      dropout(0.2, { wholeChannels: true }),
      maxPool2d(2),
      convTranspose2d(6, 3, { stride: 2, activation: "tanh" }),
      conv2d(8, 3, { stride: 2, padding: "same", groups: 2, activation: "relu" }),
      averagePool2d(2),
      flatten(),
      dense(5),
    ],
    examples: makeExamples(320, 36, 5),
  },
  series: {
    inputs: [12, 3],
    variableLength: true,
    layers: () => [
      dense(8),
      positionalEncoding(),
      attention({ heads: 2, causal: true, dropout: 0.1 }),
      layerNorm(),
      gru(8, { returnSequences: true }),
      bidirectional(lstm(6)),
      dense(5),
    ],
    examples: inSteps(makeExamples(320, 36, 5), (row, steps) =>
      Array.from({ length: steps }, (_, step) => row.slice(3 * step, 3 * step + 3)),
    ),
  },
  tokens: {
    inputs: [12],
    variableLength: true,
    layers: () => [
      embedding(16, 8, { padding: 0 }),
      positionEmbedding(),
      simpleRnn(12, { returnSequences: true }),
      globalMaxPool(),
      dense(5),
    ],
    examples: inSteps(makeExamples(320, 36, 5), (row, steps) =>
      row.slice(0, steps).map((number) => Math.min(Math.max(Math.floor(4 * number + 8), 0), 15)),
    ),
  },
};

/**
 * @returns {Promise<Record<string, string | number>>} the build of the package that runs here, the threads of a trainer that asks for 2, and
 *   the hashes
 * @throws {Error} if predictions, files or resumed training are wrong
 */
export async function program() {
  return {
    build,
    threads: newTrainer("float32", tasks.rows, { threads: 2 }).threads,
    float32: await hashAfterTraining("float32", tasks.rows),
    float64: await hashAfterTraining("float64", tasks.rows),
    imagesFloat32: await hashAfterTraining("float32", tasks.images),
    imagesFloat64: await hashAfterTraining("float64", tasks.images),
    seriesFloat32: await hashAfterTraining("float32", tasks.series),
    seriesFloat64: await hashAfterTraining("float64", tasks.series),
    tokensFloat32: await hashAfterTraining("float32", tasks.tokens),
    tokensFloat64: await hashAfterTraining("float64", tasks.tokens),
    squeezeNet: await hashOfSqueezeNet(),
  };
}

/** Writes the weights of a SqueezeNet as PyTorch's, loads them into another one, and returns the hash of its answer to a picture. */
async function hashOfSqueezeNet() {
  const [source, network] = [squeezeNet(1), squeezeNet(2)];
  network.load(readSafetensors(source.toBytes({ layout: "pytorch" })), { from: "pytorch" });
  const picture = Float32Array.from({ length: 64 * 64 * 3 }, (_, index) => ((index * 7) % 256) / 255);
  const answer = network.predict(picture);
  check(isSame(answer, source.predict(picture)), "SqueezeNet answers with loaded weights as with its own");
  check(new Set(answer).size === 10 && answer.every(Number.isFinite), "SqueezeNet has ten finite logits");
  return hash(new Uint8Array(answer.buffer));
}

/** Returns SqueezeNet 1.1 for pictures of 64 × 64 and ten classes. */
function squeezeNet(seed) {
  const image = input([64, 64, 3]);
  const layer = (filters, size) => conv2d(filters, size, { padding: "same", activation: "relu" });
  const fire = (few, many, value) => {
    const squeezed = layer(few, 1)(value);
    return concatenate(layer(many, 1)(squeezed), layer(many, 3)(squeezed));
  };
  let value = maxPool2d(3, { stride: 2 })(conv2d(64, 3, { stride: 2, activation: "relu" })(image));
  value = maxPool2d(3, { stride: 2 })(fire(16, 64, fire(16, 64, value)));
  value = maxPool2d(3, { stride: 2 })(fire(32, 128, fire(32, 128, value)));
  value = fire(64, 256, fire(64, 256, fire(48, 192, fire(48, 192, value))));
  return new Network({ inputs: image, outputs: globalAveragePool()(conv2d(10, 1)(value)), seed });
}

async function hashAfterTraining(dtype, task) {
  const { examples } = task;
  const trainer = newTrainer(dtype, task);
  const history = await trainer.fit(examples.inputs, examples.targets, { epochs });
  check(
    history.loss.at(-1) < 0.5 * history.loss[0],
    `${dtype} learns: its loss went from ${history.loss.join(" to ")}`,
  );
  const { network } = trainer;
  const bytes = bytesOf(network);
  const predictions = checkPredictions(network, examples);

  const loaded = Network.fromBytes(network.toBytes());
  check(isSame(bytesOf(loaded), bytes), `${dtype}: a loaded network has the parameters of the saved one`);
  check(
    isSame(checkPredictions(loaded, examples), predictions),
    `${dtype}: a loaded network predicts what the saved one does`,
  );

  const resumed = await trainInTwoParts(dtype, task);
  const claim = "training on 2 threads, resumed on 3, ends at the parameters of one that never stopped";
  check(isSame(bytesOf(resumed), bytes), `${dtype}: ${claim}`);
  return hash(bytes);
}

/** Returns a trainer with a schedule, whose examples come in random order. */
function newTrainer(dtype, { inputs, variableLength = false, layers, examples }, options) {
  const network = new Network({ inputs, variableLength, layers: layers(), dtype, seed: 1 });
  const learningRate = cosineDecay({ initial: 0.01, minimum: 0.001, steps: epochs * batchesPerEpoch });
  const optimizer = adam({ learningRate });
  const batchSize = examples.targets.length / batchesPerEpoch;
  const loss = "sparseSoftmaxCrossEntropy";
  return new Trainer(network, { loss, optimizer, batchSize, clipNorm: 1, seed: 2, ...options });
}

/** Stops in the middle of an epoch, and continues with another trainer from the checkpoint's bytes. */
async function trainInTwoParts(dtype, task) {
  const { examples } = task;
  const trainer = newTrainer(dtype, task, { threads: 2 });
  await startThreads(trainer, examples);
  const controller = new AbortController();
  const onBatch = ({ step }) => step === 9.5 * batchesPerEpoch && controller.abort();
  await trainer.fit(examples.inputs, examples.targets, { epochs, onBatch, signal: controller.signal });
  const resumed = Trainer.fromBytes(trainer.toBytes(), { threads: 3 });
  await startThreads(resumed, examples);
  check(!isSame(bytesOf(resumed.network), bytesOf(newTrainer(dtype, task).network)), `${dtype}: the first part trains`);
  await resumed.fit(examples.inputs, examples.targets, { epochs });
  return resumed.network;
}

/** Gives threads, which start at the first pass, the time for that. */
async function startThreads(trainer, { inputs, targets }) {
  if (trainer.threads === 1) return;
  trainer.evaluate(inputs, targets);
  await new Promise((resolve) => setTimeout(resolve, 150));
}

/** Checks the predictions for all examples: each row alone must give the same numbers. */
function checkPredictions(network, examples) {
  const predictions = network.predict(examples.inputs);
  for (const row of [0, 7, 319]) {
    check(isSame(network.predict(examples.inputs[row]), predictions[row]), `example ${row} alone predicts its row`);
  }
  const numbers = predictions.flat();
  check(numbers.length === 5 * examples.inputs.length && numbers.every(Number.isFinite), "predictions are finite");
  return numbers;
}

/** Returns points around as many centres as there are classes, from the package's own generator. */
function makeExamples(count, features, classes) {
  const generator = pcg32(3);
  const normals = () => Array.from({ length: features }, () => generator.normal());
  const centres = Array.from({ length: classes }, normals);
  const targets = Array.from({ length: count }, (_, example) => example % classes);
  const inputs = targets.map((target) => normals().map((normal, feature) => 0.5 * normal + centres[target][feature]));
  return { inputs, targets };
}

/** Returns the same examples as sequences of 6 to 12 steps. @param sequenceOf makes a sequence of a row */
function inSteps({ inputs, targets }, sequenceOf) {
  return { inputs: inputs.map((row, index) => sequenceOf(row, 6 + (index % 7))), targets };
}

/** Returns the parameters one after the other, in the network's order. */
function bytesOf({ parameters }) {
  const parts = parameters.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

async function hash(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isSame(some, others) {
  return some.length === others.length && some.every((value, index) => Object.is(value, others[index]));
}

function check(isTrue, claim) {
  if (!isTrue) throw new Error(`not so: ${claim}`);
}
