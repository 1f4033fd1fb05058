// Trains a network to forecast the next reading at each hour, and writes the files that the Worker that watches starts with:
// readings.safetensors, the network, and readings.bin, the state of a watch before its first reading.
import { writeFileSync } from "node:fs";
import { adam, cosineDecay, dense, gru, Network, pcg32, Trainer } from "simdnet";
import { readings } from "./readings.js";
import { scaled, Watching, warmUp } from "./watching.js";

const folder = new URL(".", import.meta.url);

const [hours, epochs, batchSize] = [120, 60, 16];
const random = pcg32(1);
const sequences = Array.from({ length: 160 }, () => readings(random, hours + 1));
const inputs = sequences.map((sequence) => sequence.slice(0, -1).map((reading) => [scaled(reading)]));
const targets = sequences.map((sequence) => sequence.slice(1).map((reading) => [scaled(reading)]));

const layers = [gru(16, { returnSequences: true }), dense(1)];
const network = new Network({ inputs: [hours, 1], layers, seed: 1 });
const steps = epochs * Math.ceil(sequences.length / batchSize);
const optimizer = adam({ learningRate: cosineDecay({ initial: 0.01, steps }) });
const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer, clipNorm: 1, batchSize, seed: 1 });
await trainer.fit(inputs, targets, { epochs });

// A watch starts with the spread of readings that the network was not trained on.
const model = network.toBytes();
const watching = new Watching(model, 1);
const distances = readings(random, 1000).map((reading) => watching.push(reading).distance);
const spread = mean(distances.slice(warmUp));
const others = readings(pcg32(2), 1000);
const repeated = mean(others.slice(1).map((reading, hour) => Math.abs(reading - others[hour])));
console.log(
  `${sequences.length} × ${hours} hours learned; forecasts err by ${spread.toFixed(2)} degrees, the last reading by ${repeated.toFixed(2)}`,
);
writeFileSync(new URL("readings.safetensors", folder), model);
writeFileSync(new URL("readings.bin", folder), new Watching(model, spread).toBytes());

function mean(values) {
  return values.reduce((sum, value) => sum + value) / values.length;
}
