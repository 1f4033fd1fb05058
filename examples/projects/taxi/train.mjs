/** How much will the trip cost? A deep feedforward network learns from trips of New York's taxis. */
import { command, seedAndOutput, wholeNumber } from "../shared/command.mjs";
import { textTable } from "../shared/scores.mjs";
import { save } from "../shared/training.mjs";
import { filesOf, survey } from "./load.mjs";
import { fitNetwork, networks } from "./network.mjs";
import { pageOf } from "./page.mjs";
import { baselinesOf, dollars, errorsOf, predictedBy } from "./score.mjs";
import { tripTryPage } from "./tryTrip.mjs";

const usage = `taxi — what will the trip cost? A network learns from trips of New York's taxis.

  node examples/projects/taxi/train.mjs [train.csv [test.csv]] [options]
  node examples/projects/taxi/train.mjs <folder of Kaggle's> [options]

Without a file it takes the 58,786 trips that are here. Files may end in .gz. If no file to test has fares, a fifth of
the trips is set aside. A file that does not fit in memory is read again each epoch.

  --epochs <n>       of both networks (default: ${networks.book.epochs} and ${networks.better.epochs}; 1 if there are more than a million trips)
  --seed <n>         of first weights and order (default: 1)
  --output <folder>  for model.safetensors, page.html and try.html (default: taxi-results)`;

const count = (value) => value.toLocaleString("en-US");

await command(
  usage,
  { ...seedAndOutput, epochs: { type: "string" } },
  async ({ paths, options: { seed, output, epochs: text } }) => {
    const given = text === undefined ? undefined : wholeNumber("epochs", text, 1);
    const trips = await survey(filesOf(paths), { onRows });
    const { train, test, count: trained, isWhole, report } = trips;
    process.stderr.write(process.stderr.isTTY ? "\r\u001b[2K" : "");
    console.log(`${count(report.read)} trips read; not used, because`);
    for (const [rule, rows] of Object.entries(report.taken)) console.log(`${count(rows).padStart(12)}  ${rule}`);
    console.log(`${count(report.nobody).padStart(12)}  had 0 passengers, which now are 1`);
    const tested = test.fare_amount.length;
    console.log(`${count(trained)} to train${isWhole ? "" : ", read anew each epoch"}, ${count(tested)} to test`);

    const epochs = given ?? (trained > 1_000_000 ? 1 : undefined);
    const results = {};
    for (const kind of Object.keys(networks)) {
      console.log(`\n${networks[kind].name}, ${networks[kind].features} features`);
      const { pipeline, records, seconds } = await fitNetwork(kind, trips, { output, seed, epochs });
      const predicted = predictedBy(kind, pipeline, test);
      results[kind] = { pipeline, records, seconds, predicted, errors: errorsOf(test, predicted) };
    }

    const baselines = baselinesOf(train, test);
    const lines = [
      ["always the mean fare", baselines.mean],
      ["a line through the distance", baselines.line],
      ...Object.entries(results).map(([kind, { errors }]) => [networks[kind].name, errors]),
    ].map(([what, errors]) => [what, dollars(errors.rootMeanSquared), dollars(errors.meanAbsolute)]);
    console.log(`\nError on ${count(tested)} trips that the networks have not seen: root mean squared, mean absolute`);
    console.log(textTable(lines));

    save(`${output}/model.safetensors`, results.better.pipeline.toBytes());
    save(`${output}/page.html`, await pageOf({ trips, results, baselines, seed }));
    save(`${output}/try.html`, await tripTryPage(`${output}/model.safetensors`));
    console.log(`\n${output}/page.html has the pictures; in try.html one chooses a trip. To ask what a trip costs:`);
    console.log(`node examples/projects/taxi/predict.mjs ${output}/model.safetensors \\`);
    console.log('  --from 40.7484,-73.9857 --to 40.6445,-73.7828 --at "2014-05-03 18:30" --passengers 2');
  },
);

/** Shows the progress: reading millions of trips takes a while. */
function onRows(rows) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2Kreading: ${count(rows)} trips`);
}
