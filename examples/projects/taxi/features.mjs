/** The features of a trip: numbers that may influence the fare. */
import { datePart } from "simdnet/data";
import { ends, passengers, when } from "./trip.mjs";

const airports = { jfk: [-73.78, 40.643], laguardia: [-73.87, 40.77], newark: [-74.18, 40.69] };
const kilometresOfDegree = 111.2;
const cosine = Math.cos((40.75 * Math.PI) / 180);
/** Manhattan's avenues run 29° east of north. */
const [sinAvenue, cosAvenue] = [Math.sin((29 * Math.PI) / 180), Math.cos((29 * Math.PI) / 180)];
/** Days from 1970 to 2012-09-04, when fares rose by a sixth. */
const rise = datePart("2012-09-04", "days");

/** @returns a column with the result of `numberOf` for each row */
function column(count, numberOf) {
  const values = new Float64Array(count);
  for (let row = 0; row < count; row++) values[row] = numberOf(row);
  return values;
}

/** Returns the book's features: the time, the places, and distances in degrees. */
function bookFeatures(trips) {
  const [fromX, fromY, toX, toY] = ends.map((name) => trips[name]);
  const distance = (x, y, otherX, otherY) => Math.sqrt((x - otherX) ** 2 + (y - otherY) ** 2);
  const count = fromX.length;
  const features = { passengers: trips[passengers] };
  for (const part of ["year", "month", "day", "weekday", "hour"]) features[part] = datePart(trips[when], part);
  for (const name of ends) features[name] = trips[name];
  features.distance = column(count, (row) => distance(fromX[row], fromY[row], toX[row], toY[row]));
  for (const [name, [x, y]] of Object.entries(airports)) {
    features[`${name} to pickup`] = column(count, (row) => distance(fromX[row], fromY[row], x, y));
    features[`${name} to dropoff`] = column(count, (row) => distance(toX[row], toY[row], x, y));
  }
  return features;
}

/** Returns the book's features and ten more: kilometres along streets, the time as a circle, the level of fares on that day. */
function betterFeatures(trips) {
  const [fromX, fromY, toX, toY] = ends.map((name) => trips[name]);
  const days = datePart(trips[when], "days");
  const of = (numberOf) => column(days.length, numberOf);
  const east = of((row) => (toX[row] - fromX[row]) * cosine * kilometresOfDegree);
  const north = of((row) => (toY[row] - fromY[row]) * kilometresOfDegree);
  const book = bookFeatures(trips);
  return {
    ...book,
    kilometres: of((row) => Math.sqrt(east[row] ** 2 + north[row] ** 2)),
    "along avenues": of((row) => Math.abs(east[row] * sinAvenue + north[row] * cosAvenue)),
    "across avenues": of((row) => Math.abs(east[row] * cosAvenue - north[row] * sinAvenue)),
    east,
    north,
    "time, sine": of((row) => Math.sin(2 * Math.PI * days[row])),
    "time, cosine": of((row) => Math.cos(2 * Math.PI * days[row])),
    weekend: of((row) => (book.weekday[row] >= 5 ? 1 : 0)),
    date: days,
    "after the rise": of((row) => (days[row] >= rise ? 1 : 0)),
  };
}

export const featureSets = { book: bookFeatures, better: betterFeatures };
