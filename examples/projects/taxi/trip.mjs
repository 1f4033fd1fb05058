/** A trip: its columns in Kaggle's files, its city, and the trip that a user asks about. */
import { datePart, kilometres } from "simdnet/data";

export const fare = "fare_amount";
export const when = "pickup_datetime";
export const ends = ["pickup_longitude", "pickup_latitude", "dropoff_longitude", "dropoff_latitude"];
export const passengers = "passenger_count";

/** The city, in degrees. */
export const city = { longitude: [-74.05, -73.75], latitude: [40.63, 40.85] };
export const isInCity = (longitude, latitude) =>
  longitude >= city.longitude[0] &&
  longitude <= city.longitude[1] &&
  latitude >= city.latitude[0] &&
  latitude <= city.latitude[1];

/** Returns the first and the last day of trips, and the most passengers. A network that learns from them knows nothing beyond. */
export function limitsOf(trips) {
  const limits = { first: trips[when][0], last: trips[when][0], most: 1 };
  for (const [row, date] of trips[when].entries()) {
    if (date < limits.first) limits.first = date;
    if (date > limits.last) limits.last = date;
    limits.most = Math.max(limits.most, trips[passengers][row]);
  }
  return { ...limits, first: limits.first.slice(0, 10), last: limits.last.slice(0, 10) };
}

/**
 * Returns one trip by columns, in the form of the files.
 *
 * @param asked texts: `from` and `to`, latitude,longitude; `at`, New York's date and time; `passengers`
 * @param limits of the model, from `limitsOf`
 * @throws {RangeError} if a text does not fit; the message begins with its name
 */
export function tripOf({ from, to, at, passengers: many }, { first, last, most }) {
  const [pickup, dropoff] = [placeOf("from", from), placeOf("to", to)];
  const day = at.slice(0, 10);
  if (!isMoment(at) || day < first || day > last) {
    throw wrong("at", at, `a date and time from ${first} to ${last}, such as "${last} 18:30"`);
  }
  const count = Number(many);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw wrong("passengers", many, `a whole number from 1 to ${most}`);
  }
  return {
    [when]: [at],
    pickup_longitude: Float64Array.of(pickup.longitude),
    pickup_latitude: Float64Array.of(pickup.latitude),
    dropoff_longitude: Float64Array.of(dropoff.longitude),
    dropoff_latitude: Float64Array.of(dropoff.latitude),
    [passengers]: Float64Array.of(count),
  };
}

/** Tells whether a text is a date with a time of day. */
function isMoment(text) {
  try {
    return datePart(text, "hour") >= 0;
  } catch {
    return false;
  }
}

function placeOf(name, text) {
  const [latitude, longitude, ...rest] = text.split(",").map(Number);
  if (rest.length === 0 && isInCity(longitude, latitude)) return { latitude, longitude };
  throw wrong(name, text, `latitude,longitude within ${city.latitude.join(" to ")}, ${city.longitude.join(" to ")}`);
}

const wrong = (name, got, need) => new RangeError(`${name}: got ${got}, need ${need}; the model knows nothing beyond`);

/** Returns the answer: the cost of a trip. */
export function answerOf(trip, dollars) {
  const [fromX, fromY, toX, toY] = ends.map((name) => trip[name][0]);
  const far = kilometres({ longitude: fromX, latitude: fromY }, { longitude: toX, latitude: toY });
  return `${far.toFixed(1)} km as the crow flies: about $${dollars.toFixed(2)}`;
}
