/**
 * simdnet against brain.js on brain.js's own recurrent examples: `node bench/peers/brain-recurrent.mjs`, after `npm run bench:peers` has
 * installed brain.js. It is not a group of run.mjs, because brain.js trains differently (after each example, RMSprop) and from other
 * starts.
 *
 * exclusive or   one bit after the other, LSTM of 20 units. brain.js reads and writes characters, with its defaults, and ends when its
 *                four answers are right; simdnet ends when its loss is below 0.01.
 * up and down    1 2 3 4 5 and 5 4 3 2 1, each number forecast from those before, LSTM of 10 units: until the last numbers, 5
 *                and 1, are forecast with an error below 0.05.
 *
 * Times are of training alone, from the first pass to the last; both libraries are tested after every ten passes. They are medians of
 * `runs` starts, in turn, after two of each that do not count.
 */
import brain from "brain.js";
import { adam, dense, lstm, Network, Trainer } from "../../dist/index.js";

const runs = 51;
const passes = 10;
const mostPasses = 20_000;
const tolerance = 0.05;
const up = [1, 2, 3, 4, 5];
const down = up.toReversed();
const columns = (numbers) => numbers.map((number) => [number]);
const isNear = (answer, truth) => Math.abs(answer - truth) < tolerance;

const works = {
  "exclusive or": {
    simdnet: (seed) => {
      const inputs = [0, 1, 2, 3].map((bits) => columns([bits >> 1, bits & 1]));
      const network = new Network({ inputs: [2, 1], layers: [lstm(20), dense(1)], seed });
      const options = { loss: "binaryCrossEntropyWithLogits", optimizer: adam({ learningRate: 0.05 }) };
      return newTraining(network, options, inputs, [[0], [1], [1], [0]], (loss) => loss < 0.01);
    },
    "brain.js": () => {
      const examples = ["000", "011", "101", "110"].map(([a, b, c]) => ({ input: a + b, output: c }));
      const network = new brain.recurrent.LSTM({ hiddenLayers: [20] });
      return {
        train: () => network.train(examples, { iterations: passes, errorThresh: 0 }),
        isDone: () => examples.every(({ input, output }) => network.run(input) === output),
      };
    },
  },
  "up and down": {
    simdnet: (seed) => {
      const inputs = [up, down].map((numbers) => columns(numbers.slice(0, -1)));
      const targets = [up, down].map((numbers) => columns(numbers.slice(1)));
      const layers = [lstm(10, { returnSequences: true }), dense(1)];
      const network = new Network({ inputs: [4, 1], layers, seed });
      const options = { loss: "meanSquaredError", optimizer: adam({ learningRate: 0.02 }) };
      return newTraining(network, options, inputs, targets, () => {
        const [[last], [first]] = network.predict(inputs).map((steps) => steps.at(-1));
        return isNear(last, 5) && isNear(first, 1);
      });
    },
    "brain.js": () => {
      const network = new brain.recurrent.LSTMTimeStep({ inputSize: 1, hiddenLayers: [10], outputSize: 1 });
      return {
        train: () => network.train([up, down], { iterations: passes, errorThresh: 0 }),
        isDone: () => [up, down].every((numbers) => isNear(network.run(numbers.slice(0, -1)), numbers.at(-1))),
      };
    },
  },
};

console.log(`milliseconds until it is learned, and microseconds a pass over the data; medians of ${runs} starts`);
for (const [work, peers] of Object.entries(works)) {
  const samples = { simdnet: [], "brain.js": [] };
  for (let run = -2; run < runs; run++) {
    for (const [name, start] of Object.entries(peers)) {
      const sample = await timeUntilDone(start(run + 3));
      if (run >= 0) samples[name].push(sample);
    }
  }
  const middle = Object.fromEntries(
    Object.entries(samples).map(([name, list]) => [
      name,
      { milliseconds: median(list.map(({ milliseconds }) => milliseconds)), each: median(list.map(eachPass)) },
    ]),
  );
  for (const [name, { milliseconds, each }] of Object.entries(middle)) {
    const failed = samples[name].filter(({ isLearned }) => !isLearned).length;
    const figures = `${milliseconds.toFixed(2).padStart(10)} ms ${(each * 1000).toFixed(0).padStart(8)} µs`;
    console.log(`${work.padEnd(14)}${name.padEnd(10)}${figures}${failed ? `   ${failed} not learned` : ""}`);
  }
  const ratio = (figure) => (middle["brain.js"][figure] / middle.simdnet[figure]).toFixed(0);
  console.log(`${work.padEnd(14)}simdnet is ${ratio("milliseconds")} × as fast, a pass ${ratio("each")} ×`);
}

function newTraining(network, options, inputs, targets, isDone) {
  const trainer = new Trainer(network, options);
  let loss;
  return {
    train: async () => {
      const history = await trainer.fit(inputs, targets, { epochs: passes, every: passes });
      loss = history.loss.at(-1);
    },
    isDone: () => isDone(loss),
  };
}

async function timeUntilDone({ train, isDone }) {
  let milliseconds = 0;
  let count = 0;
  while (count < mostPasses) {
    const began = performance.now();
    await train();
    milliseconds += performance.now() - began;
    count += passes;
    if (isDone()) return { milliseconds, count, isLearned: true };
  }
  return { milliseconds, count, isLearned: false };
}

function eachPass({ milliseconds, count }) {
  return milliseconds / count;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
