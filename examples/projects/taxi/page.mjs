/** The page: the costs of trips by place and time, the network's predictions for test trips, and its greatest errors. */
import { mt19937 } from "simdnet";
import { datePart, kilometres } from "simdnet/data";
import { curvesPlot, draw, figure, first, html, page, scatterPlot, second } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";
import { plural } from "../shared/scores.mjs";
import { featureSets } from "./features.mjs";
import { networks } from "./network.mjs";
import { dollars } from "./score.mjs";
import { city, fare, when } from "./trip.mjs";

const drawnTrips = 1500;

/**
 * @param trips the result of `survey`
 * @param results for each network its records, its predictions for the test trips, and its errors
 * @param baselines the errors of simple predictions
 */
export async function pageOf({ trips, results, baselines, seed }) {
  const { train, test, report } = trips;
  const naive = `a line through the distance: ${dollars(baselines.line.rootMeanSquared)}; always the mean: ${dollars(baselines.mean.rootMeanSquared)}`;
  const tiles = Object.entries(results).map(([kind, { errors, records }]) => ({
    value: dollars(errors.rootMeanSquared),
    what: `root mean squared error: ${networks[kind].name}, ${networks[kind].features} features, ${plural(records.length, "epoch")}`,
    beside: `mean absolute: ${dollars(errors.meanAbsolute)}; ${naive}`,
  }));
  const { predicted } = results.better;
  const some = mt19937(seed).shuffle(Array.from(test[fare], (_, row) => row));
  const lead = html`${trips.count.toLocaleString("en-US")} trips of New York’s taxis to learn from, ${test[fare].length.toLocaleString("en-US")} to test.
What does a trip cost, by where and when it begins, and where it ends?`;
  const points = some.slice(0, drawnTrips).map((row) => ({ is: test[fare][row], said: predicted[row] }));
  const sections = [
    {
      title: "Trips",
      figures: [
        figure(
          "Where trips begin",
          mapOf(train),
          html`Each point is the mean fare of the trips that begin there: ${scale}`,
        ),
        figure(
          "Fare by hour and weekday",
          await hoursPlot(train),
          "Mean fares, the darker the higher: nights and early mornings have the long trips.",
        ),
        figure(
          "Fare against distance",
          await distancePlot(train, seed),
          `${drawnTrips} trips. The flat $45, later $52, are those between Manhattan and the airport JFK.`,
        ),
        figure("Not used", cleaningTable(report), `Of ${report.read.toLocaleString("en-US")} trips read.`),
      ],
    },
    {
      title: "Predictions for trips that the network has not seen",
      figures: [
        figure(
          "Predicted against true",
          await scatterPlot(points, "fare, $"),
          `${points.length} of the trips to test, ${networks.better.features} features.`,
        ),
        figure(
          "Any ten trips",
          html`${tripTable(test, predicted, some.slice(0, 10))}<h3 style="margin-top: 14px">The ten worst</h3>${tripTable(test, predicted, worstOf(test, predicted))}`,
          "Most of the worst are fares that have little to do with the distance.",
        ),
      ],
    },
    {
      title: "Training",
      figures: await Promise.all(Object.keys(results).map((kind) => curveFigure(kind, results[kind].records))),
    },
  ];
  return page({ title: "Taxi fares", lead, tiles, sections });
}

/** Colours from a low to a high fare, bright enough for a black background. */
const colours = [
  [84, 110, 230],
  [150, 90, 225],
  [228, 90, 150],
  [250, 160, 70],
  [250, 240, 90],
];
const [lowFare, highFare] = [5, 25];

function colourOf(value) {
  const place = Math.min(Math.max((value - lowFare) / (highFare - lowFare), 0), 1) * (colours.length - 1);
  const index = Math.min(Math.floor(place), colours.length - 2);
  return colours[index].map((low, channel) => low + (colours[index + 1][channel] - low) * (place - index));
}

const scale = html`<span style="display: inline-block; width: 90px; height: 10px; background: linear-gradient(90deg, ${colours.map((colour) => `rgb(${colour})`).join(", ")})"></span>
$${lowFare} to $${highFare} and more. The bright spots to the right are the airports LaGuardia and JFK.`;

