/** Predicts the cost of a trip with the model that train.mjs has written. */
import { Pipeline } from "simdnet";
import { bytesOf, command, Mistake } from "../shared/command.mjs";
import { featureSets } from "./features.mjs";
import { answerOf, tripOf } from "./trip.mjs";

const usage = `taxi — asks a model what a trip costs.

  node examples/projects/taxi/predict.mjs model.safetensors \\
    --from 40.7484,-73.9857 --to 40.6445,-73.7828 --at "2014-05-03 18:30" --passengers 2

Places are latitude,longitude, as maps give them; the time is New York's.`;

const more = {
  from: { type: "string" },
  to: { type: "string" },
  at: { type: "string" },
  passengers: { type: "string", default: "1" },
};

await command(usage, more, ({ paths: [path], options: asked }) => {
  if ([path, asked.from, asked.to, asked.at].includes(undefined))
    throw new Mistake("need a model, --from, --to and --at; --help says how");
  const pipeline = Pipeline.fromBytes(bytesOf(path));
  const { limits } = pipeline.notes;
  if (limits === undefined) throw new Mistake(`${path}: got another model, need one that train.mjs has written`);
  const trip = asOption(() => tripOf(asked, limits));
  const [{ prediction }] = pipeline.predictColumns(featureSets.better(trip));
  console.log(answerOf(trip, prediction));
});

/** Turns an error about a trip into one about an option. */
function asOption(read) {
  try {
    return read();
  } catch (error) {
    throw new Mistake(`--${error.message}`);
  }
}
