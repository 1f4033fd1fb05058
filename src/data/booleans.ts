/** Categories that are booleans, in any spelling: pandas writes True, R TRUE, JSON true, and a database 1. */

/** Returns the category among `known` for a boolean: its name, or the only other spelling of it, such as "True". */
function categoryOfBoolean(value: boolean, known: readonly (string | null)[]): string | undefined {
  const name = String(value);
  const alike = known.filter((category) => category?.toLowerCase() === name);
  return alike.find((category) => category === name) ?? (alike.length === 1 ? alike[0]! : undefined);
}

/** Returns the boolean that a text spells in any case, or that 1 or 0 stands for; any other value as it is. */
export function truthOf<Given>(value: Given): Given | boolean {
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== "string" || value.length > longestTruth) return value;
  const name = value.trim().toLowerCase();
  if (name === "true" || name === "1") return true;
  return name === "false" || name === "0" ? false : value;
}

/** The most characters, with spaces around them, of a text that may be a boolean. */
const longestTruth = 40;

/** Returns each boolean that is a category, with its category. */
export function knownBooleans(known: readonly (string | null)[]): [boolean, string][] {
  return [true, false].flatMap((value): [boolean, string][] => {
    const category = categoryOfBoolean(value, known);
    return category === undefined ? [] : [[value, category]];
  });
}
