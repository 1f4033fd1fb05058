/** Distances between places on the earth. */

import { checkArguments, shown } from "../errors.ts";
import { arctangent, cosPi } from "../scalar.ts";

/** A place on the earth, in degrees, such as a browser's GeolocationCoordinates. */
export interface Coordinates {
  /** -90 to 90, north positive. */
  readonly latitude: number;
  /** -180 to 360, east positive. */
  readonly longitude: number;
}

/** The mean radius (2a + b) / 3 of the ellipsoid GRS 80. Source: Moritz 2000, Geodetic Reference System 1980. */
const earthRadius = 6371.0088;

/**
 * Returns the kilometres of the great circle between two places, on a sphere of the earth's mean radius, 6371.0088 km. On the ellipsoid a
 * distance is up to 0.6 % longer or shorter. The bits are the same everywhere.
 *
 * The formula is 2 · radius · arctan(√h / √(1 − h)) with h = sin²(Δlatitude / 2) + cos(latitude) cos(latitude') sin²(Δlongitude / 2).
 * Source: Sinnott 1984, Virtues of the Haversine. 1 − h is computed as the h between the one place and the point opposite the other, so it
 * is exact where h is nearly 1.
 *
 * @throws {TypeError} if a place is not an object
 * @throws {RangeError} if a latitude or longitude is missing or out of range
 */
export function kilometres(from: Coordinates, to: Coordinates): number {
  checkArguments("kilometres", arguments.length, 2);
  checkPlace("from", from);
  checkPlace("to", to);
  const cosines = cosDegrees(from.latitude) * cosDegrees(to.latitude);
  const half = (to.longitude - from.longitude) / 2;
  const near = square(sinDegrees((to.latitude - from.latitude) / 2)) + cosines * square(sinDegrees(half));
  const far = square(sinDegrees((to.latitude + from.latitude) / 2)) + cosines * square(cosDegrees(half));
  return 2 * earthRadius * arctangent(Math.sqrt(near), Math.sqrt(far));
}

const square = (x: number) => x * x;
const cosDegrees = (degrees: number) => cosPi(degrees / 180);
/** The sign is dropped, so that both directions have the same bits. */
const sinDegrees = (degrees: number) => cosPi(0.5 - Math.abs(degrees) / 180);

function checkPlace(name: string, place: unknown): void {
  if (typeof place !== "object" || place === null || Array.isArray(place)) {
    throw new TypeError(`kilometres ${name}: got ${shown(place)}, need an object of latitude and longitude in degrees`);
  }
  const { latitude, longitude } = place as Coordinates;
  checkDegrees(`kilometres ${name}.latitude`, latitude, -90, 90);
  checkDegrees(`kilometres ${name}.longitude`, longitude, -180, 360);
}

function checkDegrees(who: string, value: unknown, low: number, high: number): void {
  if (typeof value === "number" && value >= low && value <= high) return;
  throw new RangeError(`${who}: got ${shown(value)}, need degrees from ${low} to ${high}`);
}
