import { describe, expect, test } from "vitest";
import { layersText } from "../../src/cli/compare.ts";
import { fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const penguins = fixture("penguins.csv");
const asked = ["train", penguins, "-t", "Species", "--ensemble", "1", "--bins", "0"];
simdnet(folder, [...asked, "--epochs", "10", "-o", "a.safetensors"]);
simdnet(folder, [...asked, "--epochs", "2", "--hidden", "4", "-o", "b.safetensors"]);
simdnet(folder, ["train", fixture("diabetes.csv"), "-t", "progression", "--epochs", "2", "-o", "d.safetensors"]);

describe("simdnet compare", () => {
  test("shows two models side by side, with their own tests", () => {
    const { stdout, code } = simdnet(folder, ["compare", "a.safetensors", "b.safetensors"]);
    expect(code).toBe(0);
    for (const line of [
      /^Scores {6}on the rows that each was tested on$/m,
      /^ {2}parameters +2,947 +63$/m,
      /^ {2}layers +dense 64, relu \| dropout 0\.1 \| dense 32, relu \| dropout 0\.1 \| dense 3, softmax +dense 4, relu \| dropout 0\.1 \| dense 3, softmax$/m,
      /^ {2}accuracy +[\d.]+ % \(\d+ of 69\) +[\d.]+ % \(\d+ of 69\)$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  test("scores both on a table, as evaluate does", () => {
    const scores = JSON.parse(
      simdnet(folder, ["compare", "a.safetensors", "b.safetensors", penguins, "--json"]).stdout,
    );
    const alone = ["a", "b"].map((name) =>
      JSON.parse(simdnet(folder, ["evaluate", `${name}.safetensors`, penguins, "--json"]).stdout),
    );
    expect(scores[1]).toMatchObject({ model: "b.safetensors", parameterCount: 63, epochs: 2, columns: 6 });
    expect(scores.map(({ score }: { score: unknown }) => score)).toEqual(alone);
  });

  test("shows models of numbers beside those of classes, but scores them on no table", () => {
    expect(simdnet(folder, ["compare", "a.safetensors", "d.safetensors"]).stdout).toMatch(/^ {2}R² +-?[\d.]+$/m);
    const { code, stderr } = simdnet(folder, ["compare", "a.safetensors", "d.safetensors", penguins]);
    expect(stderr).toContain(
      "a.safetensors predicts Species (classes), d.safetensors progression (number), need the same",
    );
    expect(code).toBe(1);
  });
});

test("layers that come again at once are named once with their number", () => {
  expect(layersText(["a", "b", "c"])).toBe("a | b | c");
  expect(layersText(["in", ..."ababab".split(""), "out"])).toBe("in | 3 × (a | b) | out");
  expect(layersText(["a", "a", "b"])).toBe("2 × a | b");
  expect(layersText([])).toBe("");
});
