// Forecasts next year's sunspots from the 22 years before, and compares the forecast with simple ones: last year's number, the number one
// cycle ago, and the average.
import { readFileSync } from "node:fs";
import { adamW, cosineDecay, dense, gru, Network, Trainer } from "simdnet";
import { parseCsv, standardize, trainTestWindows } from "simdnet/data";
import plot from "simple-ascii-chart";

/** The years that the network reads: two cycles of sunspots. */
const length = 22;
const cycle = 11;
const testFraction = 0.2;
/** Chosen with the last 49 of the training years. */
const epochs = 40;
const batchSize = 16;
const seeds = [1, 2, 3, 4, 5];

const { records } = parseCsv(readFileSync(new URL("data/sunspots.csv", import.meta.url), "utf8"));
const years = records.map((record) => Number(record.YEAR));
const sunspots = records.map((record) => Number(record.SUNACTIVITY));

// The last fifth of the years is held out. The scale is also fitted to the years before only.
const learned = sunspots.length - Math.round(sunspots.length * testFraction);
const column = sunspots.map((value) => [value]);
const scale = standardize(column.slice(0, learned));
const { train, test } = trainTestWindows(scale.apply(column), { length, testFraction });
const truth = sunspots.slice(learned);

console.log(`Sunspots a year, ${years[0]} to ${years.at(-1)}.`);
console.log(`${learned} years to learn from; held out: ${truth.length}, from ${years[learned]} on.\n`);

console.log("error on the held-out years (root of the mean square)");
report("as many as last year", sunspots.slice(learned - 1, -1));
report(`as many as ${cycle} years ago`, sunspots.slice(learned - cycle, -cycle));
const mean = sunspots.slice(0, learned).reduce((sum, value) => sum + value) / learned;
report("as many as on average", Array(truth.length).fill(mean));

const forecasts = [];
for (const seed of seeds) {
  const network = new Network({ inputs: [length, 1], layers: [gru(16), dense(1)], seed });
  const steps = epochs * Math.ceil(train.inputs.length / batchSize);
  const optimizer = adamW({ learningRate: cosineDecay({ initial: 0.01, steps }) });
  const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer, batchSize, seed });
  await trainer.fit(train.inputs, train.targets, { epochs });
  forecasts.push(scale.invert(network.predict(test.inputs)).flat());
  report(`network ${seed}`, forecasts.at(-1));
}
const average = truth.map((_, year) => forecasts.reduce((sum, forecast) => sum + forecast[year], 0) / seeds.length);
report(`the mean of these ${seeds.length}`, average);

const symbols = ["○", "●"];
const curves = [truth, average].map((values) => values.map((value, index) => [years[learned + index], value]));
const chart = plot(curves, {
  width: truth.length,
  height: 14,
  customXAxisTicks: [1950, 1960, 1970, 1980, 1990, 2000],
  customYAxisTicks: [0, 50, 100, 150],
  yRange: [0, 200],
  formatter: String,
  lineFormatter: ({ plotX, plotY, index, y }) => ({
    x: plotX,
    y: plotY,
    symbol: symbols[curves.findIndex((curve) => curve[index][1] === y)],
  }),
});
console.log(`\n      ○ sunspots   ● forecast a year before${chart.replace(/ +$/gm, "").trimEnd()}`);

/** Prints the error of a forecast of the held-out years. */
function report(name, forecast) {
  const squares = forecast.map((value, year) => (value - truth[year]) ** 2);
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square) / truth.length);
  console.log(`  ${name.padEnd(24)}${error.toFixed(1).padStart(5)}`);
}
