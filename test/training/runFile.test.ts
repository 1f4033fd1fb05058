import { describe, expect, test } from "vitest";
import { pcg32 } from "../../src/index.ts";
import { checkRun, runFromFile, runToFile } from "../../src/training/runFile.ts";
import type { RunState } from "../../src/training/runState.ts";

const generator = pcg32(3).state!;
const sums = { losses: [1.5], weights: [8], penalty: [0, 8], metrics: [[2, 8]] };
const order = { rows: 12, batchSize: 4, generator };
const callbacks = [{ name: "spy", state: { best: 0.5, parameters: Float64Array.of(1, 2) } }];

const states: Record<string, RunState> = {
  batches: { kind: "epochs", phase: "batches", epoch: 2, source: { position: 8, order }, sums, callbacks },
  record: { kind: "epochs", phase: "record", epoch: 2, source: { position: 12, order }, sums, callbacks: [] },
  "between epochs": { kind: "time", phase: "between epochs", epoch: 9, source: { position: 12, order }, callbacks: [] },
  stopped: { kind: "epochs", phase: "stopped", epoch: 2, source: { position: 4, order }, callbacks },
  stream: { kind: "stream", phase: "batches", epoch: 1, source: { position: 3 }, sums, callbacks: [] },
};

/** The run of the text that a run was written as, which `change` has changed. */
function read(state: RunState, change: (json: Record<string, unknown>) => void = () => {}): RunState {
  const { json, arrays } = runToFile(state);
  const changed = JSON.parse(JSON.stringify(json));
  change(changed);
  return runFromFile(changed, 2, new Map(arrays));
}

/** The text of version 1 for a place in an epoch. */
function firstVersion(kind: string, isDone: boolean, isRecordDue: boolean, isStopped = false, isDue = true) {
  const position = isDone ? 12 : 8;
  const batches = { rows: 12, batchSize: 4, generator, position, isDone };
  const streamed = { rows: 0, batchSize: 0, generator: null, position: 3, isDone };
  const isOver = isDone && !isRecordDue;
  const account = isOver
    ? { lossSum: [], weightSum: [], metrics: [] }
    : { lossSum: [1.5], weightSum: [8], penalty: [0, 8], metrics: [[2, 8]] };
  const loop = { epoch: 2, isDue, isRecordDue, batches: kind === "stream" ? streamed : batches, account };
  return JSON.parse(JSON.stringify({ kind, loop, isStopped, callbacks: [] }));
}

describe("a run in a file", () => {
  test.each(Object.keys(states))("is read as it was written: %s", (name) => {
    expect(read(states[name])).toEqual(states[name]);
  });

  test("keeps no field that it does not know", () => {
    const surplus = (json: Record<string, unknown>) => Object.assign(json, { more: 1, sums: { ...sums, more: 1 } });
    expect(read(states.batches, surplus)).toEqual(states.batches);
    // Between epochs nothing is needed of the last one.
    expect(read(states["between epochs"], surplus)).toEqual(states["between epochs"]);
  });

  test.each<[string, string, (json: Record<string, unknown>) => void, string]>([
    [
      "another kind",
      "batches",
      (json) => Object.assign(json, { kind: "x" }),
      'a training of kind "x", need one of epochs',
    ],
    [
      "another phase",
      "batches",
      (json) => Object.assign(json, { phase: "over" }),
      'a training in phase "over", need one',
    ],
    ["no epoch", "batches", (json) => Object.assign(json, { epoch: 0 }), "epoch: got 0, need a whole number from 1"],
    ["no sums", "batches", (json) => Object.assign(json, { sums: undefined }), "got sums undefined, need an object"],
    [
      "batches behind the last one",
      "batches",
      (json) => Object.assign(json, { source: { position: 12, order } }),
      'got phase "batches" at row 12 of 12, need an epoch that has ended',
    ],
    [
      "a record within an epoch",
      "record",
      (json) => Object.assign(json, { source: { position: 8, order } }),
      'got phase "record" at row 8 of 12, need "batches"',
    ],
    [
      "a record of a training for a time",
      "record",
      (json) => Object.assign(json, { kind: "time" }),
      'got a training for a time in phase "record", need one without records',
    ],
    [
      "no order",
      "batches",
      (json) => Object.assign(json, { source: { position: 8 } }),
      "got order undefined, need an object",
    ],
    [
      "a penalty of one number",
      "batches",
      (json) => Object.assign(json, { sums: { ...sums, penalty: [1] } }),
      "got 1 number of the penalty, need 2",
    ],
    [
      "no callbacks",
      "batches",
      (json) => Object.assign(json, { callbacks: {} }),
      "got callbacks an object, need an array",
    ],
  ])("is refused with %s", (_, name, change, message) => {
    expect(() => read(states[name], change)).toThrow(message);
  });
});

describe("a run in a file of version 1", () => {
  const readFirst = (...place: Parameters<typeof firstVersion>) => runFromFile(firstVersion(...place), 1, new Map());

  test("is in the phase that its booleans say", () => {
    expect(readFirst("epochs", false, false)).toEqual({ ...states.batches, callbacks: [] });
    expect(readFirst("epochs", true, true)).toEqual(states.record);
    expect(readFirst("time", true, false)).toEqual({ ...states["between epochs"], epoch: 2 });
    expect(readFirst("epochs", true, false, true).phase).toBe("stopped");
    expect(readFirst("epochs", false, false, true).phase).toBe("stopped");
    expect(readFirst("stream", false, false)).toEqual({ ...states.stream, epoch: 2 });
    expect(readFirst("stream", true, true)).toEqual({ ...states.stream, epoch: 2, phase: "record" });
    expect(readFirst("stream", true, false).phase).toBe("between epochs");
  });

  test("has metrics only of an epoch that a record is made of", () => {
    expect(readFirst("epochs", false, false, false, false).sums).toEqual({ ...sums, metrics: undefined });
  });

  test("has one sum in all if it is older than the losses of several outputs", () => {
    const json = firstVersion("epochs", false, false);
    json.loop.account = { lossSum: 3, weightSum: 4, metrics: [] };
    expect(runFromFile(json, 1, new Map()).sums).toEqual({ losses: [3], weights: [4], metrics: [] });
  });

  test("is refused with something other than booleans", () => {
    const json = firstVersion("epochs", false, false);
    json.loop.isRecordDue = 1;
    expect(() => runFromFile(json, 1, new Map())).toThrow("fromBytes: got isRecordDue 1, need true or false");
  });
});

describe("a run fits its trainer", () => {
  const options = { batchSize: 4, lastBatch: "use" } as const;

  test("or is refused", () => {
    expect(checkRun(states.batches, options, generator, 5)).toBeUndefined();
    expect(() => checkRun(states.batches, { ...options, batchSize: 5 }, generator, 5)).toThrow(
      "fromBytes: got batches of 4 of 12 rows, need 5, as the options say",
    );
    expect(() => checkRun(states.batches, options, null, 5)).toThrow('got the generator "pcg32" of an epoch, need');
    expect(() => checkRun(states.stream, options, generator, 2)).toThrow("fromBytes: position: got 3, need a whole");
  });

  test("and has no batch left where the last rows are dropped", () => {
    const left: RunState = { ...states.batches, source: { position: 8, order: { ...order, rows: 11 } } };
    expect(checkRun(left, options, generator, 5)).toBeUndefined();
    expect(() => checkRun(left, { ...options, lastBatch: "drop" }, generator, 5)).toThrow(
      "fromBytes: got position 8, need the end: the last batch of 11 rows is dropped",
    );
  });
});
