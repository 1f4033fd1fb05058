import { describe, expect, test } from "vitest";
import { style } from "../../../src/cli/report/style.ts";

/** The colours of light and dark by name. */
const [light, dark] = [...style.text.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, rules]) => new Map([...rules.matchAll(/--([\w-]+): (#[\da-f]{6})/g)].map(([, name, colour]) => [name, colour])),
);

/** Source  WCAG 2.1, relative luminance. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((from) => {
    const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const contrast = (one: string, other: string) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

describe.each([
  ["light", light],
  ["dark", dark],
])("in %s", (_, colours) => {
  const at = (name: string) => colours.get(name)!;

  test("letters have a contrast of at least 4.5 to what is behind them, as WCAG asks for", () => {
    for (const ground of ["page", "card"]) {
      for (const letters of ["ink", "soft"]) expect(contrast(at(letters), at(ground))).toBeGreaterThan(4.5);
    }
    expect(contrast(at("on-first"), at("first"))).toBeGreaterThan(4.5);
  });

  test("curves and bars have a contrast of at least 3 to the cards", () => {
    for (const name of ["first", "second"]) expect(contrast(at(name), at("card"))).toBeGreaterThan(3);
  });
});

test("both have the same names", () => expect([...dark.keys()]).toEqual([...light.keys()]));
