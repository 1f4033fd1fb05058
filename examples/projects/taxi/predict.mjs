/** Asks the model that train.mjs has left what a trip costs. */
import { Pipeline } from "simdnet";
import { datePart, kilometres } from "simdnet/data";
import { bytesOf, command, Mistake, wholeNumber } from "../shared/command.mjs";
import { featureSets } from "./features.mjs";
import { city, isInCity } from "./load.mjs";

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

await command(usage, more, ({ paths: [path], options: { from, to, at, passengers } }) => {
  if ([path, from, to, at].includes(undefined))
    throw new Mistake("need a model, --from, --to and --at; --help says how");
  datePart(at, "hour");
  const pipeline = Pipeline.fromBytes(bytesOf(path));
  const [pickup, dropoff] = [placeOf("from", from), placeOf("to", to)];
  const trip = {
    pickup_datetime: [at],
    pickup_longitude: Float64Array.of(pickup.longitude),
    pickup_latitude: Float64Array.of(pickup.latitude),
    dropoff_longitude: Float64Array.of(dropoff.longitude),
    dropoff_latitude: Float64Array.of(dropoff.latitude),
    passenger_count: Float64Array.of(wholeNumber("passengers", passengers, 1)),
  };
  const [{ prediction }] = pipeline.predictColumns(featureSets.better(trip));
  console.log(`${kilometres(pickup, dropoff).toFixed(1)} km as the crow flies: about $${prediction.toFixed(2)}`);
});

function placeOf(name, text) {
  const [latitude, longitude, ...rest] = text.split(",").map(Number);
  const isPlace = rest.length === 0 && isInCity(longitude, latitude);
  const need = `latitude,longitude within ${city.latitude.join(" to ")}, ${city.longitude.join(" to ")}`;
  if (!isPlace) throw new Mistake(`--${name}: got ${text}, need ${need}: the model knows nothing beyond`);
  return { latitude, longitude };
}
