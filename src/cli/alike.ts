/** Finds categories that are probably meant to be one: they differ only by case or spaces, or are the same number. */

import { plainNumber } from "../data/index.ts";
import { clipName } from "./listed.ts";
import { plural } from "./numbers.ts";

/**
 * Returns a phrase for each group of texts that are alike.
 *
 * @param counts the number of rows of each text
 */
export function alikeTexts(counts: ReadonlyMap<string, number>): string[] {
  const groups = (keyOf: (text: string) => string | number) => {
    const byKey = new Map<string | number, string[]>();
    for (const text of counts.keys()) {
      const group = byKey.get(keyOf(text));
      if (group) group.push(text);
      else byKey.set(keyOf(text), [text]);
    }
    return [...byKey.values()].filter(({ length }) => length > 1);
  };
  const shown = (texts: readonly string[]) =>
    texts.map((text) => `${JSON.stringify(clipName(text))} (${plural(counts.get(text)!, "row")})`).join(" and ");
  const numberOf = (text: string) => {
    const value = plainNumber(text);
    // Whole numbers beyond 2⁵³ are the same only as numbers of a computer.
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text;
  };
  return [
    ...groups((text) => text.normalize().toLowerCase().replace(/\s+/g, "")).map(
      (texts) => `differ only by case or spaces: ${shown(texts)}`,
    ),
    ...groups(numberOf).map((texts) => `are the same number: ${shown(texts)}`),
  ];
}
