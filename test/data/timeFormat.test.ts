import { describe, expect, test } from "vitest";
import { areDurations, areScores, timeFormOf, timeIn } from "../../src/data/timeFormat.ts";

describe("a time", () => {
  test("of two parts counts the last one, and has a half of the day", () => {
    const texts = ["12:30", "0:05", "125:59", "-1:30", "12:30 AM", "12:05pm", "1:00 p.m."];
    expect(texts.map((text) => timeIn(text, "0:00"))).toEqual([750, 5, 7559, -90, 30, 725, 780]);
  });

  test("of three parts is in seconds", () => {
    expect(["1:02:03", "00:00:09.5"].map((text) => timeIn(text, "0:00:00"))).toEqual([3723, 9.5]);
  });

  test("with units is in seconds, a month and a year of mean length", () => {
    const texts = ["3h 43m", "3h43m", "1 day, 2 hours and 3 minutes", "1.5 h", "-2m 3s", "2 wks", "1y 2mo"];
    expect(texts.map((text) => timeIn(text, "duration"))).toEqual([
      ...[13_380, 13_380, 93_780, 5400, -123, 1_209_600, 31_557_600 + 2 * 2_629_800],
    ]);
  });

  test("is none in another form, or of other texts", () => {
    for (const text of ["12:30:10", "16:9", "12:75", "13:00 pm", "0:10 am", "noon", "12", ""])
      expect(timeIn(text, "0:00")).toBeNaN();
    for (const text of ["43m 3h", "3h 4h", "5 kg", "3", "h", "", "3h 43", "x".repeat(80)])
      expect(timeIn(text, "duration")).toBeNaN();
    const forms = ["12:30", "1:02:03", "3h 43m", "3h", "5 kg", "12"].map(timeFormOf);
    expect(forms).toEqual(["0:00", "0:00:00", "duration", undefined, undefined, undefined]);
  });
});

test("durations have several units, and m is a minute only beside hours or seconds", () => {
  expect(areDurations(["3h 43m"])).toBe(true);
  expect(areDurations(["45 min", "2 h"])).toBe(true);
  expect(areDurations(["45 min", "2 min"])).toBe(false);
  expect(areDurations(["2y", "3m"])).toBe(false);
  expect(areDurations(["2y", "3mo"])).toBe(true);
  expect(areDurations(["15d", "3m", "6m"])).toBe(false);
  // The intervals of prices: minutes and months.
  expect(areDurations(["5m", "1h", "1d", "1M"])).toBe(false);
  expect(areDurations(["5m", "1h", "1d"])).toBe(true);
});

test("single capitals behind one number each are no units of time: cards, and points of the compass", () => {
  expect(areDurations(["2H", "10D", "3S"])).toBe(false);
  expect(areDurations(["12.5S", "13.2W"])).toBe(false);
  expect(areDurations(["2H 30M", "45M"])).toBe(true);
});

test("scores of games have many different last parts, none below 10", () => {
  const scores = Array.from({ length: 24 }, (_, index) => `${20 + (index % 9)}:${15 + index}`);
  expect(areScores(scores)).toBe(true);
  expect(areScores([...scores, "8:05"])).toBe(false);
  expect(areScores(scores.slice(0, 10))).toBe(false);
  // Buses leave at the same minutes.
  const buses = Array.from({ length: 48 }, (_, index) => `${index >> 1}:${index % 2 ? 12 : 42}`);
  expect(areScores(buses)).toBe(false);
});
