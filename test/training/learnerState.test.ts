import { expect, test } from "vitest";
import { checkLearnerState, type LearnerState } from "../../src/training/learnerState.ts";
import { Rate } from "../../src/training/rate.ts";
import { reduceOnPlateau } from "../../src/training/schedules/plateau.ts";

const state: LearnerState = { steps: 3, epochs: 1, lastLearningRate: 0.1, seed: 7, optimizer: [] };

test("a state that a training may have is given back", () => {
  expect(checkLearnerState(state, new Rate(0.1), "float32")).toEqual({ ...state, plateau: undefined });
});

test("of a plateau only its fields are kept", () => {
  const rate = new Rate(reduceOnPlateau({ initial: 0.5 }));
  const plateau = { rate: 0.25, best: 1, badRecords: 2 };
  const checked = checkLearnerState({ ...state, plateau: { ...plateau, more: 1 } as never }, rate, "float32");
  expect(checked.plateau).toEqual(plateau);
});

test.each<[Partial<LearnerState>, string]>([
  [{ steps: 0.5 }, "fromBytes: steps: got 0.5, need a whole number"],
  [{ steps: 2 ** 31 - 1 }, "fromBytes: steps: got 2147483647, need a whole number"],
  [{ epochs: -1 }, "fromBytes: epochs: got -1, need a whole number"],
  [{ lastLearningRate: Number.NaN }, "fromBytes: got lastLearningRate NaN, need a number from 0"],
  [{ learningRate: -1 }, "fromBytes: got learningRate -1, need a number from 0"],
  [{ learningRate: 1e300 }, "fromBytes: learningRate: got 1e+300"],
  [{ seed: 2 ** 32 }, "fromBytes: seed: got 4294967296, need a whole number"],
  [{ plateau: { rate: 1, best: 1, badRecords: 0 } }, "need both or neither"],
])("%o is refused", (change, message) => {
  expect(() => checkLearnerState({ ...state, ...change }, new Rate(0.1), "float32")).toThrow(message);
});
