import { expect, test } from "vitest";
import type { Notes } from "../../src/cli/notes.ts";
import type { Score } from "../../src/cli/score.ts";
import { bestEpoch, explainWeakScore, showResult } from "../../src/cli/showTraining.ts";
import type { History } from "../../src/index.ts";

const historyOf = (...loss: number[]) =>
  ({ epoch: loss.map((_, index) => index + 1), loss, validation: { loss } }) as object as History;

test("the best epoch is that of the least validation loss, as far as there are finite ones", () => {
  expect(bestEpoch(historyOf(3, 1, 2, 1))).toBe(2);
  expect(bestEpoch(historyOf(Number.NaN, 4, Number.POSITIVE_INFINITY))).toBe(2);
  for (const history of [historyOf(), historyOf(Number.NaN)]) expect(bestEpoch(history)).toBeUndefined();
});

test("a model that is no better than the naive one has reasons", () => {
  const score = (kind: string, rows: number) => ({ kind, rows }) as Score;
  expect(explainWeakScore(score("classes", 29), "y")).toBe("no better than that; but 29 rows are too few to tell");
  expect(explainWeakScore(score("classes", 30), "y")).toBe("no better than that: the columns may say little about y");
  expect(explainWeakScore(score("number", 30), "y")).toMatch(
    /; if y goes over powers of ten, its logarithm is learned more/,
  );
});

test("an interrupted training is gone on with by a command that is one line, whatever its files are called", () => {
  const confusion = [
    [1, 0],
    [0, 1],
  ];
  const test = { kind: "classes", rows: 2, right: 2, accuracy: 1, crossEntropy: 0.1, classes: ["a", "b"], confusion };
  const baseline = { says: "a", accuracy: 0.5 };
  const notes = {
    settings: { epochs: 9 },
    test: { ...test, baseline },
    checkpoint: "m.0f.checkpoint",
  } as object as Notes;
  const target = { kind: "classes", name: "y", classes: ["a", "b"] } as const;
  const paths = { path: "my table.csv", modelPath: "m.safetensors", reportPath: "r.html" };
  let text = "";
  const output = { isJSON: false, columns: 64, hasColors: false, write: (piece: string) => (text += piece) };
  showResult(output, {
    model: { target, history: historyOf(2, 1) },
    notes,
    ...paths,
    sizes: { model: 10, report: 20 },
  });
  expect(text).toContain("Interrupted after epoch 2; the best was epoch 2, which is kept\n");
  expect(text).toContain("Checkpoint  m.0f.checkpoint, beside it, until the training has\n            ended\n");
  expect(text).toContain("Resume with simdnet train 'my table.csv' --resume --output m.safetensors --report r.html\n");
});
