/** Finds categories that are probably meant to be one: they differ only by case or spaces, or are the same number. */

import { plainNumber } from "../data/index.ts";
import { clipName } from "./listed.ts";
import { plural } from "./numbers.ts";

/**
 * Returns a phrase for each way in which some texts are alike, with the groups: `differ only by case or spaces: "a" (1 row) and "A" (2 rows);
 * "b" (3 rows) and "B" (1 row)`.
 *
 * @param counts the number of rows of each text
 * @param most the most groups of a way that are named
 */
export function alikeTexts(counts: ReadonlyMap<string, number>, most: number): string[] {
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
  const phrase = (how: string, groups: readonly (readonly string[])[]) => {
    if (groups.length === 0) return [];
    const more = groups.length > most ? `; … ${groups.length} such groups in all` : "";
    return [`${how}: ${groups.slice(0, most).map(shown).join("; ")}${more}`];
  };
  const bySpelling = groups((text) => text.normalize().toLowerCase().replace(/\s+/g, ""));
  return [...phrase("differ only by case or spaces", bySpelling), ...phrase("are the same number", groups(numberOf))];
}
