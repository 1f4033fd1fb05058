import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Coordinates, kilometres } from "../../src/data/index.ts";

const fixture = new URL("../fixtures/coordinates.json", import.meta.url);
const { rows }: { rows: number[][] } = JSON.parse(readFileSync(fixture, "utf8"));
const place = (latitude: number, longitude: number): Coordinates => ({ latitude, longitude });

test("distances are mpmath's to a hundredth of a millimetre, near, far and nearly opposite", () => {
  for (const [latitude, longitude, otherLatitude, otherLongitude, distance] of rows) {
    const from = place(latitude, longitude);
    const to = place(otherLatitude, otherLongitude);
    expect(Math.abs(kilometres(from, to) - distance), `${latitude} ${longitude}`).toBeLessThan(1e-8);
  }
});

test("it is 0 from a place to itself, and the same there and back", () => {
  const [here, there] = [place(40.758, -73.9855), place(40.643, -73.78)];
  expect([kilometres(here, here), kilometres(place(0, 0), place(0, 360))]).toEqual([0, expect.closeTo(0, 8)]);
  expect(kilometres(there, here)).toBe(kilometres(here, there));
});

test("the bits are these", () =>
  expect(kilometres(place(40.758, -73.9855), place(40.643, -73.78))).toBe(21.532025271477327));

test("a place may have other fields, and be of a class", () => {
  class Position {
    get latitude() {
      return 1;
    }
    longitude = 2;
    accuracy = 5;
  }
  expect(kilometres(new Position(), place(1, 2))).toBe(0);
});

test.each([
  [[1, 2], place(1, 2), "kilometres from: got an array of 2, need an object of latitude and longitude in degrees"],
  [place(1, 2), undefined, "kilometres to: got undefined, need an object of latitude and longitude in degrees"],
  [place(-73.9, 40.7), place(90.5, 0), "kilometres to.latitude: got 90.5, need degrees from -90 to 90"],
  [place(1, -181), place(1, 2), "kilometres from.longitude: got -181, need degrees from -180 to 360"],
  [place(1, 361), place(1, 2), "kilometres from.longitude: got 361, need degrees from -180 to 360"],
  [{ latitude: 1 }, place(1, 2), "kilometres from.longitude: got undefined, need degrees from -180 to 360"],
  [place(Number.NaN, 1), place(1, 2), "kilometres from.latitude: got NaN, need degrees from -90 to 90"],
  [{ latitude: "1", longitude: 2 }, place(1, 2), 'kilometres from.latitude: got "1", need degrees from -90 to 90'],
])("%j and %j are refused: %s", (from, to, message) => {
  expect(() => kilometres(from as Coordinates, to as Coordinates)).toThrow(message);
});
