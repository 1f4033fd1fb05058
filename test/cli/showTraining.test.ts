import { expect, test } from "vitest";
import type { Goal } from "../../src/cli/decide.ts";
import type { Notes } from "../../src/cli/notes.ts";
import type { PreparedData } from "../../src/cli/prepare.ts";
import { scoreOf, scoreOfAll } from "../../src/cli/score.ts";
import { headOf, type Settings } from "../../src/cli/settings.ts";
import { bestEpoch, explainScore, showNetwork, showResult } from "../../src/cli/showTraining.ts";
import { encodeRecords } from "../../src/data/index.ts";
import type { History } from "../../src/index.ts";

const historyOf = (...loss: number[]) =>
  ({ epoch: loss.map((_, index) => index + 1), loss, validation: { loss } }) as object as History;

test("the best epoch is that of the least validation loss, as far as there are finite ones", () => {
  expect(bestEpoch(historyOf(3, 1, 2, 1))).toBe(2);
  expect(bestEpoch(historyOf(Number.NaN, 4, Number.POSITIVE_INFINITY))).toBe(2);
  for (const history of [historyOf(), historyOf(Number.NaN)]) expect(bestEpoch(history)).toBeUndefined();
});

test("a model that is no better than the naive one has reasons", () => {
  const classes = { kind: "classes", name: "y", classes: ["a", "b"] } as const;
  const explained = (outputs: readonly number[], rows: number, linear?: readonly number[], balance = false) => {
    const targets = Array.from({ length: rows }, (_, row) => (row % 10 === 0 ? 1 : 0));
    const of = (values: readonly number[]) => targets.map((target) => values[target]);
    const tested = { target: classes, outputs: of(outputs), targets, ...(linear && { linear: of(linear) }) };
    return explainScore(scoreOfAll([tested], 0), "y", { balance, threshold: null });
  };
  expect(explained([0.1, 0.1], 29)).toEqual(["no better than that; but 29 rows are too few to tell"]);
  expect(explained([0.1, 0.1], 30)).toEqual(["no better than that: the columns may say little about y"]);
  expect(explained([0.1, 0.2], 30)[0]).toMatch(/but the order of the rows is \(ROC AUC 1\); --balance or/);
  expect(explained([0.1, 0.2], 30, undefined, true)).toEqual([]);
  expect(explained([0.1, 0.9], 30)).toEqual([]);
  expect(explained([0.1, 0.9], 30, [0.05, 0.95])).toEqual(["no better than the linear model: --hidden none would do"]);
});

test("an ensemble averages logits, of numbers outputs, and which of its networks read ranges is said", () => {
  const linesOf = (goal: Goal, settings: Partial<Settings>) => {
    let text = "";
    const write = (part: string) => {
      text += part;
    };
    const encoding = encodeRecords({ x: [1, 2, 3] });
    const given = { hidden: [64], activation: "relu", dropout: 0, epochs: 9, ...settings } as Settings;
    showNetwork(
      { isJSON: false, columns: 200, hasColors: false, write },
      { encoding } as unknown as PreparedData,
      given,
      headOf(goal),
    );
    return text.split("\n").map((line) => line.trim());
  };
  const classes: Goal = { kind: "classes", classes: ["a", "b"], counts: [1, 1] };
  const ofClasses = linesOf(classes, { ensemble: 4, bins: 6 });
  expect(ofClasses).toContain("4 such networks side by side; their logits are averaged");
  expect(ofClasses).toContain("every second one also reads each number by ranges of equally many rows, up to 6");
  expect(linesOf({ kind: "number" }, { ensemble: 2 })).toContain(
    "2 such networks side by side; their outputs are averaged",
  );
  expect(linesOf({ kind: "number" }, { bins: 12 })).toContain(
    "it also reads each number by ranges of equally many rows, up to 12",
  );
});

test("an interrupted training is gone on with by a command that is one line, whatever its files are called", () => {
  const notes = {
    settings: { epochs: 9, balance: false, threshold: null },
    ...{ tested: "test", folds: null, importance: [], question: { group: null } },
    test: scoreOf({ kind: "classes", name: "y", classes: ["a", "b"] }, [0.1, 0.9], [0, 1], 0),
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
