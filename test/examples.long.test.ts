/** Examples that learn for some seconds. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const pathOf = (name: string) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

describe("examples/sequences.mjs", () => {
  test("reverses and sorts every sequence that it has not learned from", () => {
    const printed = execFileSync(process.execPath, [pathOf("sequences.mjs")], { encoding: "utf8" });
    for (const [name, answerOf] of Object.entries({
      reverse: (digits: string[]) => digits.toReversed(),
      sort: (digits: string[]) => digits.toSorted(),
    })) {
      const [, right, count, lines] = new RegExp(
        `^${name}: .* s, (\\d+) of (\\d+) new sequences right\\n((?: .*\\n)+)`,
        "m",
      ).exec(printed)!;
      expect(Number(count)).toBeGreaterThan(990);
      expect(right).toBe(count);
      const shown = lines
        .trimEnd()
        .split("\n")
        .map((line) =>
          line
            .trim()
            .split(" → ")
            .map((side) => side.split(" ")),
        );
      expect(shown).toHaveLength(2);
      for (const [digits, answer] of shown) expect(answer).toEqual(answerOf(digits));
    }
  });
});
