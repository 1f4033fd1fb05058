import { describe, expect, test } from "vitest";
import { DivergenceError } from "../../src/errors.ts";
import type { EpochRecord } from "../../src/training/record.ts";
import type { Run } from "../../src/training/run.ts";
import type { RunState } from "../../src/training/runState.ts";
import { Runs } from "../../src/training/runs.ts";

const order = { rows: 12, batchSize: 4, generator: null };
const state: RunState = { kind: "epochs", phase: "batches", epoch: 2, source: { position: 4, order }, callbacks: [] };

/** A run of so many records, which stands at `state`. */
function fakeRun(records = 1, at: RunState | undefined = state): Run {
  let made = 0;
  return {
    state: at,
    get isOver() {
      return made >= records;
    },
    nextRecord: () => ({ epoch: ++made }) as EpochRecord,
  } as unknown as Run;
}

const resume = (runs: Runs, epochs = 4, rows = 12, kind: RunState["kind"] = "epochs") =>
  runs.resumable("fit", kind, rows, epochs);

describe("the runs of a trainer", () => {
  test("one that stopped may be resumed by the next, of the same kind, examples and at least as many epochs", async () => {
    const runs = new Runs();
    expect(resume(runs)).toBeUndefined();
    await runs.train(fakeRun(), async () => {});
    expect(runs.state).toBe(state);
    expect(resume(runs)).toBe(state);
    expect(resume(runs, 2)).toBe(state);
    expect(resume(runs, 1)).toBeUndefined();
    expect(resume(runs, 4, 13)).toBeUndefined();
    expect(resume(runs, 4, 12, "time")).toBeUndefined();
  });

  test("one that is over or has diverged may not", async () => {
    const runs = new Runs();
    await runs.train(fakeRun(0), async () => {});
    expect(runs.state).toBeUndefined();
    const diverge = async () => {
      const place = { cause: "a loss that is not finite", epoch: 1, step: 1, learningRate: 1 } as const;
      const largestParameter = { name: "dense1.weight", value: 1 };
      throw new DivergenceError({
        ...place,
        operation: "denseForward of dense1",
        largestParameter,
        gradientNorm: 1,
        hint: "",
      });
    };
    await expect(runs.train(fakeRun(), diverge)).rejects.toThrow(DivergenceError);
    expect(runs.state).toBeUndefined();
    await expect(runs.train(fakeRun(), () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
    expect(runs.state).toBe(state);
  });

  test("one from a file is resumed, or every other one is refused", () => {
    const runs = new Runs();
    runs.load(state);
    expect([runs.isFromFile, resume(runs)]).toEqual([true, state]);
    const need = "need that of the file: by fit or epochs on 12 examples, stopped in epoch 2";
    for (const act of [() => resume(runs, 1), () => resume(runs, 4, 13), () => resume(runs, 4, 0, "stream")]) {
      expect(act).toThrow(need);
    }
    const ended: RunState = { ...state, phase: "between epochs" };
    runs.load(ended);
    expect(resume(runs, 2)).toBe(ended);
    expect(resume(runs, 3)).toBe(ended);
  });

  test("one that had ended is not resumed with the same epochs, if it is not from a file", async () => {
    const runs = new Runs();
    await runs.train(fakeRun(1, { ...state, phase: "between epochs" }), async () => {});
    expect(resume(runs, 2)).toBeUndefined();
    expect(resume(runs, 3)).toBeDefined();
  });

  test("while one is awaited, its state is theirs, and others are refused", async () => {
    const runs = new Runs();
    const message = "trainer: got a call while a training is under way";
    await runs.train(fakeRun(), async () => {
      expect(runs.state).toBe(state);
      expect(resume(runs)).toBeUndefined();
      await expect(runs.train(fakeRun(), async () => {})).rejects.toThrow(message);
      expect(() => runs.records(fakeRun()).next()).toThrow(message);
    });
  });

  test("records are drawn until another run begins", async () => {
    const runs = new Runs();
    const records = runs.records(fakeRun(3));
    expect(records.next().value).toEqual({ epoch: 1 });
    expect(runs.state).toBe(state);
    await runs.train(fakeRun(0), async () => {});
    expect(() => records.next()).toThrow("epochs: got a draw after another training has begun");
    const [first, second] = [runs.records(fakeRun(3)), runs.records(fakeRun(3))];
    expect(() => first.next()).toThrow("epochs: got a draw after another training has begun");
    expect([...second]).toHaveLength(3);
    expect(runs.state).toBeUndefined();
  });

  test("records that nobody draws any more leave no run", () => {
    const runs = new Runs();
    for (const _ of runs.records(fakeRun(3))) break;
    expect(runs.state).toBeUndefined();
  });
});
