/** Notations of times as numbers: 12:30, 1:02:03, and durations such as 3h 43m. */

/** A notation of times: "0:00" is 60 of the last part for each of the first, "0:00:00" is in seconds, and so is a "duration" such as 3h 43m. */
export type TimeForm = "0:00" | "0:00:00" | "duration";

export const timeForms: readonly TimeForm[] = ["0:00", "0:00:00", "duration"];

const clock = /^(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?(?: ?([ap])\.?m\.?)?$/i;

/** The seconds of each unit, the longest first. A year and a month are those of the mean. */
const units = [
  { names: /^(?:y|yrs?|years?)$/i, seconds: 31_557_600 },
  { names: /^(?:mo|mos|months?)$/i, seconds: 2_629_800 },
  { names: /^(?:w|wks?|weeks?)$/i, seconds: 604_800 },
  { names: /^(?:d|days?)$/i, seconds: 86_400 },
  { names: /^(?:h|hrs?|hours?)$/i, seconds: 3600 },
  { names: /^(?:m|mins?|minutes?)$/i, seconds: 60 },
  { names: /^(?:s|secs?|seconds?)$/i, seconds: 1 },
];

/** A number with a unit of time, and what may stand between it and the next one. */
const part = /^(\d+(?:[.,]\d+)?) ?([a-z]+)\.?(?:(?:,? and |, ?| )(?=\d)|(?=\d)|$)/i;

/** The longest text that may be a time. */
export const longestTime = 60;

/** Returns the parts of a duration; undefined if a text is none. @returns the place of each unit in `units` with its count */
function partsOf(text: string): (readonly [place: number, count: number, name: string])[] | undefined {
  const parts: (readonly [number, number, string])[] = [];
  for (let rest = text; rest !== ""; ) {
    const found = part.exec(rest);
    if (!found) return undefined;
    const place = units.findIndex(({ names }) => names.test(found[2]));
    // A shorter unit follows a longer one.
    if (place < 0 || place <= (parts.at(-1)?.[0] ?? -1)) return undefined;
    parts.push([place, Number(found[1].replace(",", ".")), found[2]]);
    rest = rest.slice(found[0].length);
  }
  return parts.length > 0 ? parts : undefined;
}

/** Returns the number of a time in a form; NaN if a text is none. */
export function timeIn(given: string, form: TimeForm): number {
  if (given.length > longestTime) return Number.NaN;
  const text = given.trim();
  if (form === "duration") {
    const parts = partsOf(text.replace(/^-/, ""));
    if (!parts) return Number.NaN;
    const seconds = parts.reduce((sum, [place, count]) => sum + count * units[place].seconds, 0);
    return text[0] === "-" ? -seconds : seconds;
  }
  const [, minus, first, second, third, half] = clock.exec(text) ?? [];
  if (first === undefined || (third === undefined) !== (form === "0:00")) return Number.NaN;
  const hour = Number(first);
  if (half !== undefined && !(hour >= 1 && hour <= 12 && minus === "")) return Number.NaN;
  const shift = half === undefined ? 0 : (half.toLowerCase() === "p" ? 12 : 0) - (hour === 12 ? 12 : 0);
  const value = (hour + shift) * 60 + Number(second);
  const whole = third === undefined ? value : value * 60 + Number(third.replace(",", "."));
  return minus === "" ? whole : -whole;
}

/** Returns the form of a time; undefined if a text is none. A duration has several units. */
export function timeFormOf(text: string): TimeForm | undefined {
  if (text.length > longestTime) return undefined;
  if (text.includes(":")) return timeForms.find((form) => form !== "duration" && !Number.isNaN(timeIn(text, form)));
  const parts = partsOf(text.trim().replace(/^-/, ""));
  return parts && parts.length > 1 ? "duration" : undefined;
}

/**
 * Returns whether texts are durations in several units: 3h 43m, or 45 min beside 2 h. A single unit is that of numbers. The letter m means
 * minutes only beside hours or seconds, and not beside months. Single capitals, each with one number, are rather codes: 2H beside 3D.
 *
 * @param texts each a duration
 */
export function areDurations(texts: readonly string[]): boolean {
  const durations = texts.map((text) => partsOf(text.trim().replace(/^-/, "")) ?? []);
  if (durations.every(([[, , name], second]) => second === undefined && /^[A-Z]$/.test(name))) return false;
  const parts = durations.flat();
  const places = new Set(parts.map(([place]) => place));
  const letters = new Set(parts.map(([, , name]) => name).filter((name) => /^m$/i.test(name)));
  const isMinutes = [...places].every((place) => place > 2) && (places.has(4) || places.has(6));
  return places.size > 1 && (letters.size === 0 || (letters.size === 1 && isMinutes));
}

/** With so many different last parts, some of a time would be below 10. */
const enoughParts = 20;

/** Returns whether texts such as 12:30 are rather scores of games, such as 31:27: their last parts differ, and none is below 10. */
export function areScores(texts: readonly string[]): boolean {
  const lasts = new Set(texts.map((text) => text.slice(text.indexOf(":"))));
  return lasts.size >= enoughParts && !texts.some((text) => text.includes(":0"));
}