/** Returns the mean fare of the trips that begin in each pixel of the city. */
function mapOf(trips) {
  const [height, width] = [440, 456];
  const [sums, counts] = [new Float64Array(height * width), new Uint32Array(height * width)];
  const placeOf = (value, [low, high], pixels) =>
    Math.min(pixels - 1, Math.floor(((value - low) / (high - low)) * pixels));
  for (let row = 0; row < trips[fare].length; row++) {
    const x = placeOf(trips.pickup_longitude[row], city.longitude, width);
    const y = height - 1 - placeOf(trips.pickup_latitude[row], city.latitude, height);
    sums[y * width + x] += trips[fare][row];
    counts[y * width + x]++;
  }
  const values = new Float32Array(height * width * 3).fill(0.06);
  counts.forEach((count, pixel) => {
    if (count > 0)
      values.set(
        colourOf(sums[pixel] / count).map((byte) => byte / 255),
        3 * pixel,
      );
  });
  return picture(values, [height, width, 3], "Map of New York: mean fares where trips begin");
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function hoursPlot(trips) {
  const [days, hours] = ["weekday", "hour"].map((part) => datePart(trips[when], part));
  const cells = weekdays.flatMap((day) => Array.from({ length: 24 }, (_, hour) => ({ day, hour, sum: 0, count: 0 })));
  trips[fare].forEach((dollars, row) => {
    const cell = cells[24 * days[row] + hours[row]];
    cell.sum += dollars;
    cell.count++;
  });
  const values = cells
    .filter(({ count }) => count > 0)
    .map(({ day, hour, sum, count }) => ({ day, hour, mean: sum / count }));
  const means = values.map(({ mean }) => mean);
  const band = (field, axis, more = {}) => ({
    field,
    type: "ordinal",
    scale: { paddingInner: 0.06 },
    axis: { title: null, grid: false, ...axis },
    ...more,
  });
  const encoding = {
    x: band("hour", {
      labelAngle: 0,
      values: [0, 4, 8, 12, 16, 20],
      title: `hour; mean fares from ${dollars(Math.min(...means))} to ${dollars(Math.max(...means))}`,
    }),
    y: band("day", {}, { sort: weekdays }),
    fillOpacity: {
      field: "mean",
      type: "quantitative",
      scale: { domain: [Math.min(...means), Math.max(...means)], range: [0.05, 1] },
      legend: null,
    },
  };
  const plot = { data: { values }, mark: { type: "rect", fill: first }, encoding };
  return draw(plot, {
    height: 230,
    margins: { left: 40, right: 10, top: 10, bottom: 40 },
    label: "Mean fare by hour and weekday",
  });
}

function distancePlot(trips, seed) {
  const { kilometres: distances } = featureSets.better(trips);
  const rows = mt19937(seed)
    .shuffle(Array.from(trips[fare], (_, row) => row))
    .slice(0, drawnTrips);
  const values = rows.map((row) => ({ distance: Number(distances[row].toFixed(2)), fare: trips[fare][row] }));
  const axis = (title) => ({ title, tickCount: 6 });
  const encoding = {
    x: { field: "distance", type: "quantitative", axis: axis("kilometres as the crow flies") },
    y: {
      field: "fare",
      type: "quantitative",
      axis: { ...axis("fare, $"), titleAngle: 0, titleAlign: "left", titleX: -36, titleY: -10 },
    },
  };
  const plot = {
    data: { values },
    layer: [
      { mark: { type: "point", filled: true, fill: first, size: 14, opacity: 0.35 }, encoding },
      {
        transform: [{ regression: "fare", on: "distance" }],
        mark: { type: "line", stroke: second, strokeWidth: 1.5, strokeDash: [5, 4] },
        encoding,
      },
    ],
  };
  return draw(plot, {
    height: 330,
    margins: { left: 44, right: 12, top: 26, bottom: 40 },
    label: "Fare against distance",
  });
}

const cleaningTable = ({ taken, nobody }) => html`<table style="font-size: 13px; white-space: nowrap">
${Object.entries(taken).map(([rule, rows]) => html`<tr><th>${rule}</th><td>${rows.toLocaleString("en-US")}</td></tr>\n`)}<tr><th>(kept) 0 passengers, taken for 1</th><td>${nobody.toLocaleString("en-US")}</td></tr>
</table>`;

const worstOf = (trips, predicted) =>
  Array.from(trips[fare], (is, row) => ({ row, error: Math.abs(is - predicted[row]) }))
    .sort((one, other) => other.error - one.error)
    .slice(0, 10)
    .map(({ row }) => row);

function tripTable(trips, predicted, rows) {
  const place = (end, row) => ({ latitude: trips[`${end}_latitude`][row], longitude: trips[`${end}_longitude`][row] });
  const line = (
    row,
  ) => html`<tr><th>${trips[when][row].slice(0, 16)}</th><td>${kilometres(place("pickup", row), place("dropoff", row)).toFixed(1)} km</td>
<td>${dollars(trips[fare][row])}</td><td>${dollars(predicted[row])}</td></tr>
`;
  return html`<table style="font-size: 13px; white-space: nowrap">
<tr><th>this trip</th><td>distance</td><td>fare</td><td>predicted</td></tr>
${rows.map(line)}</table>`;
}

async function curveFigure(kind, records) {
  const training = records.map(({ loss }) => Math.sqrt(loss));
  const picture = await curvesPlot({
    what: "error",
    epoch: records.map(({ epoch }) => epoch),
    training,
    validation: [],
    best: undefined,
  });
  const text = `Root mean squared error of the trips to train, in dollars, mean over each epoch; at the end ${dollars(training.at(-1))}.`;
  return figure(`${networks[kind].name}, ${networks[kind].features} features`, picture, text);
}
